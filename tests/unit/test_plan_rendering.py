"""What plans are written for: the animatic, or workflows as far as servers have what these need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import structs

from bus import events as e
from bus.ids import digest_of
from bus.plan import Artifact, Brief, BriefImage, ImageRole, LoraWish, Mode, Size
from bus.plan_rules import plan_problems
from services._kit.comfyui.answers import Server
from services._kit.comfyui.survey import Surveyed, surveyed
from services._kit.settings import load
from services._kit.workflow_files import load_workflows
from services.planner.drafts import Unplannable
from services.planner.plan_settings import PlanSettings
from services.planner.rendering import Renderers, load_renderers
from services.planner.rules import plan_remarks, write_plan, write_sample
from tests.unit.test_plan_rules import brief
from tests.workflow_server import FILES, cogvideo_facts, facts

GOUACHE = """\
[[lora]]
name = "gouache"
file = "wan_gouache.safetensors"
family = "wan2.1-14b"
use = "style"
purpose = "Makes everything look painted in gouache."
strength = 0.8
modes = ["t2v"]
"""


def renderers(folder: Path, text: str = '[comfyui]\nurls = ["gpu:8188"]') -> Renderers:
    (folder / "kindling.toml").write_text(text, encoding="utf-8")
    (folder / "loras.toml").write_text(GOUACHE, encoding="utf-8")
    return load_renderers(load(folder, {}))


def server(url: str = "http://gpu:8188", **files: list[str]) -> Surveyed:
    """Return a server with these files in place of the usual ones of their folders."""
    return surveyed(url, Server(version="0.3.64"), facts({**FILES, **files}), load_workflows().all)


def settings_for(
    folder: Path, of: Brief, servers: Sequence[Surveyed], options: e.Options | None = None, text: str = ""
) -> PlanSettings:
    found = renderers(folder, text) if text else renderers(folder)
    return found.plan_settings(found.name_for(options or e.Options()), of, options or e.Options(), servers)


def with_pictures(*roles: ImageRole) -> Brief:
    def picture(role: ImageRole) -> Artifact:
        return Artifact(digest=digest_of(role.encode()), media_type="image/png", size_bytes=1)

    images = tuple(BriefImage(artifact=picture(role), role=role) for role in roles)
    mode = Mode.FLF2V if ImageRole.LAST_FRAME in roles else Mode.I2V
    return structs.replace(brief(), mode=mode, images=images)


@pytest.mark.parametrize(
    ("text", "option", "name"),
    [
        ("", None, "animatic"),
        ('renderer = "wan2.1"', None, "wan2.1"),
        ('[comfyui]\nurls = ["gpu:8188"]', None, "comfyui"),
        ('renderer = "animatic"\n[comfyui]\nurls = ["gpu:8188"]', None, "animatic"),
        ('[comfyui]\nurls = ["gpu:8188"]', "animatic", "animatic"),
        ("", "cogvideox", "cogvideox"),
    ],
)
def test_comfyui_is_used_where_it_is_set_and_the_animatic_elsewhere(
    tmp_path: Path, text: str, option: str | None, name: str
) -> None:
    """What a person asks of a film comes first, then the settings."""
    assert renderers(tmp_path, text).name_for(e.Options(renderer=option)) == name


def test_a_film_stays_with_what_it_was_begun_with(tmp_path: Path) -> None:
    """A sample and its film are of one renderer, whatever is set meanwhile."""
    assert renderers(tmp_path).name_for(e.Options(), used="animatic") == "animatic"


def test_a_server_with_everything_renders_wan(tmp_path: Path) -> None:
    """Text to video at 480p, segments that go on from one another, the sample by the quick variant."""
    found = settings_for(tmp_path, brief(), [server()])
    assert (found.renderer, found.fps, found.frames_max, found.frame_step) == ("wan2.1", 16, 81, 4)
    assert (found.chain_max, found.match_colours, found.caption, found.remarks) == (4, True, False, ())
    sample = write_sample(brief(aspect="9:16"), found)
    assert (sample.width, sample.height, sample.frame_count) == (480, 832, 33)
    assert (sample.draft, sample.steps, sample.renderer) == (True, None, "wan2.1")
    plan = write_plan(brief(duration_s=20.0), found)
    assert (plan.size, plan.match_colours) == (Size(832, 480), True)
    assert plan_problems(plan) == ()


@pytest.mark.parametrize(("has", "size"), [("480p", Size(832, 480)), ("720p", Size(1280, 720))])
def test_the_checkpoint_that_is_there_decides_the_size(tmp_path: Path, has: str, size: Size) -> None:
    """Image to video has one file for each; a film from a picture is made in the size of the one that is there."""
    files = [one for one in FILES["diffusion_models"] if "i2v" not in one or has in one]
    of = with_pictures(ImageRole.FIRST_FRAME)
    found = settings_for(tmp_path, of, [server(diffusion_models=files)])
    assert write_plan(of, found).size == size
    assert write_sample(of, found).width == size.width


def test_large_is_made_where_that_is_wished(tmp_path: Path) -> None:
    """Both are there: the small size is taken, unless the settings prefer the large one."""
    large = '[comfyui]\nurls = ["gpu:8188"]\nprefer_large = true'
    assert write_plan(brief(), settings_for(tmp_path, brief(), [server()], text=large)).size == Size(1280, 720)


def test_two_servers_together_have_what_a_film_needs(tmp_path: Path) -> None:
    """One has the model for words, the other that for pictures: work goes to whichever can."""
    words = server(diffusion_models=["wan2.1_t2v_14B_fp16.safetensors"])
    pictures = server("http://two:8188", diffusion_models=["wan2.1_i2v_480p_14B_fp16.safetensors"])
    assert settings_for(tmp_path, brief(), [words, pictures]).chain_max == 4
    alone = settings_for(tmp_path, brief(), [words])
    assert alone.chain_max == 1
    assert "begins with a cut" in plan_remarks(brief(), alone, write_plan(brief(), alone))[0]


def test_between_two_pictures_a_film_is_made_in_720p(tmp_path: Path) -> None:
    """That model knows no other size; all segments of a film have one."""
    of = with_pictures(ImageRole.FIRST_FRAME, ImageRole.LAST_FRAME)
    assert write_plan(of, settings_for(tmp_path, of, [server()])).size == Size(1280, 720)
    files = [one for one in FILES["diffusion_models"] if "flf2v" not in one]
    with pytest.raises(Unplannable, match=r"wan2\.1_flf2v_720p_14B_fp16"):
        settings_for(tmp_path, of, [server(diffusion_models=files)])


def test_without_the_distillation_the_sample_takes_more_steps_and_says_so(tmp_path: Path) -> None:
    """Nothing is downgraded silently: which file is missing, and what is done instead."""
    found = settings_for(tmp_path, brief(), [server(loras=["other.safetensors"])])
    sample = write_sample(brief(), found)
    assert (sample.draft, sample.steps, sample.frame_count) == (False, 20, 33)
    (remark,) = found.sample_remarks
    assert "20 steps" in remark
    assert "lightx2v" in remark


def test_the_small_model_stands_in_where_it_is_all_there_is_and_that_is_said(tmp_path: Path) -> None:
    """A server with WAN 1.3B alone renders with it; asked for by name, the large one is not replaced."""
    small = server(diffusion_models=["wan2.1_t2v_1.3B_fp16.safetensors"])
    found = settings_for(tmp_path, brief(), [small])
    assert (found.renderer, found.chain_max) == ("wan2.1-1.3b", 1)
    assert "wan2.1_t2v_14B" in found.remarks[0]
    with pytest.raises(Unplannable, match=r"wan2\.1_t2v_14B"):
        settings_for(tmp_path, brief(), [small], e.Options(renderer="wan2.1"))


def test_cogvideox_moves_at_its_own_pace(tmp_path: Path) -> None:
    """8 frames a second, lengths of 8n+1, one size; the plan adds up to the frame."""
    it = surveyed("http://gpu:8188", Server(version="0.3.64"), cogvideo_facts(), load_workflows().all)
    found = settings_for(tmp_path, brief(), [it], e.Options(renderer="cogvideox"))
    assert (found.fps, found.frame_step, found.frames_max) == (8, 8, 49)
    plan = write_plan(brief(duration_s=20.0), found)
    assert (plan.fps, plan.frame_count, plan.size) == (8, 160, Size(720, 480))
    assert {(one.frame_count - 1) % 8 for one in plan.segments} == {0}
    assert plan_problems(plan) == ()
    assert (write_sample(brief(), found).frame_count - 1) % 8 == 0


def test_a_server_that_is_away_is_planned_for_as_if_it_had_everything(tmp_path: Path) -> None:
    """The creator waits for it, and says what is missing when it is there."""
    away = Surveyed(url="http://gpu:8188", why="connection refused")
    assert settings_for(tmp_path, brief(), [away]) == settings_for(tmp_path, brief(), [server()])


def test_a_lora_is_taken_from_the_catalogue_at_its_usual_strength(tmp_path: Path) -> None:
    """Named for the film it is in the sample too; a strength that is said wins."""
    wish = LoraWish(name="gouache")
    found = settings_for(tmp_path, brief(), [server()], e.Options(loras=(wish,)))
    assert [(one.lora.name, one.lora.strength) for one in found.loras] == [("gouache", 0.8)]
    assert write_sample(brief(), found).loras == (found.loras[0].lora,)
    assert [one.lora.name for one in found.lora_choices] == ["gouache"]
    strong = settings_for(tmp_path, brief(), [server()], e.Options(loras=(structs.replace(wish, strength=1.1),)))
    assert strong.loras[0].lora.strength == 1.1


@pytest.mark.parametrize(
    ("name", "renderer", "said"),
    [("gouach", None, "Did you mean 'gouache'"), ("gouache", "wan2.1-1.3b", "is made for wan2.1-14b")],
)
def test_a_lora_that_can_not_be_used_is_a_sentence(tmp_path: Path, name: str, renderer: str | None, said: str) -> None:
    """Unknown, or of another model: ComfyUI would load nothing of it and say nothing."""
    options = e.Options(renderer=renderer, loras=(LoraWish(name=name),))
    with pytest.raises(Unplannable, match=said):
        settings_for(tmp_path, brief(), [server()], options)


def test_a_workflow_nobody_knows_is_a_sentence(tmp_path: Path) -> None:
    """With the names there are."""
    with pytest.raises(Unplannable, match=r"There are .*wan2\.1"):
        settings_for(tmp_path, brief(), [server()], e.Options(renderer="wan21"))
