"""Story beats: what each segment shows, told in one sentence for people and in one for the renderer."""

from __future__ import annotations

import itertools
import re
from typing import Final

from msgspec import Struct, structs

from bus.ids import digest_of
from bus.plan import Movement, ShotSize
from services.planner import framing, grammar
from services.planner.beat_words import PASSAGES, RESTING, Role
from services.planner.deed_words import ACTING, DEED_DETAILS
from services.planner.lights import DAY, Light
from services.planner.matching import capitalised, names_in
from services.planner.places import Deed, Place
from services.planner.subject import Kind, Subject

WORDS_SHOWN_LENGTH_MAX: Final = 90
SENTENCE_LENGTH_MAX: Final = 240
WORDS_PROMPTED_COUNT_MAX: Final = 45
LETTERS_PROMPTED_MAX: Final = 320


class Beat(Struct, frozen=True, kw_only=True):
    """One shot of the story, before it is a segment."""

    role: Role
    sentence: str
    """For people: it names the subject as the person did."""
    scene: str
    """For the renderer: it describes the subject as in every other shot."""
    shot: ShotSize
    movement: Movement
    goes_on: bool = False
    """The camera does not cut before it."""
    weight: float = 1.0
    """How long it is against the others."""
    is_asked: bool = False
    """Shot or movement is the person's word and stays as it is."""


class World(Struct, frozen=True, kw_only=True):
    """All that the sentences are filled in with."""

    subject: Subject
    description: str
    """The subject as every prompt describes it. Empty where it is unread."""
    place: Place
    place_by: str
    """The preposition of a thing at rest there: `on`."""
    place_phrase: str
    light: Light
    deed: Deed | None = None
    """The kind of action, where we know what is to be seen of it."""

    @property
    def deed_details(self) -> tuple[str, ...]:
        """Return what is to be seen of the action from very near; empty where we can't tell."""
        if self.deed is None:
            return ()
        return self.deed.of_people if self.subject.kind is Kind.PERSON else self.deed.of_others

    @property
    def turn(self) -> int:
        """Return a number from the person's words, so that different films start with different sentences."""
        return int(digest_of(self.subject.words.encode())[:6], 16)


Middle = tuple[tuple[Role, bool], ...]
"""The roles that the middle of a film goes round in, each with whether it goes on from the one before it."""

CUTTING: Final[Middle] = (
    (Role.ACT, False),
    (Role.DETAIL, False),
    (Role.TURN, False),
    (Role.GOES_ON, True),
    (Role.FACE, False),
    (Role.PLACE, False),
)
"""A film from words: cuts, and one pair in six that is a single action."""
FROM_PICTURE: Final[Middle] = (
    (Role.GOES_ON, True),
    (Role.TURN, False),
    (Role.ACT, True),
    (Role.PLACE, False),
)
"""A film from one picture: every second segment starts from the picture again, so that its look can't drift away.
Details and faces are left out, because the picture says how near the camera is."""


def story_beats(world: World, count: int, middle_roles: Middle = CUTTING) -> tuple[Beat, ...]:
    """Return the film's beats by rule: an opening, a middle and a close, no sentence twice.

    The middle goes round its roles in a fixed order that does not depend on the count, so that a longer
    film keeps the beats of the shorter one and gets more of them before its close. What the person said happens later
    is spread over the middle in its order.
    """
    moments = world.subject.later
    if count == 1:
        return (whole_beat(world),)
    opening = _told(world, Role.OPEN, 0)
    if len(moments) >= count - 1:
        return (opening, *(_moment(world, text, number) for number, text in enumerate(_joined(moments, count - 1))))
    if count == 2:
        # Two shots: the whole, and then the subject; what draws back from nothing near would say nothing.
        role, goes_on = middle_roles[0]
        return (opening, structs.replace(_told(world, role, 0), movement=Movement.PULL_OUT, goes_on=goes_on))
    middle_count = count - 2
    # Spread evenly; where the film is too short for that they follow one another from the start.
    due = [(number + 1) * middle_count // (len(moments) + 1) for number in range(len(moments))]
    if len(set(due)) < len(due):
        due = list(range(len(due)))
    middle: list[Beat] = []
    told = next_moment = 0
    for index in range(middle_count):
        left = len(moments) - next_moment
        role, goes_on = middle_roles[told % len(middle_roles)]
        # What goes on follows what it continues: a moment waits for it, unless it would then find no place.
        may_wait = goes_on and bool(middle) and middle[-1].role is not Role.MOMENT and middle_count - index > left
        if left and due[next_moment] <= index and not may_wait:
            middle.append(_moment(world, moments[next_moment], next_moment))
            next_moment += 1
            continue
        middle.append(structs.replace(_told(world, role, told // len(middle_roles)), goes_on=goes_on))
        told += 1
    return (opening, *middle, _told(world, Role.CLOSE, 0))


def shot_beats(world: World, shots: tuple[str, ...]) -> tuple[Beat, ...]:
    """Return one beat for each shot in the person's own words; sizes and movements are theirs where they name them."""
    beats: list[Beat] = []
    for index, words in enumerate(shots):
        text = bare_shot(words)
        role = Role.OPEN if index == 0 else Role.CLOSE if index == len(shots) - 1 and index > 1 else Role.SHOT
        usual_shot, usual_movement = framing.frame_of(role, max(0, index - 1))
        asked_shot, asked_movement = framing.asked_shot(words), framing.asked_movement(words)
        shot = asked_shot or usual_shot
        movement = asked_movement or (usual_movement if shot is usual_shot else framing.movement_unlike(shot))
        beats.append(
            Beat(
                role=Role.SHOT,
                sentence=_sentence(text),
                scene=_sentence(_described(world, framing.without_framing(text))),
                shot=shot,
                movement=movement,
                goes_on=index > 0 and _GOES_ON.search(words) is not None,
                is_asked=asked_shot is not None or asked_movement is not None,
            )
        )
    return tuple(beats)


def varied(beats: tuple[Beat, ...]) -> tuple[Beat, ...]:
    """Return the beats without the same shot size and movement twice in a row; what a person asked for stays."""
    result: list[Beat] = []
    for index, beat in enumerate(beats):
        before = result[-1] if result else None
        if before is not None and (beat.shot, beat.movement) == (before.shot, before.movement) and not beat.is_asked:
            after = beats[index + 1] if index + 1 < len(beats) else beat
            others = ((before.shot, before.movement), (after.shot, after.movement))
            beat = structs.replace(beat, movement=framing.movement_unlike(beat.shot, *others))
        result.append(structs.replace(beat, weight=framing.weight_of(beat.shot)))
    return tuple(result)


_GOES_ON: Final = re.compile(
    r"^\W*(?:(?:shot|scene)\s*\d+\W*)?(?:continu|same (?:shot|take)|without a cut|in one take|the shot goes on|"
    r"weiter\b|la suite|sigue|continua)|\bcontinu(?:es|ing|ous|ed)\b|\bwithout (?:a )?cut(?:ting)?\b|\bsame take\b",
    re.IGNORECASE,
)
_CONTINUES: Final = re.compile(
    r"^\W*(?:continu(?:es|ing|ed|ous(?:ly)?)|same (?:shot|take)|without a cut|in one take|the shot goes on)\b[\s,:–-]*",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"^\W*(?:(?:shot|scene|segment|part|szene|einstellung|plan|escena|cena|plano)\s*\d+|\d+)\s*[.:)\-–—]\s*",
    re.IGNORECASE,
)
_TIME: Final = r"(?:\d+:)?\d+(?:[.,]\d+)?\s*(?:s|sec|secs|seconds?|sek|sekunden)?"
_TIMES: Final = re.compile(
    rf"\s*[\[(]\s*(?:from\s+)?{_TIME}(?:\s*(?:-|–|—|to|bis)\s*{_TIME})?\s*[\])]|"
    rf"^\W*(?:from\s+)?{_TIME}\s*(?:-|–|—|to|bis)\s*{_TIME}\s*[:,.\-–—]?\s+|"
    r"[\s,]*\b(?:for\s+)?\d+(?:[.,]\d+)?\s*(?:s|secs?|seconds?|sek|sekunden)\b\s*:?",
    re.IGNORECASE,
)


def bare_shot(words: str) -> str:
    """Return a shot's words without its number, its times and its label."""
    plain = " ".join(words.split())
    for _ in range(2):
        plain = _LABEL.sub("", _TIMES.sub(" ", plain, count=1).strip())
    return plain.strip(" .:-–—") or " ".join(words.split())


def whole_beat(world: World) -> Beat:
    """Return the film of a single shot: all the person said, in one."""
    beat = _told(world, Role.ONLY, 0)
    subject = world.subject
    told = [_sentence(one) for one in subject.later]
    described = [_sentence(_described(world, one)) for one in subject.later]
    asked_shot, asked_movement = framing.asked_shot(subject.words), framing.asked_movement(subject.words)
    return structs.replace(
        beat,
        sentence=shortened(" ".join((beat.sentence, *told)), SENTENCE_LENGTH_MAX),
        scene=_sentence(_promptable(" ".join((beat.scene, *described)))),
        shot=asked_shot or beat.shot,
        movement=asked_movement or beat.movement,
        is_asked=asked_shot is not None or asked_movement is not None,
    )


def _told(world: World, role: Role, turn: int) -> Beat:
    subject = world.subject
    sentences = _sentences(world, role, turn)
    # Opening and close are told once; in the middle the order of a role's sentences is each film's own.
    template = sentences[(turn + world.turn) % len(sentences)]
    passage = PASSAGES[turn // len(sentences) % len(PASSAGES)]
    fill = _Fill(world, role, turn, passage)
    shot, movement = framing.frame_of(role, turn)
    scene = fill(template, world.description, world.description, subject.words, is_scene=True)
    if subject.kind is Kind.UNREAD:
        # A prompt stands alone: each says what the film is about, though its sentence need not.
        scene = _promptable(subject.words) if "{Words}" in template else f"{scene} {_promptable(subject.words)}"
    elif subject.action and sentences is not RESTING[role][subject.kind] and not _SHOWS.search(template):
        scene = f"{scene} {capitalised(_promptable(f'{world.description} {subject.moment}'))}"
    shown = shortened(subject.words)
    return Beat(
        role=role,
        sentence=fill(template, subject.who, subject.the, f"“{shown}”" if subject.is_foreign else shown),
        scene=_sentence(scene),
        shot=shot,
        movement=movement,
    )


_SHOWS: Final = re.compile(r"\{(?:action|clause)\}", re.IGNORECASE)


def _sentences(world: World, role: Role, turn: int) -> tuple[str, ...]:
    """Return the sentences of a role: of what happens, as long as nothing else has happened since."""
    subject = world.subject
    resting = RESTING[role][subject.kind]
    is_over = bool(subject.later) and (role not in {Role.ONLY, Role.OPEN, Role.ACT} or turn > 0)
    if is_over:
        # Where they are by then is for what happened since to say.
        resting = tuple(one for one in resting if "{at}" not in one) or resting
    if not subject.action or is_over:
        return resting
    if role is Role.DETAIL and world.deed_details:
        return DEED_DETAILS
    return ACTING.get(role, {}).get(subject.kind, resting)


def _moment(world: World, text: str, number: int) -> Beat:
    shot, movement = framing.frame_of(Role.MOMENT, number)
    return Beat(
        role=Role.MOMENT,
        sentence=_sentence(shortened(text, SENTENCE_LENGTH_MAX)),
        scene=_sentence(_described(world, text)),
        shot=framing.asked_shot(text) or shot,
        movement=movement,
    )


class _Fill:
    """Fills a template in, for people or for the renderer."""

    def __init__(self, world: World, role: Role, turn: int, passage: str) -> None:
        self._world, self._role, self._passage = world, role, passage
        events, details = world.light.events, world.place.details
        # Each role starts elsewhere in the list, so that neighbours do not tell of the same wave.
        start = list(Role).index(role) * 2 + world.turn
        self._event = events[(turn * 3 + (0 if role is Role.CLOSE else 1)) % len(events)]
        self._detail = details[(turn + start) % len(details)]
        deeds = world.deed_details
        self._deed = deeds[(turn + world.turn) % len(deeds)] if deeds else ""

    def __call__(self, template: str, first: str, known: str, words: str, *, is_scene: bool = False) -> str:
        world, subject = self._world, self._world.subject
        extra = "" if is_scene else subject.extra
        is_known = self._role not in {Role.OPEN, Role.ONLY}
        # A place of its own fragment is in no verb phrase: the film opens by saying it.
        apart = subject.where if subject.action and not is_known else ""
        stands = f"{subject.where_by} {apart}" if apart and apart not in f"{subject.action} {subject.extra}" else ""
        clause = " ".join(part for part in (first, extra, _with_means(world, subject.action), stands) if part)
        place = re.sub(r"^an? ", "the ", world.place_phrase) if is_known else world.place_phrase
        at = f"{world.place_by} {place}"
        # What the sentence says already need not be said again: `in space in space`.
        said = f"{clause if '{clause}' in template.lower() else first} {at if '{at}' in template else ''}"
        is_said = names_in(said, world.light.names)
        is_meant = world.light is not DAY or names_in(subject.words, DAY.names)
        values = {
            "a": first,
            "the": known,
            "action": _with_means(world, subject.moment) if is_scene else subject.gist,
            "clause": clause,
            "place": place,
            "at": at,
            "when": world.light.when if is_meant and not is_said else "",
            "event": self._event,
            "detail": self._detail,
            "deed": self._deed,
            "words": words,
        }
        text = grammar.agreeing(template, is_plural=subject.is_plural)
        text = re.sub(r"\{(\w+)\}", lambda found: _value(found.group(1), values), text)
        text = text.removesuffix(".") + self._passage
        text = re.sub(r"\s+([,.:;])", r"\1", " ".join(text.split()))
        text = re.sub(r",([,.:;])", r"\1", text)
        return _sentence(text)


def _with_means(world: World, action: str) -> str:
    """Return the action with what it is done in, where the words leave that to be understood: `in a wooden boat`."""
    subject, means = world.subject, world.deed.by_means_of if world.deed is not None else ""
    is_said = re.search(r"\b(?:boat|canoe|kayak|raft|dinghy|gondola|skiff|ship)s?\b", subject.words, re.IGNORECASE)
    if not means or is_said or subject.kind is not Kind.PERSON or subject.moment != subject.action:
        return action
    return f"{action} {means}"


def _value(name: str, values: dict[str, str]) -> str:
    value = values[name.lower()]
    return capitalised(value) if name[0].isupper() else value


def _described(world: World, text: str) -> str:
    """Return the person's words with the subject as every prompt describes it, where they mention it."""
    subject = world.subject
    if not subject.who:
        return _promptable(text)
    text = _CONTINUES.sub("", text)
    if subject.kind in {Kind.PERSON, Kind.ANIMAL}:
        # A prompt stands alone: a pronoun in it would mean nobody.
        text = re.sub(r"^(?:he|she|it)\s+(?=\w)", f"{world.description} ", text, count=1, flags=re.IGNORECASE)
        owned = re.match(r"^(?:his|her|its|their)\s+([a-z]+)\b", text, re.IGNORECASE)
        if owned is not None:
            text = f"the {owned.group(1)} of {world.description}{text[owned.end() :]}"
        if world.description in text:
            return _promptable(text)
    names = sorted({subject.who, subject.the, f"the {grammar.head_of(subject.who)}"}, key=len, reverse=True)
    for name in names:
        found = re.search(rf"(?<!\w){re.escape(name)}(?![\w’'])", text, re.IGNORECASE)
        if found is not None:
            return _promptable(text[: found.start()] + world.description + text[found.end() :])
    return _promptable(text)


def _joined(moments: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return the moments in as many groups, in order, as even as possible."""
    edges = [round(index * len(moments) / count) for index in range(count + 1)]
    return tuple(
        ". ".join(capitalised(one) if index else one for index, one in enumerate(moments[start:end]))
        for start, end in itertools.pairwise(edges)
    )


def _sentence(text: str) -> str:
    plain = capitalised(text.strip())
    return plain if plain.endswith((".", "!", "?", "…", "。", ".”")) else f"{plain}."


def without_a_cut(sentence: str) -> str:
    """Return a beat's sentence as one that goes on from the beat before it."""
    first = sentence.split()[0].strip(",:")
    return f"Without a cut, {sentence[0].lower() + sentence[1:] if grammar.starts_small(first) else sentence}"


def shortened(words: str, length_max: int = WORDS_SHOWN_LENGTH_MAX) -> str:
    """Return the words as long as a table of segments can show them."""
    if len(words) <= length_max:
        return words
    cut = words[:length_max]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,.;:，。、") + "…"


def _promptable(words: str) -> str:
    """Return the words as long as a prompt has room for beside framing and look, cut after a whole clause."""
    if len(words.split()) <= WORDS_PROMPTED_COUNT_MAX and len(words) <= LETTERS_PROMPTED_MAX:
        return words
    cut = " ".join(words.split()[:WORDS_PROMPTED_COUNT_MAX])[:LETTERS_PROMPTED_MAX]
    whole = re.match(r"^(.{60,})[,.;:，。；、]", cut, re.DOTALL)
    return (whole.group(1) if whole else cut).rstrip(" ,.;:，。、")
