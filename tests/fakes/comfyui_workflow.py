"""A workflow for tests: WAN's text-to-video graph at its smallest, or image-to-video where the order has a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from bus.ids import Digest
from bus.plan import Look, Mode, Movement, Order, ShotSize
from services._kit.graphs import Graph, Node, Place
from services.creator.renderers.comfyui.job import BoundGraph, ImageSlot, Obstacle, Offer
from services.creator.renderers.comfyui.smaller import smaller_order
from services.creator.renderers.renderer import FailureKind

LOOK = Look(style="noir", light="night", palette=("#101010", "#808080", "#f0f0f0"), words="grainy")


def order(**changes: object) -> Order:
    """Return a small order."""
    base = Order(
        renderer="tiny",
        mode=Mode.T2V,
        prompt="a fox in the snow",
        negative="blurry",
        seed=7,
        width=64,
        height=64,
        frame_count=5,
        fps=16,
        look=LOOK,
        shot=ShotSize.WIDE,
        movement=Movement.STATIC,
        caption=None,
    )
    return msgspec.structs.replace(base, **changes)


@dataclass(frozen=True)
class TinyWorkflow:
    """A binding in code, as small as one can be."""

    name: str = "tiny"
    version: str = "1"
    model: str = "wan2.1_t2v_14B_fp16.safetensors"
    lora: str | None = None
    saver: str = "SaveVideo"
    saves_last_frame: bool = True
    steps: int = 3
    is_checked: bool = True
    """Whether the graph is compared with what the server has, before it is posted."""
    broken: tuple[Place, object] | None = None
    """An input that gets a wrong value."""

    def bind(self, order: Order) -> BoundGraph:
        nodes = {
            "37": _node("UNETLoader", unet_name=self.model, weight_dtype="default"),
            "38": _node("CLIPLoader", clip_name="umt5_xxl_fp16.safetensors", type="wan"),
            "39": _node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
            "6": _node("CLIPTextEncode", text=order.prompt, clip=["38", 0]),
            "7": _node("CLIPTextEncode", text=order.negative, clip=["38", 0]),
            "8": _node("VAEDecode", samples=["3", 0], vae=["39", 0]),
            "49": _node("CreateVideo", images=["8", 0], fps=float(order.fps)),
            "50": self._saver(order),
        }
        size = {"width": order.width, "height": order.height, "length": order.frame_count, "batch_size": 1}
        conditioning: dict[str, object] = {"positive": ["6", 0], "negative": ["7", 0], "latent_image": ["40", 0]}
        slots: tuple[ImageSlot, ...] = ()
        if order.start is None:
            nodes["40"] = _node("EmptyHunyuanLatentVideo", **size)
        else:
            conditioning = {"positive": ["40", 0], "negative": ["40", 1], "latent_image": ["40", 2]}
            nodes["52"] = _node("LoadImage", image="")
            links = {"positive": ["6", 0], "negative": ["7", 0], "vae": ["39", 0], "start_image": ["52", 0]}
            nodes["40"] = _node("WanImageToVideo", **size, **links)
            slots = (ImageSlot(place=Place("52", "image"), image=Digest(order.start)),)
        sampler = {"seed": order.seed, "steps": self.steps, "cfg": 6.0, "sampler_name": "uni_pc"}
        nodes["3"] = _node("KSampler", **sampler, scheduler="simple", denoise=1.0, model=["37", 0], **conditioning)
        savers: tuple[str, ...] = ("50",)
        if self.saves_last_frame:
            index = order.frame_count - 1
            nodes["60"] = _node("ImageFromBatch", image=["8", 0], batch_index=index, length=1)
            nodes["61"] = _node("SaveImage", images=["60", 0], filename_prefix="")
            savers = ("50", "61")
        if self.broken is not None:
            place, value = self.broken
            nodes[place.node] = replace_input(nodes[place.node], place.input, value)
        return BoundGraph(
            graph=Graph(nodes),
            saver_nodes=savers,
            video_node="50",
            seed_nodes=("3",),
            last_frame_node="61" if self.saves_last_frame else None,
            image_slots=slots,
            model=self.model,
            model_folder="diffusion_models",
        )

    def _saver(self, order: Order) -> Node:
        if self.saver == "SaveVideo":
            return _node("SaveVideo", video=["49", 0], filename_prefix="", format="auto", codec="auto")
        rate = {"VHS_VideoCombine": "frame_rate", "SaveAnimatedWEBP": "fps"}[self.saver]
        return _node(self.saver, images=["8", 0], filename_prefix="", **{rate: float(order.fps)})

    def fitted(self, bound: BoundGraph, offer: Offer) -> BoundGraph:
        return bound

    def obstacles(self, bound: BoundGraph, offer: Offer) -> tuple[Obstacle, ...]:
        if not self.is_checked or self.model.encode() in bytes(offer.node_classes["UNETLoader"]):
            return ()
        why = f"it has no model {self.model}."
        return (Obstacle(kind=FailureKind.MISSING_MODEL, why=why, help="Put it into models/diffusion_models."),)

    def share(self, bound: BoundGraph) -> float:
        return 1.0

    def smaller(self, order: Order) -> Order | None:
        return smaller_order(order)

    def but(self, **changes: object) -> TinyWorkflow:
        """Return the workflow with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]


def replace_input(node: Node, name: str, value: object) -> Node:
    """Return the node with another input; None takes it away."""
    inputs = {**node.inputs, name: value}
    if value is None:
        del inputs[name]
    return msgspec.structs.replace(node, inputs=inputs)


def _node(class_type: str, **inputs: object) -> Node:
    return Node(class_type=class_type, inputs=inputs)
