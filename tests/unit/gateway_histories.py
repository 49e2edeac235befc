"""Productions that went some way, and every act that a person can try on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
from hypothesis import strategies as st
from msgspec import structs

from bus import events as e
from bus.board import board, film_takes
from bus.errors import Refused
from bus.production import Production
from bus.subjects import subject_of
from services.gateway import decide, rulings
from services.gateway.edits import Edit, edit_plan
from tests import stories
from tests.gateway_facts import CANCELLED, FILM, MADE_ONE, PICTURE, PLANNED, finished
from tests.stories import BEGINNING, Story, story

Act = Callable[[Production], decide.Facts]


def edited(state: Production) -> Edit:
    """Return the plan in force with other words for its first segment."""
    plan = state.plan or stories.plan()
    first, *others = plan.segments
    changed = structs.replace(first, prompt=f"{first.prompt}, more")
    return Edit(plan=structs.replace(plan, segments=(changed, *others)), revision=len(state.plans))


ACTS: dict[str, Act] = {
    "approve": decide.approve,
    "approve what was seen": lambda state: decide.approve(state, "1-1"),
    "redirect": lambda state: decide.redirect(state, "darker"),
    "say": lambda state: decide.say(state, "slower, please", (PICTURE,)),
    "answer": lambda state: decide.answer(state, "the first one"),
    "answer nothing": lambda state: decide.answer(state, ""),
    "accept 1-1": lambda state: rulings.overrule(state, 1, 1, e.Ruling.ACCEPT, "I like it"),
    "refuse 1-1": lambda state: rulings.overrule(state, 1, 1, e.Ruling.REFUSE, "too dark"),
    "accept 3-1": lambda state: rulings.overrule(state, 3, 1, e.Ruling.ACCEPT, "I like it"),
    "redo 1": lambda state: rulings.redo(state, 1),
    "redo 3": lambda state: rulings.redo(state, 3),
    "redo 2 closer": lambda state: rulings.redo(state, 2, "closer"),
    "edit": lambda state: edit_plan(state, edited(state)),
    "resume": decide.resume,
    "resume 1": lambda state: decide.resume(state, 1),
    "cancel": lambda state: decide.cancel(state, ""),
    "remove": lambda state: decide.remove(state, ""),
}
ONCE = frozenset(ACTS) - {"say", "edit", "redo 2 closer", "redo 1", "redo 3"}
"""Acts that ask for a state of affairs: once it holds, asking again is refused."""


def _others(state: Production) -> Iterator[e.Fact]:
    """Yield what the services might write next, likely or not."""
    heard = len(state.conversation)
    yield stories.parsed(len(state.briefs) + 1, heard)
    yield e.IntentQuestioned(
        number=len(state.questions) + 1, heard=heard, field="image", text="?", why="", assumed="", made=stories.MADE
    )
    number = max(len(state.briefs), 1)
    take = 1 + sum(one.brief == number for one in state.samples)
    yield e.SampleOrdered(brief=number, take=take, order=stories.sample_order())
    yield stories.sample_rendered(number, max(take - 1, 1))
    yield e.SampleFailed(brief=number, take=max(take - 1, 1), failure=stories.FAILURE)
    plan = stories.plan(brief_number=number)
    if state.plans:
        yield e.PlanRevised(number=len(state.plans) + 1, plan=plan, changes=("anew",), made=stories.MADE)
    else:
        yield e.PlanWritten(number=1, plan=plan, made=stories.MADE)
    for slot in board(state):
        last = slot.last_take
        if not slot.is_waiting and state.plan is not None:
            yield stories.ordered(state.plan, slot.segment.id, last + 1, slot.start)
        yield stories.rendered(slot.segment.id, max(last, 1))
        yield e.SegmentFailed(segment=slot.segment.id, take=max(last, 1), failure=stories.FAILURE)
        yield stories.approved(slot.segment.id, max(last, 1))
        yield stories.rejected(slot.segment.id, max(last, 1))
        if last:
            yield e.SegmentKept(segment=slot.segment.id, take=last, score=0.5, why="the best")
    takes = film_takes(state)
    if takes is not None:
        shown = tuple(e.CutTake(segment=one.segment, take=one.take, digest=one.basis) for one in takes)
        yield msgspec.structs.replace(FILM, number=len(state.cuts) + 1, plan=len(state.plans), takes=shown)
    about = ("film", "segment 1", "review 3-1")[len(state.stalls) % 3]
    problem = e.Problem(kind="error", about=about, what="It broke.", why="A bug.", help="Resume.")
    yield e.ProductionStalled(number=len(state.stalls) + 1, problem=problem)


def _facts_of(of: Story) -> tuple[e.Fact, ...]:
    return tuple(one.event.fact for one in of.log if isinstance(one, e.Recorded) and isinstance(one.event.fact, e.Fact))


@st.composite
def histories(draw: st.DrawFn) -> Story:
    """Return a production that went some way: what services and people could have written, each once."""
    begun = draw(
        st.sampled_from([(), BEGINNING[:1], BEGINNING[:4], BEGINNING, PLANNED, MADE_ONE, _facts_of(finished())])
    )
    made = story(*begun)
    for _ in range(draw(st.integers(0, 12))):
        state = made.state
        if state.request is None:
            made.tell(*BEGINNING[:1])
            continue
        offers: list[tuple[e.Fact, ...]] = [(one,) for one in _others(state)]
        for name, act in ACTS.items():
            if name in ("cancel", "remove"):
                continue
            try:
                offers.append(act(state))
            except Refused:
                continue
        if draw(st.integers(0, 30)) == 0:
            no = e.ProductionRefused(
                number=len(state.refusals) + 1,
                heard=len(state.conversation),
                rule="r",
                why="No.",
                help="Ask otherwise.",
            )
            offers = [(CANCELLED,), (e.ProductionDeleted(),), (no,), (e.ProductionFailed(problem=stories.PROBLEM),)]
        facts = draw(st.sampled_from(offers))
        written = {subject for subject, _ in made.messages}
        if not written & {subject_of(made.production, one) for one in facts}:
            after = Story(log=[*made.log], messages=[*made.messages]).tell(*facts)
            if not after.state.anomalies:
                made = after
    return made
