"""From a model's answers to a plan: what can be put right by arithmetic is, and all else is said, to be asked again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct, structs

from bus.ids import Digest
from bus.plan import (
    SEEDS,
    Brief,
    Continue,
    Cut,
    Figure,
    FromImage,
    FromSegment,
    FromText,
    ImageRole,
    Look,
    Lora,
    Mode,
    Plan,
    Segment,
    Start,
)
from services.planner import frames, framing, prompts, revise
from services.planner.drafts import pictures_of
from services.planner.matching import folded
from services.planner.plan_settings import PlanSettings
from services.planner.story import Named, Shot, Story
from services.planner.wording import by_name, criteria_of, prompt_of

SCENE_WORDS_MIN: Final = 8
SCENE_WORDS_MAX: Final = 90
"""WAN was trained on captions of 80 to 100 words, of which framing, place, camera and look take their part."""
_CLOSED: Final = re.compile(r"^(?:is|are|does|do|did|has|have|can|was|were|will)\b.*\?$", re.IGNORECASE)


class Broken(ValueError):
    """A model's answer breaks rules of plans: each is a sentence that can be sent back to it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class Frame(Struct, frozen=True, kw_only=True):
    """What holds for a plan whatever the model answers: lengths, sizes, pictures, ids and seeds are not its choice."""

    brief: Brief
    settings: PlanSettings
    mode: Mode
    total: int
    """Frames of the film."""
    before: Plan | None
    seed: int
    highest_id: int

    @property
    def firsts(self) -> tuple[Digest, ...]:
        """Return the pictures that segments may start from."""
        return pictures_of(self.brief, ImageRole.FIRST_FRAME) if self.mode is not Mode.T2V else ()

    @property
    def last(self) -> Digest | None:
        """Return the picture that the film ends on, or None."""
        lasts = pictures_of(self.brief, ImageRole.LAST_FRAME) if self.mode is Mode.FLF2V else ()
        return lasts[-1] if lasts else None

    @property
    def fewest(self) -> int:
        """Return how many segments the film has at least: a continuing one shows one frame less than it renders."""
        return max(1, -(-self.total // (self.settings.frames_max - 1)))

    @property
    def most(self) -> int:
        """Return how many segments the film has at most, so that none is too short to be seen."""
        return max(self.fewest, self.total // max(1, self.settings.fps))


# -- the story ---------------------------------------------------------------------------------------------


def check_story(story: Story, loras: Mapping[str, str]) -> Story:
    """Return the story if it holds.

    Args:
        loras: the catalogue for this model: names, and what each is for.

    Raises:
        Broken: a name comes twice, a description is missing, or a LoRA is not in the catalogue.
    """
    problems = [
        f"the LoRA {one.name!r} is not in the catalogue; choose from: {', '.join(loras) or 'none'}"
        for one in story.loras
        if one.name not in loras
    ]
    names = [folded(one.name) for one in (*story.people, *story.places)]
    problems += [f"the name {name!r} stands for two" for name in dict.fromkeys(names) if names.count(name) > 1]
    for one in (*story.people, *story.places):
        if not one.name.strip():
            problems.append("somebody or some place has no name")
        elif len(one.description.split()) < 3:
            problems.append(f"the description of {one.name} is too short to be recognised by: say how it looks")
    if problems:
        raise Broken(problems)
    return story


# -- shots -------------------------------------------------------------------------------------------------


def shot_problems(shots: Sequence[Shot], story: Story, frame: Frame, first_number: int = 1) -> tuple[str, ...]:
    """Return what is wrong with each shot by itself, as sentences that name it; empty where nothing is."""
    people, places = by_name(story.people), by_name(story.places)
    kept_ids = {one.id for one in frame.before.segments} if frame.before is not None else set()
    problems: list[str] = []
    for number, shot in enumerate(shots, first_number):
        name = f"shot {number}"
        if shot.keeps:
            if shot.keeps not in kept_ids:
                problems.append(f"{name} keeps segment {shot.keeps}, which the plan before does not have")
            if not shot.keeps_changed:
                continue
        words = len(shot.scene.split())
        if words < SCENE_WORDS_MIN:
            problems.append(f"the scene of {name} has {words} words; the video model needs at least {SCENE_WORDS_MIN}")
        elif words > SCENE_WORDS_MAX:
            problems.append(f"the scene of {name} has {words} words; keep it below {SCENE_WORDS_MAX}")
        if not shot.beat.strip():
            problems.append(f"{name} does not say what happens (beat)")
        for who in shot.people:
            if folded(who) not in people:
                problems.append(f"{name} shows {who!r}, who is none of: {_names(story.people)}")
        if shot.place and folded(shot.place) not in places:
            problems.append(f"{name} plays in {shot.place!r}, which is none of: {_names(story.places)}")
        if shot.picture > len(frame.firsts):
            problems.append(f"{name} starts from picture {shot.picture}, and there are {len(frame.firsts)}")
        problems += [
            f"{name} asks “{one.question}”, which can't be answered by yes or no from a picture"
            for one in shot.questions
            if not _CLOSED.match(one.question.strip())
        ]
        if not shot.questions:
            problems.append(f"{name} has no question to check it by")
    return tuple(problems)


def _names(named: Sequence[Named]) -> str:
    return ", ".join(one.name for one in named) or "nobody and nothing: the story names none"


def _flow_problems(shots: Sequence[Shot], joined: Sequence[bool], frame: Frame) -> tuple[str, ...]:
    """Return what is wrong with the shots as a film."""
    problems: list[str] = []
    if not frame.fewest <= len(shots) <= frame.most:
        problems.append(f"the film has {len(shots)} shots; its length takes {frame.fewest} to {frame.most}")
    asked = frame.brief.shot_count or len(frame.brief.shots)
    if asked and frame.fewest <= asked <= frame.most and len(shots) != asked:
        problems.append(f"the person asked for {asked} shots, and there are {len(shots)}")
    chain = 0
    for number, is_continued in enumerate(joined, 1):
        chain = chain + 1 if is_continued else 1
        if chain > frame.settings.chain_max:
            problems.append(
                f"shot {number} is the {chain}th of a chain; colours drift, so cut after {frame.settings.chain_max}"
            )
            chain = 1
    kept = [one.keeps for one in shots if one.keeps]
    problems += [f"segment {one} is kept twice" for one in dict.fromkeys(kept) if kept.count(one) > 1]
    used = {1, *(one.picture for one, is_continued in zip(shots, joined, strict=True) if not is_continued)}
    problems += [
        f"the person's picture {number} is not used by any shot that begins with a cut"
        for number in range(1, len(frame.firsts) + 1)
        if number not in used and not kept
    ]
    if frame.last is not None and not frame.firsts and not joined[-1]:
        problems.append("the last shot ends on the person's picture, so it has to continue the one before it")
    return tuple(problems)


def plan_of(
    story: Story,
    shots: Sequence[Shot],
    frame: Frame,
    *,
    look: Look,
    loras: Mapping[str, float],
    shape: Plan,
) -> Plan:
    """Return the plan that the answers make.

    Lengths are shared out to the frame, framing that would repeat is varied, and what a shot keeps of the plan before
    stays byte for byte.

    Args:
        loras: the usual strength of each LoRA of the catalogue.
        shape: a plan for the same brief whose title, sizes and captions hold.

    Raises:
        Broken: the answers break rules that can't be put right without changing what they mean.
    """
    kept = [_kept(one, look, frame, is_last=number == len(shots)) for number, one in enumerate(shots, 1)]
    joined = [
        number > 0 and (isinstance(old.transition, Continue) if old is not None else shot.joined == "continue")
        for number, (shot, old) in enumerate(zip(shots, kept, strict=True))
    ]
    problems = (*shot_problems(shots, story, frame), *_flow_problems(shots, joined, frame))
    if problems:
        raise Broken(problems)
    unkept = [
        shot for shot, old in zip(shots, kept, strict=True) if shot.keeps and not shot.keeps_changed and old is None
    ]
    if unkept:
        raise Broken([f"segment {one.keeps} can't stay as it is at that place: write its shot anew" for one in unkept])
    lengths = _lengths(shots, kept, joined, frame)
    if lengths is None:
        raise Broken(
            [f"{frame.total} frames can't be shared out among these shots: change how many there are or continue"]
        )
    heeded = frozenset(one.keeps for one in shots if one.keeps_changed)
    chosen = tuple(Lora(name=one.name, strength=loras[one.name]) for one in story.loras)
    segments: list[Segment] = []
    next_id = max(
        [frame.highest_id, *(one.id for one in frame.before.segments)] if frame.before else [frame.highest_id]
    )
    for number, (shot, old, length) in enumerate(zip(shots, kept, lengths, strict=True)):
        is_last = number == len(shots) - 1
        start = _start(shot, old, segments, frame, is_continued=joined[number], is_last=is_last)
        if old is not None:
            segments.append(_moved(old, start, length))
            continue
        next_id += not shot.keeps
        segments.append(
            _segment(shot, story, frame, look, chosen, start, length, shot.keeps or next_id, segments, ends=is_last)
        )
    return structs.replace(
        shape,
        look=look,
        frame_count=frame.total,
        segments=_noted(tuple(segments), frame, look, heeded),
        people=tuple(_figure(one, frame.brief) for one in story.people),
        places=tuple(Figure(name=one.name, description=one.description) for one in story.places),
    )


def _kept(shot: Shot, look: Look, frame: Frame, *, is_last: bool) -> Segment | None:
    """Return the segment that the shot keeps, if it can stay: what the look ends with is part of its prompt."""
    old = frame.before.segment(shot.keeps) if shot.keeps and frame.before is not None else None
    if shot.keeps_changed or old is None or frame.before is None or old.frame_count > frame.settings.frames_max:
        return None
    if old.end_image != (frame.last if is_last else None):
        return None
    before = frame.before.look
    if before != look:
        old = structs.replace(old, prompt=f"{old.prompt.removesuffix(before.words).rstrip()} {look.words}")
    return old


def _lengths(
    shots: Sequence[Shot], kept: Sequence[Segment | None], joined: Sequence[bool], frame: Frame
) -> tuple[frames.Cutting, ...] | None:
    """Return what each renders and shows: as long as the model wished, as far as it adds up; kept ones as they are."""
    for keeps, low in ((True, frame.settings.fps), (True, 1), (False, 1)):
        bounds = []
        for number, (shot, old) in enumerate(zip(shots, kept, strict=True)):
            rendered = old.frame_count if old is not None and keeps else None
            high = (rendered or frame.settings.frames_max) - int(joined[number])
            weight = old.shown_count * 1000 / frame.settings.fps if old is not None else shot.duration_ms
            bounds.append(
                frames.Bounds(
                    low=min(low, high),
                    high=high,
                    weight=weight,
                    is_handed_over=number + 1 < len(shots) and joined[number + 1],
                    repeats_first=joined[number],
                    rendered=rendered,
                    step=frame.settings.frame_step,
                    least=frame.settings.frames_min,
                )
            )
        found = frames.cut(frame.total, bounds)
        if found is not None:
            return found
    return None


def _start(
    shot: Shot, old: Segment | None, segments: Sequence[Segment], frame: Frame, *, is_continued: bool, is_last: bool
) -> Start:
    if is_continued:
        return FromSegment(segments[-1].id)
    if old is not None and not isinstance(old.start, FromSegment):
        return old.start
    if not frame.firsts:
        return FromText()
    picture = shot.picture or (1 if not segments or (is_last and frame.last is not None) else 0)
    return FromImage(frame.firsts[picture - 1]) if picture else FromText()


def _moved(old: Segment, start: Start, length: frames.Cutting) -> Segment:
    """Return a kept segment at its place in the film: which of its frames are shown, and what it starts from."""
    is_text = isinstance(start, FromText)
    mode = old.mode if is_text == (old.mode is Mode.T2V) else Mode.T2V if is_text else Mode.I2V
    return structs.replace(
        old,
        start=start,
        mode=mode,
        transition=Continue() if isinstance(start, FromSegment) else Cut(),
        frame_count=length.frame_count,
        in_frame=length.in_frame,
        out_frame=length.out_frame,
    )


def _segment(
    shot: Shot,
    story: Story,
    frame: Frame,
    look: Look,
    loras: tuple[Lora, ...],
    start: Start,
    length: frames.Cutting,
    segment_id: int,
    before: Sequence[Segment],
    *,
    ends: bool,
) -> Segment:
    is_continued = isinstance(start, FromSegment)
    end_image = frame.last if ends and not isinstance(start, FromText) else None
    previous = before[-1] if before else None
    movement = shot.movement
    if previous is not None and (shot.shot, movement) == (previous.shot, previous.movement):
        movement = framing.movement_unlike(shot.shot, (previous.shot, previous.movement))
    framed = structs.replace(shot, movement=movement)
    mode = Mode.T2V if isinstance(start, FromText) else Mode.I2V
    return Segment(
        id=segment_id,
        beat=" ".join(shot.beat.split()),
        prompt=prompt_of(framed, story, look),
        negative=prompts.negative_of(frame.brief, movement),
        shot=shot.shot,
        movement=movement,
        mode=Mode.FLF2V if end_image is not None else mode,
        start=start,
        transition=Continue() if is_continued else Cut(),
        frame_count=length.frame_count,
        in_frame=length.in_frame,
        out_frame=length.out_frame,
        seed=(frame.seed + segment_id) % SEEDS,
        end_image=end_image,
        loras=loras,
        criteria=criteria_of(framed, look, frame.brief, is_continued=is_continued),
        why=" ".join(shot.join_reason.split()),
    )


def _figure(one: Named, brief: Brief) -> Figure:
    """Return a person as the plan names it; the person's reference picture is that of the only one there is."""
    references = [image.artifact.digest for image in brief.images if image.role is ImageRole.REFERENCE]
    return Figure(name=one.name, description=one.description, reference=references[0] if len(references) == 1 else None)


def _noted(segments: tuple[Segment, ...], frame: Frame, look: Look, heeded: frozenset[int]) -> tuple[Segment, ...]:
    """Return the segments with the person's notes on them, but for those written anew with the notes in mind."""
    noted = list(segments)
    for note in frame.brief.notes:
        for index, segment in enumerate(noted):
            is_new = folded(note.words).rstrip(" .") not in folded(segment.prompt)
            if segment.id == note.segment and segment.id not in heeded and is_new:
                noted[index] = revise.noted(segment, note.words, look)
    return tuple(noted)
