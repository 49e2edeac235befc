"""A person's own hand on the plan: a whole new revision, checked as every plan is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from bus.errors import Reason, Refused
from bus.events import PlanRevised, ProductionResumed
from bus.ids import Digest
from bus.plan import DURATION_MAX_S, SEEDS, FromImage, Made, Plan, Segment
from bus.plan_changes import plan_changes
from bus.plan_rules import plan_problems
from bus.policy import OperatorRule, refusal
from bus.production import Production
from services.gateway.decide import Facts
from services.gateway.denied import Bar, Denied
from services.gateway.standing import require_open
from services.gateway.words import WORDS_LENGTH_MAX, is_renderer, text_of

PIXELS_MAX = 1920 * 1088
"""No model at hand renders more, and a frame of several times that fills the memory of a small machine."""
BY_HAND = Made(by="person", version="1")


class Edit(Struct, frozen=True, kw_only=True):
    """What a person wants the plan to be, and what they had before them."""

    plan: Plan
    revision: int
    """The revision that was edited."""
    duration_max_s: float | None = None
    purposes: Mapping[str, str] = {}
    """What each LoRA of the catalogue is for; the content policy reads it."""
    rules: tuple[OperatorRule, ...] = ()
    """What the operator refuses on top of what always is."""


def require_plan(production: Production) -> Plan:
    """Return the plan in force, if it may be edited now.

    Raises:
        Refused: the production has ended, has no plan yet, or its plan is being revised.
    """
    require_open(production, "changed")
    plan = production.plan
    if plan is None:
        raise Refused(
            Reason.NOT_NOW,
            f"{production.id} has no plan yet.",
            why="It is written once the sample is approved.",
            help="Wait for the event plan.written.",
        )
    if production.has_unheard_words or production.open_question is not None or plan.brief != len(production.briefs):
        raise Refused(
            Reason.NOT_NOW,
            f"The plan of {production.id} is being revised.",
            why="What was said last is not in it yet.",
            help="Wait for the event plan.revised, and edit that plan.",
        )
    return plan


def edit_plan(production: Production, edit: Edit) -> Facts:
    """Put a plan in the place of the one in force; what still fits it stays.

    Problems that wait for a person are resumed where the new plan answers them.

    Raises:
        Refused: the plan breaks a rule, or can't be edited now.
        Denied: the plan in force is another one than was edited.
    """
    before = require_plan(production)
    if edit.plan == before:
        # Also the same edit sent again, because its answer was lost.
        return ()
    if edit.revision != len(production.plans):
        raise Denied(
            Bar.CHANGED,
            f"The plan of {production.id} is at revision {len(production.plans)}, and you edited revision "
            f"{edit.revision}.",
            why=f"Somebody changed it since: {' '.join(changes)}" if (changes := _since(production, edit)) else "",
            help="Read the plan again, make your change in it, and send it with its ETag.",
            headers={"etag": f'"{len(production.plans)}"'},
        )
    _check(production, before, edit)
    revised = PlanRevised(
        number=len(production.plans) + 1, plan=edit.plan, changes=plan_changes(before, edit.plan), made=BY_HAND
    )
    return (revised, *_resumed(production, before, edit.plan))


def _since(production: Production, edit: Edit) -> tuple[str, ...]:
    if not 1 <= edit.revision <= len(production.plans):
        return ()
    return plan_changes(production.plans[edit.revision - 1], production.plans[-1])[:3]


def _resumed(production: Production, before: Plan, after: Plan) -> tuple[ProductionResumed, ...]:
    """Return the problems that the new plan may have done away with: of segments it changes, and of the film."""
    same = {one.id for one in after.segments if before.segment(one.id) == one}
    untouched = {f"segment {one}" for one in same}
    reviews = tuple(f"review {one}-" for one in same)
    return tuple(
        ProductionResumed(number=one.number, why="a person changed the plan")
        for one in production.open_stalls
        if one.problem.about.startswith(("segment ", "review ", "film", "orders"))
        and one.problem.about not in untouched
        and not one.problem.about.startswith(reviews)
    )


# -- rules ---------------------------------------------------------------------------------------------------


def _check(production: Production, before: Plan, edit: Edit) -> None:
    problems = [*_problems(production, before, edit), *plan_problems(edit.plan)]
    if problems:
        sentences = ". ".join(f"{one[0].upper()}{one[1:]}" for one in problems)
        raise Refused(
            Reason.INVALID,
            "The plan does not hold.",
            why=f"{sentences}.",
            help="docs/plan.md says what holds for every plan; change only what you mean to change.",
        )
    has_picture = any(message.images for message in production.conversation)
    check_plan_words(edit.plan, edit.purposes, edit.rules, has_picture=has_picture)


def _problems(production: Production, before: Plan, edit: Edit) -> Iterator[str]:
    plan = edit.plan
    for name in ("brief", "sample", "fps"):
        if getattr(plan, name) != getattr(before, name):
            yield f"{name} is {getattr(before, name)!r} and can't be edited"
    used = {one.id for earlier in production.plans for one in earlier.segments}
    new = [one.id for one in plan.segments if one.id not in used]
    if new and min(new) <= max(used):
        yield f"segment {min(new)} is new, and new segments are numbered from {max(used) + 1} on"
    yield from measure_problems(plan, edit.duration_max_s)
    known = pictures_of(production)
    for segment in plan.segments:
        for digest in pictures_in(segment):
            if digest not in known:
                yield f"segment {segment.id} names a picture that is none of this production's"


def measure_problems(plan: Plan, duration_max_s: float | None) -> Iterator[str]:
    """Yield what is too large, too long or no name in a plan that came from outside."""
    if plan.size.width * plan.size.height > PIXELS_MAX:
        yield f"size {plan.size} is more than {PIXELS_MAX / 1e6:.1f} megapixels"
    longest = duration_max_s or DURATION_MAX_S
    if plan.duration_s > longest:
        yield f"the film lasts {plan.duration_s:g} s, and {longest:g} s is the limit"
    if not is_renderer(plan.renderer):
        yield f"{plan.renderer[:60]!r} is no name of a renderer"
    for segment in plan.segments:
        if segment.seed >= SEEDS:
            yield f"the seed of segment {segment.id} is not below 2^63"


def pictures_of(production: Production) -> frozenset[Digest]:
    """Return the pictures that segments may start from: the person's, and those that plans already name."""
    given = {artifact.digest for message in production.conversation for artifact in message.images}
    return frozenset(
        given | {digest for plan in production.plans for one in plan.segments for digest in pictures_in(one)}
    )


def pictures_in(segment: Segment) -> tuple[Digest, ...]:
    """Return the pictures that a segment names."""
    start = (segment.start.image,) if isinstance(segment.start, FromImage) else ()
    return (*start, segment.end_image) if segment.end_image is not None else start


def check_plan_words(
    plan: Plan, purposes: Mapping[str, str], rules: tuple[OperatorRule, ...], *, has_picture: bool
) -> None:
    """Check every word of a plan that somebody wrote by hand: that it is text, and what the content policy says.

    Raises:
        Refused: a text is too long or none, or the content policy says no.
    """
    shared = [plan.title, plan.logline, plan.look.style, plan.look.words]
    shared += [text for one in (*plan.people, *plan.places) for text in (one.name, one.description)]
    for text in shared:
        text_of(text, "plan's text", WORDS_LENGTH_MAX)
    for segment in plan.segments:
        for name, text in (("prompt", segment.prompt), ("beat", segment.beat), ("negative", segment.negative)):
            text_of(text, f"{name} of segment {segment.id}", WORDS_LENGTH_MAX)
        refused = refusal(
            "\n".join((*shared, segment.beat, segment.prompt)),
            has_uploaded_picture=has_picture,
            lora_purposes=tuple(purposes[one.name] for one in segment.loras if one.name in purposes),
            operator_rules=rules,
        )
        if refused is not None:
            raise Refused(
                Reason.POLICY,
                f"The content policy refuses segment {segment.id}.",
                why=refused.why,
                help=refused.help,
            )
