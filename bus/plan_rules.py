"""What holds for every plan, by arithmetic: asked at the door, before a plan is written."""

from __future__ import annotations

from bus.plan import (
    FRAMES_PER_SEGMENT_MAX,
    SIZE_STEP,
    Continue,
    Crossfade,
    Cut,
    FromImage,
    FromSegment,
    FromText,
    Mode,
    Plan,
    Segment,
)


def check_plan(plan: Plan) -> Plan:
    """Return the plan if it keeps every rule. Asked at the door, not when a plan is read from the log: rules may grow.

    Raises:
        ValueError: it breaks rules; each is named.
    """
    problems = plan_problems(plan)
    if problems:
        raise ValueError("the plan does not hold: " + "; ".join(problems))
    return plan


def plan_problems(plan: Plan, *, is_rendered: bool = True) -> tuple[str, ...]:
    """Return each rule the plan breaks, as a sentence; empty where it holds.

    Args:
        is_rendered: whether its segments are still to be rendered; clips that are there may be of any size and length.
    """
    problems: list[str] = []
    for name, size in (("size", plan.size), ("crop", plan.crop)):
        if size.width % 2 or size.height % 2:
            problems.append(f"{name} {size} has an odd side, which H.264 can't hold")
    if is_rendered and (plan.size.width % SIZE_STEP or plan.size.height % SIZE_STEP):
        problems.append(f"size {plan.size} is no multiple of {SIZE_STEP}")
    if plan.crop.width > plan.size.width or plan.crop.height > plan.size.height:
        problems.append(f"crop {plan.crop} is larger than size {plan.size}")
    seen: set[int] = set()
    for index, segment in enumerate(plan.segments):
        problems.extend(_segment_problems(plan, index, segment, seen))
        if is_rendered:
            problems.extend(_length_problems(segment))
        seen.add(segment.id)
    total = film_frame_count(plan.segments)
    if total != plan.frame_count:
        problems.append(f"the shown frames add up to {total}, the film is to have {plan.frame_count}")
    return tuple(problems)


def _segment_problems(plan: Plan, index: int, segment: Segment, seen: set[int]) -> list[str]:
    name, problems = f"segment {segment.id}", []
    if segment.id in seen:
        problems.append(f"{name} is there twice")
    if not 0 <= segment.in_frame < segment.out_frame <= segment.frame_count:
        problems.append(f"{name} shows frames {segment.in_frame} to {segment.out_frame} of {segment.frame_count}")
    match segment.start:
        case FromText() if segment.mode is not Mode.T2V:
            problems.append(f"{name} is {segment.mode} and starts from text")
        case FromImage() | FromSegment() if segment.mode is Mode.T2V:
            problems.append(f"{name} is t2v and starts from a picture")
        case FromSegment(segment=parent) if parent not in seen:
            problems.append(f"{name} continues segment {parent}, which does not come before it")
        case _:
            pass
    if segment.mode is Mode.FLF2V and segment.end_image is None:
        problems.append(f"{name} is flf2v and has no last image")
    match segment.transition:
        case Cut():
            pass
        case Crossfade() | Continue() if index == 0:
            problems.append(f"{name} is the first and can only begin with a cut")
        case Crossfade(frame_count=mixed):
            before = plan.segments[index - 1]
            if mixed >= segment.shown_count or mixed >= before.shown_count:
                problems.append(f"{name} crossfades over {mixed} frames, more than are shown")
        case Continue():
            if segment.start != FromSegment(plan.segments[index - 1].id):
                problems.append(f"{name} is to continue the segment before it and does not start from it")
            if segment.in_frame != 1:
                problems.append(f"{name} continues and must not show its first frame again")
            before = plan.segments[index - 1]
            if before.out_frame != before.frame_count:
                problems.append(f"{name} continues segment {before.id}, which must be shown to its last frame")
    return problems


def _length_problems(segment: Segment) -> list[str]:
    """Return what no model renders."""
    name, count = f"segment {segment.id}", segment.frame_count
    problems = [f"{name} has {count} frames, not 4n+1"] if count % 4 != 1 else []
    if count > FRAMES_PER_SEGMENT_MAX:
        problems.append(f"{name} has {count} frames, and {FRAMES_PER_SEGMENT_MAX} are the most")
    return problems


def film_frame_count(segments: tuple[Segment, ...]) -> int:
    """Return how many frames the segments make when joined: what is shown, less what is mixed."""
    mixed = sum(one.transition.frame_count for one in segments if isinstance(one.transition, Crossfade))
    return sum(one.shown_count for one in segments) - mixed
