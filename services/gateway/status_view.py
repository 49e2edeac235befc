"""Where a production stands, in a word for programs and in a sentence for people. Pure."""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct

from bus.board import (
    Absent,
    Asking,
    AwaitingApproval,
    Cancelled,
    Deleted,
    Done,
    Failed,
    Making,
    Outdated,
    Planning,
    Refused,
    Sampling,
    Stalled,
    Status,
    Stitching,
    Understanding,
)

STATUS_NAMES = (
    "understanding",
    "asking",
    "sampling",
    "awaiting_approval",
    "planning",
    "making",
    "stitching",
    "done",
    "stalled",
    "outdated",
    "refused",
    "cancelled",
    "failed",
    "deleted",
)


class StatusView(Struct, frozen=True, kw_only=True):
    """Where the production stands: the one thing to be said first."""

    name: str
    """`understanding`, `asking`, `sampling`, `awaiting_approval`, `planning`, `making`, `stitching`, `done`, `stalled`,
    `outdated`, `refused`, `cancelled`, `failed` or `deleted`."""
    says: str
    """The same as a sentence."""
    help: str = ""
    """What a person could do, where something waits for them."""
    is_waiting: bool = False
    """Whether it waits for a person."""
    is_settled: bool = False
    """Whether nothing more happens unless a person says something, and nothing has to be said."""
    sample: str | None = None
    """Sampling and awaiting approval: which sample, as `1-1`."""
    accepted_count: int | None = None
    """Making: how many segments have an accepted take."""
    segment_count: int | None = None
    """Making: how many segments there are."""
    stalls: tuple[int, ...] = ()
    """Stalled: the numbers of the open problems."""


def status_view(status: Status) -> StatusView:
    """Return the status as it is shown."""
    match status:
        case AwaitingApproval(sample=sample):
            name = f"{sample.brief}-{sample.take}"
            return StatusView(
                name="awaiting_approval",
                says=f"Sample {name} waits for your word: is this the vibe?",
                help="Approve it, or say what to change.",
                is_waiting=True,
                sample=name,
            )
        case Asking(question=question):
            return StatusView(
                name="asking",
                says=question.asked.text,
                help=_how_to_answer(question.asked.assumed),
                is_waiting=True,
            )
        case Stalled(stalls=stalls):
            first, more = stalls[0].problem, len(stalls) - 1
            others = f" ({more} more problem{'s' if more > 1 else ''})" if more else ""
            return StatusView(
                name="stalled",
                says=f"{first.what}{others}",
                help=first.help,
                is_waiting=True,
                stalls=tuple(one.number for one in stalls),
            )
        case Outdated(unknown=unknown):
            return StatusView(
                name="outdated",
                says=f"A newer Kindling wrote {_events(unknown)} here: this one does not know what follows, and waits.",
                help="Update Kindling; the production then goes on by itself.",
                is_waiting=True,
            )
        case Refused(refusal=refusal):
            return StatusView(
                name="refused",
                says=f"The content policy refuses this. {refusal.why}",
                help=refusal.help,
                is_settled=True,
            )
        case Done() | Cancelled() | Failed() | Deleted() | Absent():
            return _ended(status)
        case Understanding() | Sampling() | Planning() | Making() | Stitching():
            return _at_work(status)
        case _:
            assert_never(status)


def _at_work(status: Understanding | Sampling | Planning | Making | Stitching) -> StatusView:
    match status:
        case Understanding():
            return StatusView(name="understanding", says="Your words are being understood.")
        case Sampling(sample=sample):
            name = f"{sample.brief}-{sample.take}" if sample else None
            return StatusView(name="sampling", says="The sample is being made.", sample=name)
        case Planning():
            return StatusView(name="planning", says="The plan is being written.")
        case Making(accepted_count=accepted, segment_count=count):
            return StatusView(
                name="making",
                says=f"The segments are being made: {accepted} of {count} accepted.",
                accepted_count=accepted,
                segment_count=count,
            )
        case Stitching():
            return StatusView(name="stitching", says="All takes are there; the film is being joined.")


def _ended(status: Done | Cancelled | Failed | Deleted | Absent) -> StatusView:
    match status:
        case Done(cut=cut):
            return StatusView(name="done", says=f"The film is done: {cut.duration_s:.1f} seconds.", is_settled=True)
        case Cancelled(why=why):
            return StatusView(name="cancelled", says=_with_why("It was cancelled", why), is_settled=True)
        case Deleted(why=why):
            return StatusView(
                name="deleted", says=_with_why("It was deleted; only its log is left", why), is_settled=True
            )
        case Failed(end=end):
            return StatusView(
                name="failed",
                says=f"It can't be made. {end.problem.what} {end.problem.why}".strip(),
                help=end.problem.help,
                is_settled=True,
            )
        case Absent():
            return StatusView(name="absent", says="The log has no such production.", is_settled=True)


def _events(unknown: tuple[str, ...]) -> str:
    names = list(dict.fromkeys(unknown))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more kinds" if len(names) > 3 else "")


def _with_why(sentence: str, why: str) -> str:
    return f"{sentence}: {why}" if why else f"{sentence}."


def _how_to_answer(assumed: str) -> str:
    return f"Answer it; without words it is taken that {assumed.removesuffix('.')}." if assumed else "Answer it."
