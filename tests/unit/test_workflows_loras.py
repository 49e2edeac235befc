from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bus.policy import UPLOADED_PERSON, refusal
from services._kit.graphs import WorkflowWrong
from services._kit.loras import Lora, Loras, Use, load_loras
from services._kit.workflow_files import load_workflows

WORKFLOWS = load_workflows()
T2V = WORKFLOWS.get("wan2.1-t2v")
PAINTED = Lora(
    name="painted",
    file="painted.safetensors",
    family="wan2.1-14b",
    use=Use.STYLE,
    purpose="Looks like gouache.",
    triggers=("gouache style",),
    strength=0.8,
)
FACE = msgspec.structs.replace(PAINTED, name="face", file="x/face.safetensors", use=Use.CHARACTER, modes=("i2v",))
SMALL = msgspec.structs.replace(PAINTED, name="small", file="small.safetensors", family="wan2.1-1.3b")
KNOWN = Loras(all=(*load_loras().all, PAINTED, FACE, SMALL))


def test_the_distillation_of_each_fast_workflow_is_in_the_catalogue() -> None:
    """What the fast variants load is described, fits their model and mode, and is nothing a planner chooses."""
    known = load_loras()
    for workflow in WORKFLOWS.all:
        for need in workflow.needs:
            if need.folder == "loras":
                assert known.misfit(need.names[0], workflow, workflow.modes[0]) is None
                assert known.get(need.names[0]).use is Use.SPEED
    assert known.fitting("wan2.1-14b") == ()


def test_a_planner_chooses_among_what_fits_and_is_there() -> None:
    """Of the model's family, for the mode, and, where the server's files are known, on the server."""
    assert KNOWN.fitting("wan2.1-14b") == (PAINTED, FACE)
    assert KNOWN.fitting("wan2.1-14b", "t2v") == (PAINTED,)
    assert KNOWN.fitting("wan2.1-14b", None, ("styles/face.safetensors",)) == (FACE,)
    assert KNOWN.fitting("cogvideox-5b") == ()


def test_a_lora_is_applied_with_its_usual_strength_and_the_servers_name() -> None:
    """A strength that is said wins; a server may keep the file in a subfolder."""
    assert KNOWN.choose("painted", None, T2V, "t2v").strength == 0.8
    assert KNOWN.choose("painted", 0.0, T2V, "t2v").strength == 0.0
    assert KNOWN.choose("painted", 1.2, T2V, "t2v", ("wan\\painted.safetensors",)).file == "wan\\painted.safetensors"


@pytest.mark.parametrize(
    ("name", "strength", "said"),
    [
        ("paintd", None, "Did you mean 'painted'"),
        ("unheard", None, "not in the catalogue"),
        ("small", None, "made for wan2.1-1.3b, and wan2.1-t2v renders with wan2.1-14b"),
        ("face", None, "made for i2v, and the segment is t2v"),
        ("painted", 9.0, "strength 9"),
    ],
)
def test_a_lora_that_cannot_be_used_is_a_sentence(name: str, strength: float | None, said: str) -> None:
    """Unknown, for another model, for another mode, or too strong: ComfyUI would say nothing."""
    with pytest.raises(WorkflowWrong) as refused:
        KNOWN.choose(name, strength, T2V, "t2v")
    assert said in str(refused.value)


def test_files_that_nobody_described_are_named() -> None:
    """What a server has beyond the catalogue is listed, so that a person can describe it."""
    assert KNOWN.unknown(("a/painted.safetensors", "mystery.safetensors")) == ("mystery.safetensors",)


def test_the_policy_reads_what_a_lora_is_for() -> None:
    """An innocent prompt over an uploaded picture is refused where the LoRA undresses; also one known by name alone."""
    undress = msgspec.structs.replace(PAINTED, name="q7", purpose="Undresses the person in the picture.")
    known = Loras(all=(PAINTED, undress))
    for names in (("q7",), ("remove_clothes-v2.safetensors",)):
        refused = refusal("she smiles", has_uploaded_picture=True, lora_purposes=known.purposes(names))
        assert refused is not None
        assert refused.rule == UPLOADED_PERSON
    assert refusal("she smiles", has_uploaded_picture=True, lora_purposes=known.purposes(("painted",))) is None


def test_trigger_words_come_in_front_once() -> None:
    """Without its trigger a LoRA has no effect; words that stand there already are not said twice."""
    assert KNOWN.with_triggers("a boat", ("painted",)) == "gouache style, a boat"
    assert KNOWN.with_triggers("a boat in Gouache style", ("painted",)) == "a boat in Gouache style"


def test_the_home_adds_to_the_catalogue_and_replaces_by_name(tmp_path: Path) -> None:
    """A `loras.toml` in the home describes a person's own; a mistake in it is said."""
    file = tmp_path / "loras.toml"
    file.write_text(
        '[[lora]]\nname = "painted"\nfile = "p.safetensors"\nfamily = "wan2.1-14b"\nuse = "style"\n'
        'purpose = "Gouache."\n'
        '[[lora]]\nname = "lightx2v-t2v"\nfile = "mine.safetensors"\nfamily = "wan2.1-14b"\nuse = "speed"\n'
        'purpose = "Fast."\n'
    )
    known = load_loras(tmp_path)
    assert known.get("painted").strength == 1.0
    assert known.get("lightx2v-t2v").file == "mine.safetensors"
    assert len(known.all) == len(load_loras().all) + 1
    file.write_text('[[lora]]\nname = "x"\n')
    with pytest.raises(WorkflowWrong, match="catalogue of LoRAs"):
        load_loras(tmp_path)
