"""The graph that each shipped workflow posts for one fixed order; `python -m tests.golden.posted` writes them anew.

Unlike stored events these may change: whoever changes a workflow looks at the difference, and commits it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from services._kit.bindings import LoraFile, OrderValues, bind
from services._kit.graphs import encode_graph
from services._kit.workflow_files import load_workflows
from services._kit.workflows import Role, Workflow

FOLDER: Final = Path(__file__).parent / "workflows"
SEED: Final = 2**64 - 1


def order_of(workflow: Workflow) -> OrderValues:
    """Return the fixed order in the workflow's own terms: its last size, its shortest length, two LoRAs."""
    size = workflow.sizes[-1]
    return OrderValues(
        mode=workflow.modes[0],
        prompt="A lighthouse at dusk, “painted”, Ölfarbe",
        negative="text, watermark",
        seed=SEED,
        width=size.width,
        height=size.height,
        frames=workflow.frames.least,
        fps=workflow.fps,
        prefix="kindling/0f8fad5b-d9cb-469f-a165-70867728950e",
        start_image="first-0a1b.png" if Role.START_IMAGE in workflow.roles else None,
        end_image="last-2c3d.png" if Role.END_IMAGE in workflow.roles else None,
        loras=(LoraFile(file="painted.safetensors", strength=0.8), LoraFile(file="slow.safetensors", strength=1)),
    )


def posted(workflow: Workflow) -> bytes:
    """Return the graph that is posted, as a file."""
    return encode_graph(bind(workflow, order_of(workflow)).graph)


def main() -> int:
    """Write every golden file."""
    FOLDER.mkdir(exist_ok=True)
    for workflow in load_workflows().all:
        (FOLDER / f"{workflow.name}.json").write_bytes(posted(workflow))
        sys.stdout.write(f"wrote {workflow.name}.json\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
