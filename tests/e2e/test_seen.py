"""Films whose takes a model looks at: real processes, a fake Ollama that sees, and a GPU that ComfyUI wants as well."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bus import events as e
from bus.ids import ProductionId
from services.reviewer.answers import Reply
from tests.e2e.browser import PHONE, visiting
from tests.e2e.house import KINDLING, House, create, until
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.ollama import FakeOllama, ollama
from tests.fakes.ollama_script import QWEN3_VL, Answer, Asked, Script
from tests.fakes.vision import Witness

WISH = "one red fox in the middle of the ice, seen from the side"


@asynccontextmanager
async def house_with(folder: Path, settings: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Run a Kindling with these settings, and see that nothing of it is left."""
    monkeypatch.delenv("KINDLING_LLM", raising=False)
    house = House(folder / "home")
    file = house.root / "kindling.toml"
    file.write_text(f"{file.read_text()}\n{settings}\n")
    await house.up()
    try:
        yield house
    except AssertionError:
        for log in sorted((house.root / ".kindling" / "logs").glob("*.log")):
            # Shown with the failure: what the services were doing is not to be seen from here.
            sys.stdout.write("\n".join((f"-- {log.name}", *log.read_text().splitlines()[-12:], "")))
        raise
    finally:
        await house.down()
        assert house.children() == {}


async def facts_of(house: House, production: str) -> list[e.Fact]:
    """Return all facts of a production."""
    async with house.log() as log:
        recorded = await log.read(ProductionId(production))
    facts = (one.event.fact for one in recorded if isinstance(one, e.Recorded))
    return [one for one in facts if isinstance(one, e.Fact)]


def _is_there(house: House, production: str) -> Callable[[], bool]:
    return lambda: house.film(production).with_suffix(".json").exists()


async def test_a_take_without_what_was_asked_is_made_again_with_the_advice(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the model saw turns the take down; its advice is in the next prompt, that take passes; the page says it."""
    looks = Counter[str]()

    def fox(round_: str) -> Reply:
        looks[round_] += 1
        return Reply.NO if looks[round_] == 1 else Reply.YES

    witness = Witness(script={"fox": fox}, wish=WISH)
    fake = FakeOllama(models=[QWEN3_VL], scripts=witness.scripts())
    async with ollama(fake), house_with(tmp_path, f'[llm]\nurl = "{fake.url}"', monkeypatch) as house:
        production = await create(house, "A red fox crosses a frozen lake, 4 seconds", sample=False, takes_max=3)
        await until(_is_there(house, production), 120, "the film")
        facts = await facts_of(house, production)
        await _read_what_was_seen(browser, house, production)
    (rejected,) = [one for one in facts if isinstance(one, e.SegmentRejected)]
    assert rejected.made.model == QWEN3_VL.name
    (failed,) = [one for one in rejected.verdict.findings if one.outcome == "fail"]
    assert failed.evidence.startswith("at ")
    first, second = [one for one in facts if isinstance(one, e.SegmentOrdered)]
    assert WISH not in first.order.prompt
    assert second.order.prompt.endswith(WISH)
    (approved,) = [one for one in facts if isinstance(one, e.SegmentApproved)]
    assert (approved.segment, approved.take) == (1, 2)
    (look,) = [one for one in facts if isinstance(one, e.ProductionReviewed)]
    manifest = json.loads(house.film(production).with_suffix(".json").read_text())
    assert [one["criterion"] for one in manifest["last_look"]["findings"]] == [one.criterion for one in look.findings]
    assert manifest["last_look"]["made"]["model"] == QWEN3_VL.name
    assert [one.prompt for one in fake.asked] == ["describe", "check", "describe", "check", "film"]


async def _read_what_was_seen(browser: Browser, house: House, production: str) -> None:
    """Read on the page what was asked of both takes, what was answered, when it is seen, and by whom."""
    async with visiting(browser, house, (1440, 1500)) as visit:
        page = visit.page
        await visit.open(f"#{production}")
        await page.locator("[data-segment='1'] .card-open").click()
        first, second = (page.locator(".take").filter(has=page.locator("h3", has_text=f"Take {one}")) for one in (1, 2))
        for take, answer in ((first, "no"), (second, "yes")):
            seen = take.locator(".verdict-part", has=page.locator("h4", has_text="What the model saw"))
            await expect(seen.locator("h4")).to_contain_text(QWEN3_VL.name)
            fox = seen.locator(".finding").filter(has_text="fox").first
            await expect(fox.locator(".finding-name")).to_have_text(re.compile(r"^Is .*fox.*\?$"))
            await expect(fox.locator(".finding-outcome")).to_have_text(answer)
            await expect(fox.locator(".finding-words")).to_have_text(
                re.compile(rf"^At \d.* s: In pictures 2 and 3: {answer}\.$")
            )
        await expect(first.locator(".score")).to_contain_text(f"next take: {WISH}")
        await expect(first.locator(".verdict-part h4", has_text="What was measured")).to_have_count(1)
        await page.locator("#takes").scroll_into_view_if_needed()
        await visit.picture("seen-dark")
        await visit.check_accessible()
        for size, dark, name in (((1440, 1500), False, "seen-light"), (PHONE, True, "seen-phone-dark")):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await page.emulate_media(color_scheme="dark" if dark else "light")
            await first.locator(".verdict").scroll_into_view_if_needed()
            await visit.picture(name)


def _on_one_card(fake: FakeOllama, server: FakeComfyUi, quarrels: list[str]) -> dict[str, Script]:
    """Return the scripts of a model that notices when ComfyUI's models lie in memory while it is asked."""

    def watched(script: Script) -> Script:
        def answer(asked: Asked) -> Answer:
            if server.life.has_models or server.life.running:
                quarrels.append(f"asked to {asked.prompt} while ComfyUI has the memory")
            return script(asked)

        return answer

    return {name: watched(script) for name, script in fake.scripts.items()}


async def test_on_one_gpu_the_phases_take_turns(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rendering and looking never have the memory together; all takes are seen in one phase; waiting is explained."""
    fake = FakeOllama(models=[QWEN3_VL], scripts=Witness().scripts())
    quarrels: list[str] = []
    async with ollama(fake), comfyui(tmp_path / "comfyui") as server:
        server.controls.has_card, server.controls.step_s = True, 0.01

        begun = Counter[str]()

        def notice() -> None:
            quarrels.extend(f"rendering while {one} has the memory" for one in fake.loaded)
            begun["render"] += 1
            if begun["render"] == 2:
                # The second render stands still until somebody has read why the first take is not looked at yet.
                server.controls.gate.clear()

        server.controls.on_run = notice
        fake.scripts = _on_one_card(fake, server, quarrels)
        settings = f'[llm]\nurl = "{fake.url}"\n\n[comfyui]\nurls = ["{server.url}"]\n\n[gpu]\nlinger_s = 3.0'
        async with house_with(tmp_path, settings, monkeypatch) as house:
            tailing = await asyncio.create_subprocess_exec(
                str(KINDLING),
                "tail",
                env=house.environment,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            production = await create(house, "A red fox crosses a frozen lake, 14 seconds", sample=False)
            async with visiting(browser, house) as visit:
                await visit.open(f"#{production}")
                waiting = visit.page.locator("[data-segment='1'] .meter-note")
                await expect(waiting).to_have_text("The GPU is rendering segment 2.")
                await expect(visit.page.locator("[data-segment='1'] .meter-bar")).to_have_count(0)
                await waiting.scroll_into_view_if_needed()
                await visit.picture("gpu-dark")
                await visit.check_accessible()
                server.controls.gate.set()
                await expect(waiting).to_have_count(0)
            await until(_is_there(house, production), 240, "the film")
            facts = await facts_of(house, production)
            tailing.terminate()
            assert tailing.stderr is not None
            said = " ".join((await tailing.stderr.read()).decode().split())
            await tailing.wait()
    segments = len([one for one in facts if isinstance(one, e.SegmentApproved)])
    assert segments >= 3
    assert quarrels == []
    # The planner found no model for words; all takes and the film were looked at while the model was loaded once.
    assert len(fake.loads) == 1
    assert len(server.frees) >= 1
    assert "ComfyUI has the GPU: segment 1 of" in said
    assert "waiting: the review of take " in said
