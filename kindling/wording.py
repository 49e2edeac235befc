"""What each event says, in words, and in which tone: one line for a person who reads the log."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bus import codec
from bus import events as e
from bus.about import work_in_words
from bus.brief_words import change_in_words, field_value
from bus.likeness import MATCHING, Comparison
from bus.plan import Artifact, Brief, Made, Order, Outcome, Plan
from kindling.alike import likeness_in_words
from kindling.findings import failing, finding_in_words, shorten


class Tone(enum.StrEnum):
    """How a line is meant; the values are styles of Rich."""

    PERSON = "cyan"
    PLAIN = ""
    QUIET = "dim"
    GOOD = "green"
    WARNING = "yellow"
    BAD = "red"


@dataclass(frozen=True, slots=True)
class Said:
    """An event in words."""

    text: str
    tone: Tone = Tone.PLAIN


def said(fact: e.Fact | e.Unknown) -> Said:
    """Return what the fact says, as one sentence without its subject's name."""
    if isinstance(fact, e.Unknown):
        return Said(f"an event of a newer Kindling (version {fact.version}); it is shown, and skipped", Tone.QUIET)
    return _SAID[type(fact)](fact)


def quote(words: str) -> str:
    """Return words of a person in quotation marks, shortened."""
    return f"“{shorten(words)}”"


def spell_seconds(seconds: float) -> str:
    """Return a length of time as a person says it: `0.4 s`, `12 s`, `2 min 5 s`, `1 h 4 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def spell_length(seconds: float) -> str:
    """Return the length of a film: `20 s`, `7.5 s`, `1 min 30 s`."""
    if seconds < 60:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
    return spell_seconds(seconds)


def spell_bytes(size_bytes: int) -> str:
    """Return a file's size: `812 bytes`, `34 kB`, `3.2 MB`."""
    if size_bytes < 1000:
        return count_of(size_bytes, "byte")
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    if size_bytes < 1_000_000_000:
        return f"{size_bytes / 1_000_000:.1f} MB"
    return f"{size_bytes / 1_000_000_000:.1f} GB"


def count_of(count: int, noun: str) -> str:
    """Return a count with its noun: `1 segment`, `3 segments`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(text: str) -> str:
    """Return the text with a full stop at its end, where it has no end of its own."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…:" else f"{text}."


# -- parts that several events have --------------------------------------------------------------------------


def _with_images(images: tuple[Artifact, ...]) -> str:
    return f", with {count_of(len(images), 'picture')}" if images else ""


def _order(order: Order) -> str:
    return f"{count_of(order.frame_count, 'frame')} at {order.width}×{order.height}, seed {order.seed}"


def brief_in_words(brief: Brief) -> str:
    """Return what the film is to be, in a few words; what was assumed is in it."""
    length = brief.duration_s if brief.duration_s is not None else brief.assumed_value("duration_s")
    parts = (
        spell_length(length) if isinstance(length, (int, float)) else None,
        brief.aspect or brief.assumed_value("aspect"),
        brief.style or brief.assumed_value("style"),
        field_value("mode", str(brief.mode or brief.assumed_value("mode") or "")),
    )
    return ", ".join(str(part) for part in parts if part)


def _plan(plan: Plan) -> str:
    return (
        f"“{plan.title}”, {count_of(len(plan.segments), 'segment')}, {spell_length(plan.duration_s)}, "
        f"{plan.crop} at {plan.fps} fps, for {plan.renderer}"
    )


def _problem(problem: e.Problem) -> str:
    parts = (problem.what, problem.why, problem.help)
    return f"{work_in_words(problem.about)}: " + " ".join(sentence(part) for part in parts if part)


def _failure(failure: e.Failure) -> str:
    end = "It can be tried again." if failure.is_retryable else "Trying again won't help."
    return " ".join(sentence(part) for part in (failure.what, failure.why, end) if part)


# -- each fact -------------------------------------------------------------------------------------------------


def _requested(fact: e.ProductionRequested) -> Said:
    branch = f", from {fact.origin.production} at {fact.origin.ordinal}" if fact.origin else ""
    return Said(f"asked for {quote(fact.words)}{_with_images(fact.images)}{branch}", Tone.PERSON)


def _directed(fact: e.ProductionDirected) -> Said:
    return Said(f"said {quote(fact.words)}{_with_images(fact.images)}", Tone.PERSON)


def _refused(fact: e.ProductionRefused) -> Said:
    return Said(f"refused ({fact.rule}): {sentence(fact.why)} {sentence(fact.help)}".rstrip(), Tone.BAD)


def _stalled(fact: e.ProductionStalled) -> Said:
    return Said(f"problem {fact.number} needs a person: {_problem(fact.problem)}", Tone.BAD)


def _resumed(fact: e.ProductionResumed) -> Said:
    return Said(f"go on with problem {fact.number}" + (f": {fact.why}" if fact.why else ""), Tone.PERSON)


def _looked_at(fact: e.ProductionReviewed) -> Said:
    failed = "; ".join(finding_in_words(one) for one in fact.findings if one.outcome is Outcome.FAIL)
    is_seen = any(one.outcome is not Outcome.UNOBSERVED for one in fact.findings)
    text = failed or ("nothing amiss" if is_seen else "nobody could have one")
    return Said(f"the last look at the film: {text}{_made(fact.made)}", Tone.WARNING if failed else Tone.QUIET)


def _done(fact: e.ProductionDone) -> Said:
    flagged = sum(one.is_flagged for one in fact.takes)
    flags = f", {count_of(flagged, 'segment')} flagged" if flagged else ""
    shown = f"{spell_length(fact.duration_s)}, {count_of(len(fact.takes), 'segment')}"
    return Said(f"the film is there: {shown}, {spell_bytes(fact.film.size_bytes)}{flags}", Tone.GOOD)


def _cancelled(fact: e.ProductionCancelled) -> Said:
    return Said("called it off" + (f": {fact.why}" if fact.why else ""), Tone.PERSON)


def _failed(fact: e.ProductionFailed) -> Said:
    return Said(f"it can't be made: {_problem(fact.problem)}", Tone.BAD)


def _deleted(fact: e.ProductionDeleted) -> Said:
    return Said("removed it; its artifacts go" + (f": {fact.why}" if fact.why else ""), Tone.PERSON)


def _adopted(fact: e.ProductionAdopted) -> Said:
    inner = codec.original(fact).fact
    what = f"{inner.type}, which is newer than this Kindling" if isinstance(inner, e.Unknown) else said(inner).text
    return Said(f"adopted: {what}", Tone.QUIET)


def _forked(fact: e.ProductionForked) -> Said:
    return Said("forked: from here on it goes its own way", Tone.PERSON)


def _rewound(fact: e.ProductionRewound) -> Said:
    source = "its recorded orders" if fact.to is e.Again.ORDERS else "the person's words"
    return Said(f"to be made again from {source}, and held against cut {fact.cut}", Tone.PERSON)


def _compared(fact: e.ProductionCompared) -> Said:
    return Said(f"the film: {likeness_in_words(fact.comparison)}", _tone_of(fact.comparison))


def _segment_compared(fact: e.SegmentCompared) -> Said:
    return Said(f"{_take(fact)}: {likeness_in_words(fact.comparison)}", _tone_of(fact.comparison))


def _tone_of(comparison: Comparison) -> Tone:
    return Tone.GOOD if comparison.likeness in MATCHING else Tone.BAD


def _questioned(fact: e.IntentQuestioned) -> Said:
    return Said(f"asks: {sentence(fact.text)} Without an answer: {sentence(fact.assumed)}", Tone.WARNING)


def _answered(fact: e.IntentAnswered) -> Said:
    answer = quote(fact.words) if fact.words else "as assumed"
    return Said(f"answered {answer}{_with_images(fact.images)}", Tone.PERSON)


def _parsed(fact: e.IntentParsed) -> Said:
    if fact.changes:
        changed = "; ".join(change_in_words(one) for one in fact.changes)
        return Said(f"brief {fact.number}: {changed}{_made(fact.made)}")
    return Said(f"brief {fact.number} “{fact.brief.title}”: {brief_in_words(fact.brief)}{_made(fact.made)}")


def _sample_ordered(fact: e.SampleOrdered) -> Said:
    again = f", take {fact.take}" if fact.take > 1 else ""
    return Said(f"sample for brief {fact.brief} ordered{again}: {_order(fact.order)}", Tone.QUIET)


def _sample_started(fact: e.SampleStarted) -> Said:
    return Said(f"sample goes to {_posting(fact.posting, fact.posting_number)}", Tone.QUIET)


def _sample_rendered(fact: e.SampleRendered) -> Said:
    return Said(f"the sample is there, in {spell_seconds(fact.cost.total_s)}", Tone.GOOD)


def _sample_failed(fact: e.SampleFailed) -> Said:
    if fact.failure.kind == e.CALLED_OFF:
        return Said(f"the sample was called off: {sentence(fact.failure.what)}", Tone.QUIET)
    return Said(f"the sample could not be rendered: {_failure(fact.failure)}", Tone.BAD)


def _sample_approved(fact: e.SampleApproved) -> Said:
    return Said("that is the vibe", Tone.PERSON)


def _sample_redirected(fact: e.SampleRedirected) -> Said:
    return Said(f"not yet: {quote(fact.words)}{_with_images(fact.images)}", Tone.PERSON)


def _plan_written(fact: e.PlanWritten) -> Said:
    return Said(f"the plan: {_plan(fact.plan)}{_made(fact.made)}")


def _plan_revised(fact: e.PlanRevised) -> Said:
    changed = " ".join(sentence(one) for one in fact.changes)
    return Said(f"plan {fact.number}: {changed or _plan(fact.plan)}{_made(fact.made)}")


def _segment_ordered(fact: e.SegmentOrdered) -> Said:
    why = f", because {fact.why[:1].lower()}{shorten(fact.why, 100)[1:].rstrip('.')}" if fact.why else ""
    return Said(f"{_take(fact)} ordered: {_order(fact.order)}{why}", Tone.QUIET)


def _segment_started(fact: e.SegmentStarted) -> Said:
    return Said(f"{_take(fact)} goes to {_posting(fact.posting, fact.posting_number)}", Tone.QUIET)


def _segment_rendered(fact: e.SegmentRendered) -> Said:
    return Said(f"{_take(fact)} is there, in {spell_seconds(fact.cost.total_s)}")


def _segment_failed(fact: e.SegmentFailed) -> Said:
    if fact.failure.kind == e.CALLED_OFF:
        return Said(f"{_take(fact)} was called off: {sentence(fact.failure.what)}", Tone.QUIET)
    return Said(f"{_take(fact)} could not be rendered: {_failure(fact.failure)}", Tone.BAD)


def _segment_approved(fact: e.SegmentApproved) -> Said:
    unseen = sum(one.outcome is Outcome.UNOBSERVED for one in fact.verdict.findings)
    rest = f", {unseen} not observed" if unseen else ""
    return Said(f"{_take(fact)} approved, score {fact.verdict.score:.2f}{rest}", Tone.GOOD)


def _segment_rejected(fact: e.SegmentRejected) -> Said:
    return Said(f"{_take(fact)} rejected: {failing(fact.verdict)}", Tone.WARNING)


def _segment_kept(fact: e.SegmentKept) -> Said:
    return Said(f"{_take(fact)} kept, flagged: {sentence(fact.why)}", Tone.WARNING)


def _segment_borrowed(fact: e.SegmentBorrowed) -> Said:
    return Said(f"{_take(fact)} is {fact.name} of {fact.production}")


def _segment_overruled(fact: e.SegmentOverruled) -> Said:
    word = "accepted" if fact.ruling is e.Ruling.ACCEPT else "refused"
    return Said(f"{_take(fact)} {word} by hand" + (f": {fact.why}" if fact.why else ""), Tone.PERSON)


def _work_failed(fact: e.WorkFailed) -> Said:
    return Said(f"{fact.service} could not handle {fact.subject}: {_problem(fact.problem)}", Tone.BAD)


def made_in_words(made: Made) -> str:
    """Return who or what made a document, and why not the one preferred: `by qwen3:8b`, `by rules, since …`."""
    by = f"by {made.model}" if made.model else f"by {made.by}"
    return f"{by} · {shorten(made.why)}" if made.why else by


def _made(made: Made) -> str:
    """Return the same at the end of a line; nothing where rules did it and nobody wanted a model."""
    return f" ({made_in_words(made)})" if made.model or made.why else ""


def _take(fact: e.OfTake) -> str:
    return f"take {fact.segment}-{fact.take}"


def _posting(posting: e.Posting, number: int) -> str:
    again = f", posting {number}" if number > 1 else ""
    where = f" at {posting.server}" if posting.server and posting.server != posting.renderer else ""
    return f"{posting.renderer}{where}{again}"


_SAID: dict[type[e.Fact], Callable[..., Said]] = {
    e.ProductionRequested: _requested,
    e.ProductionDirected: _directed,
    e.ProductionRefused: _refused,
    e.ProductionStalled: _stalled,
    e.ProductionResumed: _resumed,
    e.ProductionReviewed: _looked_at,
    e.ProductionDone: _done,
    e.ProductionCancelled: _cancelled,
    e.ProductionFailed: _failed,
    e.ProductionDeleted: _deleted,
    e.ProductionAdopted: _adopted,
    e.ProductionForked: _forked,
    e.ProductionRewound: _rewound,
    e.ProductionCompared: _compared,
    e.IntentQuestioned: _questioned,
    e.IntentAnswered: _answered,
    e.IntentParsed: _parsed,
    e.SampleOrdered: _sample_ordered,
    e.SampleStarted: _sample_started,
    e.SampleRendered: _sample_rendered,
    e.SampleFailed: _sample_failed,
    e.SampleApproved: _sample_approved,
    e.SampleRedirected: _sample_redirected,
    e.PlanWritten: _plan_written,
    e.PlanRevised: _plan_revised,
    e.SegmentOrdered: _segment_ordered,
    e.SegmentStarted: _segment_started,
    e.SegmentBorrowed: _segment_borrowed,
    e.SegmentRendered: _segment_rendered,
    e.SegmentFailed: _segment_failed,
    e.SegmentApproved: _segment_approved,
    e.SegmentRejected: _segment_rejected,
    e.SegmentKept: _segment_kept,
    e.SegmentOverruled: _segment_overruled,
    e.SegmentCompared: _segment_compared,
    e.WorkFailed: _work_failed,
}
