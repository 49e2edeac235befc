"""What a film is about, taken apart: who, does what, where, and what else holds for all of it."""

from __future__ import annotations

import enum
import re
from typing import Final

from msgspec import Struct

from services.planner import grammar
from services.planner.matching import NOUN_LIKE, Form, folded, listed, verb_of


class Kind(enum.Enum):
    """What the film is about, as far as it changes how it is filmed."""

    PERSON = "person"
    ANIMAL = "animal"
    THING = "thing"
    PLACE = "place"
    WEATHER = "weather"
    """What fills the picture and has no surface or edge: rain, clouds, the sun."""
    UNREAD = "unread"
    """The words are in a language, or of a form, that the rules do not take apart: they are used whole."""


class Subject(Struct, frozen=True, kw_only=True):
    """What is to be seen, taken apart."""

    words: str
    """The person's words, tidy, on one line and without a full stop."""
    kind: Kind
    who: str = ""
    """The main noun phrase as it was written: `a lighthouse keeper`. Empty where it is unread."""
    is_plural: bool = False
    action: str = ""
    """What it does, from the verb on: `is climbing the stairs`. Empty where nothing is said."""
    extra: str = ""
    """What describes it further, with its preposition: `with chestnut hair`, `in a red coat`."""
    where: str = ""
    """The place as the person named it, without its preposition: `a rocky shore`. Empty where none is named."""
    where_by: str = "in"
    """The preposition of a thing at rest there: `on`."""
    later: tuple[str, ...] = ()
    """What happens next, one clause each, in order: after `then`, or in a further sentence."""
    details: tuple[str, ...] = ()
    """What else is said of the whole film, in fragments without a verb of their own: `soft window light`."""
    is_foreign: bool = False
    """It is in another language than our sentences."""

    @property
    def the(self) -> str:
        """Return how it is spoken of once it is known: `the lighthouse keeper`."""
        return grammar.definite(self.who)

    @property
    def moment(self) -> str:
        """Return the action without what goes on beside it: of `rows home, singing` it is `rows home`."""
        return re.split(r",|;|\s(?:while|when|because|until|as (?!an? ))", self.action)[0].strip() or self.action

    @property
    def gist(self) -> str:
        """Return the action as one says it again: of `walks home through the snow with a lantern`, `walks home`."""
        words = self.moment.split()
        if self.verb in _NEEDING_WHERE or " and " in self.moment:
            return self.moment
        leading = [grammar.is_adverb(one) or folded(one) in {"is", "are"} for one in words]
        verbs = leading.index(False) + 1 if False in leading else 1
        start = verbs + 1
        # What comes first after the verb belongs to it: `floats over the city`, `looks up`.
        has_object = not grammar.is_preposition(" ".join(words[verbs : verbs + 1]))
        for index in range(start, len(words)):
            before = words[index - 1]
            is_end = grammar.is_preposition(words[index]) or (
                folded(words[index]).endswith("ing") and not grammar.is_determiner(before)
            )
            if is_end and (has_object or index > start or folded(before) in {"up", "down", "off"}):
                return " ".join(words[:index])
        return self.moment

    @property
    def verb(self) -> str:
        """Return what it does as the verb's base form: `row`. Empty where nothing is said or the verb is unknown."""
        is_whole = self.kind is Kind.UNREAD and not self.is_foreign
        for word in (self.words if is_whole else self.action).split():
            known = verb_of(grammar.bare(word))
            # In a clause that we could not read, only a word that is hardly ever a noun is taken for its verb.
            is_sure = not is_whole or (
                known is not None and known[1] in {Form.THIRD, Form.PARTICIPLE} and known[0] not in NOUN_LIKE
            )
            if known is not None and is_sure and grammar.bare(word) not in {"left", "still"}:
                return known[0]
        return ""


_NEEDING_WHERE: Final = frozenset(listed("put place lay set hang lift hold take bring give throw pull push keep turn"))
"""Verbs that mean little without where or to whom."""
