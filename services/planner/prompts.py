"""What renderer and reviewer are told about a segment: the prompt, its negative, and what a take is checked for."""

from __future__ import annotations

import re
from typing import Final

from bus.plan import (
    Brief,
    Criterion,
    CriterionKind,
    Figure,
    ImageRole,
    Look,
    Movement,
    ShotSize,
)
from services.planner import framing, grammar
from services.planner.beat_words import Role
from services.planner.beats import Beat, World, shortened
from services.planner.lights import light_of
from services.planner.looks import look_of, place_in
from services.planner.matching import capitalised, folded
from services.planner.places import ANYWHERE, anywhere_in, deed_of, place_of_deed
from services.planner.reading import read_subject
from services.planner.subject import Kind, Subject

_WARDROBE: Final = (
    (r"lighthouse keeper|fisherman|fishermen|sailor", "in [a dark oilskin coat|dark oilskin coats]"),
    (r"detective|spy|stranger", "in [a long grey coat|long grey coats]"),
    (r"astronaut", "in [a white space suit|white space suits]"),
    (r"knight", "in dull steel armour"),
    (r"chef|cook|baker", "in [a white apron|white aprons]"),
    (r"monk|nun|priest", "in [a plain brown robe|plain brown robes]"),
    (r"ballerina|dancer", "in [a pale, simple dress|pale, simple dresses]"),
    (r"tailor|watchmaker|potter|carpenter|blacksmith|shoemaker", "in [a leather apron|leather aprons]"),
    (r"nurse|doctor|scientist", "in [a white coat|white coats]"),
    (r"man|woman|person|girl|boy|child|children|people|keeper|traveller|mother|father|grandmother|grandfather|men|women"
     r"|couple|friends?|widow", "in plain, dark clothes"),
)  # fmt: skip
"""What somebody wears where the person did not say: without it the model dresses them anew in every shot."""

_UNDRESSED: Final = re.compile(
    r"\b(?:shirtless|naked|nude|barechested|swimsuit|bikini|dressed|wearing|clad|robot|ghost)\b"
)

_NEGATIVE: Final = (
    "blurry, out of focus, low quality, compression artefacts, overexposed, washed-out colours, flickering, "
    "deformed hands, extra fingers, extra limbs, distorted face, bad anatomy, duplicated subject, "
    "jump cut, split screen, picture frame, watermark, logo, subtitles"
)
_NEGATIVE_STILL: Final = "frozen picture, slideshow"
_AVOIDED: Final = (
    (
        r"^(?:any )?(?:text|texts|letters|words|writing|captions?|subtitles?|titles?)$",
        "text, letters, subtitles, watermark",
    ),
    (r"^(?:any )?(?:people|persons?|humans?|faces?)$", "people, human figures, crowd, faces"),
    (r"^(?:any )?(?:blood|gore|violence)$", "blood, gore, violence"),
    (r"^(?:any )?(?:camera movement|camera shake|shake|shaky)$", "shaky camera, camera shake"),
)
_NO: Final = re.compile(
    r"^(?:please\s+)?(?:(?:no|not|without|avoid|never|kein(?:e|en)?|ohne|pas de|sans|sin|ningun|sem|não|بدون)\b|"
    r"不要|没有)\s*",
    re.IGNORECASE,
)


def look_and_world(brief: Brief) -> tuple[Look, World]:
    """Return the film's look, and what its sentences are filled in with."""
    subject = read_subject(brief.subject, brief.language, brief.style)
    # What one leaves is not where the film plays: `rides out of the castle`.
    words = re.sub(r"\bout of (?:the|an?|his|her|its|their)[^,.;]*", "", ". ".join((brief.subject, *brief.shots)))
    # Where the person names a place it counts more than what else their words remind of: a fisherman in a kitchen.
    place = place_in(subject.where) if subject.where else ANYWHERE
    if place is ANYWHERE and subject.action:
        place = place_in(re.sub(r"\b(?:his|her|its|their) \w+|\bout of .*", "", subject.action))
    deed = deed_of(subject.verb)
    reminded = place_in(re.sub(r"\b(?:depth of field|in the (?:back|fore)ground)\b", "", words))
    if place is ANYWHERE or (deed is not None and deed.place == "water" and not subject.where):
        at_work = place_of_deed(deed, reminded if place is ANYWHERE else place) if deed is not None else None
        # A person who flies flies a kite or a plane; what has wings is up there itself.
        place = (None if subject.kind is Kind.PERSON and at_work is place_in("sky") else at_work) or reminded
    if place.kind == "indoors" and subject.where_by == "above":
        place = place_in("sky")
    if re.search(r"\b(?:in|into|through|outer) space\b|\bin orbit\b", folded(words)):
        place = place_in("outer space")
    look = look_of(brief, place)
    if place is ANYWHERE:
        place = anywhere_in(look.light)
    by, phrase = (subject.where_by, subject.where) if subject.where else (place.by, place.phrase)
    if subject.kind is Kind.PLACE:
        by, phrase = place.by, subject.who
    return look, World(
        subject=subject,
        description=describe(subject),
        place=place,
        place_by=by,
        place_phrase=phrase,
        light=light_of(look.light),
        deed=deed,
    )


def describe(subject: Subject) -> str:
    """Return the subject as every prompt describes it; with clothes where the person did not speak of any."""
    if subject.kind is Kind.UNREAD:
        return ""
    own = f"{subject.who} {subject.extra}".strip().replace(" ,", ",")
    if subject.kind is not Kind.PERSON or _UNDRESSED.search(folded(own)) or grammar.is_clothing(own):
        return own
    name = folded(subject.who)
    clothes = next((worn for who, worn in _WARDROBE if re.search(rf"\b(?:{who})s?\b", name)), "")
    clothes = grammar.agreeing(clothes, is_plural=subject.is_plural)
    joined = "and " if subject.extra.startswith("in ") else ""
    return f"{own} {joined if clothes else ''}{clothes}".strip()


def people_of(brief: Brief, world: World) -> tuple[Figure, ...]:
    """Return who appears in the film, each with the one description that every prompt uses."""
    if world.subject.kind not in {Kind.PERSON, Kind.ANIMAL}:
        return ()
    pictures = [one.artifact.digest for one in brief.images if one.role is ImageRole.REFERENCE]
    name = world.subject.the.removeprefix("the ")
    return (Figure(name=name, description=world.description.rstrip(","), reference=pictures[0] if pictures else None),)


def places_of(world: World) -> tuple[Figure, ...]:
    """Return where the film plays, with the one description that every prompt uses."""
    if world.place.kind == "anywhere" and world.subject.kind in {Kind.UNREAD, Kind.PLACE} and not world.subject.where:
        return ()
    name = re.sub(r"^(?:an?|the)\s+", "", world.place_phrase)
    return (Figure(name=name, description=_place_description(world)),)


def _place_description(world: World) -> str:
    if world.place.kind == "anywhere" and world.subject.where:
        return world.place_phrase  # a place we have no picture of: the person's word for it says more than ours could
    joined = "and" if re.search(r"\bwith\b", world.place_phrase) else "with"
    return f"{world.place_phrase} {joined} {world.place.traits}"


WORDS_MIN: Final = 30
"""Video models follow a short prompt less well; below this many words depth and detail are asked for."""
_NEAR: Final = frozenset({ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP})


def prompt_of(beat: Beat, world: World, look: Look) -> str:
    """Return the prompt: framing, scene, place, camera, and the look verbatim at its end."""
    parts = [f"{capitalised(beat.shot)}.", beat.scene]
    if world.description and beat.role in {Role.SHOT, Role.MOMENT} and _means_subject(beat.scene, world.subject):
        parts.append(f"{capitalised(world.description.rstrip(','))}.")
    description = _setting(beat, world)
    if description:
        parts.append(f"Soft in the background: {description}." if beat.shot in _NEAR else f"The place: {description}.")
    parts += _details(" ".join((*parts, look.words, world.light.when)), world.subject)
    camera = f"{framing.CAMERA[beat.movement]}."
    if len(" ".join((*parts, camera, look.words)).split()) < WORDS_MIN:
        parts.append("Fine detail, with clear depth from the foreground to the background.")
    return " ".join((*parts, camera, look.words))


def _details(said: str, subject: Subject) -> list[str]:
    """Return what holds for the whole film and is not said yet, as one sentence; empty where there is nothing."""
    fresh = [one for one in subject.details if folded(one) not in folded(said)]
    return [f"{capitalised(', '.join(fresh))}."] if fresh else []


def _setting(beat: Beat, world: World) -> str:
    """Return where the shot plays: what its own words name, else the film's place; empty where that is not known."""
    if beat.role is Role.SHOT:
        own = place_in(beat.scene)
        if own is not ANYWHERE and own.kind != world.place.kind:
            return f"{own.phrase} with {own.traits}"
        if own is ANYWHERE and not world.subject.where:
            return ""  # the place of another shot, perhaps: better none than a wrong one
    return _place_description(world) if places_of(world) else ""


def _means_subject(scene: str, subject: Subject) -> bool:
    """Say whether the scene speaks of the subject without describing it: by a pronoun, or by its noun."""
    words = re.findall(r"[a-z]+", folded(scene))
    if subject.who and folded(subject.who) in folded(scene):
        return False
    is_person = subject.kind is Kind.PERSON
    pronouns = {"he", "she", "they", "him", "her", "his", "their"} if is_person else {"it", "its"}
    return bool(pronouns.intersection(words)) or grammar.head_of(subject.who) in words


def negative_of(brief: Brief, movement: Movement) -> str:
    """Return what the renderer is to keep out: poor quality, and what the person asked to avoid."""
    terms = [_NEGATIVE] if movement is Movement.STATIC else [_NEGATIVE, _NEGATIVE_STILL]
    known = {term.strip() for term in ", ".join(terms).split(",")}
    for wish in brief.avoid:
        bare = _NO.sub("", wish.strip().rstrip(".")).strip()
        meant = next((text for pattern, text in _AVOIDED if re.search(pattern, folded(bare))), bare)
        fresh = [term.strip() for term in meant.split(",") if term.strip() and term.strip() not in known]
        known.update(fresh)
        terms.extend(fresh)
    return ", ".join(terms)


def avoids_text(brief: Brief) -> bool:
    """Say whether the person wants no text in the picture; an animatic's caption would be one."""
    return any(re.search(_AVOIDED[0][0], folded(_NO.sub("", wish.strip()))) for wish in brief.avoid)


# -- criteria ----------------------------------------------------------------------------------------------

_MEASURED: Final = (
    ("decodes", "Can every frame be decoded?"),
    ("frame_count", "Has it as many frames as were ordered?"),
    ("size", "Has it the size that was ordered?"),
    ("fps", "Has it the frame rate that was ordered?"),
    ("black", "Is it free of black frames?"),
    ("frozen", "Does it move?"),
    ("flat", "Is there more to see than one plain colour?"),
    ("blurred", "Is it sharp?"),
    ("flicker", "Is its brightness steady?"),
    ("flash", "Is it free of single flashing frames?"),
    ("cut_inside", "Is it one shot, with no cut inside?"),
    ("jump", "Does the picture move without jumps?"),
    ("colour_drift", "Do its colours stay as they began?"),
)
_SOFT: Final = frozenset({"jump", "colour_drift", "flash"})
"""Measures that also answer to honest motion: they count for the choice between takes, and reject none."""
_SOFT_IN: Final[dict[str, frozenset[str]]] = {
    "fire": frozenset({"flicker"}),
    "neon": frozenset({"flicker"}),
    "fog": frozenset({"blurred", "flat"}),
    "underwater": frozenset({"blurred", "flicker"}),
    "snow": frozenset({"flat"}),
    "space": frozenset({"flat", "blurred"}),
}


def criteria_of(beat: Beat, world: World, look: Look, brief: Brief, *, is_continued: bool) -> tuple[Criterion, ...]:
    """Return what a take of the segment is checked for: what is measured, and two to four closed questions."""
    measured = measured_criteria(look, beat.movement, is_continued=is_continued)
    seen = [_subject_question(beat, world)]
    if places_of(world) and beat.shot not in _NEAR and world.subject.kind is not Kind.PLACE:
        seen.append(_seen("place", f"Does the picture show {world.place_phrase}?", must_hold=False))
    seen.append(_seen("light", f"Does the light look like this: {look_light(look)}?", must_hold=False))
    if avoids_text(brief):
        seen.append(NO_TEXT)
    return (*measured, *seen[:4])


def measured_criteria(look: Look, movement: Movement, *, is_continued: bool) -> tuple[Criterion, ...]:
    """Return what is measured of a take: which of it must hold depends on the light and on the camera."""
    soft = _SOFT | _SOFT_IN.get(look.light, frozenset())
    if movement is Movement.STATIC:
        soft = soft | {"frozen"}
    measured = [
        Criterion(id=name, question=question, kind=CriterionKind.MEASURED, must_hold=name not in soft)
        for name, question in _MEASURED
    ]
    if is_continued:
        seam = "Does it start where the segment before it stopped?"
        measured.append(Criterion(id="seam", question=seam, kind=CriterionKind.MEASURED))
    return tuple(measured)


def look_light(look: Look) -> str:
    """Return the light of a look as one says it in a question."""
    return light_of(look.light).phrase


NO_TEXT: Final = Criterion(
    id="no_text", question="Is the picture free of letters and text?", kind=CriterionKind.SEEN, must_hold=True
)


def _subject_question(beat: Beat, world: World) -> Criterion:
    subject = world.subject
    if beat.role is Role.SHOT or subject.kind is Kind.UNREAD:
        shown = shortened(beat.sentence if beat.role is Role.SHOT else subject.words)
        return _seen("subject", f"Does the picture show this: {shown.rstrip('.')}?", must_hold=True)
    if beat.role in {Role.PLACE, Role.CLOSE}:
        return _seen("scene", f"Does the picture show this: {beat.sentence.rstrip('.')}?", must_hold=False)
    if beat.shot in _NEAR and subject.kind in {Kind.PERSON, Kind.ANIMAL}:
        return _seen("subject", f"Is {subject.who}, or a part of {subject.who}, visible?", must_hold=True)
    return _seen("subject", f"{'Are' if subject.is_plural else 'Is'} {subject.who} visible?", must_hold=True)


def _seen(name: str, question: str, *, must_hold: bool) -> Criterion:
    return Criterion(id=name, question=question, kind=CriterionKind.SEEN, must_hold=must_hold)
