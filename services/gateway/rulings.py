"""A person's word on takes and segments: accept one, refuse one, have one made anew. Pure."""

from __future__ import annotations

from bus.board import Slot, board, is_refused
from bus.errors import Reason, Refused
from bus.events import ProductionResumed, Ruling, SegmentOverruled
from bus.production import Production, Take
from services.gateway.decide import Facts, Rules, listed, say
from services.gateway.standing import require_open
from services.gateway.words import WORDS_LENGTH_MAX, reason_of, text_of


def overrule(production: Production, segment: int, take: int, ruling: Ruling, why: str) -> Facts:
    """Accept or refuse a take, whatever the reviewer said.

    Raises:
        Refused: there is no such take, it was not rendered, no longer fits the plan, or is already ruled so.
    """
    require_open(production, "overruled")
    said = reason_of(why, is_needed=True)
    found, name = production.takes.get((segment, take)), f"{segment}-{take}"
    if found is None:
        made = [f"{one.segment}-{one.take}" for one in production.takes_of(segment)]
        raise Refused(
            Reason.UNKNOWN,
            f"{production.id} has no take {name}.",
            why=f"Segment {segment} has {', '.join(made)}." if made else f"Segment {segment} has no takes.",
            help="Takes are named segment-take, as 3-2.",
        )
    if found.rendered is None:
        raise Refused(
            Reason.NOT_NOW,
            f"Take {name} is not there to be looked at.",
            why=f"It could not be rendered: {found.failure.what}" if found.failure else "It is being rendered.",
            help=f"To have segment {segment} made anew, redo it." if found.failure else "Wait until it is rendered.",
        )
    slot = next((one for one in board(production) if one.segment.id == segment), None)
    if slot is None or found not in slot.takes:
        raise Refused(
            Reason.NOT_NOW,
            f"Take {name} no longer fits the plan.",
            why="The plan was revised since, or the take it continues was exchanged.",
            help=f"Choose among the newer takes of segment {segment}, or redo it.",
        )
    if ruling is Ruling.ACCEPT and is_refused(found):
        raise Refused(
            Reason.POLICY,
            f"Take {name} can't be accepted.",
            why="The content policy refuses what it shows, whoever accepts it.",
            help=f"Say what segment {segment} should show instead.",
        )
    _check_is_news(slot, found, ruling)
    return (_ruled(found, ruling, said),)


def _check_is_news(slot: Slot, take: Take, ruling: Ruling) -> None:
    name = f"{take.segment}-{take.take}"
    if ruling is Ruling.ACCEPT and slot.accepted == take:
        state = "kept" if take.is_kept and not take.rulings else "accepted"
        raise Refused(
            Reason.NOT_NOW,
            f"Take {name} is already {state}.",
            why="It is the one the film shows.",
            help="Nothing has to be done.",
        )
    if ruling is Ruling.REFUSE and take.rulings and take.rulings[-1].ruling is Ruling.REFUSE:
        raise Refused(
            Reason.NOT_NOW,
            f"Take {name} is already refused.",
            why=f"The reason was: {take.rulings[-1].why}",
            help=f"To have segment {take.segment} made differently, redo it and say what to change.",
        )
    if ruling is Ruling.REFUSE and not take.rulings and take.is_approved is False and not take.is_kept:
        raise Refused(
            Reason.NOT_NOW,
            f"Take {name} is already rejected by the reviewer.",
            why=take.verdict.advice if take.verdict else "",
            help=f"To have segment {take.segment} made differently, redo it and say what to change.",
        )


def _ruled(take: Take, ruling: Ruling, why: str) -> SegmentOverruled:
    number = len(take.rulings) + 1
    return SegmentOverruled(segment=take.segment, take=take.take, number=number, ruling=ruling, why=why)


def redo(production: Production, segment: int, words: str = "", rules: Rules = ()) -> Facts:
    """Have a segment made anew: as the words say, or with another seed where there are none.

    Problems of the segment that wait for a person are resumed with it.

    Raises:
        Refused: the plan has no such segment, a take of it is on its way, or the words can't be taken.
    """
    require_open(production, "redone")
    slots = {one.segment.id: one for one in board(production)}
    slot = slots.get(segment)
    if slot is None:
        raise Refused(
            Reason.UNKNOWN if slots else Reason.NOT_NOW,
            f"{production.id} has no segment {segment}.",
            why=f"The plan has segments {listed(sorted(slots))}." if slots else "It has no plan yet.",
            help="Name one of the plan's segments."
            if slots
            else "Wait until the sample is approved and the plan is written.",
        )
    resumed = tuple(
        ProductionResumed(number=one.number, why="a person asked for the segment anew")
        for one in production.open_stalls
        if one.problem.about == f"segment {segment}" or one.problem.about.startswith(f"review {segment}-")
    )
    said = text_of(words, "message", WORDS_LENGTH_MAX)
    if said:
        return (*say(production, f"segment {segment}: {said}", rules=rules), *resumed)
    if slot.open is not None:
        raise Refused(
            Reason.NOT_NOW,
            f"Segment {segment} is being made right now: take {segment}-{slot.open.take}.",
            why="What would be redone is not there yet.",
            help="Wait for it, or say what to change.",
        )
    rendered = [one for one in slot.takes if one.rendered is not None]
    target = slot.accepted or slot.unreviewed or (rendered[-1] if rendered and resumed else None)
    if target is not None and not (target.rulings and target.rulings[-1].ruling is Ruling.REFUSE):
        return (_ruled(target, Ruling.REFUSE, "a person asked for another take"), *resumed)
    if resumed:
        return resumed
    raise Refused(
        Reason.NOT_NOW,
        f"Segment {segment} has no take that could be made anew.",
        why="It waits for the segment it continues." if slot.is_waiting else "Its next take is already due.",
        help="Wait for it, or say what to change.",
    )
