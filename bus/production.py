"""The state of a production, and the fold that makes it from the log and from nothing else."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from bus import codec
from bus import events as e
from bus.errors import Unprocessable
from bus.ids import Digest, EventId, ProductionId, digest_of
from bus.likeness import Comparison
from bus.plan import Artifact, Brief, Made, Order, Plan, Size, Verdict, order_digest


class MessageKind(enum.StrEnum):
    """How words of the person came in."""

    REQUEST = "request"
    DIRECTION = "direction"
    REDIRECTION = "redirection"
    ANSWER = "answer"


class Message(Struct, frozen=True, gc=False, kw_only=True):
    """One message of the person."""

    kind: MessageKind
    words: str
    images: tuple[Artifact, ...]
    ordinal: int
    is_refused: bool = False
    """Whether the content policy refused it: it then takes no part in the conversation."""


class Question(Struct, frozen=True, gc=False, kw_only=True):
    """A question, and whether the person answered it."""

    number: int
    asked: e.IntentQuestioned
    is_answered: bool = False


HELD = "fork"
"""What the problem of a fork is about that renders nothing until a person has seen what it would be."""


class Word(enum.StrEnum):
    """The person's word on a sample."""

    APPROVED = "approved"
    REDIRECTED = "redirected"


class Sample(Struct, frozen=True, gc=False, kw_only=True):
    """One take of the sample for one brief."""

    brief: int
    take: int
    order: Order
    ordinal: int
    film_size: Size | None = None
    """What the film will be rendered at, as far as was known then."""
    postings: tuple[e.Posting, ...] = ()
    rendered: e.SampleRendered | None = None
    failure: e.Failure | None = None
    word: Word | None = None
    word_ordinal: int = 0
    """The event in which the person said it."""


class Ruled(Struct, frozen=True, gc=False, kw_only=True):
    """A person's ruling on a take."""

    ruling: e.Ruling
    why: str
    ordinal: int


class Take(Struct, frozen=True, gc=False, kw_only=True):
    """One attempt at a segment, with all that became of it."""

    segment: int
    take: int
    order: Order
    basis: Digest
    ordinal: int
    why: str = ""
    postings: tuple[e.Posting, ...] = ()
    rendered: e.SegmentRendered | None = None
    failure: e.Failure | None = None
    verdict: Verdict | None = None
    is_approved: bool | None = None
    """The reviewer's word; None while there is none."""
    judged_by: Made | None = None
    """How the verdict came to be."""
    is_kept: bool = False
    rulings: tuple[Ruled, ...] = ()
    settled: int = 0
    """The ordinal of the last event that changed whether the take is accepted."""
    compared: Comparison | None = None
    """How it stands to the recorded take, where the film is made again."""
    borrowed: e.SegmentBorrowed | None = None
    """Whose clip it is, where nobody rendered it here."""


class Stall(Struct, frozen=True, gc=False, kw_only=True):
    """A problem that waits, or waited, for a person."""

    number: int
    problem: e.Problem
    ordinal: int
    is_resumed: bool = False


class Anomaly(Struct, frozen=True, gc=False, kw_only=True):
    """Something on the log that should not be there; it is shown, and changes nothing."""

    sequence: int
    subject: str
    what: str


class Production(Struct, frozen=True, gc=False, kw_only=True):
    """All that the log of one production says, and nothing that it does not say.

    A tree like the events it is made of, hence without the garbage collector: it would go through every state at hand.
    """

    id: ProductionId
    ordinal: int = 0
    head: Digest | None = None
    last_event: EventId | None = None
    first_time: str = ""
    last_time: str = ""
    request: e.ProductionRequested | None = None
    conversation: tuple[Message, ...] = ()
    heard: int = 0
    """How many messages have been answered with a brief, a question or a refusal."""
    questions: tuple[Question, ...] = ()
    refusals: tuple[e.ProductionRefused, ...] = ()
    briefs: tuple[e.IntentParsed, ...] = ()
    samples: tuple[Sample, ...] = ()
    plans: tuple[Plan, ...] = ()
    plans_made: dict[int, Made] = {}
    """By the plan's number, how it came to be. Never changed in place."""
    takes: dict[tuple[int, int], Take] = {}
    """By (segment, take), in the order they were ordered. Never changed in place."""
    acted: dict[int, int] = {}
    """By segment, the ordinal at which a person last ruled on it; 0 stands for the whole film."""
    stalls: tuple[Stall, ...] = ()
    looks: tuple[e.ProductionReviewed, ...] = ()
    """Last looks at the film before it was joined, the newest last."""
    cuts: tuple[e.ProductionDone, ...] = ()
    cut_ordinal: int = 0
    end: e.ProductionCancelled | e.ProductionFailed | e.ProductionDeleted | None = None
    adopted: int = 0
    """The ordinal of the last event that was taken over from another production."""
    forked: int = 0
    """The ordinal from which on a fork goes its own way."""
    source: Production | None = None
    """What was adopted and set aside, where the film is made again: what it is held against."""
    rewound: e.ProductionRewound | None = None
    compared: tuple[e.ProductionCompared, ...] = ()
    work_failures: tuple[e.WorkFailed, ...] = ()
    unknown: tuple[str, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def options(self) -> e.Options:
        """Return how it is to be made."""
        return self.request.options if self.request else e.Options()

    @property
    def base_seed(self) -> int:
        """Return what its seeds are counted from: the person's number, or one that follows from its id."""
        if self.options.seed is not None:
            return self.options.seed
        return int(digest_of(self.id.encode())[:8], 16)

    @property
    def brief(self) -> Brief | None:
        """Return the latest brief."""
        return self.briefs[-1].brief if self.briefs else None

    @property
    def plan(self) -> Plan | None:
        """Return the plan in force."""
        return self.plans[-1] if self.plans else None

    @property
    def is_refused(self) -> bool:
        """Say whether the content policy had the last word: nobody said anything since."""
        return bool(self.refusals) and self.refusals[-1].heard == len(self.conversation)

    @property
    def is_active(self) -> bool:
        """Say whether anything may still be done for it."""
        return self.request is not None and self.end is None and not self.is_refused

    @property
    def has_unheard_words(self) -> bool:
        """Say whether the person said something that intent has not answered."""
        return self.heard < len(self.conversation)

    @property
    def open_question(self) -> Question | None:
        """Return the question that waits for an answer."""
        last = self.questions[-1] if self.questions else None
        return last if last and not last.is_answered and last.asked.heard == len(self.conversation) else None

    @property
    def open_stalls(self) -> tuple[Stall, ...]:
        """Return the problems that wait for a person."""
        return tuple(one for one in self.stalls if not one.is_resumed)

    @property
    def is_again(self) -> bool:
        """Say whether it makes a film again: a fork of such a production goes its own way."""
        return self.source is not None and not self.forked

    @property
    def recorded(self) -> dict[int, Take]:
        """Return by segment the takes that the film is made again from; empty where it is not made from orders."""
        if self.source is None or self.rewound is None or self.rewound.to is not e.Again.ORDERS:
            return {}
        return self.source.shown

    @property
    def shown(self) -> dict[int, Take]:
        """Return by segment the takes that the last cut of the film shows; empty where there is none."""
        shown = self.cuts[-1].takes if self.cuts else ()
        return {one.segment: take for one in shown if (take := self.takes.get((one.segment, one.take))) is not None}

    def is_stalled(self, about: str) -> bool:
        """Say whether work on this waits for a person."""
        return any(one.problem.about == about for one in self.stalls if not one.is_resumed)

    @property
    def is_held(self) -> bool:
        """Say whether a fork waits for the person who asked for it, who is to see first what would be rendered."""
        return self.is_stalled(HELD)

    def resumed_about(self, number: int) -> str | None:
        """Return what the stall of this number was about."""
        return next((one.problem.about for one in self.stalls if one.number == number), None)

    def takes_of(self, segment: int) -> tuple[Take, ...]:
        """Return a segment's takes in the order of their numbers."""
        return tuple(one for (of, _), one in self.takes.items() if of == segment)

    def sample_of(self, brief: int) -> Sample | None:
        """Return the last take of the sample for a brief."""
        return next((one for one in reversed(self.samples) if one.brief == brief), None)


Evolve = Callable[[Production, Any, int], "Production | str"]
"""The state after a fact, or a sentence that says why the fact can't stand: the state then stays."""

_replace = msgspec.structs.replace


def fold(production: ProductionId, log: Iterable[e.Recorded | e.Unreadable]) -> Production:
    """Return the state after all that the log holds."""
    state = Production(id=production)
    for one in log:
        state = evolve(state, one)
    return state


def evolve(state: Production, recorded: e.Recorded | e.Unreadable) -> Production:
    """Return the state after one more message on the log."""
    if isinstance(recorded, e.Unreadable):
        return _anomaly(_replace(state, head=recorded.digest), recorded, recorded.why)
    event = recorded.event
    broken = ""
    if event.previous != state.head:
        broken = "The event does not refer to the one before it: something was lost or altered."
    elif event.ordinal != state.ordinal + 1:
        broken = f"The event counts itself as {event.ordinal}, where {state.ordinal + 1} is due."
    fact = event.fact
    if isinstance(fact, e.Unknown):
        after: Production | str = _replace(state, unknown=(*state.unknown, f"{fact.type} v{fact.version}"))
    elif state.request is None and not isinstance(fact, e.ProductionRequested):
        after = "It comes before the production was requested."
    else:
        after = _EVOLVE[type(fact)](state, fact, event.ordinal)
    what = broken
    if isinstance(after, str):
        what, after = " ".join(part for part in (broken, after) if part), state
    after = _replace(
        after,
        ordinal=event.ordinal,
        head=recorded.digest,
        last_event=event.id,
        last_time=event.time,
        first_time=state.first_time or event.time,
    )
    return _anomaly(after, recorded, what) if what else after


def supposed(state: Production, facts: Iterable[e.Fact]) -> Production:
    """Return what the state would be if these facts were written next. Its chain stays where it is."""
    for fact in facts:
        after = _EVOLVE[type(fact)](state, fact, state.ordinal + 1)
        state = _replace(state if isinstance(after, str) else after, ordinal=state.ordinal + 1)
    return state


def _anomaly(state: Production, recorded: e.Recorded | e.Unreadable, what: str) -> Production:
    one = Anomaly(sequence=recorded.sequence, subject=recorded.subject, what=what)
    return _replace(state, anomalies=(*state.anomalies, one))


# -- the conversation --------------------------------------------------------------------------------------


def _say(
    state: Production, kind: MessageKind, fact: e.ProductionRequested | _Spoken, ordinal: int
) -> tuple[Message, ...]:
    message = Message(kind=kind, words=fact.words, images=fact.images, ordinal=ordinal)
    return (*state.conversation, message)


_Spoken = e.ProductionDirected | e.SampleRedirected | e.IntentAnswered


def _requested(state: Production, fact: e.ProductionRequested, ordinal: int) -> Production | str:
    if state.request is not None:
        return "The production is already requested."
    return _replace(state, request=fact, conversation=_say(state, MessageKind.REQUEST, fact, ordinal))


def _directed(state: Production, fact: e.ProductionDirected, ordinal: int) -> Production | str:
    conversation = _say(state, MessageKind.DIRECTION, fact, ordinal)
    return _replace(state, conversation=conversation, acted={**state.acted, 0: ordinal})


def _refused(state: Production, fact: e.ProductionRefused, ordinal: int) -> Production | str:
    # A plan or an order is refused after its words became a brief: then those are meant that the brief came from.
    before = state.heard if fact.heard > state.heard else state.briefs[-2].heard if len(state.briefs) > 1 else 0
    conversation = tuple(
        _replace(one, is_refused=True) if before <= index < fact.heard else one
        for index, one in enumerate(state.conversation)
    )
    heard = max(state.heard, fact.heard)
    return _replace(state, refusals=(*state.refusals, fact), conversation=conversation, heard=heard)


def _questioned(state: Production, fact: e.IntentQuestioned, ordinal: int) -> Production | str:
    question = Question(number=fact.number, asked=fact)
    return _replace(state, questions=(*state.questions, question), heard=max(state.heard, fact.heard))


def _answered(state: Production, fact: e.IntentAnswered, ordinal: int) -> Production | str:
    if not any(one.number == fact.number and not one.is_answered for one in state.questions):
        return f"There is no open question {fact.number}."
    questions = tuple(_replace(one, is_answered=True) if one.number == fact.number else one for one in state.questions)
    return _replace(state, questions=questions, conversation=_say(state, MessageKind.ANSWER, fact, ordinal))


def _parsed(state: Production, fact: e.IntentParsed, ordinal: int) -> Production | str:
    if fact.number != len(state.briefs) + 1:
        return f"Brief {fact.number} is not the next one."
    return _replace(state, briefs=(*state.briefs, fact), heard=max(state.heard, fact.heard))


# -- the sample --------------------------------------------------------------------------------------------


def _sample_ordered(state: Production, fact: e.SampleOrdered, ordinal: int) -> Production | str:
    sample = Sample(brief=fact.brief, take=fact.take, order=fact.order, ordinal=ordinal, film_size=fact.film_size)
    return _replace(state, samples=(*state.samples, sample))


def _with_sample(state: Production, fact: e.OfSample, change: Callable[[Sample], Sample | str]) -> Production | str:
    for index, sample in enumerate(state.samples):
        if (sample.brief, sample.take) == (fact.brief, fact.take):
            changed = change(sample)
            if isinstance(changed, str):
                return changed
            return _replace(state, samples=(*state.samples[:index], changed, *state.samples[index + 1 :]))
    return f"Sample {fact.brief}-{fact.take} was never ordered."


def _sample_started(state: Production, fact: e.SampleStarted, ordinal: int) -> Production | str:
    return _with_sample(state, fact, lambda one: _replace(one, postings=(*one.postings, fact.posting)))


def _sample_rendered(state: Production, fact: e.SampleRendered, ordinal: int) -> Production | str:
    def change(sample: Sample) -> Sample | str:
        return "The sample had failed." if sample.failure else _replace(sample, rendered=fact)

    return _with_sample(state, fact, change)


def _sample_failed(state: Production, fact: e.SampleFailed, ordinal: int) -> Production | str:
    def change(sample: Sample) -> Sample | str:
        return "The sample had been rendered." if sample.rendered else _replace(sample, failure=fact.failure)

    return _with_sample(state, fact, change)


def _judge_sample(state: Production, fact: e.OfSample, word: Word, ordinal: int) -> Production | str:
    def change(sample: Sample) -> Sample | str:
        if sample.word is not None:
            return f"The sample was already {sample.word}."
        if sample.rendered is None:
            return "The sample was not rendered."
        return _replace(sample, word=word, word_ordinal=ordinal)

    return _with_sample(state, fact, change)


def _sample_approved(state: Production, fact: e.SampleApproved, ordinal: int) -> Production | str:
    return _judge_sample(state, fact, Word.APPROVED, ordinal)


def _sample_redirected(state: Production, fact: e.SampleRedirected, ordinal: int) -> Production | str:
    judged = _judge_sample(state, fact, Word.REDIRECTED, ordinal)
    if isinstance(judged, str):
        return judged
    return _replace(judged, conversation=_say(state, MessageKind.REDIRECTION, fact, ordinal))


# -- plan and takes ----------------------------------------------------------------------------------------


def _planned(state: Production, fact: e.PlanWritten | e.PlanRevised, ordinal: int) -> Production | str:
    if fact.number != len(state.plans) + 1:
        return f"Plan {fact.number} is not the next one."
    return _replace(state, plans=(*state.plans, fact.plan), plans_made={**state.plans_made, fact.number: fact.made})


def _ordered(state: Production, fact: e.SegmentOrdered, ordinal: int) -> Production | str:
    take = Take(
        segment=fact.segment,
        take=fact.take,
        order=fact.order,
        basis=fact.basis,
        ordinal=ordinal,
        why=fact.why,
        settled=ordinal,
    )
    return _replace(state, takes={**state.takes, (fact.segment, fact.take): take})


def _borrowed(state: Production, fact: e.SegmentBorrowed, ordinal: int) -> Production | str:
    rendered = e.SegmentRendered(
        segment=fact.segment,
        take=fact.take,
        clip=fact.clip,
        hand_over=fact.hand_over,
        poster=fact.poster,
        order_digest=order_digest(fact.order),
        cost=e.Cost(render_s=0, total_s=0),
        made=fact.made,
    )
    take = Take(
        segment=fact.segment,
        take=fact.take,
        order=fact.order,
        basis=fact.basis,
        ordinal=ordinal,
        rendered=rendered,
        settled=ordinal,
        borrowed=fact,
    )
    return _replace(state, takes={**state.takes, (fact.segment, fact.take): take})


def _with_take(state: Production, fact: e.OfTake, change: Callable[[Take], Take | str]) -> Production | str:
    take = state.takes.get((fact.segment, fact.take))
    changed = f"Take {fact.segment}-{fact.take} was never ordered." if take is None else change(take)
    if isinstance(changed, str):
        return changed
    return _replace(state, takes={**state.takes, (fact.segment, fact.take): changed})


def _started(state: Production, fact: e.SegmentStarted, ordinal: int) -> Production | str:
    return _with_take(state, fact, lambda one: _replace(one, postings=(*one.postings, fact.posting)))


def _rendered(state: Production, fact: e.SegmentRendered, ordinal: int) -> Production | str:
    def change(take: Take) -> Take | str:
        if take.failure is not None:
            return "The take had failed."
        return _replace(take, rendered=fact, settled=ordinal)

    return _with_take(state, fact, change)


def _failed_take(state: Production, fact: e.SegmentFailed, ordinal: int) -> Production | str:
    def change(take: Take) -> Take | str:
        if take.rendered is not None:
            return "The take had been rendered."
        return _replace(take, failure=fact.failure, settled=ordinal)

    return _with_take(state, fact, change)


def _judged(state: Production, fact: e.SegmentApproved | e.SegmentRejected, ordinal: int) -> Production | str:
    is_approved = isinstance(fact, e.SegmentApproved)

    def change(take: Take) -> Take | str:
        if take.is_approved is not None:
            return f"The take was already {'approved' if take.is_approved else 'rejected'}."
        if take.rendered is None:
            return "The take was not rendered."
        return _replace(take, verdict=fact.verdict, judged_by=fact.made, is_approved=is_approved, settled=ordinal)

    return _with_take(state, fact, change)


def _kept(state: Production, fact: e.SegmentKept, ordinal: int) -> Production | str:
    return _with_take(state, fact, lambda one: _replace(one, is_kept=True, settled=ordinal))


def _overruled(state: Production, fact: e.SegmentOverruled, ordinal: int) -> Production | str:
    ruled = Ruled(ruling=fact.ruling, why=fact.why, ordinal=ordinal)
    changed = _with_take(state, fact, lambda one: _replace(one, rulings=(*one.rulings, ruled), settled=ordinal))
    if isinstance(changed, str):
        return changed
    return _replace(changed, acted={**state.acted, fact.segment: ordinal})


def _compared_take(state: Production, fact: e.SegmentCompared, ordinal: int) -> Production | str:
    return _with_take(state, fact, lambda one: _replace(one, compared=fact.comparison))


# -- what began with the log of another production -----------------------------------------------------------

# A render that was begun for the other production is looked for under the other one's key; nor is its end this one's.
_NOT_TAKEN_OVER = (
    e.SampleStarted,
    e.SegmentStarted,
    e.ProductionCancelled,
    e.ProductionFailed,
    e.ProductionDeleted,
)


def _adopted(state: Production, fact: e.ProductionAdopted, ordinal: int) -> Production | str:
    """Apply what was adopted as if it had happened here; it counts as the event that it was there."""
    if fact.ordinal != ordinal:
        return f"It adopts event {fact.ordinal} as event {ordinal}."
    if state.request is not None and state.request.origin is None:
        return "The production branches from none, and adopts nothing."
    try:
        inner = codec.original(fact).fact
    except Unprocessable as error:
        return f"What it adopts is no event of ours: {error.why}"
    state = _replace(state, adopted=ordinal)
    if isinstance(inner, e.Unknown):
        return _replace(state, unknown=(*state.unknown, f"{inner.type} v{inner.version}"))
    if isinstance(inner, _NOT_TAKEN_OVER):
        return state
    return _EVOLVE[type(inner)](state, inner, ordinal)


def _forked(state: Production, fact: e.ProductionForked, ordinal: int) -> Production | str:
    return _replace(state, forked=ordinal)


def _rewound(state: Production, fact: e.ProductionRewound, ordinal: int) -> Production | str:
    """Set aside what was made. From orders it is planned already; from words all is to be decided again."""
    if state.source is not None:
        return "The production was already rewound."
    if state.request is None or state.request.origin is None:
        return "The production branches from none: it has nothing to make again."
    if not state.cuts:
        return "There is no film yet that could be made again."
    fresh = Production(
        id=state.id,
        request=state.request,
        adopted=state.adopted,
        source=state,
        rewound=fact,
        unknown=state.unknown,
        anomalies=state.anomalies,
        work_failures=state.work_failures,
    )
    if fact.to is e.Again.WORDS:
        return _replace(fresh, conversation=state.conversation[:1])
    return _replace(
        fresh,
        conversation=state.conversation,
        heard=state.heard,
        briefs=state.briefs,
        plans=state.plans,
        plans_made=state.plans_made,
        # A clip that was taken from another film is taken again: nobody rendered it here.
        takes={key: take for key, take in state.takes.items() if take.borrowed is not None},
    )


def _compared(state: Production, fact: e.ProductionCompared, ordinal: int) -> Production | str:
    return _replace(state, compared=(*state.compared, fact))


# -- the end -----------------------------------------------------------------------------------------------


def _stalled(state: Production, fact: e.ProductionStalled, ordinal: int) -> Production | str:
    stall = Stall(number=fact.number, problem=fact.problem, ordinal=ordinal)
    return _replace(state, stalls=(*state.stalls, stall))


def _resumed(state: Production, fact: e.ProductionResumed, ordinal: int) -> Production | str:
    if not any(one.number == fact.number and not one.is_resumed for one in state.stalls):
        return f"There is no open problem {fact.number}."
    stalls = tuple(_replace(one, is_resumed=True) if one.number == fact.number else one for one in state.stalls)
    return _replace(state, stalls=stalls, acted={**state.acted, 0: ordinal})


def _looked_at(state: Production, fact: e.ProductionReviewed, ordinal: int) -> Production | str:
    if state.end is not None:
        return "The production had ended."
    return _replace(state, looks=(*state.looks, fact))


def _done(state: Production, fact: e.ProductionDone, ordinal: int) -> Production | str:
    if state.end is not None:
        return "The production had ended."
    return _replace(state, cuts=(*state.cuts, fact), cut_ordinal=ordinal)


def _ended(
    state: Production, fact: e.ProductionCancelled | e.ProductionFailed | e.ProductionDeleted, ordinal: int
) -> Production | str:
    if state.end is not None and not isinstance(fact, e.ProductionDeleted):
        return "The production had ended."
    if isinstance(fact, e.ProductionCancelled) and _stands(state):
        return "The film is done."
    return _replace(state, end=fact)


def _stands(state: Production) -> bool:
    """Say whether the film is done and nothing is wanted of it since: there is nothing to call off."""
    if not state.cuts or state.has_unheard_words or state.open_question or state.is_refused or state.open_stalls:
        return False
    is_current = state.cuts[-1].plan == len(state.plans) and state.plans[-1].brief == len(state.briefs)
    return is_current and max(state.acted.values(), default=0) < state.cut_ordinal


def _work_failed(state: Production, fact: e.WorkFailed, ordinal: int) -> Production | str:
    return _replace(state, work_failures=(*state.work_failures, fact))


_EVOLVE: dict[type[e.Fact], Evolve] = {
    e.ProductionRequested: _requested,
    e.ProductionDirected: _directed,
    e.ProductionRefused: _refused,
    e.ProductionStalled: _stalled,
    e.ProductionResumed: _resumed,
    e.ProductionReviewed: _looked_at,
    e.ProductionDone: _done,
    e.ProductionCancelled: _ended,
    e.ProductionFailed: _ended,
    e.ProductionDeleted: _ended,
    e.ProductionAdopted: _adopted,
    e.ProductionForked: _forked,
    e.ProductionRewound: _rewound,
    e.ProductionCompared: _compared,
    e.IntentQuestioned: _questioned,
    e.IntentAnswered: _answered,
    e.IntentParsed: _parsed,
    e.SampleOrdered: _sample_ordered,
    e.SampleStarted: _sample_started,
    e.SampleRendered: _sample_rendered,
    e.SampleFailed: _sample_failed,
    e.SampleApproved: _sample_approved,
    e.SampleRedirected: _sample_redirected,
    e.PlanWritten: _planned,
    e.PlanRevised: _planned,
    e.SegmentOrdered: _ordered,
    e.SegmentBorrowed: _borrowed,
    e.SegmentStarted: _started,
    e.SegmentRendered: _rendered,
    e.SegmentFailed: _failed_take,
    e.SegmentApproved: _judged,
    e.SegmentRejected: _judged,
    e.SegmentKept: _kept,
    e.SegmentOverruled: _overruled,
    e.SegmentCompared: _compared_take,
    e.WorkFailed: _work_failed,
}
