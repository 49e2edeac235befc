"""Brings back what the store lacks or has otherwise: from a copy by name, from the log, from its takes, from its order.

Bytes are named by their digest, so whatever gives the very bytes is right, and nothing has to be written on the log:
what it says holds again. What comes out otherwise is not kept. A new take is then for a person to ask for.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from bus import events as e
from bus.errors import KindlingError, MissingArtifact
from bus.ids import Digest, ProductionId
from bus.plan import Artifact, Made
from bus.production import Production, Sample, Take, fold
from bus.wire.artifacts import FolderArtifacts, file_digest
from bus.work import Perform
from kindling.counting import Tell
from kindling.rebuild import Rebuilder, arrange
from kindling.verify import Finding, Kept, Report, artifacts_of, check, check_artifact
from services._kit.media import Unreadable
from services.creator.again import render_again
from services.creator.decide import sample_job, take_job
from services.stitcher.shelf import names_of

Damaged = dict[Digest, tuple[str, Artifact]]
"""By digest, what is missing or not as it was, and which event names it as what."""
History = Sequence[e.Recorded | e.Unreadable]


class Mended(Struct, frozen=True, kw_only=True):
    """Something that is as it was again."""

    what: str
    digest: Digest
    how: str
    """As `rendered again from its order`."""
    put_aside: str | None = None
    """Where the other bytes were put that lay in its place."""

    @property
    def has_names_left(self) -> bool:
        """Say whether those bytes have other names, too: those for people are links to what is stored."""
        return self.put_aside is not None and Path(self.put_aside).stat().st_nlink > 1


class Repaired(Struct, frozen=True, kw_only=True):
    """What became of one production: what was mended, and what is found now."""

    production: ProductionId
    mended: tuple[Mended, ...]
    left: tuple[Finding, ...]
    """What could not be mended: why, and what that means."""
    report: Report


@dataclass(frozen=True, slots=True)
class Aside:
    """Reads from a store, and keeps what is made in a folder beside it until it is known to be right."""

    store: FolderArtifacts
    folder: Path

    def path(self, digest: Digest) -> Path:
        """Return where the bytes lie; only those that are what their name says.

        Raises:
            MissingArtifact: the store has them not, or altered.
        """
        path = self.store.path(digest)
        if file_digest(path) != digest:
            raise MissingArtifact(digest)
        return path

    def keep(self, file: Path) -> Digest:
        """Keep a file beside the store."""
        digest = file_digest(file)
        file.replace(self.folder / digest)
        return digest

    def remove(self, digest: Digest) -> None:
        """Do nothing: the folder goes as a whole."""

    def workspace(self) -> AbstractContextManager[Path]:
        """Return a folder on the store's disk."""
        return self.store.workspace()


@dataclass
class Repairer:
    """Repairs productions of one store."""

    folder: Path
    """The productions folder."""
    store: FolderArtifacts
    perform: Perform
    """The creator's work."""
    tell: Tell = lambda _what, _done, _total: None
    _mended: list[Mended] = field(default_factory=list)
    _left: list[Finding] = field(default_factory=list)

    async def repair(self, production: ProductionId, history: History) -> Repaired:
        """Mend what can be mended of one production, and say what is left."""
        self._mended, self._left = [], []
        state = fold(production, history)
        if not isinstance(state.end, e.ProductionDeleted):
            damaged = await asyncio.to_thread(self._damaged, history)
            if damaged:
                await asyncio.to_thread(self._from_copies, state, damaged)
                for one in _makings(state):
                    await self._render(state, one, damaged)
                await asyncio.to_thread(self._from_log, state, history, damaged)
                self._say_left(damaged)
            # Also where nothing is damaged any more: names may lead to other bytes of what it shares with another one.
            await asyncio.to_thread(arrange, self.folder, self.store, state)
        report = await asyncio.to_thread(check, production, history, self.store)
        return Repaired(production=production, mended=tuple(self._mended), left=tuple(self._left), report=report)

    def _damaged(self, history: History) -> Damaged:
        """Return every artifact that is missing or not as it was."""
        found = {}
        named = artifacts_of(history)
        for number, (digest, (role, artifact)) in enumerate(named.items(), 1):
            self.tell("checking clips and pictures", number, len(named))
            if check_artifact(self.store, artifact)[0] is not Kept.SOUND:
                found[digest] = (role, artifact)
        return found

    def _put_back(self, file: Path, digest: Digest, damaged: Damaged, how: str) -> None:
        aside = self.store.put_back(file)
        role, _ = damaged.pop(digest)
        self._mended.append(Mended(what=role, digest=digest, how=how, put_aside=str(aside) if aside else None))

    def _from_copies(self, state: Production, damaged: Damaged) -> None:
        """Take what still lies in the folders for people, where it has the bytes that it should have."""
        for name in names_of(state):
            copy = self.folder / str(name)
            if name.digest in damaged and copy.is_file() and file_digest(copy) == name.digest:
                with self.store.workspace() as folder:
                    file = folder / "copy"
                    shutil.copyfile(copy, file)
                    self._put_back(file, name.digest, damaged, f"taken from {name}")

    async def _render(self, state: Production, made: Sample | Take, damaged: Damaged) -> None:
        """Render a sample or a take again from its order, and take what is the same."""
        recorded = made.rendered
        assert recorded is not None
        wanted = [one for one in _parts(recorded) if one.digest in damaged]
        if not wanted:
            return
        is_sample = isinstance(made, Sample)
        name = f"sample {made.brief}-{made.take}" if isinstance(made, Sample) else f"take {made.segment}-{made.take}"
        job = sample_job(state, made) if isinstance(made, Sample) else take_job(state, made)

        def step(done: int, total: int, *, preview: bytes | None = None) -> None:
            self.tell(f"{name} again", done, total)

        with self.store.workspace() as folder:
            try:
                again = await render_again(
                    job, recorded.clip.digest, state, self.perform, Aside(self.store, folder), step
                )
            except (KindlingError, OSError) as error:
                self._leave(name, f"it can't be rendered again. {error}")
                return
            if isinstance(again, e.Failure):
                self._leave(name, f"it can't be rendered again. {again.what} {again.why} {again.help}".rstrip())
                return
            for old, new in zip(_parts(recorded), _parts(again), strict=True):
                if old.digest in damaged and old.digest == new.digest:
                    how = "rendered again from its order"
                    await asyncio.to_thread(self._put_back, folder / new.digest, old.digest, damaged, how)
        if recorded.clip.digest in damaged:
            self._leave(name, _differs(recorded, again, is_sample=is_sample, segment=getattr(made, "segment", 0)))
            for one in _parts(recorded):
                damaged.pop(one.digest, None)

    def _from_log(self, state: Production, history: History, damaged: Damaged) -> None:
        """Derive manifests and join films again."""
        for one in Rebuilder(self.folder, self.store, self.tell).makings(state, history):
            if one.digest not in damaged:
                continue
            with self.store.workspace() as folder:
                try:
                    file = one.make(folder)
                except (KindlingError, Unreadable) as error:
                    role, _ = damaged.pop(one.digest)
                    self._leave(role, f"wanted {one.digest}: it can't be made again. {error}")
                    continue
                how = "derived from the log" if one.name.startswith("manifest") else "joined again from its takes"
                self._put_back(file, one.digest, damaged, how)

    def _say_left(self, damaged: Damaged) -> None:
        for role, artifact in damaged.values():
            if role.startswith("picture"):
                why = "it came from you, and nothing can make it again. An exported file that has it brings it back."
            elif role.startswith("signed film"):
                why = "signing the film again gives other bytes; the film itself is not affected."
            else:
                why = "nothing here can make it again. An exported file that has it brings it back."
            self._leave(role, f"wanted {artifact.digest}: {why}")

    def _leave(self, where: str, what: str) -> None:
        self._left.append(Finding(where=where, what=what))


def _makings(state: Production) -> Iterator[Sample | Take]:
    """Yield every sample and take that was rendered here, in the order of their orders: parents come first."""
    states: list[Production] = [state]
    while states[-1].source is not None:
        states.append(states[-1].source)
    for one in reversed(states):
        makings: list[Sample | Take] = [*one.samples, *one.takes.values()]
        for making in sorted(makings, key=lambda each: each.ordinal):
            if making.rendered is not None and getattr(making, "borrowed", None) is None:
                yield making


def _parts(rendered: e.SampleRendered | e.SegmentRendered) -> tuple[Artifact, ...]:
    if isinstance(rendered, e.SegmentRendered):
        return (rendered.clip, rendered.hand_over, rendered.poster)
    return (rendered.clip, rendered.poster)


def _differs(
    was: e.SampleRendered | e.SegmentRendered,
    now: e.SampleRendered | e.SegmentRendered,
    *,
    is_sample: bool,
    segment: int,
) -> str:
    """Return that a rendering came out otherwise: both digests, what differed, and what that means."""
    makers = (_maker(was.made), _maker(now.made))
    by = f"made by {makers[0]} then and by {makers[1]} now" if makers[0] != makers[1] else f"made by {makers[0]}"
    meaning = (
        "It was a sample: nothing follows from its bytes any more."
        if is_sample
        else "What was reviewed and shown is lost, and a new rendering is another take: "
        f"`kindling redo … {segment}` makes one, has it reviewed, and joins the film anew. "
        "An exported file that has the old one brings it back."
    )
    return (
        f"wanted {was.clip.digest}, and rendered again from its order it is {now.clip.digest} ({by}). It was not kept. "
        f"{meaning}"
    )


def _maker(made: Made) -> str:
    parts = (made.by, made.version, made.model or "", (made.model_digest or "").removeprefix("sha256:")[:12])
    return " ".join(part for part in parts if part)
