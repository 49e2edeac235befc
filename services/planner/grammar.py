"""As much English grammar as reading a subject takes: noun phrases, verbs by their form, people and animals by name."""

from __future__ import annotations

import re
from typing import Final

from services.planner.matching import (
    ADJECTIVES,
    ADVERBS,
    ANIMALS,
    CITIES,
    CLOTHES,
    LY_WORDS,
    MASSES,
    NO_VERBS,
    NOT_PEOPLE,
    NOUN_LIKE,
    PARTICLES,
    PEOPLE,
    PLACE_NOUNS,
    PREPOSITIONS,
    WITHOUT_OBJECT,
    Form,
    folded,
    listed,
    third,
    verb_of,
)

_AND_WITH: Final = frozenset({"and", "or", "of", "with"})
_RELATIVE: Final = frozenset({"who", "that", "which", "where", "whose"})
_BE: Final = frozenset(listed("is are was were has have can will must may might would could should does do"))
_DETERMINERS: Final = frozenset(
    listed(
        "a an the one two three four five six seven eight nine ten some several many my our your his her their its "
        "this that these those another"
    )
)
_MANY: Final = frozenset(listed("two three four five six seven eight nine ten some several many these those"))
_PLURALS: Final = frozenset(
    listed("people children men women mice fish sheep geese feet teeth couple police fishermen")
)
_GROUPS: Final = re.compile(
    r"^(?:an?|the|two|three)\s+(?:\w+\s+)?(?:litter|group|pair|flock|herd|piece|glass|cup|crowd|"
    r"team|pack|band|bowl|"
    r"line|row|kind)\s+of\s+",
    re.IGNORECASE,
)


def noun_phrase_end(tokens: list[str]) -> int:
    """Return how many of the tokens make the leading noun phrase; 0 where there is none to be told."""
    first = bare(tokens[0]) if tokens else ""
    if not tokens or _is_participle(first) or first in _NO_STARTS or first in PREPOSITIONS:
        return 0
    for index, token in enumerate(tokens):
        plain = bare(token)
        if index and (plain in _BE or plain in _RELATIVE or plain in PREPOSITIONS or is_verb_at(tokens, index)):
            return _before_adverbs(tokens, index)
        if index > 1 and plain in _DETERMINERS and bare(tokens[index - 1]) not in _AND_WITH:
            return 0  # two noun phrases in a row: a sentence of a form we do not read
        if token.endswith((",", ";", ":")) and not _is_adjective_before_another(tokens, index):
            return index + 1
    return len(tokens)


def bare(token: str) -> str:
    """Return the word folded and without the marks around it."""
    return folded(token).strip(',;:.!?“”"')


def is_preposition(token: str) -> bool:
    """Say whether the word leads from a verb to a place or a thing; `up` and its like are counted in."""
    return bare(token) in PREPOSITIONS


def is_determiner(token: str) -> bool:
    """Say whether the word opens a noun phrase: `a`, `her`, `three`."""
    return bare(token) in _DETERMINERS


def is_base(rest: str) -> bool:
    """Say whether the words begin with a verb in the form that a plural takes."""
    known = verb_of(bare(rest.split()[0])) if rest.split() else None
    return known is not None and known[1] is Form.BASE


def _before_adverbs(tokens: list[str], index: int) -> int:
    while index > 1 and is_adverb(tokens[index - 1]):
        index -= 1
    return index


def is_adverb(token: str) -> bool:
    """Say whether the word tells how or when a verb happens: `slowly`."""
    plain = bare(token)
    return plain in ADVERBS or (plain.endswith("ly") and plain not in LY_WORDS and len(plain) > 4)


_NO_STARTS: Final = frozenset(listed("nestled perched parked lost caught seen jumped flew went walked sat stood"))


def _is_open(tokens: list[str], index: int) -> bool:
    """Say whether what follows the token is nothing, or what may follow a verb and no compound noun."""
    after = bare(tokens[index + 1]) if index + 1 < len(tokens) else ""
    closes = PREPOSITIONS | PARTICLES | _DETERMINERS | _AND_WITH | {"him", "them", "it"}
    return (
        not after
        or tokens[index].endswith((",", ";", ":"))
        or after in closes
        or is_adverb(after)
        or _is_participle(after)
    )


def is_verb_at(tokens: list[str], index: int) -> bool:
    """Say whether the token is a verb that the noun phrase before it is the subject of, by its form and its place."""
    if not index or tokens[index - 1].endswith((",", ";", ":")):
        return False
    plain, before = bare(tokens[index]), bare(tokens[index - 1])
    if before in _DETERMINERS | ADJECTIVES | PREPOSITIONS | _AND_WITH or before.endswith(("'s", "s'")):
        return False
    known = verb_of(plain)
    if known is None and _is_participle(plain):
        known = (plain, Form.PARTICIPLE)
    if known is None and plain.endswith("ed") and index > 1 and _is_open(tokens, index):
        known = (plain, Form.PAST)
    if known is None:
        return _is_unknown_verb(tokens, index)
    verb, form = known
    phrase, is_open = " ".join(tokens[:index]), _is_open(tokens, index)
    after = bare(tokens[index + 1]) if index + 1 < len(tokens) else ""
    animate = before in ANIMALS or is_person(phrase) or is_name(phrase)
    match form:
        case Form.THIRD:
            follows = verb_of(after)
            if (is_plural(phrase) and before not in ANIMALS) or (follows and follows[1] in {Form.BASE, Form.THIRD}):
                return bool(follows) and not is_plural(phrase) and verb not in NOUN_LIKE
            if bare(tokens[0]) in _ONE or animate or verb not in NOUN_LIKE:
                return True
            return after in _DETERMINERS
        case Form.BASE:
            many = _looks_plural(before) or " and " in folded(phrase) or bare(tokens[0]) in _MANY
            return many and (is_open or animate or verb not in NOUN_LIKE)
        case Form.PARTICIPLE:
            return is_open or animate or _looks_plural(before) or index + 2 < len(tokens)
        case Form.PAST:
            return is_open or animate


_ONE: Final = frozenset(listed("a an one another this"))


def _looks_plural(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")))


def _is_unknown_verb(tokens: list[str], index: int) -> bool:
    """Say whether a word that we do not know can only be a verb: `a cowboy yodels on a hill`."""
    plain, phrase = bare(tokens[index]), f" {folded(' '.join(tokens[:index]))} "
    is_third = plain.endswith("s") and not plain.endswith(("ss", "us", "is", "'s")) and plain.isalpha()
    is_single = bare(tokens[0]) in _ONE or (is_person(phrase) and not is_plural(phrase.strip()))
    joins = any(f" {word} " in phrase for word in ("of", "and", "or", "with"))
    return is_third and index > 1 and is_single and not joins and _is_open(tokens, index)


def main_verb(tokens: list[str], end: int) -> int:
    """Return where the verb stands that the leading noun phrase is the subject of; 0 where there is none.

    Args:
        end: where the noun phrase ends; after it descriptions may come: `in a red coat`, `who lost his dog`.
    """
    if end >= len(tokens) or tokens[end - 1].endswith((",", ";", ":")):
        return 0
    phrase = " ".join(tokens[:end])
    start = end
    while start < len(tokens) - 1 and is_adverb(tokens[start]):
        start += 1
    if bare(tokens[start]) in _BE or (is_verb_at(tokens, start) and not _is_participle(bare(tokens[start]))):
        known = verb_of(bare(tokens[start]))
        if known is None or known[1] is not Form.PAST:  # `a man dressed in black walks`: a verb still comes
            return end
    relative = bare(tokens[end]) in _RELATIVE
    for index in range(end + 1, min(len(tokens), end + 14)):
        plain = bare(tokens[index])
        if plain in _CLAUSES or tokens[index - 1].endswith(","):
            return 0
        if not _may_follow_description(tokens, index, phrase):
            continue
        if relative:
            relative = False  # its own verb: what the noun phrase does comes after it
            continue
        return _before_adverbs(tokens, index)
    return 0


_CLAUSES: Final = frozenset(listed("while as when because before after until if so but how what"))


def _may_follow_description(tokens: list[str], index: int, phrase: str) -> bool:
    """Say whether the token agrees with the noun phrase as its verb, though other words stand between them."""
    plain, before = bare(tokens[index]), bare(tokens[index - 1])
    if before in _RELATIVE:
        return plain in _BE or verb_of(plain) is not None or plain.endswith("s")
    if before in _DETERMINERS | ADJECTIVES | PREPOSITIONS - {"past", "up", "down", "off"} | _AND_WITH | {"to", "it"}:
        return False
    many = is_plural(phrase)
    if plain in _BE:
        return plain not in ({"is", "was", "has", "does"} if many else {"are", "were", "have", "do"})
    known = verb_of(plain)
    if known is None:
        return False
    if known[1] is Form.BASE:
        return many and known[0] not in NOUN_LIKE and _is_open(tokens, index)
    follows = bare(tokens[index + 1]) if index + 1 < len(tokens) else ""
    is_sure = known[0] not in NOUN_LIKE or follows in _DETERMINERS or is_clothing(before)
    return known[1] is Form.THIRD and not many and is_sure


def _is_adjective_before_another(tokens: list[str], index: int) -> bool:
    """Say whether a comma only separates adjectives: `a dark, quiet harbour`."""
    return index == 1 and bare(tokens[0]) in _DETERMINERS and len(tokens) > 2


def _is_participle(word: str) -> bool:
    return len(word) > 4 and word.endswith("ing") and word not in NO_VERBS


def is_finite(word: str) -> bool:
    """Say whether the word is a verb form that a subject may stand before."""
    known = verb_of(bare(word))
    return bare(word) in _BE or (known is not None and known[1] is not Form.PARTICIPLE)


def as_description(tokens: list[str]) -> tuple[str, str]:
    """Split what follows a noun phrase that has no verb into what describes it (`with …`, `in a red coat`) and a rest.

    A description ends where a participle says what its owner does.
    """
    first = bare(tokens[0]) if tokens else ""
    wears = first in {"wearing", "dressed", "in"} and is_clothing(" ".join(tokens[:6]).split(",")[0])
    if first != "with" and not wears:
        return "", " ".join(tokens)
    for index in range(1, len(tokens)):
        plain, said = bare(tokens[index]), " ".join(tokens[:index])
        at_rest = (
            plain in {"in", "at", "on", "through", "across", "by"}
            and index > 2
            and not _ON_THE_BODY.match(folded(" ".join(tokens[index : index + 4])))
        )
        is_over = plain in _RELATIVE or (tokens[index - 1].endswith(",") and plain not in {"and", "with"})
        if is_over or at_rest or (_is_participle(plain) and plain != "wearing" and (is_clothing(said) or not wears)):
            return said.rstrip(","), " ".join(tokens[index:])
    return " ".join(tokens), ""


_ON_THE_BODY: Final = re.compile(
    r"(?:in|on) (?:an? |its |her |his |their )?(?:\w+ )?(?:ponytail|braids?|bun|hands?|head|back)\b"
)


def as_action(rest: str, *, is_plural: bool) -> str:
    """Return the words as a verb phrase that agrees with its subject, or nothing where they start with no verb."""
    tokens = rest.split()
    if tokens and bare(tokens[0]) in {"who", "that", "which"}:
        tokens = tokens[1:]
    if not tokens:
        return ""
    be = "are" if is_plural else "is"
    first = bare(tokens[0])
    if is_adverb(tokens[0]) and len(tokens) > 1:
        verb = as_action(" ".join(tokens[1:]), is_plural=is_plural)
        if verb.startswith(f"{be} "):
            return f"{be} {tokens[0]} {verb[len(be) + 1 :]}"
        return f"{tokens[0]} {verb}" if verb else ""
    if first in {"was", "were", "had"}:
        return " ".join([{"had": "have" if is_plural else "has"}.get(first, be), *tokens[1:]])
    if first in _BE:
        return " ".join(tokens)
    if _is_participle(first):
        return "" if first in {"featuring", "wearing", "during"} else f"{be} {' '.join(tokens)}"
    known = verb_of(first)
    if known is None and first.endswith("ed") and len(tokens) > 1:
        return f"{be} {' '.join(tokens)}"
    if known is None:
        return " ".join(tokens) if first.endswith("s") and first not in PREPOSITIONS and _is_open(tokens, 0) else ""
    if known[1] is Form.PAST:
        has_object = len(tokens) > 1 and bare(tokens[1]) in _DETERMINERS
        active = has_object or known[0] in WITHOUT_OBJECT or len(tokens) == 1
        return " ".join(_as_told_now(tokens, is_plural=is_plural)) if active else f"{be} {' '.join(tokens)}"
    if known[1] is Form.BASE and not is_plural:
        return ""
    return " ".join(tokens)


def _as_told_now(tokens: list[str], *, is_plural: bool) -> list[str]:
    """Return the words with the verbs of one subject in the present: `jumped down and ran` becomes `jumps … runs`."""
    told = []
    for index, token in enumerate(tokens):
        known = verb_of(bare(token))
        leads = not index or bare(tokens[index - 1]) in {"and", "then"} or is_adverb(tokens[index - 1])
        if known is not None and known[1] is Form.PAST and leads:
            token = (known[0] if is_plural else third(known[0])) + token[len(token.rstrip(",;:")) :]
        told.append(token)
    return told


def is_clothing(words: str) -> bool:
    """Say whether the words are about what somebody wears."""
    return any(word in CLOTHES for word in re.findall(r"[a-z]+", folded(words)))


def head_of(who: str) -> str:
    """Return the noun that the phrase is about, folded: of `a litter of golden retriever puppies` it is `puppies`."""
    plain = _GROUPS.sub("", who)
    plain = re.split(r"\s+(?:of|on top|and|named|called)\s+", plain)[0]
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", folded(plain))
    return words[-1] if words else ""


def is_plural(who: str) -> bool:
    """Say whether a verb after the phrase stands in the plural."""
    words = folded(who).split()
    if not words:
        return False
    if " and " in f" {folded(who)} " or words[0] in _MANY:
        return True
    if words[0] in {"a", "an", "one", "this"}:
        return False
    head = head_of(who)
    return head in _PLURALS - {"fish", "sheep", "couple"} or (
        head.endswith("s") and not head.endswith(("ss", "us", "is")) and not is_name(who)
    )


def is_person(who: str) -> bool:
    """Say whether the phrase names a person, by a list of nouns or by the ending of an occupation."""
    head = head_of(who)
    single = head.removesuffix("s")
    if head in PEOPLE or single in PEOPLE:
        return True
    if single in NOT_PEOPLE or head in NOT_PEOPLE:
        return False
    return len(single) > 4 and single.endswith(("er", "or", "ist", "man", "woman", "ian", "girl", "boy"))


def is_name(who: str) -> bool:
    """Say whether the phrase is a proper name: capitals, and no determiner before them."""
    words = who.split()
    if not words or folded(words[0]) in _DETERMINERS | NAMELESS:
        return False
    if not all(word[:1].isupper() for word in words if word != "and"):
        return False
    # A single capital may only be the sentence's: what has a meaning of its own is no name.
    single = folded(words[0])
    is_plain = single in _COMMON_NOUNS or single.removesuffix("s") in _COMMON_NOUNS or single in MASSES
    return len(words) > 1 or not (is_plain or (single.endswith("s") and single not in _NAMES_IN_S))


_COMMON_NOUNS: Final = ANIMALS | PLACE_NOUNS | PEOPLE
NAMELESS: Final = frozenset(listed("someone somebody everyone everybody nobody"))
_NAMES_IN_S: Final = frozenset(listed("james thomas lucas nicholas chris jonas silas iris agnes ines mars paris moses"))


def with_article(who: str) -> str:
    """Return the phrase with `the` where a title or a note left it out; plurals and names stand without."""
    words = who.split()
    is_whole_name = who[:1].isupper() and len(words) > 1 and is_name(who)
    if is_whole_name or folded(words[0]) in MASSES | NAMELESS | CITIES:
        return who
    bare = folded(words[0]) not in _DETERMINERS and not folded(words[0]).isdigit()
    return f"the {who}" if bare and not is_plural(who) and not is_name(who) else who


def definite(who: str) -> str:
    """Return the phrase as one speaks of it once it is known: `the lighthouse keeper`, `the two cats`, `Maria`."""
    words = who.split()
    if not words or is_name(who) or folded(words[0]) in NAMELESS:
        return who
    first = folded(words[0])
    if first in {"a", "an", "some", "several", "many", "one", "another"}:
        rest = re.sub(r"(\band|\bor|,) an? ", r"\1 the ", " ".join(words[1:]))
        return f"the {rest}"
    if first in _DETERMINERS and first not in _MANY:
        return who
    return f"the {who}"


def starts_small(word: str) -> bool:
    """Say whether the word has a capital only at the start of a sentence."""
    return folded(word) in _DETERMINERS | PREPOSITIONS | {"half", "light", "beyond", "all", "far", "only", "each"}


def agreeing(template: str, *, is_plural: bool) -> str:
    """Return the template with each `[singular|plural]` in the form that fits."""
    return re.sub(r"\[([^|\]]*)\|([^\]]*)\]", lambda found: found.group(2 if is_plural else 1), template)
