"""The settings: `kindling.toml` in the home, read strictly. What is not said there has the default written here."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from services._kit.addresses import server_url
from services._kit.home import Home
from services._kit.policy_file import PolicyRule, read_policy
from services._kit.settings_wrong import SettingsWrong as SettingsWrong
from services._kit.settings_wrong import refuse_unknown, wrong_value

AUTO: Final = "auto"
COMFYUI: Final = "comfyui"
ANIMATIC: Final = "animatic"
COMFYUI_VARIABLE: Final = "KINDLING_COMFYUI"
"""Servers for this run, one after the other with a space between; they take the place of those in the file."""

Port = Annotated[int, Meta(ge=1, le=65_535)]
Seconds = Annotated[float, Meta(gt=0)]
Models = Annotated[tuple[str, ...], Meta(min_length=1)]
LlmUse = Literal["auto", "ollama", "off"]
LLM_VARIABLE = "KINDLING_LLM"


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
    """Any other address than this machine's own (loopback) takes tokens: `kindling token new`."""
    port: Port = 8420
    origins: tuple[str, ...] = ()
    """Pages of other origins that may use the interface: `https://studio.example`, `http://localhost:5000`."""
    hosts: tuple[str, ...] = ()
    """Further names that this machine is called by, as behind a proxy; they take tokens."""
    tokens_needed: bool = False
    """Whether tokens are needed on loopback, too."""
    older_routes: bool = False
    """Whether the calls of an older UI are served, too: `/generate_wan_video` and its like (`docs/older-uis.md`)."""
    asks_per_minute: Annotated[int, Meta(ge=1, le=100_000)] = 60
    """How often a token may ask for what takes GPU time; it may save up as many."""


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


class Provenance(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose signature films carry as content credentials (C2PA). Without it they are not signed."""

    certificate: str | None = None
    """The chain in PEM, the signer's own certificate first; from the home if the path is not absolute."""
    key: str | None = None
    """The private key in PEM, without a password."""


class Work(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How patient the services are."""

    ack_wait_s: AckWait = AckWait()
    sweep_s: Seconds = 30.0
    """How often unfinished productions are looked at whose wake-up may have been lost."""
    drain_s: Annotated[float, Meta(ge=0)] = 20.0
    """How long a service may take to leave before it is ended."""


class Llm(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language models that intent, planner and reviewer think with."""

    use: LlmUse = "auto"
    """`auto`: where it answers, and rules stand in where it does not, which is said; `ollama`: no film without it;
    `off`: rules alone. `KINDLING_LLM` in the environment overrides it."""
    url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+(/\S*)?$")] = "http://127.0.0.1:11434"
    text: Models = ("qwen3:14b", "qwen3:8b", "qwen3:4b", "qwen3", "qwen3.6", "qwen2.5", "llama3.1", "gemma3")
    """Models for words, the preferred one first. A name without a tag stands for any size of it."""
    vision: Models = ("qwen3-vl:8b-instruct", "qwen3-vl", "llama3.2-vision:11b", "llava:13b")
    """Models that look at pictures."""
    final: Models = ("qwen3-vl:32b-instruct", "qwen3-vl:32b")
    """Models for the last look at a finished film, before those of `vision`."""
    connect_s: Seconds = 2.0
    first_token_s: Seconds = 300.0
    """How long a model may take to its first token; loading it counts."""
    between_tokens_s: Seconds = 60.0
    whole_s: Seconds = 600.0
    """How long one answer may take."""
    keep_alive: str = "5m"
    """How long a model stays in memory after an answer, as Ollama writes it."""
    seed: Annotated[int, Meta(ge=0)] = 1


class Review(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How takes are looked at, and when a criterion may no longer turn one down."""

    frames: Annotated[int, Meta(ge=6, le=8)] = 8
    """How many pictures of a take a model is shown."""
    disagreement_max: Annotated[float, Meta(gt=0, le=1)] = 0.3
    """The share of a criterion's rejections that people overruled, from which on it may not reject."""
    rejections_min: Annotated[int, Meta(ge=1)] = 10
    """Fewer rejections than this take nothing from it."""


class Gpu(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether rendering and the models share one GPU, and how patiently they take turns."""

    shared: bool | Literal["auto"] = "auto"
    """`auto`: they do where Ollama and ComfyUI are on the same machine."""
    lease_s: Annotated[float, Meta(gt=0, le=60)] = 30.0
    """Who has its turn and gives no sign of life for so long loses it."""
    linger_s: Annotated[float, Meta(ge=0)] = 2.0
    """How long the GPU is kept when nothing more is queued: the next piece of work may be on its way."""
    patience_s: Seconds = 1800.0
    """After so long a wait nobody of the other side is let in any more."""
    patience_urgent_s: Seconds = 20.0
    """The same where a person waits: for a brief, a sample or a plan."""


class ComfyUi(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ComfyUI servers that render."""

    urls: tuple[str, ...] = ()
    """`http://host:8188`, one for each server. None: films are drawn as animatics, unless `renderer` says otherwise."""
    prefer_large: bool = False
    """Render in 720p where the servers can; else 720p is taken only where nothing smaller can be rendered."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that can be set, and the home it is set for."""

    home: Home
    nats: Nats = Nats()
    gateway: Gateway = Gateway()
    film: Film = Film()
    provenance: Provenance = Provenance()
    work: Work = Work()
    llm: Llm = Llm()
    policy: tuple[PolicyRule, ...] = ()
    """What the operator refuses on top of what always is: the rules of `policy.toml`."""
    review: Review = Review()
    gpu: Gpu = Gpu()
    comfyui: ComfyUi = ComfyUi()
    renderer: str = AUTO
    """`auto`: ComfyUI where there is one in `comfyui.urls`, else the animatic. `comfyui`: nothing else will do. Or
    `animatic`, or a workflow's name."""
    productions_folder: Path = Path("productions")
    """The folder of the films and of all artifacts, absolute."""

    @property
    def usual_renderer(self) -> str:
        """Return what renders a film that names no renderer; `comfyui` for whichever workflow its servers can."""
        if self.renderer == AUTO:
            return COMFYUI if self.comfyui.urls else ANIMATIC
        return self.renderer


class _File(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may stand in the file."""

    nats: Nats = Nats()
    gateway: Gateway = Gateway()
    film: Film = Film()
    provenance: Provenance = Provenance()
    work: Work = Work()
    llm: Llm = Llm()
    review: Review = Review()
    gpu: Gpu = Gpu()
    comfyui: ComfyUi = ComfyUi()
    renderer: str = AUTO
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


def load(home: Path | Home, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a home; all defaults where it has no `kindling.toml`.

    Raises:
        SettingsWrong: the file can't be read, has a key that nobody knows, or a value that can't be.
    """
    place = home if isinstance(home, Home) else Home(home.absolute())
    file = _read(place.settings_file)
    said = (os.environ if environment is None else environment).get(COMFYUI_VARIABLE, "").split()
    urls = tuple(dict.fromkeys(_server_url(one) for one in said or file.comfyui.urls))
    return Settings(
        home=place,
        nats=file.nats,
        gateway=file.gateway,
        film=file.film,
        provenance=file.provenance,
        work=file.work,
        llm=_with_use(file.llm),
        policy=_policy(place),
        review=file.review,
        gpu=file.gpu,
        comfyui=msgspec.structs.replace(file.comfyui, urls=urls),
        # Whoever names a server for this run wants films from it.
        renderer=COMFYUI if said and file.renderer == ANIMATIC else file.renderer,
        productions_folder=(place.root / Path(file.productions).expanduser()).absolute(),
    )


def _with_use(llm: Llm) -> Llm:
    """Return the section with what the environment says about its use."""
    said = os.environ.get(LLM_VARIABLE)
    if not said:
        return llm
    try:
        return msgspec.structs.replace(llm, use=msgspec.convert(said, LlmUse))
    except msgspec.ValidationError as error:
        raise SettingsWrong(
            f"{LLM_VARIABLE} is {said!r}.", why="It may be auto, ollama or off.", help="Correct it, or unset it."
        ) from error


def _policy(home: Home) -> tuple[PolicyRule, ...]:
    try:
        return read_policy(home.policy_file)
    except ValueError as error:
        raise SettingsWrong(
            f"The rules in {home.policy_file} can't be used.",
            why=f"{str(error)[:300].replace('`', '')}.",
            help='Each is a [[rules]] with `name = "…"`, `words = ["…"]` and `why = "…"`. Without the file none holds.',
        ) from error


def _server_url(text: str) -> str:
    try:
        return server_url(text)
    except ValueError as error:
        raise SettingsWrong(
            f"{text!r} is no address of a ComfyUI server.",
            why="It takes a host and, as a rule, a port.",
            help="Give one like http://127.0.0.1:8188, which is where ComfyUI listens unless it is told otherwise.",
        ) from error


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
    except NotADirectoryError as error:
        raise SettingsWrong(
            f"{file.parent} is no folder that Kindling can live in.",
            why="A file stands there, or above it.",
            help="Set KINDLING_HOME to a folder.",
        ) from error
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
    refuse_unknown(tree, _File, file)
    try:
        return msgspec.convert(tree, _File)
    except msgspec.ValidationError as error:
        raise wrong_value(error, file) from error
