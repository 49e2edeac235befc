"""What the calls take: the bodies as documents, strict, so that a misspelt field is an error and not a wish ignored."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, structs

from bus.events import Options, Ruling, WhenTakesAreUsedUp
from bus.plan import LoraWish, Mode, Plan


class _Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class LoraBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A LoRA of the catalogue (see `/v1/choices`), by its name."""

    name: str
    strength: float | None = None
    """Null: as strongly as is usual for it."""


class OptionsBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a film is to be made; what is left out is as the operator set it."""

    takes_max: int | UnsetType = UNSET
    """Takes of a segment before the best is kept or a person is asked."""
    when_takes_are_used_up: WhenTakesAreUsedUp | UnsetType = UNSET
    """`keep` the best one, flagged, or `stall` for a person."""
    sample: bool | UnsetType = UNSET
    """Whether a sample is shown for approval first."""
    review: bool | UnsetType = UNSET
    """Whether takes are reviewed."""
    caption: bool | UnsetType = UNSET
    """Whether the animatic shows a caption."""
    accept_smaller: bool | UnsetType = UNSET
    """Whether a smaller size may be rendered after the renderer ran out of memory."""
    llm: str | UnsetType | None = UNSET
    """Whether models think for this film: `auto` (rules stand in), `ollama` (not without), `off`."""
    renderer: str | UnsetType | None = UNSET
    seed: int | UnsetType | None = UNSET
    duration_max_s: float | UnsetType | None = UNSET
    loras: tuple[LoraBody, ...] | UnsetType = UNSET
    """LoRAs for every segment that they fit."""

    def over(self, defaults: Options) -> Options:
        """Return the defaults with what was said here."""
        said = {name: value for name, value in structs.asdict(self).items() if value is not UNSET}
        if self.loras is not UNSET:
            said["loras"] = tuple(LoraWish(name=one.name, strength=one.strength) for one in self.loras)
        return structs.replace(defaults, **said)


class CreateBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A film, asked for in words."""

    words: str
    options: OptionsBody = OptionsBody()


class SizeBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Width and height in pixels."""

    width: int
    height: int


class ClipBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One clip, exactly as it is described here: no word of it is changed. Pictures come in a form, as `images`."""

    prompt: str
    negative: str = ""
    title: str = ""
    """What people call it; the beginning of the prompt if left out."""
    mode: Mode | None = None
    """`t2v`, `i2v` or `flf2v`: as many pictures as came with it say which; what is said here has to agree."""
    renderer: str | None = None
    """`animatic`, or a workflow or a family of them, as `/v1/renderers` names it."""
    size: SizeBody | None = None
    """One of the renderer's; the one nearest to the picture's shape if left out."""
    frames: int | None = None
    duration_s: float | None = None
    """In place of `frames`: as many are rendered as the model's rule wants, and so long is shown."""
    seed: int | None = None
    steps: int | None = None
    """What the workflow says if left out."""
    loras: tuple[LoraWish, ...] = ()
    """By name, and how strongly; as strongly as is usual for each if that is left out."""
    accept_smaller: bool = False
    """Whether a smaller size may be rendered after the renderer ran out of memory."""


class StitchBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Clips that are there, joined one after the other."""

    clips: tuple[str, ...]
    """Links to films, takes and samples, in the order of the film."""
    title: str = ""
    crossfade_frames: int = 0
    """Over how many frames each mixes with the one before it; none is a hard cut."""


class MessageBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something said about a production."""

    words: str


class RedirectBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change about the sample."""

    words: str
    sample: str | None = None
    """Which sample was seen, as `1-1`: if another one is current by now, nothing is done, and that is said."""


class AnswerBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer; no words mean: take what was assumed."""

    words: str = ""


class ApproveBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That is the vibe."""

    sample: str | None = None
    """Which sample was seen, as `1-1`: if another one is current by now, nothing is done, and that is said."""


class OverruleBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's word on a take."""

    ruling: Ruling
    why: str


class RedoBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A segment, asked for anew; without words with another seed."""

    words: str = ""


class ResumeBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Try again; without a number all that waits."""

    stall: int | None = None


class CancelBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Call it off."""

    why: str = ""


class PassBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pass, for all productions or for one."""

    production: str | None = None


class ForkBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fork: where, and with which change; with none it is the same film under another name."""

    at: int | None = None
    """After which event; the last one if left out."""
    words: str = ""
    """What should be different, in words."""
    hold: bool = False
    """With words: understand them and revise the plan, and render nothing before it is resumed."""
    segment: int | None = None
    prompt: str = ""
    """What is to be seen in this segment instead."""
    plan: Plan | None = None
    """A whole plan in the place of the one in force."""
    dry_run: bool = False
    """Only say what it would be."""


class AgainBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A film, made again and held against the recorded one."""

    at: int | None = None
    """Its last cut at this event; the newest one if left out."""
    from_scratch: bool = False
    """Ask the agents again, too: the same words in the same order."""
    dry_run: bool = False
    """Only say what it would be."""
