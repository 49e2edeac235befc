"""Kinds of failures of a render, as a person and a policy can act on them."""

from __future__ import annotations

import enum


class FailureKind(enum.StrEnum):
    """What kind of thing went wrong."""

    VALIDATION = "validation"
    """The order asks for what this renderer can't do, or its workflow is not valid."""
    MISSING_MODEL = "missing_model"
    OUT_OF_MEMORY = "out_of_memory"
    NODE_FAILED = "node_failed"
    """A step of the workflow raised an error."""
    UNREACHABLE = "unreachable"
    STUCK = "stuck"
    """The server answers and the render does not get on."""
    LOST = "lost"
    """The server has forgotten the render: it was started anew, perhaps."""
    BAD_OUTPUT = "bad_output"
    """There is a clip, and it is not what was ordered."""

    @property
    def is_retryable(self) -> bool:
        """Say whether the very same order may succeed if it is tried again."""
        return self not in (FailureKind.VALIDATION, FailureKind.MISSING_MODEL, FailureKind.OUT_OF_MEMORY)
