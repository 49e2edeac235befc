"""What a person's act becomes: facts to write, or a refusal that says what to do instead. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from bus.board import Done, status_of
from bus.errors import Reason, Refused
from bus.events import (
    Fact,
    IntentAnswered,
    Options,
    ProductionCancelled,
    ProductionDeleted,
    ProductionDirected,
    ProductionRequested,
    ProductionResumed,
    SampleApproved,
    SampleRedirected,
)
from bus.ids import ALPHABET
from bus.plan import Artifact
from bus.policy import OperatorRule
from bus.production import MessageKind, Production, Sample, Word
from services.gateway.standing import require_open, require_there
from services.gateway.words import answer_of, check_options, message_of, reason_of

Facts = tuple[Fact, ...]
Images = tuple[Artifact, ...]
Rules = Sequence[OperatorRule]
"""What the operator refuses on top of what always is."""


class Request(Struct, frozen=True, kw_only=True):
    """What a person asks for when a production begins."""

    words: str
    images: Images = ()
    options: Options = Options()
    key: str | None = None
    """The idempotency key: the same one is the same production."""


# -- the production ----------------------------------------------------------------------------------------


def ending_of(key: str, length: int) -> str:
    """Return the ending that an idempotency key gives to a production's id: the same key, the same ending."""
    number = int.from_bytes(hashlib.sha256(b"kindling idempotency key\n" + key.encode()).digest(), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


class Taken(Exception):
    """The id belongs to another production: another one is to be tried."""


def create(production: Production, request: Request, rules: Rules = ()) -> Facts:
    """Return the production's first fact; none where the same request was already granted.

    Raises:
        Refused: the request can't be granted, or its key was used for another one.
        Taken: the id belongs to another production.
    """
    words = message_of(request.words, request.images, rules=rules)
    options = check_options(request.options)
    first = production.request
    if first is None:
        return (ProductionRequested(words=words, images=request.images, options=options, idempotency_key=request.key),)
    if request.key is None or first.idempotency_key != request.key:
        raise Taken
    check_same(production, request)
    return ()


def check_same(production: Production, request: Request) -> None:
    """Check that the production was asked for by this very request.

    Raises:
        Refused: it has the request's key, and other words, pictures or options.
    """
    first = production.request
    assert first is not None
    wanted = (request.words.strip(), request.images, request.options)
    if wanted != (first.words, first.images, first.options):
        raise Refused(
            Reason.INVALID,
            f"The Idempotency-Key was already used for {production.id}.",
            why="That production was asked for with other words, pictures or options.",
            help="Use a new key for a new film; repeat a request with exactly what it held.",
        )


def cancel(production: Production, why: str) -> Facts:
    """Call the production off.

    Raises:
        Refused: it has ended, or its film is done.
    """
    require_there(production)
    said = reason_of(why)
    if isinstance(production.end, ProductionCancelled):
        raise Refused(
            Reason.NOT_NOW,
            f"{production.id} is already cancelled.",
            why=f"The reason was: {production.end.why}" if production.end.why else "",
            help="Nothing has to be done.",
        )
    require_open(production, "cancelled")
    if isinstance(status_of(production), Done) or _nothing_is_wanted(production):
        raise Refused(
            Reason.NOT_NOW,
            f"The film of {production.id} is done: there is nothing left to cancel.",
            help=f"To remove the film, delete the production (`kindling rm {production.id}`).",
        )
    return (ProductionCancelled(why=said),)


def _nothing_is_wanted(production: Production) -> bool:
    """Say whether nobody asked for anything since the film was cut: the fold takes no cancellation then."""
    if not production.cuts or production.has_unheard_words or production.is_refused or production.open_stalls:
        return False
    cut, plan = production.cuts[-1], production.plan
    is_current = plan is not None and cut.plan == len(production.plans) and plan.brief == len(production.briefs)
    return is_current and max(production.acted.values(), default=0) < production.cut_ordinal


def remove(production: Production, why: str) -> Facts:
    """Remove the production: its artifacts go, its log stays.

    Raises:
        Refused: it is already removed.
    """
    require_there(production)
    if isinstance(production.end, ProductionDeleted):
        raise Refused(
            Reason.NOT_NOW,
            f"{production.id} is already deleted.",
            why="Only its log is left, and that stays.",
            help="Nothing has to be done.",
        )
    return (ProductionDeleted(why=reason_of(why)),)


def resume(production: Production, stall: int | None = None) -> Facts:
    """Try again what waits for a person: the problem of this number, or every one.

    Raises:
        Refused: there is none such, or it was already resumed.
    """
    require_open(production, "resumed")
    waiting = [one.number for one in production.open_stalls]
    if stall is None:
        if not waiting:
            raise Refused(
                Reason.NOT_NOW,
                f"Nothing of {production.id} waits to be resumed.",
                why="It has no open problem.",
                help="Look at the production to see what it is doing.",
            )
        return tuple(ProductionResumed(number=number) for number in waiting)
    if stall in waiting:
        return (ProductionResumed(number=stall),)
    if any(one.number == stall for one in production.stalls):
        raise Refused(
            Reason.NOT_NOW,
            f"Problem {stall} of {production.id} was already resumed.",
            why=f"Still open: {listed(waiting)}." if waiting else "No problem is open.",
            help="Look at the production to see what it is doing.",
        )
    raise Refused(
        Reason.UNKNOWN,
        f"{production.id} has no problem {stall}.",
        why=f"Open problems: {listed(waiting)}." if waiting else "It has no open problem.",
        help="Name one of them, or none to resume all.",
    )


def listed(numbers: list[int]) -> str:
    """Return the numbers as a sentence names them."""
    return ", ".join(str(one) for one in numbers)


# -- the conversation --------------------------------------------------------------------------------------


def say(production: Production, words: str, images: Images = (), rules: Rules = ()) -> Facts:
    """Say something more, at any time.

    Raises:
        Refused: the production has ended, or the words can't be taken.
    """
    require_open(production, "directed")
    said = message_of(words, images, production, rules)
    number = 1 + sum(one.kind is MessageKind.DIRECTION for one in production.conversation)
    return (ProductionDirected(number=number, words=said, images=images),)


def answer(production: Production, words: str, images: Images = (), rules: Rules = ()) -> Facts:
    """Answer the open question; no words mean: take what was assumed.

    Raises:
        Refused: no question is open, the words can't be taken, or there are none and nothing was assumed.
    """
    require_open(production, "answered")
    question = production.open_question
    if question is None:
        last = production.questions[-1] if production.questions else None
        if last is None:
            why = "Nothing was asked."
        elif last.is_answered:
            why = f"Question {last.number} is already answered: “{last.asked.text}”"
        else:
            why = f"Something was said after question {last.number} was asked, and that is being answered."
        raise Refused(
            Reason.NOT_NOW,
            f"{production.id} has no open question.",
            why=why,
            help="To say something more, send a message (`kindling say`).",
        )
    said = answer_of(words, images, production, rules)
    if not (said or images or question.asked.assumed):
        raise Refused(
            Reason.INVALID,
            "The answer is empty.",
            why="Nothing is assumed where this question is not answered.",
            help=f"Say it in words: {question.asked.text}",
        )
    return (IntentAnswered(number=question.number, words=said, images=images),)


# -- the sample --------------------------------------------------------------------------------------------


def approve(production: Production, sample: str | None = None) -> Facts:
    """Say that the sample is the vibe.

    Args:
        sample: which one the person saw, as `1-1`; None for the one that waits.

    Raises:
        Refused: no sample waits for a word, or another one than the person saw.
    """
    waiting = _waiting_sample(production, "approved", sample)
    if production.has_unheard_words:
        raise Refused(
            Reason.NOT_NOW,
            f"Sample {name_of(waiting)} is older than what was said last.",
            why=f"“{_short(production.conversation[-1].words)}” is still being understood.",
            help="Wait a moment: a new sample may follow, and that one can be approved.",
        )
    return (SampleApproved(brief=waiting.brief, take=waiting.take),)


def redirect(
    production: Production, words: str, images: Images = (), sample: str | None = None, rules: Rules = ()
) -> Facts:
    """Say what is to change about the sample.

    Args:
        sample: which one the person saw, as `1-1`; None for the one that waits.

    Raises:
        Refused: no sample waits for a word, or the words can't be taken.
    """
    waiting = _waiting_sample(production, "redirected", sample)
    said = message_of(words, images, production, rules)
    return (SampleRedirected(brief=waiting.brief, take=waiting.take, words=said, images=images),)


def name_of(sample: Sample) -> str:
    """Return what people call the sample: `brief-take`."""
    return f"{sample.brief}-{sample.take}"


def _waiting_sample(production: Production, act: str, wanted: str | None) -> Sample:
    require_open(production, act)
    last = production.sample_of(len(production.briefs)) or (production.samples[-1] if production.samples else None)
    if wanted is not None and (last is None or name_of(last) != wanted):
        raise _other_sample(production, wanted, act, last)
    if last is None:
        raise Refused(
            Reason.NOT_NOW,
            f"{production.id} has no sample yet.",
            why="This production is made without one."
            if not production.options.sample
            else "It is made as soon as the brief is understood.",
            help="Wait until the production is awaiting approval.",
        )
    if last.word is Word.APPROVED:
        raise Refused(
            Reason.NOT_NOW,
            f"Sample {name_of(last)} is already approved.",
            why="The film is being made from it.",
            help="Nothing has to be done; to change something, send a message (`kindling say`).",
        )
    if last.word is Word.REDIRECTED:
        raise Refused(
            Reason.NOT_NOW,
            f"Sample {name_of(last)} was already redirected.",
            why="A new one is made from what was said.",
            help="Wait for the new sample; to add something, send a message (`kindling say`).",
        )
    if last.rendered is None:
        raise Refused(
            Reason.NOT_NOW,
            f"Sample {name_of(last)} is not there yet.",
            why=f"It could not be rendered: {last.failure.what}" if last.failure else "It is being rendered.",
            help="Wait until the production is awaiting approval.",
        )
    return last


def _other_sample(production: Production, wanted: str, act: str, last: Sample | None) -> Refused:
    if any(name_of(one) == wanted for one in production.samples):
        return Refused(
            Reason.NOT_NOW,
            f"Sample {_short(wanted)} can't be {act} any more.",
            why=f"Sample {name_of(last)} is the current one." if last else "",
            help="Look at the current sample and decide about that one.",
        )
    return Refused(
        Reason.UNKNOWN,
        f"{production.id} has no sample {_short(wanted)!r}.",
        why=f"Sample {name_of(last)} is the current one." if last else "It has no sample yet.",
        help="Samples are named brief-take, as 1-1.",
    )


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
