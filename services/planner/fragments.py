"""Takes comma-separated words apart: the fragment that acts is the story, the others say where and how it looks."""

from __future__ import annotations

import re
from typing import Final

from msgspec import structs

from services.planner import grammar
from services.planner.clauses import AT_REST, SPOKEN_HOURS, as_in_a_sentence, read_clause, without_light
from services.planner.fragment_sorts import LEADING, ON_TOP, Fragment, Sort, fragments_of
from services.planner.looks import place_in
from services.planner.matching import NOUN_LIKE, folded, listed
from services.planner.places import ANYWHERE
from services.planner.subject import Kind, Subject


def read_fragments(story: str) -> Subject | None:
    """Return the subject of words in several fragments; None where they are one, or of a form that we do not read."""
    alone = fragments_of(_PICTURE.sub("", story))
    if len(alone) < 2:
        return None
    parts = _joined_members(_in_context(alone))
    lead = _leading(parts)
    if lead is None or parts[lead].read is None:
        return None
    return _put_together(parts, lead)


_PICTURE: Final = re.compile(
    r"^(?:an?\s+)?(?:\w+\s+)?(?:portrait|photo|photograph|illustration)\s+of\s+(?=\w)", re.IGNORECASE
)


def _in_context(parts: list[Fragment]) -> list[Fragment]:
    """Return the fragments with those as actions that are the verb of a noun before them: `A chef, …, cooks ramen`."""
    result: list[Fragment] = []
    waiting: Subject | None = None
    for part in parts:
        first, *others = part.text.split()
        if waiting is not None and part.sort not in {Sort.FRAMING, Sort.ACTION} and grammar.is_finite(first):
            whole = read_clause(f"{waiting.who} {part.text}")
            is_state = len(others) == 1 and re.search(r"(?:ed|orn|en)$", others[0]) is not None  # `sails torn`
            # `Waves crashing` beside a boat is a noun with its participle.
            is_noun = folded(part.text).split()[0].removesuffix("s") in NOUN_LIKE and "ing" in "".join(others)[-3:]
            if whole.action.startswith(first) and whole.who == waiting.who and not (is_state or is_noun):
                part = Fragment(part.text, Sort.ACTION)
        if part.sort is Sort.NOUN and waiting is None:
            waiting = part.read
        elif part.sort in {Sort.ACTION, Sort.CLAUSE}:
            waiting = None
        result.append(part)
    return result


def _joined_members(parts: list[Fragment]) -> list[Fragment]:
    """Return the fragments with the members of one subject as one: `a cat, a dog and a bird play`."""
    for index, part in enumerate(parts):
        read = _read_of(part)
        if part.sort is Sort.CLAUSE and " and " in read.who:
            start = index
            while start and parts[start - 1].sort is Sort.NOUN and grammar.is_determiner(_first(parts[start - 1])):
                start -= 1
            who = ", ".join((*(_read_of(one).who for one in parts[start:index]), read.who))
            return [*parts[:start], structs.replace(part, read=structs.replace(read, who=who)), *parts[index + 1 :]]
    return parts


def _first(part: Fragment) -> str:
    return part.text.split()[0]


def has_verb(text: str) -> bool:
    """Say whether one of the text's fragments says that something happens, or may say it in a form we do not read."""
    sorts = {one.sort for one in fragments_of(text)}
    return bool(sorts & {Sort.CLAUSE, Sort.ACTION, Sort.UNREAD})


def is_setting(text: str) -> bool:
    """Say whether the text is nothing but a place, with its weather."""
    sorts = {one.sort for one in fragments_of(text)}
    return Sort.PLACE in sorts and sorts <= {Sort.PLACE, Sort.DETAIL}


def _leading(parts: list[Fragment]) -> int | None:
    """Return which fragment holds the subject: the first that acts, the living first; else the first noun or place."""
    if any(one.sort is Sort.UNREAD for one in parts):
        return None
    clauses = [index for index, one in enumerate(parts) if one.sort is Sort.CLAUSE and one.read is not None]
    nouns = [index for index, one in enumerate(parts) if one.sort is Sort.NOUN and one.read is not None]
    alive = {Kind.PERSON, Kind.ANIMAL}
    living = [
        index
        for index in (*clauses, *nouns)
        if _read_of(parts[index]).kind in alive and not (index and index in clauses and _is_backdrop(parts[index]))
    ]
    acting = [index for index in living if index in clauses]
    # `A sailor, white beard, rowing home`: who stands there without a verb has it in a later fragment.
    with_action = [index for index in nouns if _acts_later(parts[index + 1 :])]
    places = [index for index, one in enumerate(parts) if one.sort is Sort.PLACE and one.read is not None]
    # A bare noun with a participle is a detail of a place: `empty street, neon signs flickering`.
    bare = {index for index in clauses if not grammar.is_determiner(parts[index].text.split()[0])}
    full = [index for index in clauses if index not in bare]
    for choice in (with_action, acting, living, full, nouns, places, clauses):
        if choice:
            return choice[0] if choice is not with_action or not acting else min(choice[0], acting[0])
    weather = [index for index, one in enumerate(parts) if one.read is not None]
    return weather[0] if weather else None


def _acts_later(after: list[Fragment]) -> bool:
    """Say whether the next verb among the fragments has no subject of its own."""
    return next((one.sort for one in after if one.sort in {Sort.ACTION, Sort.CLAUSE}), None) is Sort.ACTION


def _is_backdrop(part: Fragment) -> bool:
    """Say whether the clause is only what goes on in a place: `birds flying`."""
    return len(part.text.split()) == 2 and grammar.is_plural(part.text.split()[0]) and part.text.endswith("ing")


def _read_of(part: Fragment) -> Subject:
    return part.read or Subject(words=part.text, kind=Kind.UNREAD)


def _put_together(parts: list[Fragment], lead: int) -> Subject:
    subject = _read_of(parts[lead])
    details: list[str] = []
    later: list[str] = []
    setting: list[str] = []
    extras: list[str] = []
    if not subject.action and subject.kind is not Kind.PLACE and not subject.where:
        details += _rest_of(parts[lead], subject)
    details += _light_of(parts[lead].text, subject)
    if grammar.is_name(parts[lead].text) and any(one.sort is Sort.ACTION for one in parts[lead + 1 :]):
        subject = structs.replace(subject, who=parts[lead].text, kind=Kind.PERSON)
    for index, part in enumerate(parts):
        if index == lead or part.sort is Sort.FRAMING:
            continue
        follows = index == lead + 1 + len(extras) and index > lead
        match part.sort:
            case Sort.ACTION:
                subject = _acting(subject, part.text)
            case Sort.QUALITY if part.read is not None and index > lead:
                extras.append(_as_extra(part.text))
            case Sort.QUALITY if follows and part.read is None and subject.kind is not Kind.PLACE and not extras:
                if not subject.action:
                    subject = structs.replace(subject, who=_qualified(subject.who, part.text))
                else:
                    details.append(part.text)
            case Sort.PLACE if subject.kind is not Kind.PLACE and not _stands_elsewhere(subject) and not setting:
                setting.append(part.text)
            case Sort.CLAUSE if index > lead and _is_next(part):
                later.append(part.text)
            case Sort.NOUN if follows and _is_apposition(subject, part, parts[index + 1 :]):
                subject = structs.replace(subject, extra=f", {part.text},")
            case _:
                details.append(part.text)
    if setting:
        subject, lit = _placed(subject, setting[0])
        details += lit
    if extras:
        joined = " ".join(part for part in (subject.extra, f"{_with_or_in(extras)} {' and '.join(extras)}") if part)
        subject = structs.replace(subject, extra=joined)
    return structs.replace(subject, details=tuple(dict.fromkeys(map(as_in_a_sentence, details))), later=tuple(later))


def _stands_elsewhere(subject: Subject) -> bool:
    """Say whether the clause itself says where it plays; what one looks over or towards is not where one stands."""
    return bool(subject.where) and not (subject.verb in _LOOKING and subject.kind in {Kind.PERSON, Kind.ANIMAL})


_LOOKING: Final = frozenset(listed("look gaze stare watch peer glance point"))


def _acting(subject: Subject, text: str) -> Subject:
    action = grammar.as_action(text, is_plural=subject.is_plural)
    if subject.action:
        return structs.replace(subject, action=f"{subject.action}, {text}")
    if not action:
        return structs.replace(subject, details=(*subject.details, text))
    whole = read_clause(f"{subject.who} {text}")
    if whole.kind is Kind.UNREAD or not whole.action:
        return structs.replace(subject, action=without_light(action))
    where = (whole.where, whole.where_by) if whole.where else (subject.where, subject.where_by)
    return structs.replace(subject, action=whole.action, where=where[0], where_by=where[1])


def _is_next(part: Fragment) -> bool:
    """Say whether the clause is told as a moment of its own: it has a living subject, or one with an article."""
    return _read_of(part).kind in {Kind.PERSON, Kind.ANIMAL} and grammar.is_determiner(part.text.split()[0])


def _is_apposition(subject: Subject, part: Fragment, after: list[Fragment]) -> bool:
    """Say whether the noun says who the one before it is: `Maria, a young painter, paints a wall`."""
    is_named = subject.kind in {Kind.PERSON, Kind.ANIMAL} or grammar.is_name(subject.who)
    same = _read_of(part).kind is subject.kind or grammar.is_name(subject.who)
    return is_named and same and not subject.action and any(one.sort is Sort.ACTION for one in after)


def _qualified(who: str, words: str) -> str:
    """Return the noun phrase with adjectives that stood after it: `a lighthouse keeper, old and tired`."""
    first, _, rest = who.partition(" ")
    if not rest or not grammar.is_determiner(first):
        return who
    if first in {"a", "an"}:
        first = "an" if words[:1].lower() in "aeiou" else "a"
    return f"{first} {words} {rest}"


def _as_extra(text: str) -> str:
    """Return what somebody has or wears as it follows `with`: `long black hair`, `a red dress`."""
    words = text.split()
    is_single = (not grammar.is_plural(text) and grammar.is_clothing(text)) or grammar.head_of(text) in _COUNTED
    if grammar.is_determiner(words[0]) or not is_single:
        return text
    return f"{'an' if text[:1].lower() in 'aeiou' else 'a'} {text}"


def _with_or_in(extras: list[str]) -> str:
    return "in" if all(grammar.is_clothing(one) for one in extras) else "with"


_COUNTED: Final = frozenset(listed("beard face smile tail scar moustache braid mane"))


def _rest_of(part: Fragment, subject: Subject) -> list[str]:
    """Return what the noun's fragment says behind the noun and what nothing else keeps: `in deep snow`."""
    bare = re.sub(r"^(?:an?|the)\s+", "", subject.who)
    start = folded(part.text).find(folded(bare))
    rest = part.text[start + len(bare) :].strip(" ,") if start >= 0 else ""
    return [rest] if rest and rest != subject.extra and not subject.extra else []


_HOUR: Final = re.compile(
    rf"\b(?:in|at|during|under) (?:the |a )?(?:heavy |falling )?(?:{'|'.join(sorted(SPOKEN_HOURS))})\b", re.IGNORECASE
)


def _light_of(text: str, subject: Subject) -> list[str]:
    """Return the hour and the weather that were taken out of a fragment, so that the prompts keep them."""
    found = _HOUR.findall(text)
    kept = folded(f"{subject.action} {subject.extra}")
    return [one for one in found if folded(one) not in kept]


def _placed(subject: Subject, text: str) -> tuple[Subject, list[str]]:
    """Return the subject in the place of a fragment, and the hour and weather that stood there."""
    led = LEADING.match(text)
    by, phrase = (AT_REST[folded(led.group(1))], led.group(2)) if led is not None else ("", text)
    lit = [one for one in _light_of(text, subject) if one.strip()]
    phrase = without_light(phrase).strip(" ,") or phrase
    for one in lit:
        phrase = phrase.replace(one, "").strip(" ,")
    phrase = _with_any_article(as_in_a_sentence(" ".join(phrase.split())))
    kind = place_in(phrase)
    if not by:
        own = next((one for one, heads in _BY.items() if heads.search(grammar.head_of(phrase))), "")
        by = own or ("on" if ON_TOP.search(folded(phrase)) else kind.by if kind is not ANYWHERE else "in")
    return structs.replace(subject, where=phrase, where_by=by), lit


def _with_any_article(phrase: str) -> str:
    """Return a place with the article of a first mention: `a neon city street`; names and plurals stand without."""
    if grammar.with_article(phrase) == phrase:
        return phrase
    return f"{'an' if phrase[:1].lower() in 'aeiou' else 'a'} {phrase}"


_BY: Final = {
    "at": re.compile(r"^(?:station|harbou?r|airport|stop|dock)$"),
    "in": re.compile(r"^(?:alley|market|city|town|village|square|valley|mountains|canyon|downtown|subway|metro)$"),
}
