"""As much English grammar as reading a subject takes: noun phrases, verbs by their form, people and animals by name."""

from __future__ import annotations

import re
from typing import Final

from services.planner.matching import folded, listed

_PREPOSITIONS: Final = frozenset(
    listed(
        "in at on onto into inside outside under over above below beneath through across along by near beside behind "
        "between among around towards toward from against during before after while without within up down past as "
        "with wearing dressed featuring for to off"
    )
)
_AND_WITH: Final = frozenset({"and", "or", "of", "with"})
_RELATIVE: Final = frozenset({"who", "that", "which", "where", "whose"})
_BE: Final = frozenset({"is", "are", "was", "were", "has", "have"})
_FINITE: Final = frozenset(
    listed(
        "walks walk runs run climbs climb sits sit stands stand looks look goes go comes come flies "
        "fly swims swim dances "
        "dance plays play eats eat drinks drink reads read writes write opens open closes close lights "
        "light finds find "
        "turns turn rides ride drives drive falls fall rises rise jumps jump leaps leap sleeps sleep "
        "wakes wake waits wait "
        "watches watch sings sing paints paint builds build carries carry holds hold pulls pull pushes "
        "push throws throw "
        "catches catch crosses cross enters enter leaves leave meets meet passes pass reaches reach "
        "returns return rolls "
        "roll sails sail searches search smiles smile cries cry laughs laugh starts start stops stop "
        "takes take gives give "
        "travels travel wanders wander works work changes change becomes become appears appear "
        "disappears disappear breaks "
        "break burns burn grows grow moves move makes make cooks cook repairs repair kneels kneel hides "
        "hide chases chase "
        "follows follow fights fight bakes bake pours pour washes wash fixes fix discovers discover explores explore "
        "drifts drift floats float glides glide soars soar gallops gallop hunts hunt races race steps "
        "step strolls stroll "
        "gets get knits knit sews sew lands land takes forms form forges forge hammers gathers gather "
        "swings swing whispers "
        "hangs hang lies lie stretches stretch blooms bloom melts melt feeds feed shakes shake "
        "approaches descends ascends "
        "hands dives dive surfs surf skates skate spins spin nestled perched parked lost caught seen "
        "begins begin changed began started turned ran came fell rose became jumped flew went walked sat stood"
    )
)
_NO_VERBS: Final = frozenset(
    listed(
        "evening morning building ceiling king ring string wedding thing spring wing swing painting something nothing "
        "anything everything offspring sibling clothing railing awning wingling duckling gosling sapling young viking "
        "flying-fish sewing-machine lightning pudding stocking"
    )
)
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
_CLOTHES: Final = frozenset(
    listed(
        "dress coat suit hat gear uniform armour armor kimono sunglasses jacket cloak robe shirt "
        "jeans wear clothes helmet "
        "scarf apron boots sari hoodie hood gown costume outfit gloves mask glasses sweater jumper raincoat"
    )
)
_GROUPS: Final = re.compile(
    r"^(?:an?|the|two|three)\s+(?:\w+\s+)?(?:litter|group|pair|flock|herd|piece|glass|cup|crowd|"
    r"team|pack|band|bowl|"
    r"line|row|kind)\s+of\s+",
    re.IGNORECASE,
)

ANIMALS: Final = frozenset(
    listed(
        "cat kitten dog puppy puppie corgi retriever horse foal wolf wolve fox bear panda lion "
        "lioness tiger leopard elephant "
        "giraffe zebra monkey gorilla rabbit hare mouse mice rat squirrel deer moose cow bull calf "
        "sheep lamb goat pig camel "
        "donkey whale shark dolphin orca seal turtle tortoise octopus jellyfish fish goldfish crab bird "
        "eagle hawk owl raven "
        "crow parrot penguin swan duck goose geese heron flamingo sparrow chicken rooster butterfly bee "
        "mosquito spider ant "
        "snake lizard crocodile dragon dinosaur frog hedgehog otter raccoon badger snail bat beetle "
        "firefly fireflie unicorn "
        "hummingbird falcon koala kangaroo"
    )
)
PLACE_NOUNS: Final = frozenset(
    listed(
        "mansion museum forest road street city town village harbour harbor beach coast shore "
        "desert mountain canyon valley "
        "lake river waterfall garden park library castle church temple palace ruin island market square "
        "alley skyline bay "
        "ocean sea jungle oasis field meadow house cottage farm barn station cathedral bridge cave "
        "landscape room kitchen "
        "lighthouse teahouse pichu alhambra picchu reef cliff glacier volcano"
    )
)
_PEOPLE: Final = frozenset(
    listed(
        "man woman men women person people girl boy child children kid baby lady gentleman couple "
        "mother father grandmother "
        "grandfather granny grandma grandpa son daughter brother sister friend king queen prince "
        "princess knight monk nun "
        "priest witch wizard detective pilot soldier sailor student nurse chef cook thief clown guard "
        "guide bride groom "
        "poet athlete astronaut samurai ninja geisha cowboy captain stranger crew team family crowd "
        "twins robot android "
        "alien ghost angel mermaid fisherman fishermen chess-player blacksmith watchsmith beauty teen "
        "teenager widow hero "
        "heroine spy boxer tourist beggar shepherd tailor potter nomad scientist violinist pianist"
    )
)
_NOT_PEOPLE: Final = frozenset(
    listed(
        "tower flower water river paper computer helicopter corner spider tiger panther center theater theatre letter "
        "motor mirror reactor door floor monitor butter rocker counter thunder winter summer meter "
        "matter laser car bar "
        "star container trailer skyscraper rover cruiser steamer freighter tanker feather ladder silver "
        "copper cheeseburger "
        "burger saucer lantern planter printer roller-coaster coaster poster harbor color motor tractor ember"
    )
)

AT_REST: Final = {word: word for word in listed("in at on near beside above under below among by along inside")} | {
    "into": "in",
    "through": "in",
    "across": "in",
    "onto": "on",
    "over": "above",
    "toward": "near",
    "towards": "near",
    "from": "at",
}
"""Which preposition a thing at rest takes where something moves with another one."""

PLACE_PHRASE: Final = re.compile(
    r"\b(?P<by>in|at|on|onto|into|inside|through|across|along|near|beside|over|above|under|below|"
    r"among|by|towards?|from)\s+"
    r"(?P<place>(?:(?:the|an?|his|her|their|its|my|our)\s+|(?=[A-Z]))[^,.;:]+?)"
    r"(?=\s+(?:with|while|and|as|where|who|that|to|in|at|on|during|from|by|near|under|of their|looking|watching|"
    r"reading|wearing|featuring|and|\w{3,}ing\b(?<!morning)(?<!evening)(?<!building)|through|across|before|after|towards?|for|over|behind|beside)\b|[,.;:]|$)"
)


def noun_phrase_end(tokens: list[str]) -> int:
    """Return how many of the tokens make the leading noun phrase; 0 where there is none to be told."""
    if (
        not tokens
        or _is_participle(folded(tokens[0]))
        or folded(tokens[0]) in _IRREGULAR
        or folded(tokens[0]) in _PREPOSITIONS
    ):
        return 0
    for index, token in enumerate(tokens):
        plain = folded(token).strip(",;:.")
        if index and (plain in _BE or plain in _RELATIVE or plain in _PREPOSITIONS):
            return index
        if index > 1 and plain in _DETERMINERS and folded(tokens[index - 1]) not in _AND_WITH:
            return 0  # two noun phrases in a row: a sentence of a form we do not read
        follows = folded(tokens[index - 1]) not in _DETERMINERS if index else False
        if follows and (_is_participle(plain) or (plain in _FINITE and not _may_be_noun(tokens, index))):
            return index
        if token.endswith((",", ";", ":")) and not _is_adjective_before_another(tokens, index):
            return index + 1
        # `a young man's bike` and `a woman and her dog` go on; anything else that follows is part of the phrase.
    return len(tokens)


def _may_be_noun(tokens: list[str], index: int) -> bool:
    """Say whether a word that looks like a verb stands right after a determiner or ends a bare phrase."""
    before = folded(tokens[index - 1]).strip(",")
    if before in _DETERMINERS:
        return True
    # `a light house race`: a base form needs a plural before it, or it is a noun.
    word = folded(tokens[index]).strip(",")
    looks_third_person = word.endswith("s") or word in _IRREGULAR
    return not looks_third_person and not is_plural(" ".join(tokens[:index]))


_STANDS_AT: Final = frozenset(
    listed(
        "in at on inside outside under over above below beneath across along by near beside behind "
        "between among against "
        "within atop"
    )
)
_IRREGULAR: Final = frozenset(listed("nestled perched parked lost caught seen jumped flew went walked sat stood"))


def _is_adjective_before_another(tokens: list[str], index: int) -> bool:
    """Say whether a comma only separates adjectives: `a dark, quiet harbour`."""
    return index == 1 and folded(tokens[0]) in _DETERMINERS and len(tokens) > 2


def _is_participle(word: str) -> bool:
    return len(word) > 4 and word.endswith("ing") and word not in _NO_VERBS


def is_finite(word: str) -> bool:
    """Say whether the word is a verb form that a subject may stand before."""
    return folded(word) in _FINITE or folded(word) in _BE


def description_and_rest(tokens: list[str]) -> tuple[str, str]:
    """Split what follows a noun phrase into its description (`with …`, `in a red coat`) and the rest."""
    if not tokens:
        return "", ""
    first = folded(tokens[0])
    wears = first in {"wearing", "dressed"} or (first == "in" and is_clothing(" ".join(tokens[:6]).split(",")[0]))
    if first != "with" and not wears:
        # `a young man in his twenties is sitting …`
        verb_index = next((index for index, one in enumerate(tokens[:7]) if folded(one) in _BE), 0)
        if first in _STANDS_AT and verb_index:
            return " ".join(tokens[:verb_index]).rstrip(","), " ".join(tokens[verb_index:])
        return "", " ".join(tokens)
    for index in range(1, len(tokens)):
        if _ends_description(tokens, index, wears=wears):
            return " ".join(tokens[:index]).rstrip(","), " ".join(tokens[index:])
    return " ".join(tokens), ""


def _ends_description(tokens: list[str], index: int, *, wears: bool) -> bool:
    """Say whether a description that began with the first token is over before this one."""
    plain, before = folded(tokens[index]).strip(","), folded(tokens[index - 1])
    said = " ".join(tokens[:index])
    if before.endswith(","):
        return plain not in {"and", "with"}
    if plain in _BE or plain in _RELATIVE:
        return True
    if _is_participle(plain):
        # `in comfy boxing gear` and `with trees growing on its back` still describe.
        return plain != "wearing" and (is_clothing(said) if wears else ", with" not in said)
    if plain in {"in", "at", "on", "through", "across", "by"} and index > 2:
        return (
            re.match(
                r"(?:in|on) (?:an? |its |her |his |their )?(?:\w+ )?(?:ponytail|braids?|bun|hands?|head|back)\b",
                folded(" ".join(tokens[index : index + 4])),
            )
            is None
        )
    is_verb = plain in _FINITE and (plain.endswith("s") or (wears and is_clothing(said)))
    return is_verb and before not in _DETERMINERS and index > 1


def as_action(rest: str, *, is_plural: bool) -> str:
    """Return the words as a verb phrase that agrees with its subject, or nothing where they start with no verb."""
    tokens = rest.split()
    if tokens and folded(tokens[0]).strip(",") in {"who", "that", "which"}:
        tokens = tokens[1:]
    if not tokens:
        return ""
    first = folded(tokens[0]).strip(",")
    if first in _BE or (first in _FINITE and first not in _IRREGULAR):
        return " ".join(tokens)
    if _is_participle(first) and first not in {"featuring", "wearing", "during"}:
        return f"{'are' if is_plural else 'is'} {' '.join(tokens)}"
    if first in _STANDS_AT:
        return f"{'are' if is_plural else 'is'} {' '.join(tokens)}"
    if first in _IRREGULAR:
        past = first in {"jumped", "flew", "went", "walked", "sat", "stood"}
        return " ".join(tokens) if past else f"{'are' if is_plural else 'is'} {' '.join(tokens)}"
    return ""


def is_clothing(words: str) -> bool:
    """Say whether the words are about what somebody wears."""
    return any(word in _CLOTHES for word in re.findall(r"[a-z]+", folded(words)))


def head_of(who: str) -> str:
    """Return the noun that the phrase is about, folded: of `a litter of golden retriever puppies` "
    "it is `puppies`.
    """
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
    if head in _PEOPLE or single in _PEOPLE:
        return True
    if single in _NOT_PEOPLE or head in _NOT_PEOPLE:
        return False
    return len(single) > 4 and single.endswith(("er", "or", "ist", "man", "woman", "ian", "girl", "boy"))


def is_name(who: str) -> bool:
    """Say whether the phrase is a proper name: capitals, and no determiner before them."""
    words = who.split()
    if not words or folded(words[0]) in _DETERMINERS:
        return False
    if not all(word[:1].isupper() for word in words):
        return False
    # A single capital may only be the sentence's: what has a meaning of its own is no name.
    single = folded(words[0])
    is_plain = single in _PLAIN_STARTS or single.removesuffix("s") in _PLAIN_STARTS or single in _MASSES
    return len(words) > 1 or not (is_plain or (single.endswith("s") and single not in _NAMES_IN_S))


_MASSES: Final = frozenset(
    listed(
        "firewood air water smoke fire snow rain sand light fog mist lava coffee tea milk dust ink paint food bread "
        "music time nature traffic life grass ice wind steam honey chocolate wine macro slow timelapse drone cinematic"
    )
)
_NAMES_IN_S: Final = frozenset(listed("james thomas lucas nicholas chris jonas silas iris agnes ines mars paris moses"))
_PLAIN_STARTS: Final = ANIMALS | PLACE_NOUNS | _PEOPLE


def with_article(who: str) -> str:
    """Return the phrase with `the` where a title or a note left it out: `mansion`; plurals and "
    "names stand without.
    """
    words = who.split()
    if who[:1].isupper() and len(words) > 1 and is_name(who):
        return who
    if folded(words[0]) in _MASSES:
        return who
    bare = folded(words[0]) not in _DETERMINERS and not folded(words[0]).isdigit()
    return f"the {who}" if bare and not is_plural(who) and not is_name(who) else who


def definite(who: str) -> str:
    """Return the phrase as one speaks of it once it is known: `the lighthouse keeper`, `the two cats`, `Maria`."""
    words = who.split()
    if not words or is_name(who):
        return who
    first = folded(words[0])
    if first in {"a", "an", "some", "several", "many", "one", "another"}:
        rest = re.sub(r"\b(and|or) an? ", r"\1 the ", " ".join(words[1:]))
        return f"the {rest}"
    if first in _DETERMINERS and first not in _MANY:
        return who
    return f"the {who}"


def starts_small(word: str) -> bool:
    """Say whether the word has a capital only at the start of a sentence."""
    return folded(word) in _DETERMINERS | _PREPOSITIONS | {"half", "light", "beyond", "all", "far", "only", "each"}


def agreeing(template: str, *, is_plural: bool) -> str:
    """Return the template with each `[singular|plural]` in the form that fits."""
    return re.sub(r"\[([^|\]]*)\|([^\]]*)\]", lambda found: found.group(2 if is_plural else 1), template)
