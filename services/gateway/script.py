"""What the person said and decided when a film was made, said again where it is made again from scratch. Pure.

The agents are asked anew; the person is not. Each act of theirs is repeated in its order, at the moment that is like
the one at which it came: words when the takes are ordered that were ordered before them, a ruling when its take is
judged.
"""

from __future__ import annotations

from msgspec import Struct

from bus import events as e
from bus.board import AwaitingApproval, Done, status_of
from bus.plan import order_digest
from bus.plan_changes import plan_changes
from bus.production import Message, MessageKind, Production, Ruled, Take
from bus.work import Write

ABOUT = "script"
WAKES: tuple[type[e.Fact], ...] = (
    e.ProductionRewound,
    e.ProductionStalled,
    e.ProductionDone,
    e.IntentParsed,
    e.IntentQuestioned,
    e.SampleRendered,
    e.PlanWritten,
    e.PlanRevised,
    e.SegmentOrdered,
    e.SegmentRendered,
    e.SegmentApproved,
    e.SegmentRejected,
    e.SegmentKept,
)
"""The events after which the person had something to say."""

Facts = tuple[e.Fact, ...]


class _Act(Struct, frozen=True):
    """Something that the person did after the film had a plan: words, or a ruling on a take."""

    ordinal: int
    message: Message | None = None
    take: Take | None = None
    ruled: Ruled | None = None


def decide(production: Production, fact: e.Fact | None) -> tuple[Write, ...]:
    """Return the person's next act, if this is a film that is made again from scratch and the moment has come."""
    if not is_repeated(production) or not production.is_active or production.is_stalled(ABOUT):
        return ()
    facts = _next(production)
    return (Write(about=ABOUT, facts=facts),) if facts else ()


def is_repeated(production: Production) -> bool:
    """Say whether the person's acts are repeated: the film is made again from scratch."""
    return production.is_again and production.rewound is not None and production.rewound.to is e.Again.WORDS


def is_over(production: Production) -> bool:
    """Say whether all is repeated that can be, and the film is done."""
    if not isinstance(status_of(production), Done):
        return False
    return not is_repeated(production) or not (_left(production) or _acts(production) or _edit(production))


def _next(production: Production) -> Facts:
    assert production.source is not None
    if production.has_unheard_words:
        return ()
    left = _left(production)
    if (question := production.open_question) is not None:
        return _answered(question.number, question.asked.assumed, left)
    if resumed := _resumed(production, production.source):
        return resumed
    match status_of(production):
        case AwaitingApproval(sample=sample):
            if left and left[0].kind is MessageKind.REDIRECTION:
                said = left[0]
                return (e.SampleRedirected(brief=sample.brief, take=sample.take, words=said.words, images=said.images),)
            if left and left[0].ordinal < _planned_at(production.source):
                return (_directed(production, left[0]),)
            return (e.SampleApproved(brief=sample.brief, take=sample.take),)
        case _ if production.plan is None or production.plan.brief != len(production.briefs):
            return ()
        case status:
            return _edit(production) if isinstance(status, Done) and _edit(production) else _acted(production)


def _answered(number: int, assumed: str, left: tuple[Message, ...]) -> Facts:
    if left and left[0].kind is MessageKind.ANSWER:
        return (e.IntentAnswered(number=number, words=left[0].words, images=left[0].images),)
    # It was not asked then: what is assumed is taken. Where nothing is, a person has to answer.
    return (e.IntentAnswered(number=number, words=""),) if assumed else ()


def _left(production: Production) -> tuple[Message, ...]:
    """Return the messages that were not said again yet; those that were refused take no part."""
    assert production.source is not None
    script = [one for one in production.source.conversation if not one.is_refused]
    for said in production.conversation:
        if script and (said.words, said.images) == (script[0].words, script[0].images):
            script.pop(0)
    return tuple(script)


def _planned_at(source: Production) -> int:
    """Return about when the plan was written: before the first order."""
    return min((take.ordinal for take in source.takes.values()), default=source.ordinal)


def _directed(production: Production, said: Message) -> e.ProductionDirected:
    number = 1 + sum(one.kind is MessageKind.DIRECTION for one in production.conversation)
    return e.ProductionDirected(number=number, words=said.words, images=said.images)


def _resumed(production: Production, source: Production) -> Facts:
    """Return that a problem is tried again as often as the person did then."""
    facts = []
    for stall in production.open_stalls:
        about = stall.problem.about
        then = sum(one.is_resumed and one.problem.about == about for one in source.stalls)
        now = sum(one.is_resumed and one.problem.about == about for one in production.stalls)
        if now < then:
            facts.append(e.ProductionResumed(number=stall.number, why="as it was then"))
    return tuple(facts[:1])


# -- once there is a plan ----------------------------------------------------------------------------------


def _acts(production: Production) -> tuple[_Act, ...]:
    """Return what the person did that is still to be repeated, in its order; of a film that is done what can be."""
    assert production.source is not None
    is_done = isinstance(status_of(production), Done)
    acts = [_Act(one.ordinal, message=one) for one in _left(production)]
    for key, take in production.source.takes.items():
        repeated = production.takes.get(key)
        if repeated is None:
            done, may_come = 0, not is_done
        else:
            done, is_same = len(repeated.rulings), order_digest(take.order) == order_digest(repeated.order)
            # Another order is another clip, and what was said of the recorded one does not hold for it.
            may_come = is_same and (not is_done or _is_judged(production, repeated))
        if may_come:
            acts += [_Act(one.ordinal, take=take, ruled=one) for one in take.rulings[done:]]
    return tuple(sorted(acts, key=lambda one: one.ordinal))


def _is_judged(production: Production, take: Take) -> bool:
    is_judged = take.is_approved is not None or take.is_kept or not production.options.review
    return take.rendered is not None and is_judged


def _acted(production: Production) -> Facts:
    """Return the next act, if its moment has come."""
    acts = _acts(production)
    is_done = isinstance(status_of(production), Done)
    if not acts or not (is_done or _is_as_far(production, acts[0].ordinal)):
        return ()
    match acts[0]:
        case _Act(message=Message() as said):
            return (_directed(production, said),)
        case _Act(take=Take(segment=segment, take=number), ruled=Ruled(ruling=ruling, why=why)):
            repeated = production.takes.get((segment, number))
            if repeated is None or not _is_judged(production, repeated):
                return ()
            count = len(repeated.rulings) + 1
            return (e.SegmentOverruled(segment=segment, take=number, number=count, ruling=ruling, why=why),)
        case act:
            raise AssertionError(f"neither words nor a ruling: {act}")


def _is_as_far(production: Production, ordinal: int) -> bool:
    """Say whether every take is ordered that was ordered before this event then."""
    assert production.source is not None
    return all(key in production.takes for key, take in production.source.takes.items() if take.ordinal < ordinal)


def _edit(production: Production) -> Facts:
    """Return the plan that the person put in the place of this one by hand, if the agents came to this one again."""
    source = production.source
    assert source is not None
    number = len(production.plans) + 1
    made = source.plans_made.get(number)
    if made is None or made.by != "person" or production.plan != source.plans[number - 2]:
        return ()
    plan = source.plans[number - 1]
    changes = plan_changes(source.plans[number - 2], plan)
    return (e.PlanRevised(number=number, plan=plan, changes=changes, made=made),)
