"""The catalogue of LoRAs: what each file is for, which models it fits, and how strongly it is applied."""

from __future__ import annotations

import difflib
import enum
from pathlib import Path

import msgspec
from msgspec import Struct

from services._kit.bindings import LoraFile, base_name, resolve_file
from services._kit.graphs import WorkflowWrong
from services._kit.workflow_files import LORAS_FILE, SHIPPED, read_toml
from services._kit.workflows import MODES, Mode, Workflow

STRENGTH_MAX = 4.0


class Use(enum.StrEnum):
    """What a LoRA changes."""

    STYLE = "style"
    CHARACTER = "character"
    MOTION = "motion"
    CAMERA = "camera"
    QUALITY = "quality"
    SPEED = "speed"
    """It makes renders faster; workflows choose it, planners don't."""


class Lora(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One LoRA of the catalogue."""

    name: str
    """What a person or a plan names it by."""
    file: str
    family: str
    """The model that it was trained for: `wan2.1-14b`. Of another size or kind none of it would be loaded."""
    use: Use
    purpose: str
    """What it is for, in a sentence; the content policy reads it."""
    modes: tuple[Mode, ...] = MODES
    triggers: tuple[str, ...] = ()
    """Words that have to stand in the prompt for it to take effect."""
    strength: float = 1.0
    source: str = ""
    """The repository on Hugging Face that has it."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lora: tuple[Lora, ...] = ()


class Loras(Struct, frozen=True, kw_only=True):
    """The catalogue: what is shipped, and what the person added."""

    all: tuple[Lora, ...]

    def get(self, name: str) -> Lora:
        """Return the LoRA of this name, or of this file's name.

        Raises:
            WorkflowWrong: the catalogue has none.
        """
        for one in self.all:
            if name in (one.name, one.file) or base_name(one.file) == base_name(name):
                return one
        names = [one.name for one in self.all]
        near = difflib.get_close_matches(name, names, n=1)
        raise WorkflowWrong(
            f"The LoRA {name!r} is not in the catalogue.",
            why="Which model it fits and what it is for is not known, so it is not used: a LoRA for another model "
            "loads without an error and without effect.",
            help=f"Did you mean {near[0]!r}?"
            if near
            else "Describe it in loras.toml of your home; docs/workflows.md shows how.",
        )

    def fitting(self, family: str, mode: Mode | None = None, listed: tuple[str, ...] | None = None) -> tuple[Lora, ...]:
        """Return what a planner may choose from: of the model's family, and on the server where its files are known."""
        return tuple(
            one
            for one in self.all
            if one.family == family
            and one.use is not Use.SPEED
            and (mode is None or mode in one.modes)
            and (listed is None or resolve_file((one.file,), listed) is not None)
        )

    def unknown(self, listed: tuple[str, ...]) -> tuple[str, ...]:
        """Return the files of a server that the catalogue does not describe."""
        known = {base_name(one.file) for one in self.all}
        return tuple(one for one in listed if base_name(one) not in known)

    def choose(
        self, name: str, strength: float | None, workflow: Workflow, mode: Mode, listed: tuple[str, ...] | None = None
    ) -> LoraFile:
        """Return the file and the strength that a LoRA is applied with.

        Args:
            strength: None for its usual one.
            listed: the LoRA files of the server; it may keep them in subfolders.

        Raises:
            WorkflowWrong: it is unknown, made for another model or mode, or its strength can't be.
        """
        lora = self.get(name)
        reason = self.misfit(lora.file, workflow, mode)
        if reason is not None:
            raise reason
        wanted = lora.strength if strength is None else strength
        if not -STRENGTH_MAX <= wanted <= STRENGTH_MAX:
            raise WorkflowWrong(
                f"The LoRA {name} can't be applied with strength {wanted:g}.",
                why=f"Beyond {STRENGTH_MAX:g} nothing of the picture is left.",
                help=f"Its usual strength is {lora.strength:g}.",
            )
        return LoraFile(file=resolve_file((lora.file,), listed or ()) or lora.file, strength=wanted)

    def misfit(self, file: str, workflow: Workflow, mode: Mode) -> WorkflowWrong | None:
        """Return why a LoRA can't be used in this workflow, or None where it can."""
        try:
            lora = self.get(file)
        except WorkflowWrong as error:
            return error
        slot = workflow.loras
        if slot is None:
            return WorkflowWrong(
                f"The workflow {workflow.name} has no place for LoRAs.",
                why=f"{lora.name} was asked for.",
                help="Leave it out, or choose another workflow.",
            )
        if lora.family != slot.family:
            fitting = ", ".join(one.name for one in self.fitting(slot.family, mode)) or "none of the catalogue"
            return WorkflowWrong(
                f"The LoRA {lora.name} is made for {lora.family}, and {workflow.name} renders with {slot.family}.",
                why="ComfyUI would load nothing of it and say nothing.",
                help=f"Leave it out, or choose one that fits: {fitting}.",
            )
        if mode not in lora.modes:
            return WorkflowWrong(
                f"The LoRA {lora.name} is made for {', '.join(lora.modes)}, and the segment is {mode}.",
                why="It was trained on the other kind of model.",
                help="Leave it out for this segment.",
            )
        return None

    def purposes(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the content policy is to read for these LoRAs: name, file, purpose and trigger words of each.

        One that the catalogue has not is known by its name alone, and that is what is read.
        """
        read = []
        for name in names:
            try:
                lora = self.get(name)
            except WorkflowWrong:
                read.append(_spaced(name))
                continue
            read.append(" . ".join((_spaced(lora.name), _spaced(base_name(lora.file)), lora.purpose, *lora.triggers)))
        return tuple(read)

    def with_triggers(self, prompt: str, names: tuple[str, ...]) -> str:
        """Return the prompt with the trigger words in front that it does not hold yet."""
        missing = [
            word for name in names for word in self.get(name).triggers if word.casefold() not in prompt.casefold()
        ]
        return ", ".join((*dict.fromkeys(missing), prompt)) if missing else prompt


def load_loras(home: Path | None = None, shipped: Path = SHIPPED) -> Loras:
    """Return the shipped catalogue with what the home adds in `loras.toml`; there, a name replaces a shipped one.

    Raises:
        WorkflowWrong: a catalogue can't be read.
    """
    found: dict[str, Lora] = {}
    for file in (shipped / LORAS_FILE, home / LORAS_FILE if home is not None else None):
        if file is None or (not file.exists() and file.parent != shipped):
            continue
        try:
            read = msgspec.convert(read_toml(file), _File).lora
        except msgspec.ValidationError as error:
            raise WorkflowWrong(
                f"The catalogue of LoRAs {file} says something that can't be.",
                why=f"{error}.",
                help="docs/workflows.md lists its keys.",
            ) from error
        found.update({one.name: one for one in read})
    return Loras(all=tuple(found.values()))


def _spaced(name: str) -> str:
    """Return a name as words: those of file names are joined by anything."""
    stem = name.removesuffix(".safetensors")
    return " ".join("".join(one if one.isalnum() else " " for one in stem).split())
