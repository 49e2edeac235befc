"""What an answer or an ending means for the person: which kind of failure, why, and what would help. Pure."""

from __future__ import annotations

from typing import Final

from bus.plan import Order
from services._kit.comfyui.answers import Answer, NodeFailure, NodeProblem
from services._kit.comfyui.errors import Unreached
from services.creator.renderers.renderer import FailureKind, RenderFailed

MODEL_FILES: Final = (".safetensors", ".gguf", ".ckpt", ".pt", ".pth", ".bin", ".sft")
WORDS_MAX: Final = 600
"""A node's message may be pages; the log needs its beginning."""

_OUT_OF_MEMORY_TYPES = ("outofmemory",)
_OUT_OF_MEMORY_WORDS = ("out of memory", "allocation on device", "not enough memory")


def rejection(answer: Answer) -> RenderFailed:
    """Return why a graph was not taken, in the words of its nodes."""
    missing = [one for one in answer.problems if _names_missing_model(one)]
    if missing:
        names = ", ".join(dict.fromkeys(str(one.value) for one in missing))
        node = missing[0]
        return RenderFailed(
            FailureKind.MISSING_MODEL,
            f"ComfyUI has no model file {names}, which node {node.node} ({node.class_type}) of the workflow names.",
            "Put the file into ComfyUI's models folder, or choose another workflow.",
        )
    if answer.problems:
        why = "; ".join(f"node {one.node} ({one.class_type}): {_said(one)}" for one in answer.problems)
        return RenderFailed(
            FailureKind.VALIDATION,
            f"ComfyUI does not accept the workflow: {_short(why)}.",
            "Correct the workflow's graph or its binding; `kindling workflows check` says more.",
        )
    head = " ".join(part for part in (answer.error_message, answer.error_details) if part)
    if answer.error_type == "missing_node_type" or "does not exist" in answer.error_message:
        help = "Install the node pack that has this node into ComfyUI, or update ComfyUI."
    elif answer.error_type == "prompt_outputs_failed_validation":
        # Older servers say nothing at all about a graph that runs in a circle.
        help = "It names no node: most likely two nodes of the workflow depend on each other."
    else:
        help = "Export the workflow again in API format; `kindling workflows check` says more."
    return RenderFailed(
        FailureKind.VALIDATION, f"ComfyUI does not accept the workflow: {_short(head or answer.error_type)}", help
    )


def node_failure(failure: NodeFailure | None, order: Order, smaller: Order | None) -> RenderFailed:
    """Return why a prompt ended in an error."""
    if failure is None:
        return RenderFailed(
            FailureKind.NODE_FAILED,
            "ComfyUI ended the render with an error and does not say which.",
            "See its console.",
        )
    where = f"node {failure.node_id} ({failure.node_type})"
    words = _short(failure.exception_message.strip()) or failure.exception_type
    if is_out_of_memory(failure):
        return _out_of_memory(where, order, smaller)
    return RenderFailed(
        FailureKind.NODE_FAILED,
        f"ComfyUI failed in {where}: {failure.exception_type}: {words}",
        "See ComfyUI's console. If it names a model file, that file may be broken or of another kind.",
    )


def is_out_of_memory(failure: NodeFailure) -> bool:
    """Say whether the node failed for want of memory, on whatever kind of device."""
    kind, words = failure.exception_type.lower(), failure.exception_message.lower()
    return any(one in kind for one in _OUT_OF_MEMORY_TYPES) or any(one in words for one in _OUT_OF_MEMORY_WORDS)


def _out_of_memory(where: str, order: Order, smaller: Order | None) -> RenderFailed:
    tried = f"{order.width}×{order.height} with {order.frame_count} frames"
    if smaller is None:
        help = "It is the smallest setting there is: start ComfyUI with --lowvram, or use a smaller model."
    else:
        fits = f"{smaller.width}×{smaller.height} with {smaller.frame_count} frames"
        help = f"Likely to fit: {fits}. Or start ComfyUI with --lowvram, or close what else uses the GPU."
    return RenderFailed(FailureKind.OUT_OF_MEMORY, f"ComfyUI ran out of memory in {where} at {tried}.", help, smaller)


def unreachable(error: Unreached, waited_s: float) -> RenderFailed:
    """Return that a server gave no answer for too long."""
    return RenderFailed(
        FailureKind.UNREACHABLE,
        f"ComfyUI at {error.url} has not answered for {waited_s:.0f} s: {_short(error.why)}",
        "See whether it runs, and whether this machine can reach it. Whether it still renders is unknown.",
    )


def stuck(url: str, waited_s: float) -> RenderFailed:
    """Return that a server accepts work and does none."""
    return RenderFailed(
        FailureKind.STUCK,
        f"ComfyUI at {url} has renders waiting and has worked on none for {waited_s:.0f} s.",
        "Its worker has died, though it still answers: restart ComfyUI.",
    )


def silent(url: str, waited_s: float) -> RenderFailed:
    """Return that a render runs and does not get on."""
    return RenderFailed(
        FailureKind.STUCK,
        f"The render on ComfyUI at {url} has shown no progress for {waited_s:.0f} s; it was stopped.",
        "See ComfyUI's console; restart it if it hangs.",
    )


def lost(url: str) -> RenderFailed:
    """Return that a server knows nothing of a render."""
    return RenderFailed(
        FailureKind.LOST,
        f"ComfyUI at {url} does not know the render any more: it was started anew, or somebody removed it.",
        "Nothing was rendered twice; it can be ordered again.",
    )


def stopped(url: str) -> RenderFailed:
    """Return that somebody stopped a render that is still wanted."""
    return RenderFailed(
        FailureKind.LOST, f"The render on ComfyUI at {url} was interrupted.", "If nobody meant that, order it again."
    )


def _names_missing_model(problem: NodeProblem) -> bool:
    return (
        problem.type == "value_not_in_list"
        and problem.value is not None
        and problem.value.lower().endswith(MODEL_FILES)
    )


def _said(problem: NodeProblem) -> str:
    return f"{problem.message}: {problem.details}" if problem.details else problem.message


def _short(text: str) -> str:
    return text if len(text) <= WORDS_MAX else f"{text[:WORDS_MAX]} …"
