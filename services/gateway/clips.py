"""One clip, exactly as it was asked for: what it asks of a renderer, and the facts that it begins with. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from bus.errors import Reason, Refused
from bus.events import Fact, IntentParsed, Options, PlanWritten, ProductionRequested, Purpose
from bus.ids import Digest
from bus.plan import (
    SEEDS,
    SIZE_STEP,
    STEPS_MAX,
    Artifact,
    Brief,
    BriefImage,
    Cut,
    FromImage,
    FromText,
    ImageRole,
    Look,
    Lora,
    LoraWish,
    Made,
    Mode,
    Movement,
    Plan,
    Segment,
    ShotSize,
    Size,
)
from bus.plan_rules import plan_problems
from bus.policy import OperatorRule
from bus.production import Production, supposed
from services.gateway.choices import ANIMATIC, Choices, LoraView, RendererView
from services.gateway.decide import Facts, Taken
from services.gateway.edits import BY_HAND, PIXELS_MAX, check_plan_words
from services.gateway.requests import ClipBody
from services.gateway.words import message_of, text_of

LENGTH_S = 5.0
"""How long a clip is where nothing is said, or as long as the model can."""
LORAS_MAX = 8
STRENGTH_MAX = 4.0
NO_LOOK = Look(style="", light="", palette=(), words="")
"""A clip's look is in its prompt, and nowhere else."""
OPTIONS = Options(takes_max=1, sample=False, review=False, caption=False)


class Wish(Struct, frozen=True, kw_only=True):
    """A clip, with everything settled that was left open."""

    prompt: str
    negative: str
    title: str
    renderer: str
    mode: Mode
    size: Size
    fps: int
    frame_count: int
    shown_count: int
    seed: int | None
    steps: int | None
    loras: tuple[Lora, ...]
    images: tuple[Artifact, ...]
    accept_smaller: bool
    key: str | None


# -- what it asks of a renderer ------------------------------------------------------------------------------


def wish_of(
    asked: ClipBody, images: tuple[Artifact, ...], choices: Choices, rules: Sequence[OperatorRule], key: str | None
) -> Wish:
    """Return the clip that is asked for, if a renderer can make it.

    Raises:
        Refused: a value is none, or none of this renderer's; what there is instead is said.
    """
    mode = mode_of(asked, len(images))
    renderer = _renderer(asked.renderer, mode, choices)
    frame_count, shown_count = _length(asked, renderer)
    prompt = message_of(asked.prompt, images, rules=rules)
    return Wish(
        prompt=prompt,
        negative=text_of(asked.negative, "negative prompt", 2000),
        title=text_of(asked.title, "title", 200) or _title(prompt),
        renderer=renderer.name,
        mode=mode,
        size=_size(asked, renderer, images),
        fps=renderer.fps,
        frame_count=frame_count,
        shown_count=shown_count,
        seed=_within(asked.seed, "seed", 0, SEEDS - 1),
        steps=_within(asked.steps, "steps", 1, STEPS_MAX),
        loras=tuple(_lora(one.name, one.strength, renderer, mode) for one in _few(asked)),
        images=images,
        accept_smaller=asked.accept_smaller,
        key=key,
    )


def mode_of(asked: ClipBody, image_count: int) -> Mode:
    """Return the mode: as many pictures as came with it say which, and what was said has to agree.

    Raises:
        Refused: it takes another number of pictures, or there are too many.
    """
    modes = (Mode.T2V, Mode.I2V, Mode.FLF2V)
    if image_count >= len(modes):
        raise _invalid(
            f"{image_count} pictures came with the clip.",
            "A clip starts from one picture, or goes from a first to a last one.",
            "Send one or two.",
        )
    found = modes[image_count]
    if asked.mode is not None and asked.mode is not found:
        raise _invalid(
            f"{asked.mode} takes {modes.index(asked.mode)} pictures, and {image_count} came.",
            "t2v takes none, i2v the first frame, flf2v the first and the last one.",
            "Send the pictures in the form as files named images, or leave the mode out.",
        )
    return found


def _renderer(name: str | None, mode: Mode, choices: Choices) -> RendererView:
    wanted = name or _default(choices, mode)
    found = next((one for one in choices.renderers if one.name == wanted), None)
    if found is None:
        names = [one.name for one in choices.renderers]
        near = difflib.get_close_matches(wanted, names, n=1)
        raise _invalid(
            f"There is no renderer {wanted[:60]!r}.",
            f"There are: {', '.join(names)}.",
            f"Did you mean {near[0]}?" if near else "GET /v1/renderers lists them, with what they can do.",
        )
    if not found.is_ready:
        raise Refused(Reason.NOT_NOW, f"{found.name} can't render now.", why=found.says, help=found.help)
    if mode not in found.modes:
        raise _invalid(
            f"{found.name} can't render {mode}.",
            f"It renders {', '.join(found.modes)}.",
            "GET /v1/renderers says which renderer can.",
        )
    return found


def _default(choices: Choices, mode: Mode) -> str:
    """Return what renders where nothing is said: `auto` and `comfyui` stand for whatever is there."""
    if choices.default not in ("auto", "comfyui"):
        return choices.default
    ready = [one for one in choices.renderers if one.kind == "comfyui" and one.is_ready and mode in one.modes]
    if ready:
        return ready[0].name
    if choices.default == "auto" and not choices.servers:
        return ANIMATIC
    possible = [one.name for one in choices.renderers if one.kind == "comfyui"]
    return possible[0] if possible else ANIMATIC


def _size(asked: ClipBody, renderer: RendererView, images: tuple[Artifact, ...]) -> Size:
    there = tuple(Size(one.width, one.height) for one in renderer.sizes)
    if asked.size is None:
        return _nearest(there, images[0] if images else None)
    wanted = Size(asked.size.width, asked.size.height)
    is_free = renderer.kind == ANIMATIC or not there
    is_possible = is_free and not (wanted.width % SIZE_STEP or wanted.height % SIZE_STEP)
    if wanted not in there and not (is_possible and wanted.width * wanted.height <= PIXELS_MAX):
        rule = (
            f"Sides are multiples of {SIZE_STEP}, and {PIXELS_MAX / 1e6:.1f} megapixels the most. " if is_free else ""
        )
        raise _invalid(
            f"{renderer.name} can't render {wanted}.",
            f"{rule}Its sizes are {', '.join(map(str, there))}.",
            "Choose one of them, or leave the size out.",
        )
    return wanted


def _nearest(there: tuple[Size, ...], image: Artifact | None) -> Size:
    """Return the size whose shape is nearest to the picture's; the first where there is none."""
    first = there[0] if there else Size(832, 480)
    if image is None or not image.width or not image.height:
        return first
    shape = image.width / image.height

    def distance(size: Size) -> float:
        own = size.width / size.height
        return max(own / shape, shape / own)

    nearest = min(map(distance, there), default=1.0)
    return next((one for one in there if distance(one) <= nearest * 1.05), first)


def _length(asked: ClipBody, renderer: RendererView) -> tuple[int, int]:
    """Return how many frames are rendered, and how many of them are shown."""
    rule = renderer.frames
    if asked.frames is not None and asked.duration_s is not None:
        raise _invalid("A length is said twice.", "frames and duration_s say the same.", "Leave one of them out.")
    if asked.frames is not None:
        if not rule.least <= asked.frames <= rule.most or (asked.frames - 1) % rule.step:
            raise _invalid(
                f"{renderer.name} can't render {asked.frames} frames.",
                f"Its lengths are {rule.step}n+1 frames, from {rule.least} to {rule.most}, {renderer.fps} a second.",
                "Choose such a number, or say duration_s.",
            )
        return asked.frames, asked.frames
    longest = (rule.most - 1) // rule.step * rule.step + 1
    wanted_s = asked.duration_s if asked.duration_s is not None else min(LENGTH_S, longest / renderer.fps)
    shown = round(wanted_s * renderer.fps)
    if not 1 <= shown <= longest:
        raise _invalid(
            f"{renderer.name} can't render {wanted_s:g} s in one clip.",
            f"It renders {longest} frames at most, {renderer.fps} a second: {longest / renderer.fps:.2f} s.",
            "Choose a shorter one; for longer films, POST /v1/productions.",
        )
    rendered = max(rule.least, -(-(shown - 1) // rule.step) * rule.step + 1)
    return min(rendered, longest), shown


def _few(asked: ClipBody) -> tuple[LoraWish, ...]:
    if len(asked.loras) > LORAS_MAX:
        raise _invalid(f"{len(asked.loras)} LoRAs are named.", f"At most {LORAS_MAX} are applied.", "Name fewer.")
    return asked.loras


def _lora(name: str, strength: float | None, renderer: RendererView, mode: Mode) -> Lora:
    there = {one.name: one for one in renderer.loras if mode in one.modes}
    found: LoraView | None = there.get(name)
    if found is None:
        raise _invalid(
            f"{renderer.name} has no LoRA {name[:60]!r} for {mode}.",
            f"It has: {', '.join(there)}." if there else "It has none.",
            "GET /v1/renderers lists them; one that is missing is described in loras.toml of the home.",
        )
    applied = found.strength if strength is None else strength
    if not -STRENGTH_MAX <= applied <= STRENGTH_MAX:
        raise _invalid(
            f"The LoRA {name} can't be applied with strength {applied:g}.",
            f"Strengths are from {-STRENGTH_MAX:g} to {STRENGTH_MAX:g}.",
            f"Its usual strength is {found.strength:g}.",
        )
    return Lora(name=name, strength=applied)


def _within(value: int | None, name: str, least: int, most: int) -> int | None:
    if value is not None and not least <= value <= most:
        raise _invalid(f"{name} can't be {value}.", f"It is from {least} to {most}.", "Change it, or leave it out.")
    return value


def _invalid(what: str, why: str, help_: str) -> Refused:
    return Refused(Reason.INVALID, what, why=why, help=help_)


def _title(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= 60 else f"{line[:59].rstrip()}…"


# -- the facts -----------------------------------------------------------------------------------------------


def begin_clip(
    production: Production, wish: Wish, purposes: Mapping[str, str], rules: tuple[OperatorRule, ...]
) -> Facts:
    """Return the facts that a clip begins with: the request, and with it brief and plan, for both are said in it.

    Raises:
        Refused: the content policy says no, or the key was used for something else.
        Taken: the id belongs to another production.
    """
    plan = plan_of(production, wish)
    check_plan_words(plan, purposes, rules, has_picture=bool(wish.images))
    request = ProductionRequested(
        words=wish.prompt,
        images=wish.images,
        options=structs.replace(OPTIONS, accept_smaller=wish.accept_smaller, renderer=wish.renderer, seed=wish.seed),
        idempotency_key=wish.key,
        purpose=Purpose.CLIP,
    )
    return begun(production, request, (brief_of(plan, wish.images, "It was asked for so."), plan))


def plan_of(production: Production, wish: Wish) -> Plan:
    """Return the plan of one segment that is the clip."""
    digests: tuple[Digest, ...] = tuple(one.digest for one in wish.images)
    segment = Segment(
        id=1,
        beat=wish.title,
        prompt=wish.prompt,
        negative=wish.negative,
        shot=ShotSize.MEDIUM,
        movement=Movement.STATIC,
        mode=wish.mode,
        start=FromImage(digests[0]) if digests else FromText(),
        transition=Cut(),
        frame_count=wish.frame_count,
        in_frame=0,
        out_frame=wish.shown_count,
        seed=wish.seed if wish.seed is not None else Production(id=production.id).base_seed,
        end_image=digests[1] if len(digests) > 1 else None,
        loras=wish.loras,
        steps=wish.steps,
    )
    plan = Plan(
        title=wish.title,
        logline=wish.title,
        language="und",
        brief=1,
        renderer=wish.renderer,
        fps=wish.fps,
        size=wish.size,
        crop=wish.size,
        frame_count=wish.shown_count,
        look=NO_LOOK,
        segments=(segment,),
        caption=False,
    )
    assert not plan_problems(plan), "what a renderer can do keeps the rules of plans"
    return plan


def brief_of(plan: Plan, images: tuple[Artifact, ...], mode_reason: str) -> Brief:
    """Return the brief that a plan carries out which came with its request."""
    roles = (ImageRole.FIRST_FRAME, ImageRole.LAST_FRAME)
    return Brief(
        title=plan.title,
        logline=plan.logline,
        subject=plan.segments[0].prompt or plan.title,
        language=plan.language,
        mode=plan.segments[0].mode,
        mode_reason=mode_reason,
        duration_s=plan.duration_s,
        aspect=f"{plan.size.width}:{plan.size.height}",
        style=None,
        images=tuple(BriefImage(artifact=one, role=role) for one, role in zip(images, roles, strict=False)),
    )


def begun(
    production: Production, request: ProductionRequested, said: tuple[Brief, Plan], more: tuple[Fact, ...] = ()
) -> Facts:
    """Return the first facts of a production whose plan came with its request; none where it is there already.

    Raises:
        Refused: the key was used for something else.
        Taken: the id belongs to another production.
    """
    made: Made = BY_HAND
    brief, plan = said
    facts: Facts = (
        request,
        IntentParsed(number=1, heard=1, brief=brief, made=made),
        PlanWritten(number=1, plan=plan, made=made),
        *more,
    )
    if production.request is None:
        return facts
    if request.idempotency_key is None or production.request.idempotency_key != request.idempotency_key:
        raise Taken
    wanted = supposed(Production(id=production.id), facts)
    is_same = production.request == wanted.request and production.plans[:1] == wanted.plans
    if not is_same or any(production.takes.get(key) is None for key in wanted.takes):
        raise Refused(
            Reason.INVALID,
            f"The Idempotency-Key was already used for {production.id}.",
            why="That production was asked for otherwise.",
            help="Use a new key; repeat a request with exactly what it held.",
        )
    return ()
