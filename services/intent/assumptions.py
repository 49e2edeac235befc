"""What is taken where the person said nothing, and why: the length and the shape of the film."""

from __future__ import annotations

import msgspec

from bus.plan import Assumption, Brief, ImageRole
from services.intent.answers import Limits
from services.intent.aspects import Aspects, aspect_of_size


def with_assumptions(brief: Brief, limits: Limits) -> Brief:
    """Return the brief with an assumption for the length and the aspect where the person said none."""
    assumed = list(brief.assumed)
    named = {one.field for one in assumed}
    if brief.duration_s is None and "duration_s" not in named:
        default = min(limits.duration_default_s, limits.duration_max_s)
        why = f"the words don't say how long; {default:g} s has room for a beginning and an end, and is soon rendered"
        assumed.append(Assumption(field="duration_s", value=default, why=why))
    if brief.aspect is None:
        assumed = [one for one in assumed if one.field != "aspect"]
        assumed.append(_aspect_assumed(brief, limits))
    return msgspec.structs.replace(brief, assumed=tuple(assumed))


def _aspect_assumed(brief: Brief, limits: Limits) -> Assumption:
    roles = (ImageRole.FIRST_FRAME, ImageRole.LAST_FRAME)
    picture = next((one.artifact for role in roles for one in brief.images if one.role is role), None)
    if picture is not None and picture.width and picture.height:
        why = f"the picture the film starts from is {picture.width}×{picture.height}"
        return Assumption(field="aspect", value=aspect_of_size(picture.width, picture.height), why=why)
    return Assumption(
        field="aspect", value=limits.aspect_default, why="the words name no shape; this one fits most screens"
    )


def other_shapes(aspects: Aspects) -> tuple[Assumption, ...]:
    """Return an assumption where the words name several shapes: the first is taken."""
    if not aspects.others or aspects.aspect is None:
        return ()
    others = " and ".join(aspects.others)
    return (
        Assumption(
            field="aspect",
            value=aspects.aspect,
            why=f"{others} was named too; a film has one shape, so the first is taken",
        ),
    )
