"""What the calls take: the bodies as documents, strict, so that a misspelt field is an error and not a wish ignored."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, structs

from bus.events import Options, Ruling, WhenTakesAreUsedUp


class _Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


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
    renderer: str | UnsetType | None = UNSET
    seed: int | UnsetType | None = UNSET
    duration_max_s: float | UnsetType | None = UNSET

    def over(self, defaults: Options) -> Options:
        """Return the defaults with what was said here."""
        said = {name: value for name, value in structs.asdict(self).items() if value is not UNSET}
        return structs.replace(defaults, **said)


class CreateBody(_Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A film, asked for in words."""

    words: str
    options: OptionsBody = OptionsBody()


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
