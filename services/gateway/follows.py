"""What follows from what in a production: the house's own order, told on marks of a trace. Pure.

A film shows takes, a take answers an order, an order carries out a plan and may begin where another take ended, a plan
carries out a brief, a brief answers words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bus.events import Ruling
from bus.production import MessageKind, Take
from services.gateway.trace import Mark, Trace


def causes_of(traced: Trace, mark: Mark) -> Iterator[Mark]:
    """Yield what something follows from at once; nothing for what a person said of their own accord."""
    return _CAUSES[mark.kind](traced, mark)


def _of_message(traced: Trace, mark: Mark) -> Iterator[Mark]:
    message = traced.state.conversation[mark.of[0] - 1]
    match message.kind:
        case MessageKind.ANSWER:
            yield from (one for one in traced.marks if one.kind == "answer" and traced.marks[one] == message.ordinal)
        case MessageKind.REDIRECTION:
            yield from (one for one in traced.marks if one.kind == "word" and traced.marks[one] == message.ordinal)
        case MessageKind.REQUEST | MessageKind.DIRECTION:
            return


def _heard(traced: Trace, after: int, until: int) -> Iterator[Mark]:
    """Yield the messages that were answered together."""
    for number in range(after + 1, min(until, len(traced.state.conversation)) + 1):
        if not traced.state.conversation[number - 1].is_refused:
            yield Mark("message", (number,))


def _of_question(traced: Trace, mark: Mark) -> Iterator[Mark]:
    asked = traced.state.questions[mark.of[0] - 1].asked
    yield from _heard(traced, 0, asked.heard)


def _of_brief(traced: Trace, mark: Mark) -> Iterator[Mark]:
    (number,) = mark.of
    before = traced.state.briefs[number - 2].heard if number > 1 else 0
    yield from _heard(traced, before, traced.state.briefs[number - 1].heard)
    if number > 1:
        yield Mark("brief", (number - 1,))


def _of_plan(traced: Trace, mark: Mark) -> Iterator[Mark]:
    (number,) = mark.of
    brief = traced.state.plans[number - 1].brief
    yield Mark("brief", (brief,))
    approved = [one for one in traced.state.samples if one.word == "approved" and one.brief <= brief]
    if approved:
        yield Mark("word", (approved[-1].brief, approved[-1].take))
    if number > 1:
        yield Mark("plan", (number - 1,))


def _of_order(traced: Trace, mark: Mark) -> Iterator[Mark]:
    segment, number = mark.of
    take = traced.state.takes[segment, number]
    yield Mark("plan", (traced.plan_at[mark],))
    ordinal = traced.marks[mark]
    for other in traced.state.takes.values():
        if other.rendered is not None and other.rendered.hand_over.digest == take.order.start:
            yield accepted_before(traced, other, ordinal)
    for place, message in enumerate(traced.state.conversation, 1):
        if {image.digest for image in message.images} & {take.order.start, take.order.end}:
            yield Mark("message", (place,))
    yield from _unsettled(traced, segment, number, ordinal)


def _unsettled(traced: Trace, segment: int, number: int, before: int) -> Iterator[Mark]:
    """Yield what called for another take: the last thing that was said of the take before it."""
    earlier = [
        (ordinal, mark)
        for mark, ordinal in traced.marks.items()
        if mark.kind in ("verdict", "failure", "ruling", "kept")
        and mark.of[:2] == (segment, number - 1)
        and ordinal < before
    ]
    if earlier:
        yield max(earlier)[1]


def accepted_before(traced: Trace, take: Take, ordinal: int) -> Mark:
    """Return what let a take be used before an event: the last word on it, or that it was there."""
    of = (take.segment, take.take)
    for name in ("ruling", "kept", "verdict"):
        said = [
            (when, mark)
            for mark, when in traced.marks.items()
            if mark.kind == name and mark.of[:2] == of and when < ordinal and _is_yes(take, mark)
        ]
        if said:
            return max(said)[1]
    return Mark("take", of)


def _is_yes(take: Take, mark: Mark) -> bool:
    if mark.kind == "ruling":
        return take.rulings[mark.of[2] - 1].ruling is Ruling.ACCEPT
    return bool(take.is_approved) if mark.kind == "verdict" else take.is_kept


def _of_take(traced: Trace, mark: Mark) -> Iterator[Mark]:
    segment, take, *_ = mark.of
    yield Mark("order", (segment, take))


def _of_judgement(traced: Trace, mark: Mark) -> Iterator[Mark]:
    segment, take, *_ = mark.of
    yield Mark("take", (segment, take))
    if mark.kind != "verdict" and traced.marks.get(Mark("verdict", (segment, take)), 1 << 62) < traced.marks[mark]:
        yield Mark("verdict", (segment, take))


def _of_sample_order(traced: Trace, mark: Mark) -> Iterator[Mark]:
    brief, take = mark.of
    yield Mark("brief", (brief,))
    if take > 1:
        yield Mark("sample order", (brief, take - 1))


def _of_sample(traced: Trace, mark: Mark) -> Iterator[Mark]:
    yield Mark("sample order", mark.of)


def _of_word(traced: Trace, mark: Mark) -> Iterator[Mark]:
    yield Mark("sample", mark.of)


def _of_answer(traced: Trace, mark: Mark) -> Iterator[Mark]:
    yield Mark("question", mark.of)


def _of_cut(traced: Trace, mark: Mark) -> Iterator[Mark]:
    cut = traced.state.cuts[mark.of[0] - 1]
    yield Mark("plan", (cut.plan,))
    for one in cut.takes:
        take = traced.state.takes.get((one.segment, one.take))
        if take is not None:
            yield accepted_before(traced, take, traced.marks[mark])


_CAUSES: Mapping[str, Callable[[Trace, Mark], Iterator[Mark]]] = {
    "message": _of_message,
    "question": _of_question,
    "answer": _of_answer,
    "brief": _of_brief,
    "plan": _of_plan,
    "cut": _of_cut,
    "sample order": _of_sample_order,
    "sample": _of_sample,
    "word": _of_word,
    "order": _of_order,
    "take": _of_take,
    "failure": _of_take,
    "verdict": _of_judgement,
    "kept": _of_judgement,
    "ruling": _of_judgement,
}
