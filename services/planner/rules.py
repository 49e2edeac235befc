"""Writes a plan, or a sample's order, from a brief by rules alone: the same brief and seed give the same document."""

from __future__ import annotations

import msgspec

from bus.ids import Digest
from bus.plan import SEEDS, Brief, ImageRole, Mode, Order, Plan, Size
from bus.plan_rules import check_plan
from services.planner import frames, prompts, sizes
from services.planner.beats import whole_beat
from services.planner.cutting import Bench
from services.planner.drafts import (
    Unplannable,
    mode_of,
    pictures_of,
    shot_length_s,
)
from services.planner.plan_settings import SETTINGS, PlanSettings

__all__ = ["SETTINGS", "PlanSettings", "Unplannable", "plan_remarks", "write_plan", "write_sample"]


def write_plan(
    brief: Brief,
    settings: PlanSettings = SETTINGS,
    before: Plan | None = None,
    seed: int = 0,
    *,
    brief_number: int = 1,
    highest_id: int = 0,
    sample: str | None = None,
) -> Plan:
    """Return the plan that carries out the brief.

    Args:
        before: the plan it revises: segments that still fit keep their id and all that goes into their order.
        seed: what the segments' seeds are derived from, by their id; a segment that stays keeps its own.
        highest_id: the highest segment id that any plan of the production ever used; new ones start after it.
        sample: the approved sample that the look comes from, as `1-1`.

    Raises:
        Unplannable: the brief asks for what can't be: a picture that is missing, or a length past the limit.
    """
    total = wanted_frames(brief, settings)
    mode = mode_of(brief)
    try:
        picture = sizes.picture_for(_aspect(brief), settings.sizes, prefer_small=settings.prefer_small)
    except ValueError as error:
        raise Unplannable(str(error)) from error
    look, world = prompts.look_and_world(brief)
    bench = Bench(brief, settings, world, look, mode, total, before, seed, highest_id)
    plan = Plan(
        title=brief.title,
        logline=brief.logline,
        language=brief.language,
        brief=brief_number,
        renderer=settings.renderer,
        fps=settings.fps,
        size=picture.size,
        crop=picture.crop,
        frame_count=total,
        look=look,
        segments=bench.segments(),
        people=prompts.people_of(brief, world),
        places=prompts.places_of(world),
        caption=settings.caption and not prompts.avoids_text(brief),
        sample=sample,
        match_colours=settings.match_colours,
    )
    return _checked(plan)


def wanted_frames(brief: Brief, settings: PlanSettings) -> int:
    """Return how many frames the film is to have.

    Raises:
        Unplannable: it is longer than the settings allow, or has no length.
    """
    duration_s = brief.duration_s
    if duration_s is None:
        assumed = brief.assumed_value("duration_s")
        lengths = [length for one in brief.shots if (length := shot_length_s(one)) is not None]
        spoken = sum(lengths) * len(brief.shots) / len(lengths) if lengths else settings.duration_s
        duration_s = float(assumed) if isinstance(assumed, int | float) else spoken
    if not 0 < duration_s <= settings.duration_max_s:
        raise Unplannable(
            f"the film is to last {duration_s:g} s, and a plan holds up to {settings.duration_max_s:g} s: "
            "ask for a shorter film, or make it in parts"
        )
    return frames.wanted_frames(duration_s, settings.fps)


def film_size(brief: Brief, settings: PlanSettings = SETTINGS) -> Size:
    """Return the size that the brief's film is rendered at.

    Raises:
        Unplannable: the brief asks for a shape that can't be.
    """
    try:
        return sizes.picture_for(_aspect(brief), settings.sizes, prefer_small=settings.prefer_small).size
    except ValueError as error:
        raise Unplannable(str(error)) from error


def write_sample(brief: Brief, settings: PlanSettings = SETTINGS, seed: int = 0, take: int = 1) -> Order:
    """Return the order of the brief's sample: one short, small, quick clip that shows the look.

    Raises:
        Unplannable: as `write_plan`.
    """
    mode = mode_of(brief)
    look, world = prompts.look_and_world(brief)
    beat = whole_beat(world)
    firsts = pictures_of(brief, ImageRole.FIRST_FRAME)
    start: Digest | None = firsts[0] if firsts and mode is not Mode.T2V else None
    try:
        size = sizes.smallest_for(_aspect(brief), settings.sample_sizes)
    except ValueError as error:
        raise Unplannable(str(error)) from error
    return Order(
        renderer=settings.renderer,
        mode=Mode.T2V if start is None else Mode.I2V,
        prompt=prompts.prompt_of(beat, world, look),
        negative=prompts.negative_of(brief, beat.movement),
        seed=(seed + take) % SEEDS,
        width=size.width,
        height=size.height,
        frame_count=min(settings.sample_frames, settings.frames_max),
        fps=settings.fps,
        look=look,
        shot=beat.shot,
        movement=beat.movement,
        caption=None,
        start=start,
        loras=tuple(one.lora for one in settings.loras if (Mode.T2V if start is None else Mode.I2V) in one.modes),
        draft=settings.sample_is_draft,
        steps=settings.sample_steps,
    )


def plan_remarks(brief: Brief, settings: PlanSettings, plan: Plan) -> tuple[str, ...]:
    """Return what a person should know about how the plan differs from their words; empty where it does not."""
    remarks: list[str] = list(settings.remarks)
    asked = max(brief.shot_count or 0, len(brief.shots))
    if asked > len(plan.segments):
        remarks.append(f"{asked} shots do not fit into {plan.duration_s:g} s; the plan has {len(plan.segments)}.")
    elif asked and asked < len(plan.segments):
        remarks.append(
            f"A clip lasts {settings.frames_max / settings.fps:.1f} s at most, so {asked} "
            f"{'shot takes' if asked == 1 else 'shots take'} {len(plan.segments)} segments."
        )
    ids = {one.id for one in plan.segments}
    for note in brief.notes:
        if note.segment not in ids:
            remarks.append(f"There is no segment {note.segment}, so “{note.words}” was not used.")
    unused = pictures_of(brief, ImageRole.FIRST_FRAME) if mode_of(brief) is Mode.T2V else ()
    if unused:
        remarks.append("The film is made from words, so the first picture was not used.")
    if settings.caption and not plan.caption:
        remarks.append("No captions, because you want no text in the picture.")
    return tuple(remarks)


def _checked(plan: Plan) -> Plan:
    """Return the plan if it keeps every rule and the log can hold it.

    Raises:
        Unplannable: it is larger than one event may be.
        ValueError: it breaks a rule of plans, which is a fault of these rules and not of the brief.
    """
    check_plan(plan)
    size_bytes = len(msgspec.json.encode(plan))
    if size_bytes > Plan.LIMIT_BYTES:
        raise Unplannable(
            f"the plan has {len(plan.segments)} segments and takes {size_bytes // 1024} KiB, more than the log holds: "
            "ask for fewer shots, or make the film in parts"
        )
    return plan


def _aspect(brief: Brief) -> str | None:
    assumed = brief.assumed_value("aspect")
    return brief.aspect or (str(assumed) if assumed else None)
