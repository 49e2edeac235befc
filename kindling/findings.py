"""What a reviewer found, in words; and words of others, shortened to a line."""

from __future__ import annotations

from bus.plan import Finding, Outcome, Verdict

SHORT_LENGTH = 160
"""Words of a person are shortened to this in one line of the log; `--json` has them whole."""


def shorten(words: str, length_max: int = SHORT_LENGTH) -> str:
    """Return the words in one line, cut at a word where they are long."""
    line = " ".join(words.split())
    if len(line) <= length_max:
        return line
    return line[: length_max - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + " …"


def failing(verdict: Verdict) -> str:
    """Return why a take was turned down: what failed, with its value and its threshold."""
    failed = [one for one in verdict.findings if one.outcome is Outcome.FAIL and one.must_hold]
    failed = failed or [one for one in verdict.findings if one.outcome is Outcome.FAIL]
    return "; ".join(finding_in_words(one) for one in failed) or shorten(verdict.advice) or "no reason was given"


def finding_in_words(finding: Finding) -> str:
    """Return one finding: its name, and the evidence or the measured value beside its threshold."""
    name = finding.criterion.replace("_", " ").replace("-", " ")
    if finding.evidence:
        return f"{name}: {shorten(finding.evidence, 100)}"
    if finding.value is None:
        return name
    unit = f" {finding.unit}" if finding.unit else ""
    limit = f", the limit is {finding.threshold:g}{unit}" if finding.threshold is not None else ""
    return f"{name} {finding.value:.3g}{unit}{limit}"
