"""From a brief to the shots of its film, in order: what each shows, starts from, and how it follows the last one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct, structs

from bus.ids import Digest
from bus.plan import Brief, ImageRole, Mode
from services.planner import framing
from services.planner.beat_words import Role
from services.planner.beats import (
    CUTTING,
    FROM_PICTURE,
    Beat,
    World,
    bare_shot,
    shot_beats,
    story_beats,
    varied,
    whole_beat,
    without_a_cut,
)

GOES_ON: Final = "The shot goes on"


class Unplannable(ValueError):
    """The brief can't become a plan; the message says what is missing and what would help."""


class Draft(Struct, frozen=True, kw_only=True):
    """One segment before it has an id and a length."""

    beat: Beat
    image: Digest | None = None
    """The picture it starts from."""
    is_continued: bool = False
    """It starts from the hand-over of the one before it."""
    end_image: Digest | None = None

    @property
    def mode(self) -> Mode:
        """Return what the clip is made from."""
        if self.end_image is not None:
            return Mode.FLF2V
        return Mode.I2V if self.image is not None or self.is_continued else Mode.T2V


def pictures_of(brief: Brief, role: ImageRole) -> tuple[Digest, ...]:
    """Return the pictures given for a role, in the person's order."""
    return tuple(one.artifact.digest for one in brief.images if one.role is role)


def mode_of(brief: Brief) -> Mode:
    """Return the brief's mode, what is taken for it, or what its pictures say.

    Raises:
        Unplannable: the mode needs a picture that is not there.
    """
    first, last = (bool(pictures_of(brief, role)) for role in (ImageRole.FIRST_FRAME, ImageRole.LAST_FRAME))
    assumed = brief.assumed_value("mode")
    if brief.mode is not None:
        mode = brief.mode
    elif isinstance(assumed, str) and assumed in set(Mode):
        mode = Mode(assumed)
    else:
        mode = Mode.FLF2V if last else Mode.I2V if first else Mode.T2V
    if mode is Mode.I2V and not first:
        raise Unplannable(
            "the film is to start from a picture, and there is none: add one, or ask for a film from words"
        )
    if mode is Mode.FLF2V and not last:
        raise Unplannable(
            "the film is to end on a picture, and there is none: add a last picture, or ask for a film from "
            + ("the first one" if first else "words")
        )
    return mode


def is_count_given(brief: Brief, mode: Mode) -> bool:
    """Say whether the number of shots is the person's, by word or by their pictures, and not ours to choose."""
    several = mode is Mode.I2V and len(pictures_of(brief, ImageRole.FIRST_FRAME)) > 1
    return bool(brief.shots) or brief.shot_count is not None or several


def given_drafts(
    brief: Brief, world: World, mode: Mode, *, frames: int, fps: int, rendered_max: int, chain_max: int
) -> tuple[Draft, ...]:
    """Return drafts where the person gave shots, their number or several pictures: one for each, or more if it is long.

    A shot longer than one clip goes on without a cut, up to `chain_max` clips, and then cuts to another angle. What the
    person called a scene has several angles instead.
    """
    pictures = pictures_of(brief, ImageRole.FIRST_FRAME) if mode is not Mode.T2V else ()
    beats = _given_beats(brief, world, mode, len(pictures))[:frames]
    weights = shot_weights(brief.shots, len(beats), fps) if brief.shots else tuple(one.weight for one in beats)
    share = frames / sum(weights)
    is_timed = any(shot_length_s(one) is not None for one in brief.shots)
    drafts: list[Draft] = []
    for index, (beat, weight) in enumerate(zip(beats, weights, strict=True)):
        # A shot's own picture, or the one picture there is; with too few pictures the last one stands for the rest.
        image = pictures[min(index, len(pictures) - 1)] if mode is Mode.I2V else None
        wish = round(weight * share)
        # Where nobody says how long a shot is, it may give way a little, so that all fit into one clip each.
        is_long = wish > rendered_max and (is_timed or frames > len(beats) * (rendered_max - 1))
        part_count = -(-wish // (rendered_max - 1)) if is_long else 1
        is_scene = index < len(brief.shots) and _SCENE.match(brief.shots[index]) is not None
        for part in range(part_count):
            later = _later_part(beat, part, is_scene=is_scene, chain_max=chain_max) if part else beat
            continues = (later.goes_on and bool(drafts)) if chain_max > 1 else False
            drafts.append(
                Draft(
                    beat=structs.replace(later, weight=weight / part_count, goes_on=continues),
                    image=None if continues else image,
                    is_continued=continues,
                )
            )
    return _finished(brief, mode, drafts, chain_max)


def free_drafts(
    brief: Brief, world: World, mode: Mode, count: int, *, chain_max: int, keeps_whole: bool
) -> tuple[Draft, ...]:
    """Return so many drafts by the rules of a story.

    Args:
        keeps_whole: open with the film of a single shot, because it has been made already.
    """
    beats = story_beats(world, count, CUTTING if mode is Mode.T2V else FROM_PICTURE)
    if keeps_whole and count > 1:
        beats = (whole_beat(world), *beats[1:])
    pictures = pictures_of(brief, ImageRole.FIRST_FRAME)
    drafts = []
    for index, beat in enumerate(varied(beats)):
        continues = index > 0 and beat.goes_on and chain_max > 1
        drafts.append(
            Draft(
                beat=structs.replace(beat, goes_on=continues),
                image=pictures[0] if mode is Mode.I2V and not continues else None,
                is_continued=continues,
            )
        )
    return _finished(brief, mode, drafts, chain_max)


def _finished(brief: Brief, mode: Mode, drafts: list[Draft], chain_max: int) -> tuple[Draft, ...]:
    """Return the drafts with chains within their limit, last picture in place, and sentences that say what goes on."""
    if mode is Mode.FLF2V:
        drafts = _towards_an_end(brief, drafts, chain_max)
    pictures = pictures_of(brief, ImageRole.FIRST_FRAME)
    result: list[Draft] = []
    hops = 1
    for draft in drafts:
        if draft.is_continued and hops >= chain_max:
            # Colours drift with every hop (facts of the field: unusable by about eight), so it starts anew.
            anchor = pictures[-1] if mode is not Mode.T2V and pictures else None
            draft = structs.replace(draft, is_continued=False, image=anchor)
        hops = hops + 1 if draft.is_continued else 1
        is_told = draft.beat.role in {Role.SHOT, Role.MOMENT} or draft.beat.sentence.startswith(GOES_ON)
        if draft.is_continued and not is_told:
            sentence = without_a_cut(draft.beat.sentence)
            draft = structs.replace(draft, beat=structs.replace(draft.beat, sentence=sentence))
        result.append(draft)
    return tuple(framed_alike(result))


def _towards_an_end(brief: Brief, drafts: list[Draft], chain_max: int) -> list[Draft]:
    """Return the drafts as chains of even length from the first picture, the last of which ends on the last picture."""
    firsts, lasts = (pictures_of(brief, role) for role in (ImageRole.FIRST_FRAME, ImageRole.LAST_FRAME))
    first = firsts[0] if firsts else None
    count = len(drafts)
    chains = -(-count // max(1, chain_max))
    heads = {index * count // chains for index in range(chains)}
    result = [
        structs.replace(one, is_continued=index not in heads, image=first if index in heads else None)
        for index, one in enumerate(drafts)
    ]
    if result[-1].image is None and not result[-1].is_continued:
        raise Unplannable(
            "the film is to end on a picture, and its last segment starts from nothing: add a first picture, or make "
            "the film longer"
        )
    result[-1] = structs.replace(result[-1], end_image=lasts[-1])
    return result


def framed_alike(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts with what continues framed as what it continues: without a cut the size can't jump."""
    result: list[Draft] = []
    for draft in drafts:
        if draft.is_continued and not draft.beat.is_asked:
            before = result[-1].beat
            move = draft.beat.movement
            if move is before.movement:
                move = framing.movement_unlike(before.shot, _frame(before))
            draft = structs.replace(draft, beat=structs.replace(draft.beat, shot=before.shot, movement=move))
        elif result and not draft.beat.is_asked and _frame(draft.beat) == _frame(result[-1].beat):
            move = framing.movement_unlike(draft.beat.shot, _frame(draft.beat))
            draft = structs.replace(draft, beat=structs.replace(draft.beat, movement=move))
        result.append(draft)
    return result


def _frame(beat: Beat) -> framing.Frame:
    return (beat.shot, beat.movement)


# -- the person's own shots ----------------------------------------------------------------------------------

_SCENE: Final = re.compile(r"^\W*(?:scene|szene|scène|escena|cena|场景)\b", re.IGNORECASE)
_CLOCK: Final = r"(?:(\d+):)?(\d+(?:[.,]\d+)?)\s*(?:s|sec|secs|seconds?|sek|sekunden)?"
_RANGE: Final = re.compile(rf"(?<![\w:.]){_CLOCK}\s*(?:-|–|—|to|bis)\s*{_CLOCK}(?![\w:])", re.IGNORECASE)
_LENGTH: Final = re.compile(r"(?<![\w:.–-])(\d+(?:[.,]\d+)?)\s*(?:s|sec|secs|seconds?|sek|sekunden)\b", re.IGNORECASE)


def shot_length_s(words: str) -> float | None:
    """Return how long the person wants the shot: of `0:05–0:09` and of `4 s` it is 4.0. None where they don't say."""
    spans = _RANGE.search(words)
    if spans is not None:
        start, end = (int(m or 0) * 60 + float(s.replace(",", ".")) for m, s in (spans.group(1, 2), spans.group(3, 4)))
        if end > start:
            return end - start
    length = _LENGTH.search(words)
    return float(length.group(1).replace(",", ".")) if length is not None else None


def shot_weights(shots: tuple[str, ...], count: int, fps: int) -> tuple[float, ...]:
    """Return how long each shot is against the others: as the person says, the rest as the mean of those."""
    lengths = [shot_length_s(one) for one in shots[:count]]
    lengths += [None] * (count - len(lengths))
    said = [one for one in lengths if one]
    usual = sum(said) / len(said) if said else 1.0
    return tuple(max(1 / fps, one or usual) for one in lengths)


def _given_beats(brief: Brief, world: World, mode: Mode, picture_count: int) -> tuple[Beat, ...]:
    """Return one beat for each shot that the person asked for; those they only counted are told by rule."""
    shots = tuple(one for one in brief.shots if bare_shot(one))
    several = picture_count if mode is Mode.I2V and picture_count > 1 else 0
    count = max(len(shots), brief.shot_count or 0, several if not shots else 0, 1)
    roles = CUTTING if mode is Mode.T2V else FROM_PICTURE
    if not shots:
        told = story_beats(world, count, roles)
        return varied(tuple(structs.replace(one, goes_on=False) for one in told) if several else told)
    own = shot_beats(world, shots)
    more = count - len(shots)
    if not more:
        return varied(own)
    # More shots are wanted than are described: the story goes on from them, without a second opening.
    return varied(own + story_beats(world, more + 1, roles)[1:])


def _later_part(beat: Beat, part: int, *, is_scene: bool, chain_max: int) -> Beat:
    """Return the next clip of a shot that is longer than one clip can be."""
    new_angle = is_scene or chain_max < 2 or part % chain_max == 0
    if new_angle:
        shot = framing.closer(beat.shot) if part % 2 else framing.wider(beat.shot)
        return structs.replace(
            beat,
            sentence=f"From another side, part {part + 1}: {beat.sentence}",
            shot=shot,
            movement=framing.movement_unlike(shot, (beat.shot, beat.movement)),
            goes_on=False,
            is_asked=False,
        )
    return structs.replace(beat, sentence=f"{GOES_ON}, part {part + 1}: {beat.sentence}", goes_on=True, is_asked=False)
