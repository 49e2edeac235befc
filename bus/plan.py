"""The documents that cross the bus: brief, plan, order and verdict, and what follows from a plan by arithmetic."""

from __future__ import annotations

import enum
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta, Struct

from bus.ids import Digest, digest_of

FRAMES_PER_SEGMENT_MAX = 81
"""WAN 2.1 drifts in colour past 81 frames (5.06 s at 16 fps)."""
STEPS_MAX = 200
FRAMES_PER_PIECE_MAX = 1_000_000
"""An existing clip that is joined as it is may be a whole film."""
FPS = 16
SIZE_STEP = 16
"""Models render widths and heights that are multiples of 16."""
DURATION_MAX_S = 600.0
"""The longest film that is planned unless the settings say otherwise."""
SEGMENTS_MAX = 400


class Mode(enum.StrEnum):
    """What a clip is made from: text, a first image, or a first and a last image."""

    T2V = "t2v"
    I2V = "i2v"
    FLF2V = "flf2v"


class Size(Struct, frozen=True, gc=False):
    """Width and height in pixels."""

    width: Annotated[int, Meta(ge=16, le=8192)]
    height: Annotated[int, Meta(ge=16, le=8192)]

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


class Artifact(Struct, frozen=True, gc=False, kw_only=True):
    """Bytes in the store, by digest, with what a reader wants to know before opening them."""

    digest: Digest
    media_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    frame_count: int | None = None


# -- the brief ---------------------------------------------------------------------------------------------


class ImageRole(enum.StrEnum):
    """What an uploaded picture is for."""

    FIRST_FRAME = "first_frame"
    LAST_FRAME = "last_frame"
    REFERENCE = "reference"


class BriefImage(Struct, frozen=True, gc=False, kw_only=True):
    """A picture the person gave, and what the words say it is for."""

    artifact: Artifact
    role: ImageRole
    shows: str = ""
    """What a model saw in it, in English; empty where none looked."""


class Assumption(Struct, frozen=True, gc=False, kw_only=True):
    """A field the person said nothing about, the value that is taken, and why."""

    field: str
    value: str | float | int
    why: str


class SegmentNote(Struct, frozen=True, gc=False, kw_only=True):
    """Words of the person about one segment: `segment 3: closer, and slower`."""

    segment: int
    words: str


class Brief(Struct, frozen=True, gc=False, kw_only=True):
    """What the Intent Agent understood. A field is null where the person said nothing about it."""

    title: str
    logline: str
    subject: str
    """What is to be seen, in the person's words less length, size and other instructions about the film."""
    prompt: str = ""
    """The subject in English, which renderers understand best, where a model wrote it."""
    language: str
    """BCP 47 tag of the language the person wrote in."""
    mode: Mode | None
    mode_reason: str
    duration_s: float | None
    aspect: str | None
    """`16:9`, `9:16`, `1:1`, `2.39:1` …"""
    style: str | None
    style_prompt: str = ""
    """The style in English, where a model wrote it."""
    avoid: tuple[str, ...] = ()
    shots: tuple[str, ...] = ()
    """Shots or scenes in the order the person wrote them; empty where they left it open."""
    shot_prompts: tuple[str, ...] = ()
    """The shots in English, one for each, where a model wrote them."""
    shot_count: int | None = None
    images: tuple[BriefImage, ...] = ()
    notes: tuple[SegmentNote, ...] = ()
    assumed: tuple[Assumption, ...] = ()

    def assumed_value(self, field: str) -> str | float | int | None:
        """Return what is taken for a field the person said nothing about, or None."""
        return next((one.value for one in self.assumed if one.field == field), None)

    def in_english(self) -> Brief:
        """Return the brief as prompts are written from it: in English, as far as a model put it so."""
        if not self.prompt:
            return self
        return msgspec.structs.replace(
            self,
            subject=self.prompt,
            language="en",
            style=self.style_prompt or self.style,
            shots=self.shot_prompts if len(self.shot_prompts) == len(self.shots) else self.shots,
        )


# -- the plan ----------------------------------------------------------------------------------------------


class ShotSize(enum.StrEnum):
    """How much of the subject the frame holds; the field's own terms."""

    EXTREME_WIDE = "extreme wide shot"
    WIDE = "wide shot"
    FULL = "full shot"
    MEDIUM = "medium shot"
    CLOSE_UP = "close-up"
    EXTREME_CLOSE_UP = "extreme close-up"


class Movement(enum.StrEnum):
    """What the camera does."""

    STATIC = "static"
    PUSH_IN = "push in"
    PULL_OUT = "pull out"
    PAN_LEFT = "pan left"
    PAN_RIGHT = "pan right"
    TILT_UP = "tilt up"
    TILT_DOWN = "tilt down"
    TRACK_LEFT = "track left"
    TRACK_RIGHT = "track right"
    CRANE_UP = "crane up"


class Look(Struct, frozen=True, gc=False, kw_only=True):
    """What holds the film together: repeated in every prompt, and read by the animatic."""

    style: str
    light: str
    """The light in a word or two that a renderer knows: `dusk`, `night`, `neon`, `snow`, `day` …"""
    palette: tuple[str, ...]
    """Three to six colours, dark to light, as `#rrggbb`."""
    words: str
    """The look as a phrase that ends every prompt, verbatim."""


class Figure(Struct, frozen=True, gc=False, kw_only=True):
    """A person or a place: one name, one description that is used verbatim, a picture if there is one."""

    name: str
    description: str
    reference: Digest | None = None


class FromText(Struct, frozen=True, gc=False, tag="text", tag_field="kind"):
    """The segment starts from words alone."""


class FromImage(Struct, frozen=True, gc=False, tag="image", tag_field="kind"):
    """The segment starts from a picture."""

    image: Digest


class FromSegment(Struct, frozen=True, gc=False, tag="segment", tag_field="kind"):
    """The segment starts from the hand-over of another segment's approved take."""

    segment: int


Start = FromText | FromImage | FromSegment


class Cut(Struct, frozen=True, gc=False, tag="cut", tag_field="kind"):
    """The segment follows the one before it by a hard cut."""


class Crossfade(Struct, frozen=True, gc=False, tag="crossfade", tag_field="kind"):
    """The segment's first frames are mixed with the last ones of the segment before it."""

    frame_count: Annotated[int, Meta(ge=1, le=32)]


class Continue(Struct, frozen=True, gc=False, tag="continue", tag_field="kind"):
    """The segment goes on where the one before it stopped; its repeated first frame is not shown."""


Transition = Cut | Crossfade | Continue


class Lora(Struct, frozen=True, gc=False, kw_only=True):
    """A LoRA by its name in the catalogue, and how strongly it is applied."""

    name: str
    strength: float


class LoraWish(Struct, frozen=True, gc=False, kw_only=True):
    """A LoRA that a person asks for by its name in the catalogue."""

    name: str
    strength: float | None = None
    """None: as strongly as is usual for it."""


class CriterionKind(enum.StrEnum):
    """Who can answer a criterion: measurement, or somebody who looks."""

    MEASURED = "measured"
    SEEN = "seen"


class Criterion(Struct, frozen=True, gc=False, kw_only=True):
    """One thing a take is checked for, as a closed question whose good answer is yes."""

    id: str
    question: str
    kind: CriterionKind
    must_hold: bool = True


class Segment(Struct, frozen=True, gc=False, kw_only=True):
    """One clip of the film: what is rendered, and which of its frames are shown."""

    id: Annotated[int, Meta(ge=1)]
    beat: str
    """What happens, in one sentence for people."""
    prompt: str
    negative: str
    shot: ShotSize
    movement: Movement
    mode: Mode
    start: Start
    transition: Transition
    frame_count: Annotated[int, Meta(ge=1, le=FRAMES_PER_PIECE_MAX)]
    """Frames rendered: 4n+1, and 81 at most; more only where an existing clip is joined as it is."""
    in_frame: Annotated[int, Meta(ge=0)]
    """The first frame shown."""
    out_frame: Annotated[int, Meta(ge=1)]
    """The frame after the last one shown."""
    seed: Annotated[int, Meta(ge=0)]
    end_image: Digest | None = None
    loras: tuple[Lora, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    why: str = ""
    """Why it cuts or continues, in a sentence for people; empty where the rules of a story decided."""
    steps: Annotated[int, Meta(ge=1, le=STEPS_MAX)] | None = None
    """None: what the renderer's workflow says."""

    @property
    def shown_count(self) -> int:
        """Return how many frames of the take are shown."""
        return self.out_frame - self.in_frame


class Plan(Struct, frozen=True, gc=False, kw_only=True):
    """The full production plan: a look, people, places, and the segments in their order."""

    title: str
    logline: str
    language: str
    brief: Annotated[int, Meta(ge=1)]
    """The number of the brief that it carries out."""
    renderer: str
    """`animatic`, or the name of a workflow."""
    fps: Annotated[int, Meta(ge=1, le=60)]
    size: Size
    """What is rendered."""
    crop: Size
    """What is shown: the middle of the rendered frame."""
    frame_count: Annotated[int, Meta(ge=1)]
    """Frames of the film."""
    look: Look
    segments: Annotated[tuple[Segment, ...], Meta(min_length=1, max_length=SEGMENTS_MAX)]
    people: tuple[Figure, ...] = ()
    places: tuple[Figure, ...] = ()
    caption: bool = True
    sample: str | None = None
    """Which approved sample the look comes from, as `1-1`."""
    match_colours: bool = False
    """Whether a take that continues another one is matched in colour to the opening of its chain: for renderers whose
    colours drift from clip to clip."""

    LIMIT_BYTES: ClassVar[int] = 512 * 1024

    @property
    def duration_s(self) -> float:
        """Return the film's length in seconds."""
        return self.frame_count / self.fps

    def segment(self, segment_id: int) -> Segment | None:
        """Return the segment of this id, or None where the plan has none."""
        return next((one for one in self.segments if one.id == segment_id), None)

    def opening_of(self, segment: Segment) -> int | None:
        """Return the segment that opens the chain this one continues; None where it begins with a cut."""
        opening, one = None, segment
        while isinstance(one.transition, Continue) and isinstance(one.start, FromSegment):
            opening = one.start.segment
            before = self.segment(opening)
            if before is None or before.id == one.id:
                break
            one = before
        return opening


# -- the order ---------------------------------------------------------------------------------------------


class Order(Struct, frozen=True, gc=False, kw_only=True):
    """Everything that determines the pixels of a clip, and nothing else."""

    renderer: str
    mode: Mode
    prompt: str
    negative: str
    seed: Annotated[int, Meta(ge=0)]
    width: int
    height: int
    frame_count: int
    fps: int
    look: Look
    shot: ShotSize
    movement: Movement
    caption: str | None
    start: Digest | None = None
    end: Digest | None = None
    loras: tuple[Lora, ...] = ()
    draft: bool = False
    """A sample: few steps, judged by its look and not by its motion."""
    steps: int | None = None
    """None: what the renderer's workflow says."""
    shown: Size | None = None
    """The middle part that the film shows, where it is not the whole: a caption stays inside."""
    colour_reference: Digest | None = None
    """The picture of its chain's opening that the take's colours are matched to: the opening take's hand-over."""


def order_digest(order: Order) -> Digest:
    """Return the order's digest: two orders of the same digest ask for the same pixels."""
    return digest_of(msgspec.json.encode(order, order="deterministic"))


SEED_STEP_PER_TAKE = 100_003
"""Takes of one segment are far apart, so that they never meet another segment's seeds."""
SEEDS = 2**63


def order_for(
    plan: Plan, segment: Segment, take: int, start: Digest | None, advice: str = "", colours: Digest | None = None
) -> Order:
    """Return what a creator is asked for as this take of this segment.

    Args:
        start: the picture it starts from: an uploaded one, or the hand-over of the take it continues.
        advice: words of the reviewer or the person that this take is to heed.
        colours: the hand-over of the take that opens its chain, where the plan has colours matched.
    """
    prompt = f"{segment.prompt} {advice}".strip() if advice else segment.prompt
    return Order(
        renderer=plan.renderer,
        mode=segment.mode,
        prompt=prompt,
        negative=segment.negative,
        seed=(segment.seed + SEED_STEP_PER_TAKE * (take - 1)) % SEEDS,
        width=plan.size.width,
        height=plan.size.height,
        frame_count=segment.frame_count,
        fps=plan.fps,
        look=plan.look,
        shot=segment.shot,
        movement=segment.movement,
        caption=f"{segment.id}  {segment.beat}" if plan.caption else None,
        start=start,
        end=segment.end_image,
        loras=segment.loras,
        steps=segment.steps,
        shown=plan.crop if plan.caption and plan.crop != plan.size else None,
        colour_reference=colours,
    )


def basis_of(plan: Plan, segment: Segment, start: Digest | None, colours: Digest | None = None) -> Digest:
    """Return the digest of what the plan asks of a segment, whichever take: it is that of the first take's order.

    A take whose basis is another one no longer fits the plan.
    """
    return order_digest(order_for(plan, segment, 1, start, colours=colours))


# -- the verdict -------------------------------------------------------------------------------------------


class Outcome(enum.StrEnum):
    """What became of a criterion. Unobserved never rejects."""

    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    UNOBSERVED = "unobserved"


class Finding(Struct, frozen=True, gc=False, kw_only=True):
    """One criterion: its outcome, with the measured value and its threshold, or with what was seen."""

    criterion: str
    outcome: Outcome
    must_hold: bool
    value: float | None = None
    threshold: float | None = None
    unit: str = ""
    source: str = ""
    evidence: str = ""


POLICY_CRITERION = "policy"
"""The criterion that fails where the content policy refuses what a take shows; its source is the rule."""


class Verdict(Struct, frozen=True, gc=False, kw_only=True):
    """What the reviewer found about one take, and what the next one should heed."""

    findings: tuple[Finding, ...]
    score: Annotated[float, Meta(ge=0, le=1)]
    """How good the take is among takes of its segment; it decides which one is kept when takes are used up."""
    advice: str = ""

    @property
    def is_good(self) -> bool:
        """Say whether no criterion that must hold has failed."""
        return not any(one.outcome is Outcome.FAIL and one.must_hold for one in self.findings)

    @property
    def refused_by(self) -> str:
        """Return the rule of the content policy that refuses what the take shows, or nothing."""
        failed = (one for one in self.findings if one.criterion == POLICY_CRITERION and one.outcome is Outcome.FAIL)
        return next((one.source for one in failed), "")


# -- how a document came to be -------------------------------------------------------------------------------


class Made(Struct, frozen=True, gc=False, kw_only=True):
    """Who or what made a document or a clip, exactly enough to make it again or to explain it."""

    by: str
    """`rules`, `animatic`, `opencv`, `ollama`, `comfyui` …"""
    version: str
    model: str | None = None
    model_digest: str | None = None
    prompt_digest: Digest | None = None
    options: str | None = None
    """The model's options as JSON."""
    tokens_in: int | None = None
    tokens_out: int | None = None
    took_s: float | None = None
    why: str = ""
    """Why this one and not the one preferred: nothing is downgraded silently."""
