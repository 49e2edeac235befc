"""How two plans differ, in words: what a revision changes is said the same way, whoever wrote it."""

from __future__ import annotations

from bus.plan import Plan, Segment, order_digest, order_for


def plan_changes(before: Plan, after: Plan) -> tuple[str, ...]:
    """Return how the plans differ as sentences for people, the most important first; empty where they do not."""
    changes: list[str] = []
    if before.frame_count != after.frame_count:
        changes.append(f"The film lasts {after.duration_s:g} s instead of {before.duration_s:g} s.")
    if (before.size, before.crop) != (after.size, after.crop):
        changes.append(f"The picture is {after.crop} instead of {before.crop}.")
    if before.look != after.look:
        changes.append(f"The look is {_quoted(after.look.words)} instead of {_quoted(before.look.words)}.")
    if before.renderer != after.renderer:
        changes.append(f"It is rendered by {after.renderer} instead of {before.renderer}.")
    old, new = {one.id: one for one in before.segments}, {one.id: one for one in after.segments}
    for added in (one for one in after.segments if one.id not in old):
        position = after.segments.index(added)
        where = f"after segment {after.segments[position - 1].id}" if position else "at the start"
        changes.append(f"Segment {added.id} is new, {where}: {added.beat}")
    changes.extend(f"Segment {one.id} is gone: {one.beat}" for one in before.segments if one.id not in new)
    kept = [one for one in after.segments if one.id in old]
    changed = [one for one in kept if is_rendered_anew(before, old[one.id], after, one)]
    if changed and len(changed) == len(kept):
        changes.append("Every segment that stays is rendered anew.")
    else:
        changes.extend(f"Segment {one.id} is rendered anew: {_difference(old[one.id], one)}." for one in changed)
    trimmed = [one for one in kept if one not in changed and one.shown_count != old[one.id].shown_count]
    changes.extend(
        f"Segment {one.id} stays as it is and shows {one.shown_count / after.fps:.1f} s of it instead of "
        f"{old[one.id].shown_count / before.fps:.1f} s."
        for one in trimmed
    )
    if [one.id for one in before.segments if one.id in new] != [one.id for one in kept]:
        changes.append("The segments come in another order.")
    return tuple(changes)


def is_rendered_anew(before: Plan, old: Segment, after: Plan, new: Segment) -> bool:
    """Say whether a take of the old segment can't stand for the new one: its order or its start differs."""
    one, other = order_for(before, old, 1, None), order_for(after, new, 1, None)
    return order_digest(one) != order_digest(other) or old.start != new.start


def _difference(old: Segment, new: Segment) -> str:
    parts = []
    if old.shot is not new.shot:
        parts.append(f"{new.shot} instead of {old.shot}")
    if old.movement is not new.movement:
        parts.append(f"{new.movement} instead of {old.movement}")
    if old.start != new.start:
        parts.append("it starts from something else")
    if old.frame_count != new.frame_count:
        parts.append(f"{new.frame_count} frames instead of {old.frame_count}")
    if old.beat != new.beat:
        parts.append(f"{_quoted(new.beat)} instead of {_quoted(old.beat)}")
    # What is to be seen is in the words: where it is another thing, they are others, and that goes without saying.
    if not parts or (old.prompt != new.prompt and old.beat == new.beat):
        parts.append("its words changed")
    return ", ".join(parts)


def _quoted(words: str) -> str:
    """Return words inside a sentence: its full stop is the only one."""
    return f"“{words.rstrip('.')}”"
