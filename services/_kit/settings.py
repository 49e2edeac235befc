"""The settings: `kindling.toml` in the home, read strictly. What is not said there has the default written here."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from services._kit.home import Home

Port = Annotated[int, Meta(ge=1, le=65_535)]
Seconds = Annotated[float, Meta(gt=0)]


class SettingsWrong(Exception):
    """The settings can't be used: what is wrong, why, and what to do."""

    def __init__(self, what: str, *, why: str = "", help: str = "") -> None:
        self.what, self.why, self.help = what, why, help
        super().__init__(" ".join(part for part in (what, why, help) if part))


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Nats(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the log is. Without a URL Kindling starts a nats-server of its own."""

    url: str | None = None
    """`nats://host:4222` or `tls://host:4222` of a server that somebody else runs."""
    user: str | None = None
    """The one user that every service takes. Without it each takes its own, from `.kindling/credentials/`."""
    password_file: str | None = None
    """The file with that user's password, from the home if the path is not absolute."""
    monitor_url: str | None = None
    """`http://host:8222`: it tells whether writes are synced before they are acknowledged."""
    port: Port | None = None
    """The port of the embedded server; chosen at first start, and then kept, if it is not said."""
    monitor_port: Port | None = None
    """The same for its monitoring page."""


class Gateway(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the page and the HTTP interface are."""

    host: str = "127.0.0.1"
    port: Port = 8420


class Film(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for every film unless its own options say otherwise."""

    duration_max_s: Seconds = 600.0
    takes_max: Annotated[int, Meta(ge=1, le=100)] = 3
    when_takes_are_used_up: Literal["keep", "stall"] = "keep"
    caption: bool = True


class AckWait(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a worker may be silent before its work is given to another, in seconds."""

    render: Seconds = 30.0
    short: Seconds = 15.0


class Work(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How patient the services are."""

    ack_wait_s: AckWait = AckWait()
    sweep_s: Seconds = 30.0
    """How often unfinished productions are looked at whose wake-up may have been lost."""
    drain_s: Annotated[float, Meta(ge=0)] = 20.0
    """How long a service may take to leave before it is ended."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that can be set, and the home it is set for."""

    home: Home
    nats: Nats = Nats()
    gateway: Gateway = Gateway()
    film: Film = Film()
    work: Work = Work()
    renderer: str = "animatic"
    productions_folder: Path = Path("productions")
    """The folder of the films and of all artifacts, absolute."""


class _File(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may stand in the file."""

    nats: Nats = Nats()
    gateway: Gateway = Gateway()
    film: Film = Film()
    work: Work = Work()
    renderer: str = "animatic"
    productions: str = "productions"


class Credentials(Struct, frozen=True, kw_only=True):
    """How to reach the log, and as whom."""

    url: str
    user: str
    password: str
    monitor_url: str | None

    def __repr__(self) -> str:
        """Show everything but the password: representations end up in logs."""
        return f"Credentials(url={self.url!r}, user={self.user!r}, monitor_url={self.monitor_url!r})"


class ServerAddress(Struct, frozen=True, kw_only=True):
    """Where the embedded server listens; it stands in `run/nats.json` while the server runs."""

    url: str
    monitor_url: str
    pid: int


class Secret(Struct, frozen=True, kw_only=True):
    """A user and its password, as they stand in `credentials/<user>.json`."""

    user: str
    password: str

    def __repr__(self) -> str:
        """Show the user only."""
        return f"Secret(user={self.user!r})"


def load(home: Path | Home) -> Settings:
    """Return the settings of a home; all defaults where it has no `kindling.toml`.

    Raises:
        SettingsWrong: the file can't be read, has a key that nobody knows, or a value that can't be.
    """
    place = home if isinstance(home, Home) else Home(home.absolute())
    file = _read(place.settings_file)
    return Settings(
        home=place,
        nats=file.nats,
        gateway=file.gateway,
        film=file.film,
        work=file.work,
        renderer=file.renderer,
        productions_folder=(place.root / Path(file.productions).expanduser()).absolute(),
    )


def credentials(settings: Settings, user: str) -> Credentials:
    """Return how a service reaches the log: the server of the settings, or the embedded one that runs.

    Raises:
        SettingsWrong: no server is known, or the user has no password here.
    """
    wanted = settings.nats
    if wanted.url is not None:
        if wanted.user is not None:
            secret = Secret(user=wanted.user, password=_password(settings))
        else:
            secret = _secret(settings.home, user)
        return Credentials(url=wanted.url, user=secret.user, password=secret.password, monitor_url=wanted.monitor_url)
    try:
        address = msgspec.json.decode(settings.home.server_file.read_bytes(), type=ServerAddress)
    except FileNotFoundError as error:
        raise SettingsWrong(
            f"No Kindling is running in {settings.home.root}.",
            why="Its nats-server has not been started, and nats.url names no other.",
            help="Start it with `kindling up`.",
        ) from error
    secret = _secret(settings.home, user)
    return Credentials(url=address.url, user=secret.user, password=secret.password, monitor_url=address.monitor_url)


def _secret(home: Home, user: str) -> Secret:
    file = home.credentials_file(user)
    try:
        return msgspec.json.decode(file.read_bytes(), type=Secret)
    except FileNotFoundError as error:
        raise SettingsWrong(
            f"There is no password for the user {user} of the log.",
            why=f"{file} is missing.",
            help="`kindling up` makes it for the embedded server; for your own server put it there "
            '(`{"user": …, "password": …}`), or set nats.user and nats.password_file in kindling.toml.',
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsWrong(
            f"The password of the user {user} of the log can't be read.",
            why=f"{file}: {error}.",
            help='It must be yours to read, and hold {"user": …, "password": …}.',
        ) from error


def _password(settings: Settings) -> str:
    if settings.nats.password_file is None:
        raise SettingsWrong(
            "nats.user is set and nats.password_file is not.",
            why=f"{settings.home.settings_file} says whom to be, and not with which password.",
            help="Set nats.password_file to a file that holds the password and nothing else.",
        )
    file = settings.home.root / Path(settings.nats.password_file).expanduser()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsWrong(
            f"The password file {file} can't be read.", why=f"{error}.", help="Check nats.password_file."
        ) from error


def _read(file: Path) -> _File:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return _File()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsWrong(
            f"The settings in {file} can't be read.", why=f"{error}.", help="It must be a text file in UTF-8."
        ) from error
    try:
        tree: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsWrong(
            f"The settings in {file} are not TOML.",
            why=f"{error}.",
            help='Lines look like `port = 8420` and `renderer = "animatic"`, sections like `[gateway]`.',
        ) from error
    _refuse_unknown(tree, _File, "", file)
    try:
        return msgspec.convert(tree, _File)
    except msgspec.ValidationError as error:
        raise _wrong_value(error, file) from error


def _refuse_unknown(tree: dict[str, object], section: type[Struct], path: str, file: Path) -> None:
    """Raise for the first key that nobody knows, naming the nearest one that somebody does."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(section)}
    for key, value in tree.items():
        full = f"{path}{key}"
        if key not in fields:
            raise SettingsWrong(
                f"{file} sets {full}, which is no setting.",
                why=f"Known here: {', '.join(f'{path}{known}' for known in fields)}.",
                help=_nearest(full),
            )
        inner = fields[key].type
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, Struct):
            _refuse_unknown(value, inner, f"{full}.", file)


def _nearest(wrong: str) -> str:
    """Say which known key was probably meant; a key in the wrong section is found by its own name."""
    known = _keys(_File, "")
    own_name = {key.rpartition(".")[2]: key for key in known}
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.7)
    if not near:
        near = [own_name[name] for name in difflib.get_close_matches(wrong.rpartition(".")[2], own_name, n=1)]
    return f"Did you mean {near[0]}?" if near else "Remove the line."


def _keys(section: type[Struct], path: str) -> list[str]:
    found: list[str] = []
    for field in msgspec.structs.fields(section):
        full = f"{path}{field.encode_name}"
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            found += _keys(field.type, f"{full}.")
        else:
            found.append(full)
    return found


def _wrong_value(error: msgspec.ValidationError, file: Path) -> SettingsWrong:
    """Turn `Expected `int` <= 65535 - at `$.gateway.port`` into what a person can act on."""
    text = str(error)
    found = re.search(r" - at `\$\.?(.*)`$", text)
    key = found.group(1) if found else "a setting"
    said = text[: found.start()] if found else text
    return SettingsWrong(
        f"{file} sets {key} to a value that can't be.",
        why=f"{said.replace('`', '')}.",
        help="Correct the line, or remove it to get the default.",
    )
