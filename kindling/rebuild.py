"""Everything that follows from the log, made anew from it: manifests, films, and the folders for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from bus import events as e
from bus.errors import KindlingError
from bus.ids import Digest, ProductionId
from bus.production import Production, fold
from bus.wire.artifacts import FolderArtifacts, file_digest
from kindling.reading import until
from kindling.verify import Finding
from services._kit.media import Unreadable
from services.planner import shelf as plans
from services.stitcher import shelf as films
from services.stitcher.film import NotTheSame, join_film, manifest_again, takes_of

History = Sequence[e.Recorded | e.Unreadable]
Tell = Callable[[str, int, int], None]
"""Told what is being made, how many frames of it are done, and of how many."""


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What became of one production."""

    production: ProductionId
    file_count: int
    """The files that people find of it."""
    new_count: int
    """How many of them had not been there."""
    made: tuple[str, ...]
    """Artifacts that the store lacked and that were made again, with the very bytes that the log names."""
    findings: tuple[Finding, ...]
    """What the log names and what can't be had from it."""


@dataclass(frozen=True, slots=True)
class Making:
    """Something that can be made again: the digest that it has to have, and what writes it into a folder."""

    name: str
    digest: Digest
    make: Callable[[Path], Path]
    """Raises `KindlingError` or `Unreadable` where it can't be made, or comes out otherwise."""


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """Makes again what follows from the log, in a productions folder. What is there as it should be is left alone."""

    folder: Path
    store: FolderArtifacts
    tell: Tell = lambda _what, _done, _total: None

    def rebuild(self, production: ProductionId, history: History) -> Rebuilt:
        """Bring back all that the log of one production tells of; blocks.

        The takes and pictures themselves have to be in the store: they follow from the log and a renderer.
        """
        state = fold(production, history)
        made: list[str] = []
        findings: list[Finding] = []
        if not isinstance(state.end, e.ProductionDeleted):
            self._bring_back(state, history, made, findings)
        expected = (*map(str, films.names_of(state)), *plans.texts_of(state))
        there = sum((self.folder / name).is_file() for name in expected)
        arrange(self.folder, self.store, state)
        for one in films.names_of(state):
            if not self.store.has(one.digest) and all(one.digest not in finding.what for finding in findings):
                findings.append(Finding(where=str(one), what=f"missing: {one.digest} is not in the store."))
        named = sum((self.folder / name).is_file() for name in expected)
        return Rebuilt(
            production=production,
            file_count=named,
            new_count=named - there,
            made=tuple(made),
            findings=tuple(findings),
        )

    def _bring_back(self, state: Production, history: History, made: list[str], findings: list[Finding]) -> None:
        """Make the manifests and the films again that the store lacks."""
        for one in self.makings(state, history):
            if self.store.has(one.digest):
                continue
            try:
                with self.store.workspace() as folder:
                    self.store.keep(one.make(folder))
            except (KindlingError, Unreadable) as error:
                findings.append(Finding(where=one.name, what=f"missing: {one.digest} can't be made again. {error}"))
            else:
                made.append(one.name)

    def makings(self, state: Production, history: History) -> Iterator[Making]:
        """Yield what can be made from the log and the takes: each cut's manifest and film."""
        for cut in state.cuts:
            for name, digest, write in (
                (f"manifest of cut {cut.number}", cut.manifest.digest, self._manifest),
                (f"film of cut {cut.number}", cut.film.digest, self._film),
            ):

                def make(
                    folder: Path,
                    cut: e.ProductionDone = cut,
                    name: str = name,
                    digest: Digest = digest,
                    write: Callable[[Production, e.ProductionDone, Path], None] = write,
                ) -> Path:
                    file = folder / "made"
                    write(fold(state.id, until(history, cut.count)), cut, file)
                    _require_same(name, digest, file)
                    return file

                yield Making(name, digest, make)

    def _manifest(self, before: Production, cut: e.ProductionDone, file: Path) -> None:
        file.write_bytes(manifest_again(before, cut))

    def _film(self, before: Production, cut: e.ProductionDone, file: Path) -> None:
        takes = takes_of(before, cut)
        plan = before.plans[cut.plan - 1]

        def step(done: int, total: int, *, preview: bytes | None = None) -> None:
            self.tell(f"film of cut {cut.number}", done, total)

        join_film(before, plan, takes, self.store, file, step, lambda: False)


def _require_same(name: str, wanted: Digest, file: Path) -> None:
    if (found := file_digest(file)) != wanted:
        raise NotTheSame(name.capitalize(), wanted, found, "Another version of the encoder or of Kindling made it.")


def arrange(folder: Path, store: FolderArtifacts, state: Production) -> None:
    """Give the files of a production their names, as the shelves of the services do."""
    films.Shelf(folder, store).arrange(state)
    plans.Shelf(folder).arrange(state)
