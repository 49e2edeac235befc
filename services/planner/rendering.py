"""What a plan is written for: the renderer asked for, or the one that is there, and what its servers can render."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, structs

from bus.events import Options
from bus.plan import FRAMES_PER_SEGMENT_MAX, Brief, ImageRole, Lora, LoraWish, Mode, Size
from bus.production import Production
from services._kit.comfyui.menu import Menu, ModeOffer, choose_renderer, menu_of
from services._kit.comfyui.survey import Surveyed, survey
from services._kit.graphs import WorkflowWrong
from services._kit.loras import Loras, load_loras
from services._kit.settings import ANIMATIC, AUTO, COMFYUI, Settings
from services._kit.workflow_files import load_workflows
from services._kit.workflows import MODES, Dimensions, Workflows
from services.planner.drafts import Unplannable, mode_of, pictures_of
from services.planner.plan_settings import SETTINGS, ChosenLora, PlanSettings

NO_OPTIONS = Options()


class Renderers(Struct, frozen=True, kw_only=True):
    """The renderers that a plan may name, and the LoRAs that are known."""

    settings: Settings
    workflows: Workflows
    loras: Loras

    async def for_film(self, production: Production, brief: Brief) -> PlanSettings:
        """Return what the production's plan is written for, with the servers asked what they have.

        Raises:
            Unplannable: the renderer can't make this film.
        """
        name = self.name_for(production.options, _used(production))
        surveyed: Sequence[Surveyed] = ()
        if name != ANIMATIC and self.settings.comfyui.urls:
            surveyed = await survey(self.settings.comfyui.urls, self.workflows)
        return self.plan_settings(name, brief, production.options, surveyed)

    def name_for(self, options: Options = NO_OPTIONS, used: str | None = None) -> str:
        """Return the renderer's name: the person's, what this film was begun with, or what the settings say.

        `comfyui` stands for whichever family of workflows the servers can render.
        """
        wanted = options.renderer or used or AUTO
        return self.settings.usual_renderer if wanted == AUTO else wanted

    def plan_settings(
        self, name: str, brief: Brief, options: Options = NO_OPTIONS, surveyed: Sequence[Surveyed] = ()
    ) -> PlanSettings:
        """Return what a plan is written for.

        Args:
            surveyed: what the servers can render; none of them, and it is planned as if they had everything.

        Raises:
            Unplannable: the renderer can't make this film.
        """
        film = self.settings.film
        duration_max_s = options.duration_max_s or film.duration_max_s
        if name == ANIMATIC:
            caption = options.caption and film.caption
            return PlanSettings(renderer=name, caption=caption, duration_max_s=duration_max_s)
        try:
            why = ""
            if name == COMFYUI:
                name, why = choose_renderer(self.workflows, _first_mode(brief).value, surveyed)
            menu = menu_of(self.workflows, name, surveyed)
            choices = _choices(self.loras, menu)
            loras = tuple(_chosen(self.loras, wish, menu) for wish in options.loras)
        except WorkflowWrong as error:
            raise Unplannable(_one_sentence(error)) from error
        planned = _planned(menu, brief, prefer_small=not self.settings.comfyui.prefer_large)
        remarks = (*([f"Rendered with {name}: {why}"] if why else []), *planned.remarks)
        return structs.replace(
            planned, duration_max_s=duration_max_s, loras=loras, lora_choices=choices, remarks=remarks
        )


def load_renderers(settings: Settings) -> Renderers:
    """Return the renderers of a home.

    Raises:
        WorkflowWrong: the catalogue of LoRAs can't be read.
    """
    root: Path = settings.home.root
    return Renderers(settings=settings, workflows=load_workflows(root), loras=load_loras(root))


def _used(production: Production) -> str | None:
    """Return what the film was begun with: a sample and its film are of one renderer, whatever is set meanwhile."""
    if production.plan is not None:
        return production.plan.renderer
    return production.samples[-1].order.renderer if production.samples else None


def _first_mode(brief: Brief) -> Mode:
    """Return what the sample is rendered as, and the film's first segment."""
    mode = mode_of(brief)
    if mode is Mode.FLF2V:
        return Mode.I2V if pictures_of(brief, ImageRole.FIRST_FRAME) else Mode.T2V
    return mode


def _planned(menu: Menu, brief: Brief, *, prefer_small: bool) -> PlanSettings:
    mode, first = mode_of(brief), _first_mode(brief)
    needed = [first, *([Mode.FLF2V] if mode is Mode.FLF2V else [])]
    opening = menu.mode(first.value)
    for one in needed:
        if menu.mode(one.value) is None:
            raise Unplannable(_lacks(menu, one))
    assert opening is not None, "it was asked for just now"
    remarks: list[str] = []
    chained = tuple(dict.fromkeys((*needed, Mode.I2V)))
    sizes = menu.sizes_for(one.value for one in chained)
    if sizes is None:
        chained, sizes = tuple(needed), menu.sizes_for(one.value for one in needed)
        lacking = menu.lacks("i2v")
        why = f" ({lacking.problem.what.rstrip('.')})" if lacking is not None and menu.mode("i2v") is None else ""
        remarks.append(f"Every segment begins with a cut: {menu.renderer} can't go on from a picture here{why}.")
    if sizes is None:
        named = " and ".join(one.value for one in needed)
        raise Unplannable(f"{menu.renderer} has no size that {named} can both be rendered in")
    offers = [offer for one in chained if (offer := menu.mode(one.value)) is not None]
    return structs.replace(
        SETTINGS,
        renderer=menu.renderer,
        fps=menu.fps,
        sizes=_sizes(sizes) or SETTINGS.sizes,
        prefer_small=prefer_small,
        caption=False,
        chain_max=SETTINGS.chain_max if Mode.I2V in chained else 1,
        match_colours=True,
        remarks=tuple(remarks),
        **_lengths(offers),
        **_sample(opening, menu.fps),
    )


def _lengths(offers: Sequence[ModeOffer]) -> dict[str, int]:
    """Return the lengths that every one of these modes can render; steps are 4 or 8, and each divides the next."""
    step = max(one.frames.step for one in offers)
    step = step if step % 4 == 0 else step * 4
    least = max(5, *(one.frames.least for one in offers))
    most = min(FRAMES_PER_SEGMENT_MAX, *(one.frames.most for one in offers))
    return {
        "frame_step": step,
        "frames_min": -(-(least - 1) // step) * step + 1,
        "frames_max": (most - 1) // step * step + 1,
    }


def _sample(opening: ModeOffer, fps: int) -> dict[str, object]:
    sample = opening.sample
    remarks = []
    if sample.lacks:
        remarks.append(
            f"The sample takes {sample.steps} steps of the film's own model, which is slower. {sample.lacks}"
        )
    return {
        "sample_sizes": _sizes(sample.sizes) or _sizes(opening.sizes) or SETTINGS.sample_sizes,
        "sample_frames": sample.frames,
        # Without the quick variant the film's own is asked for by name of its steps.
        "sample_steps": sample.steps if sample.lacks else None,
        "sample_is_draft": not sample.lacks,
        "sample_remarks": tuple(remarks),
    }


def _sizes(sizes: Sequence[Dimensions]) -> tuple[Size, ...]:
    return tuple(Size(one.width, one.height) for one in sizes)


def _lacks(menu: Menu, mode: Mode) -> str:
    lacking = menu.lacks(mode.value)
    if lacking is None:
        can = ", ".join(one.mode for one in menu.modes) or "nothing"
        return f"{menu.renderer} can't render {mode.value}; it can render {can}"
    return f"{menu.renderer} can't render {mode.value} at {lacking.url}: {lacking.problem}".rstrip(".")


def _choices(loras: Loras, menu: Menu) -> tuple[ChosenLora, ...]:
    if menu.lora_family is None:
        return ()
    return tuple(
        ChosenLora(
            lora=Lora(name=one.name, strength=one.strength),
            modes=frozenset(Mode(mode) for mode in one.modes),
            purpose=one.purpose,
        )
        for one in loras.fitting(menu.lora_family)
    )


def _chosen(loras: Loras, wish: LoraWish, menu: Menu) -> ChosenLora:
    """Return the LoRA that a person asks for.

    Raises:
        WorkflowWrong: it is not known, or made for another model.
    """
    found = loras.get(wish.name)
    if found.family != menu.lora_family:
        fitting = ", ".join(one.name for one in loras.fitting(menu.lora_family or "")) or "none of the catalogue"
        raise WorkflowWrong(
            f"The LoRA {found.name} is made for {found.family}, and {menu.renderer} renders with {menu.lora_family}.",
            why="Nothing of it would be loaded.",
            help=f"These fit: {fitting}.",
        )
    strength = found.strength if wish.strength is None else wish.strength
    modes = frozenset(Mode(one) for one in found.modes or MODES)
    return ChosenLora(lora=Lora(name=found.name, strength=strength), modes=modes, purpose=found.purpose)


def _one_sentence(error: WorkflowWrong) -> str:
    return " ".join(part for part in (error.what, error.why, error.help) if part).rstrip(".")
