"""Gives a film's drafts their lengths, ids and seeds, and keeps of the plan before what still fits."""

from __future__ import annotations

from msgspec import structs

from bus.plan import (
    SEEDS,
    SEGMENTS_MAX,
    Brief,
    Continue,
    Cut,
    FromImage,
    FromSegment,
    FromText,
    ImageRole,
    Look,
    Mode,
    Plan,
    Segment,
    Start,
)
from services.planner import frames, prompts, revise
from services.planner.beats import World, whole_beat
from services.planner.drafts import (
    Draft,
    Unplannable,
    framed_alike,
    free_drafts,
    given_drafts,
    is_count_given,
    pictures_of,
)
from services.planner.plan_settings import PlanSettings


class Bench:
    """What is at hand while the segments of one plan are cut."""

    def __init__(
        self,
        brief: Brief,
        settings: PlanSettings,
        world: World,
        look: Look,
        mode: Mode,
        total: int,
        before: Plan | None,
        seed: int,
        highest_id: int,
    ) -> None:
        self._brief, self._settings, self._world, self._look = brief, settings, world, look
        self._mode, self._total, self._before, self._seed = mode, total, before, seed
        self._highest_id = max(highest_id, *(one.id for one in before.segments)) if before else highest_id

    def segments(self) -> tuple[Segment, ...]:
        """Return the film's segments."""
        settings, total = self._settings, self._total
        if is_count_given(self._brief, self._mode):
            drafts = given_drafts(
                self._brief,
                self._world,
                self._mode,
                frames=total,
                fps=settings.fps,
                rendered_max=settings.frames_max,
                chain_max=settings.chain_max,
            )
            return self._cut_or_raise(drafts)
        kept = self._before is not None and self._kept_count(self._drafts(len(self._before.segments)))
        usual = frames.segment_count(total, settings.fps, settings.frames_max)
        if not kept or self._before is None:
            return self._cut_or_raise(self._drafts(max(usual, self._count_min(total))))
        return self._revised(len(self._before.segments))

    def _revised(self, count_before: int) -> tuple[Segment, ...]:
        """Return segments with as many of those before as still make the length: added before the close, or dropped."""
        total, settings = self._total, self._settings
        fewest = max(1, -(-total // settings.frames_max))
        short = int(frames.SHORT_S * settings.fps)
        most = max(fewest, total // short)
        frames_before = self._before.frame_count if self._before is not None else total
        more = round((total - frames_before) / (frames.USUAL_S * settings.fps))
        start = min(max(count_before + more, fewest), most)
        others = [one for one in range(fewest, most + 1) if one != start]
        for count in [start, *sorted(others, key=lambda one: abs(one - start))]:
            drafts = self._drafts(count)
            cuttings = self._cuttings(drafts, short)
            if cuttings is not None:
                return self._built(drafts, cuttings)
        return self._cut_or_raise(self._drafts(frames.segment_count(total, settings.fps, settings.frames_max)))

    def _count_min(self, total: int) -> int:
        """Return 2 where a film from words must end on a picture: only a segment that starts from one can."""
        ends_from_words = self._mode is Mode.FLF2V and not pictures_of(self._brief, ImageRole.FIRST_FRAME)
        return 2 if ends_from_words and total > 1 else 1

    def _drafts(self, count: int) -> tuple[Draft, ...]:
        whole = revise.sentence_key(whole_beat(self._world).sentence)
        keeps_whole = self._before is not None and any(
            revise.sentence_key(one.beat) == whole for one in self._before.segments
        )
        return free_drafts(
            self._brief,
            self._world,
            self._mode,
            max(count, self._count_min(self._total)),
            chain_max=self._settings.chain_max,
            keeps_whole=keeps_whole,
        )

    def _kept_count(self, drafts: tuple[Draft, ...]) -> int:
        return sum(one is not None for one in self._matches(drafts))

    def _matches(self, drafts: tuple[Draft, ...]) -> tuple[Segment | None, ...]:
        return revise.matches(tuple(one.beat.sentence for one in drafts), self._before)

    def _cuttings(
        self, drafts: tuple[Draft, ...], low: int, *, keeps: bool = True
    ) -> tuple[frames.Cutting, ...] | None:
        most = self._settings.frames_max
        bounds = []
        matched = self._matches(drafts) if keeps else (None,) * len(drafts)
        for index, (draft, old) in enumerate(zip(drafts, matched, strict=True)):
            rendered = old.frame_count if old is not None and old.frame_count <= most else None
            high = (rendered or most) - int(draft.is_continued)
            bounds.append(
                frames.Bounds(
                    low=min(low, high),
                    high=high,
                    weight=draft.beat.weight,
                    is_handed_over=index + 1 < len(drafts) and drafts[index + 1].is_continued,
                    repeats_first=draft.is_continued,
                    rendered=rendered,
                    step=self._settings.frame_step,
                    least=self._settings.frames_min,
                )
            )
        return frames.cut(self._total, bounds)

    def _cut_or_raise(self, drafts: tuple[Draft, ...]) -> tuple[Segment, ...]:
        """Return segments cut to length: as long as they should be, else shorter, else without what continues."""
        short = int(frames.SHORT_S * self._settings.fps)
        cut_only = tuple(structs.replace(one, is_continued=False) for one in drafts)
        tries = [(drafts, short, True), (drafts, 1, True), (drafts, 1, False)]
        if self._mode is Mode.T2V:
            tries.append((cut_only, 1, False))
        for wanted, low, keeps in tries:
            cuttings = self._cuttings(wanted, low, keeps=keeps)
            if cuttings is not None:
                return self._built(wanted, cuttings)
        if len(drafts) > 1:
            # Fewer segments always fit in the end: a single one takes any length up to its limit.
            kept, dropped, last = drafts[:-2], drafts[-2], drafts[-1]
            if last.is_continued and not dropped.is_continued:
                # The chain's head goes: the last one takes its place, so that no chain grows longer than it may.
                last = structs.replace(last, is_continued=False, image=dropped.image)
            shorter = tuple(framed_alike((*kept, last)))
            return self._cut_or_raise(shorter)
        raise Unplannable(
            f"{self._total} frames can't be cut into {len(drafts)} segments: ask for a longer film or for fewer shots"
        )

    def _built(self, drafts: tuple[Draft, ...], cuttings: tuple[frames.Cutting, ...]) -> tuple[Segment, ...]:
        if len(drafts) > SEGMENTS_MAX:
            raise Unplannable(f"the film has {len(drafts)} segments, more than {SEGMENTS_MAX}: ask for fewer shots")
        segments: list[Segment] = []
        next_id = self._highest_id + 1
        for draft, cutting, old in zip(drafts, cuttings, self._matches(drafts), strict=True):
            segment_id = old.id if old is not None else next_id
            next_id += old is None
            parent = segments[-1].id if segments else 0
            built = self._segment(draft, cutting, segment_id, parent)
            if old is not None:
                built = structs.replace(built, seed=old.seed, loras=old.loras)
            for note in self._brief.notes:
                if note.segment == segment_id:
                    built = revise.noted(built, note.words, self._look)
            segments.append(built)
        return tuple(segments)

    def _segment(self, draft: Draft, cutting: frames.Cutting, segment_id: int, parent: int) -> Segment:
        start: Start = FromText()
        if draft.is_continued:
            start = FromSegment(parent)
        elif draft.image is not None:
            start = FromImage(draft.image)
        elif draft.end_image is not None:
            raise Unplannable(
                f"{self._total} frames are too few to go from words to the last picture: add a first picture, or ask "
                "for a longer film"
            )
        beat, look, world, brief = draft.beat, self._look, self._world, self._brief
        return Segment(
            id=segment_id,
            beat=beat.sentence,
            prompt=prompts.prompt_of(beat, world, look),
            negative=prompts.negative_of(brief, beat.movement),
            shot=beat.shot,
            movement=beat.movement,
            mode=draft.mode,
            start=start,
            transition=Continue() if draft.is_continued else Cut(),
            frame_count=cutting.frame_count,
            in_frame=cutting.in_frame,
            out_frame=cutting.out_frame,
            seed=(self._seed + segment_id) % SEEDS,
            end_image=draft.end_image,
            criteria=prompts.criteria_of(beat, world, look, brief, is_continued=draft.is_continued),
        )
