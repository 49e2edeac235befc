"""`python -m tests.fakes`: the fake ComfyUI as a process of its own, to try Kindling on without a GPU."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tests.fakes.comfyui import FakeComfyUi


async def serve(said: argparse.Namespace) -> None:
    """Serve until killed; say where, once it listens."""
    fake = FakeComfyUi(said.folder, said.port)
    controls = fake.controls
    controls.step_s, controls.has_previews, controls.version = said.step_s, said.previews, said.version
    controls.has_card = True
    controls.device, controls.drift, controls.model_bytes = said.device, said.drift, said.model_bytes
    if said.memory_gb:
        controls.memory_bytes = round(said.memory_gb * 1e9)
    if said.fits:
        width, height, frames = (int(one) for one in said.fits.split("x"))
        controls.fits = width * height * frames
    for name in said.without:
        for files in controls.models.values():
            files[:] = [one for one in files if name not in one]
    for name in said.has:
        folder, _, file = name.partition("/")
        controls.models[folder].append(file)
    await fake.start()
    sys.stdout.write(f"{fake.url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    """Read what kind of server it is to be, and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where its input and output lie")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--version", default="0.3.64")
    parser.add_argument("--step-s", type=float, default=0.02, help="how long a sampling step takes")
    parser.add_argument("--previews", action="store_true", help="send a picture with each step")
    parser.add_argument("--fits", default="", help="the largest clip that fits into its memory, as 832x480x81")
    parser.add_argument("--memory-gb", type=float, default=0.0, help="what it says that its GPU has")
    parser.add_argument("--device", default="A Card", help="what its GPU is called")
    parser.add_argument("--drift", type=int, default=0, help="levels by which its pictures differ from another GPU's")
    parser.add_argument("--model-bytes", type=int, default=9_663_676_416, help="how large its models' files are")
    parser.add_argument("--without", action="append", default=[], help="lacks the files whose name holds this")
    parser.add_argument("--has", action="append", default=[], help="has this file, too, as vae/NAME")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
