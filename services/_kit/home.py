"""Where a Kindling keeps everything: its settings, its films, and a hidden folder for the rest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "KINDLING_HOME"
SETTINGS_FILE = "kindling.toml"
HIDDEN_FOLDER = ".kindling"


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one Kindling. Naming them makes none of them."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """Return the settings, which need not be there."""
        return self.root / SETTINGS_FILE

    @property
    def policy_file(self) -> Path:
        """Return what the operator refuses on top of what always is; it need not be there."""
        return self.root / "policy.toml"

    @property
    def hidden(self) -> Path:
        """Return the folder that only its owner may look into."""
        return self.root / HIDDEN_FOLDER

    @property
    def nats(self) -> Path:
        """Return the folder of the embedded server: its configuration and its store."""
        return self.hidden / "nats"

    @property
    def run(self) -> Path:
        """Return the folder of what is true only while Kindling runs."""
        return self.hidden / "run"

    @property
    def server_file(self) -> Path:
        """Return the file that says where the embedded server listens."""
        return self.run / "nats.json"

    @property
    def run_file(self) -> Path:
        """Return the file that says which Kindling is running."""
        return self.run / "kindling.json"

    @property
    def lock_file(self) -> Path:
        """Return the file that the running Kindling holds locked."""
        return self.run / "lock"

    @property
    def logs(self) -> Path:
        """Return the folder of the services' logs."""
        return self.hidden / "logs"

    def log_file(self, service: str) -> Path:
        """Return the log of a service, or of the server (`nats`)."""
        return self.logs / f"{service}.log"

    @property
    def list_file(self) -> Path:
        """Return the file that the gateway keeps its list of productions in; it may be deleted at any time."""
        return self.hidden / "productions.list"

    @property
    def tokens_file(self) -> Path:
        """Return the file of the gateway's tokens, which holds their hashes."""
        return self.hidden / "tokens.json"

    @property
    def local_token_file(self) -> Path:
        """Return the file with the token that the command on this machine uses."""
        return self.hidden / "credentials" / "command.token"

    def credentials_file(self, user: str) -> Path:
        """Return the file with a user's password for the log."""
        return self.hidden / "credentials" / f"{user}.json"


def find_home(environment: Mapping[str, str] | None = None, current: Path | None = None) -> Home:
    """Return the home that a command run here belongs to.

    `KINDLING_HOME` where it is set; else the nearest folder at or above the current one with a `kindling.toml` or a
    `.kindling/`; else the current folder.
    """
    said = (os.environ if environment is None else environment).get(VARIABLE)
    if said:
        return Home(Path(said).expanduser().absolute())
    start = (current or Path.cwd()).absolute()
    for folder in (start, *start.parents):
        home = Home(folder)
        if home.settings_file.is_file() or home.hidden.is_dir():
            return home
    return Home(start)
