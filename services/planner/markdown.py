"""The plan as a page for people."""

from __future__ import annotations

from bus.plan import Continue, Crossfade, Cut, Figure, FromImage, FromSegment, FromText, Plan, Segment


def plan_as_markdown(plan: Plan) -> str:
    """Return the plan as a Markdown page: look, people, places, and the segments with their times in the film."""
    shown = "" if plan.crop == plan.size else f", cropped to {plan.crop}"
    parts = [
        f"# {_line(plan.title)}",
        _line(plan.logline),
        f"{plan.duration_s:g} s · {plan.frame_count} frames at {plan.fps} fps · {plan.size}{shown} · "
        f"{len(plan.segments)} {'segment' if len(plan.segments) == 1 else 'segments'} · rendered by {plan.renderer}",
        "## Look",
        f"{_line(plan.look.words)}\n\nLight: {plan.look.light}  \nStyle: {_line(plan.look.style)}  \n"
        f"Palette: {' '.join(f'`{one}`' for one in plan.look.palette)}",
    ]
    for title, figures in (("People", plan.people), ("Places", plan.places)):
        if figures:
            parts.append(f"## {title}")
            parts.append("\n".join(_figure(one) for one in figures))
    parts.append("## Segments")
    parts.append(_table(plan))
    parts.append("## Prompts")
    parts.extend(_prompt(one) for one in plan.segments)
    return "\n\n".join(part for part in parts if part) + "\n"


def time_code(frame: int, fps: int) -> str:
    """Return a frame's place in the film as minutes, seconds and frames: `0:04:12`."""
    seconds, rest = divmod(frame, fps)
    return f"{seconds // 60}:{seconds % 60:02d}:{rest:02d}"


def _table(plan: Plan) -> str:
    rows = ["| # | time | length | shot | movement | joins by | starts from | what happens |"]
    rows.append("| --: | --- | --: | --- | --- | --- | --- | --- |")
    position = 0
    for segment in plan.segments:
        if isinstance(segment.transition, Crossfade):
            position -= segment.transition.frame_count
        cells = (
            str(segment.id),
            f"{time_code(position, plan.fps)}–{time_code(position + segment.shown_count, plan.fps)}",
            f"{segment.shown_count / plan.fps:.1f} s",
            str(segment.shot),
            str(segment.movement),
            _transition(segment),
            _start(segment),
            segment.beat,
        )
        rows.append("| " + " | ".join(_cell(one) for one in cells) + " |")
        position += segment.shown_count
    return "\n".join(rows)


def _transition(segment: Segment) -> str:
    match segment.transition:
        case Cut():
            return "cut"
        case Crossfade(frame_count=mixed):
            return f"crossfade, {mixed} frames"
        case Continue():
            return "no cut"


def _start(segment: Segment) -> str:
    end = f", to picture {segment.end_image[:8]}" if segment.end_image else ""
    match segment.start:
        case FromText():
            return f"words{end}"
        case FromImage(image=digest):
            return f"picture {digest[:8]}{end}"
        case FromSegment(segment=parent):
            return f"end of segment {parent}{end}"


def _figure(figure: Figure) -> str:
    picture = f" (picture {figure.reference[:8]})" if figure.reference else ""
    return f"- **{_line(figure.name)}**: {_line(figure.description)}{picture}"


def _prompt(segment: Segment) -> str:
    shown = f"frames {segment.in_frame} to {segment.out_frame - 1} of {segment.frame_count} are shown"
    return (
        f"**Segment {segment.id}** · {segment.mode} · seed {segment.seed} · {shown}\n\n"
        f"> {_line(segment.prompt)}\n\nNot: {_line(segment.negative)}"
        + (f"\n\nJoined so because: {_line(segment.why)}" if segment.why else "")
    )


def _line(text: str) -> str:
    """Return text on one line that opens no heading, list or markup of its own."""
    plain = " ".join(text.split())
    for sign in "\\`*_<>[]":
        plain = plain.replace(sign, f"\\{sign}")
    return f"\\{plain}" if plain.startswith(("#", "-", "+", "=", "~")) else plain


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
