"""The artifact store: a folder of files named by the SHA-256 of their bytes, each complete or not there at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import structlog

from bus.errors import KindlingError, MissingArtifact
from bus.ids import Digest, is_digest

log = structlog.get_logger()

_CHUNK_BYTES = 1 << 20


class StoreUnwritable(KindlingError):
    """The store's folder takes no files."""


class FolderArtifacts:
    """Artifacts in `<root>/ab/abcdef…`, written under `<root>/tmp/` first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._work = root / "tmp"

    def path(self, digest: Digest) -> Path:
        """Return where the bytes lie, to be read only.

        Raises:
            MissingArtifact: the store has no such bytes.
        """
        path = self._place(digest)
        if not path.is_file():
            raise MissingArtifact(digest)
        return path

    def has(self, digest: Digest) -> bool:
        """Say whether the store has the bytes."""
        return self._place(digest).is_file()

    def keep(self, file: Path) -> Digest:
        """Take a finished file into the store: synced to disk, then renamed. Return its digest.

        Bytes that are there are left. Other bytes that lie under this digest, as a bad disk leaves them, are put aside.
        """
        digest = file_digest(file)
        self._take(file, digest)
        return digest

    def put_back(self, file: Path) -> Path | None:
        """Take a finished file into the store, in place of other bytes that lie under its digest.

        Returns:
            Where those bytes were put, for nothing is thrown away; None where there were none.
        """
        return self._take(file, file_digest(file))

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Path]:
        """Return a folder of its own on the store's disk that is gone afterwards."""
        with _writable(self.root):
            self._work.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=self._work))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, digest: Digest) -> None:
        """Remove the bytes, if they are there."""
        self._place(digest).unlink(missing_ok=True)

    def _take(self, file: Path, digest: Digest) -> Path | None:
        place, aside = self._place(digest), None
        if place.is_file():
            found = file_digest(place)
            if found == digest:
                file.unlink()
                return None
            aside = self.root / "altered" / found
        with _writable(self.root):
            place.parent.mkdir(parents=True, exist_ok=True)
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
            # Read-only: the folders for people link to these very bytes.
            file.chmod(0o444)
            if aside is not None:
                aside.parent.mkdir(parents=True, exist_ok=True)
                place.replace(aside)
                log.warning("altered file put aside", digest=digest, file=str(aside))
            file.replace(place)
            _sync_folder(place.parent)
        return aside

    def _place(self, digest: Digest) -> Path:
        if not is_digest(digest):
            raise ValueError(f"{digest!r} is no digest")
        return self.root / digest[:2] / digest


@contextlib.contextmanager
def _writable(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnwritable(
            f"The artifact store {root} takes no files.",
            why=error.strerror or str(error),
            help="Free disk space there, or mend its permissions; the work is taken up again by itself.",
        ) from error


def file_digest(file: Path) -> Digest:
    """Return the SHA-256 of a file's bytes."""
    found = hashlib.sha256()
    with file.open("rb") as handle:
        while chunk := handle.read(_CHUNK_BYTES):
            found.update(chunk)
    return Digest(found.hexdigest())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
