"""How a model fails to answer: a few kinds, each with what happened, why, and what helps."""

from __future__ import annotations

import enum


class FailureKind(enum.StrEnum):
    """What kept an answer from coming."""

    UNREACHABLE = "unreachable"
    """Nothing answers at the address, or it went away."""
    MISSING_MODEL = "missing_model"
    """The server has no model that is wanted."""
    EMPTY = "empty"
    """The model ended without an answer, thoughts aside."""
    TRUNCATED = "truncated"
    """The answer was broken off: by its limit on tokens, or by the server."""
    INVALID = "invalid"
    """The answer is not of the type that was asked for."""
    TIMED_OUT = "timed_out"
    """It took too long: to the first token, between two, or as a whole."""
    TOO_LONG = "too_long"
    """The question does not fit the model's context; it was not sent."""
    REFUSED = "refused"
    """The server said no, or failed over it."""


class ModelFailed(Exception):
    """There is no answer: of which kind the failure is, and what happened, why, and what helps.

    `may_pass` says that the same question may be answered a moment later.
    """

    def __init__(self, kind: FailureKind, what: str, *, why: str = "", help: str = "", may_pass: bool = False) -> None:
        self.kind, self.what, self.why, self.help, self.may_pass = kind, what, why, help, may_pass
        super().__init__(" ".join(part for part in (what, why, help) if part))
