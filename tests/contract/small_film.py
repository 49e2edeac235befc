"""A whole film of a few small frames, really rendered and joined, in a store: what rebuilding and repairing work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bus import events as e
from bus.board import board, film_takes
from bus.ids import Digest
from bus.plan import Artifact, Order, Plan, Size, order_for
from bus.ports import Progress
from bus.wire.artifacts import FolderArtifacts
from services.creator.decide import Post, Render, take_job
from services.creator.perform import Creator
from services.creator.renderers.animatic import Animatic
from services.creator.renderers.renderer import Rendering
from services.stitcher.film import join_film
from services.stitcher.manifest import Cut, cut_of, manifest_bytes
from tests.stories import MADE, Story, approved, parsed, plan, segment

SIZE = Size(112, 80)


def silent(done: int, total: int, *, preview: bytes | None = None) -> None:
    """Say nothing of how far it is."""


class Moody(Animatic):
    """A renderer that draws the same order otherwise each time, as a model on another card may."""

    name = "moody"

    def __init__(self) -> None:
        super().__init__("elsewhere")
        self._times = 0

    async def render(
        self,
        order: Order,
        key: str,
        folder: Path,
        inputs: Mapping[Digest, Path],
        progress: Progress,
        *,
        server: str = "",
        was_posted: bool = False,
        is_afresh: bool = False,
    ) -> Rendering:
        """Draw it with another seed."""
        self._times += 1
        other = msgspec.structs.replace(order, seed=order.seed + self._times)
        return await super().render(
            other, key, folder, inputs, progress, server=server, was_posted=was_posted, is_afresh=is_afresh
        )


def creator() -> Creator:
    """Return a creator with the animatic, and one that is never the same."""
    return Creator({"animatic": Animatic("here"), "moody": Moody()})


def small_plan(renderer: str = "animatic", prompt: str | None = None) -> Plan:
    """Return a plan of two segments, the second going on where the first ends."""
    parts = [
        msgspec.structs.replace(one, frame_count=5, out_frame=5, prompt=prompt or one.prompt)
        for one in (segment(1), segment(2, continues=1))
    ]
    whole = plan(*(segment(1), segment(2, continues=1)))
    return msgspec.structs.replace(
        whole, segments=tuple(parts), size=SIZE, crop=SIZE, frame_count=9, renderer=renderer, caption=False
    )


@dataclass
class SmallFilm:
    """A production as its services would have made it."""

    folder: Path
    renderer: str = "animatic"
    images: tuple[Artifact, ...] = ()
    told: Story = field(default_factory=Story)

    @property
    def store(self) -> FolderArtifacts:
        """Return where its artifacts are."""
        return FolderArtifacts(self.folder / "objects")

    async def make(self, perform: Creator) -> SmallFilm:
        """Render both takes, approve them, and join the film."""
        options = e.Options(sample=False)
        self.told.tell(
            e.ProductionRequested(words="A keeper rows out", options=options, images=self.images),
            parsed(),
            e.PlanWritten(number=1, plan=small_plan(self.renderer), made=MADE),
        )
        for number in (1, 2):
            await self._take(perform, number)
        self._film()
        return self

    async def _take(self, perform: Creator, number: int) -> None:
        state = self.told.state
        slot = next(one for one in board(state) if one.segment.id == number)
        assert state.plan is not None
        assert slot.basis is not None
        order = order_for(state.plan, slot.segment, 1, slot.start)
        self.told.tell(e.SegmentOrdered(segment=number, take=1, order=order, basis=slot.basis))
        job = take_job(self.told.state, self.told.state.takes[number, 1])
        self._write(await perform(Post(job=job), self.told.state, self.store, silent))
        job = take_job(self.told.state, self.told.state.takes[number, 1])
        self._write(await perform(Render(job=job), self.told.state, self.store, silent))
        self.told.tell(approved(number))

    def _write(self, facts: Sequence[e.Fact]) -> None:
        # What a render took is another figure each time; the story is to be the same.
        cost = e.Cost(render_s=0.1, total_s=0.1)
        self.told.tell(
            *(msgspec.structs.replace(one, cost=cost) if isinstance(one, e.SegmentRendered) else one for one in facts)
        )

    def _film(self) -> None:
        state = self.told.state
        takes = film_takes(state)
        assert takes is not None
        assert state.plan is not None
        assert state.head is not None
        shown = tuple(
            e.CutTake(segment=one.segment, take=one.take, digest=one.rendered.clip.digest)
            for one in takes
            if one.rendered is not None
        )
        with self.store.workspace() as folder:
            target = folder / "film.mp4"
            facts = join_film(state, state.plan, takes, self.store, target, silent, lambda: False)
            film = Artifact(digest=self.store.keep(target), media_type="video/mp4", size_bytes=facts.size_bytes)
            cut = Cut(
                number=1, plan=1, film=film, takes=shown, duration_s=facts.duration_s, copied=facts.copied,
                count=state.ordinal, head=state.head, made=MADE,
            )  # fmt: skip
            file = folder / "manifest.json"
            content = manifest_bytes(state, cut)
            file.write_bytes(content)
            manifest = Artifact(digest=self.store.keep(file), media_type="application/json", size_bytes=len(content))
        done = e.ProductionDone(manifest=manifest, **{name: getattr(cut, name) for name in Cut.__struct_fields__})
        assert cut_of(done) == cut
        self.told.tell(done)
