"""The fake ComfyUI's node classes: their inputs as `/object_info` describes them, and its validation of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Json = dict[str, object]

MODELS: dict[str, list[str]] = {
    "diffusion_models": [
        "wan2.1_flf2v_720p_14B_fp16.safetensors",
        "wan2.1_i2v_480p_14B_fp16.safetensors",
        "wan2.1_i2v_720p_14B_fp16.safetensors",
        "wan2.1_t2v_1.3B_fp16.safetensors",
        "wan2.1_t2v_14B_fp16.safetensors",
    ],
    "text_encoders": ["umt5_xxl_fp16.safetensors"],
    "vae": ["wan_2.1_vae.safetensors"],
    "clip_vision": ["clip_vision_h.safetensors"],
    "loras": [
        "wan2.1_i2v_lora_rank64_lightx2v_4step.safetensors",
        "wan2.1_t2v_14b_lora_rank64_lightx2v_4step.safetensors",
    ],
}


@dataclass(frozen=True)
class Link:
    """An input that only a link can fill."""

    type: str


@dataclass(frozen=True)
class Number:
    """A number with its range."""

    type: str
    least: float
    most: float


@dataclass(frozen=True)
class Text:
    """A text."""


@dataclass(frozen=True)
class Choice:
    """One of a list, or of the files in a folder of models. In V3 form it is not validated."""

    options: tuple[str, ...] = ()
    folder: str = ""
    is_v3: bool = False


@dataclass(frozen=True)
class Picture:
    """A file in the input folder."""


Input = Link | Number | Text | Choice | Picture
SIDE = Number("INT", 16, 16384)
LENGTH = Number("INT", 1, 16384)
ONE = Number("INT", 1, 4096)


@dataclass(frozen=True)
class NodeClass:
    """A node class."""

    required: dict[str, Input]
    outputs: tuple[str, ...] = ()
    optional: dict[str, Input] | None = None
    is_output: bool = False


CLASSES: dict[str, NodeClass] = {
    "UNETLoader": NodeClass(
        {
            "unet_name": Choice(folder="diffusion_models"),
            "weight_dtype": Choice(("default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2")),
        },
        ("MODEL",),
    ),
    "CLIPLoader": NodeClass(
        {"clip_name": Choice(folder="text_encoders"), "type": Choice(("stable_diffusion", "wan"))},
        ("CLIP",),
        {"device": Choice(("default", "cpu"))},
    ),
    "VAELoader": NodeClass({"vae_name": Choice(folder="vae")}, ("VAE",)),
    "CLIPVisionLoader": NodeClass({"clip_name": Choice(folder="clip_vision")}, ("CLIP_VISION",)),
    "CLIPVisionEncode": NodeClass(
        {"clip_vision": Link("CLIP_VISION"), "image": Link("IMAGE"), "crop": Choice(("center", "none"))},
        ("CLIP_VISION_OUTPUT",),
    ),
    "CLIPTextEncode": NodeClass({"text": Text(), "clip": Link("CLIP")}, ("CONDITIONING",)),
    "LoraLoaderModelOnly": NodeClass(
        {"model": Link("MODEL"), "lora_name": Choice(folder="loras"), "strength_model": Number("FLOAT", -100, 100)},
        ("MODEL",),
    ),
    "ModelSamplingSD3": NodeClass({"model": Link("MODEL"), "shift": Number("FLOAT", 0, 100)}, ("MODEL",)),
    "EmptyHunyuanLatentVideo": NodeClass(
        {"width": SIDE, "height": SIDE, "length": LENGTH, "batch_size": ONE}, ("LATENT",)
    ),
    "LoadImage": NodeClass({"image": Picture()}, ("IMAGE", "MASK")),
    "WanImageToVideo": NodeClass(
        {
            "positive": Link("CONDITIONING"),
            "negative": Link("CONDITIONING"),
            "vae": Link("VAE"),
            "width": SIDE,
            "height": SIDE,
            "length": LENGTH,
            "batch_size": ONE,
        },
        ("CONDITIONING", "CONDITIONING", "LATENT"),
        {"clip_vision_output": Link("CLIP_VISION_OUTPUT"), "start_image": Link("IMAGE")},
    ),
    "WanFirstLastFrameToVideo": NodeClass(
        {
            "positive": Link("CONDITIONING"),
            "negative": Link("CONDITIONING"),
            "vae": Link("VAE"),
            "width": SIDE,
            "height": SIDE,
            "length": LENGTH,
            "batch_size": ONE,
        },
        ("CONDITIONING", "CONDITIONING", "LATENT"),
        {
            "clip_vision_start_image": Link("CLIP_VISION_OUTPUT"),
            "clip_vision_end_image": Link("CLIP_VISION_OUTPUT"),
            "start_image": Link("IMAGE"),
            "end_image": Link("IMAGE"),
        },
    ),
    "KSampler": NodeClass(
        {
            "model": Link("MODEL"),
            "seed": Number("INT", 0, 2**64 - 1),
            "steps": Number("INT", 1, 10000),
            "cfg": Number("FLOAT", 0, 100),
            "sampler_name": Choice(("euler", "heun", "dpmpp_2m", "lcm", "uni_pc")),
            "scheduler": Choice(("simple", "normal", "beta")),
            "positive": Link("CONDITIONING"),
            "negative": Link("CONDITIONING"),
            "latent_image": Link("LATENT"),
            "denoise": Number("FLOAT", 0, 1),
        },
        ("LATENT",),
    ),
    "VAEDecode": NodeClass({"samples": Link("LATENT"), "vae": Link("VAE")}, ("IMAGE",)),
    "ImageFromBatch": NodeClass(
        {"image": Link("IMAGE"), "batch_index": Number("INT", 0, 4095), "length": ONE}, ("IMAGE",)
    ),
    "CreateVideo": NodeClass({"images": Link("IMAGE"), "fps": Number("FLOAT", 1, 120)}, ("VIDEO",)),
    "SaveVideo": NodeClass(
        {
            "video": Link("VIDEO"),
            "filename_prefix": Text(),
            "format": Choice(("auto", "mp4"), is_v3=True),
            "codec": Choice(("auto", "h264"), is_v3=True),
        },
        is_output=True,
    ),
    "SaveAnimatedWEBP": NodeClass(
        {"images": Link("IMAGE"), "filename_prefix": Text(), "fps": Number("FLOAT", 0.01, 1000)}, is_output=True
    ),
    # Of a custom pack: it answers under another key.
    "VHS_VideoCombine": NodeClass(
        {"images": Link("IMAGE"), "filename_prefix": Text(), "frame_rate": Number("FLOAT", 1, 120)}, is_output=True
    ),
    "SaveImage": NodeClass({"images": Link("IMAGE"), "filename_prefix": Text()}, is_output=True),
    "PreviewImage": NodeClass({"images": Link("IMAGE")}, is_output=True),
}


def options_of(choice: Choice, models: dict[str, list[str]]) -> list[str]:
    """Return what may be chosen."""
    return sorted(models[choice.folder]) if choice.folder else list(choice.options)


def described(name: str, models: dict[str, list[str]]) -> Json:
    """Return a class as `/object_info` describes it; empty for an unknown one."""
    found = CLASSES.get(name)
    if found is None:
        return {}
    sections: Json = {"required": {key: _config(one, models) for key, one in found.required.items()}}
    if found.optional:
        sections["optional"] = {key: _config(one, models) for key, one in found.optional.items()}
    return {
        name: {
            "input": sections,
            "output": list(found.outputs),
            "name": name,
            "output_node": found.is_output,
        }
    }


def _config(one: Input, models: dict[str, list[str]]) -> list[object]:
    match one:
        case Link(type=kind):
            return [kind, {}]
        case Number(type=kind, least=least, most=most):
            return [kind, {"min": least, "max": most}]
        case Choice(is_v3=True):
            return ["COMBO", {"options": options_of(one, models)}]
        case Choice():
            return [options_of(one, models)]
        case Picture():
            return [[], {"image_upload": True}]
        case Text():
            return ["STRING", {}]


@dataclass(frozen=True)
class Verdict:
    """What validation says: the outputs that can run, or the body of a 400."""

    outputs: tuple[str, ...]
    node_errors: Json
    error: Json | None


def _error(kind: str, message: str, details: str = "") -> Json:
    return {"type": kind, "message": message, "details": details, "extra_info": {}}


class Validation:
    """Checks one graph as ComfyUI does: backwards from its output nodes, and nothing that hangs on none of them."""

    def __init__(self, graph: Json, models: dict[str, list[str]], inputs: Path, *, is_new: bool) -> None:
        self._graph, self._models, self._inputs, self._is_new = graph, models, inputs, is_new
        self._errors: dict[str, list[Json]] = {}
        self._dependent: dict[str, set[str]] = {}

    def verdict(self) -> Verdict:
        """Return what it says."""
        outputs = []
        for key, node in self._graph.items():
            if not isinstance(node, dict) or "class_type" not in node:
                return self._refused("Cannot execute because a node is missing the class_type property.", key)
            if node["class_type"] not in CLASSES:
                return self._refused(f"Cannot execute because node {node['class_type']} does not exist.", key)
            if CLASSES[node["class_type"]].is_output:
                outputs.append(key)
        if not outputs:
            return Verdict((), {}, _error("prompt_no_outputs", "Prompt has no outputs"))
        good = []
        for output in outputs:
            try:
                is_good = self._check(output, output, set(), ())
            except RecursionError:
                kind = "dependency_cycle" if self._is_new else "prompt_outputs_failed_validation"
                return Verdict((), {}, _error(kind, "Prompt outputs failed validation"))
            if is_good:
                good.append(output)
        errors: Json = {
            key: {
                "errors": found,
                "dependent_outputs": sorted(self._dependent[key]),
                "class_type": self._class(key),
            }
            for key, found in self._errors.items()
        }
        if good:
            return Verdict(tuple(good), errors, None)
        return Verdict((), errors, _error("prompt_outputs_failed_validation", "Prompt outputs failed validation"))

    def _refused(self, message: str, key: str) -> Verdict:
        kind = "missing_node_type" if self._is_new else "invalid_prompt"
        return Verdict((), {}, _error(kind, message, f"Node ID '#{key}'"))

    def _class(self, key: str) -> str:
        node = self._graph[key]
        assert isinstance(node, dict)
        return str(node["class_type"])

    def _check(self, key: str, output: str, done: set[str], path: tuple[str, ...]) -> bool:
        if key in path:
            raise RecursionError
        if key in done:
            return key not in self._errors
        done.add(key)
        node = self._graph[key]
        assert isinstance(node, dict)
        found = CLASSES[self._class(key)]
        values: Json = node.get("inputs", {})
        is_good = True
        for name, one in {**found.required, **(found.optional or {})}.items():
            if name not in values:
                if name in found.required:
                    self._complain(key, output, "required_input_missing", "Required input is missing", name, name)
                    is_good = False
                continue
            value = values[name]
            if isinstance(value, list):
                is_good = self._linked(key, output, name, one, value, done, path) and is_good
            else:
                is_good = self._valued(key, output, name, one, value) and is_good
        return is_good and key not in self._errors

    def _linked(
        self, key: str, output: str, name: str, one: Input, value: list[object], done: set[str], path: tuple[str, ...]
    ) -> bool:
        source, slot = str(value[0]), value[1]
        assert isinstance(slot, int)
        if source not in self._graph or slot >= len(CLASSES[self._class(source)].outputs):
            details = f"'{source}'" if source not in self._graph else "tuple index out of range"
            message = "Exception when validating inner node"
            self._complain(key, output, "exception_during_inner_validation", message, details, name)
            return False
        given = CLASSES[self._class(source)].outputs[slot]
        wanted = one.type if isinstance(one, Link | Number) else "STRING"
        if isinstance(one, Link) and given != wanted:
            details = f"{name}, received_type({given}) mismatch input_type({wanted})"
            self._complain(
                key, output, "return_type_mismatch", "Return type mismatch between linked nodes", details, name
            )
            return False
        return self._check(source, output, done, (*path, key))

    def _valued(self, key: str, output: str, name: str, one: Input, value: object) -> bool:
        match one:
            case Number(type=kind, least=least, most=most):
                try:
                    number = int(str(value)) if kind == "INT" else float(str(value))
                except ValueError as error:
                    message = f"Failed to convert an input value to a {kind} value"
                    details = f"{name}, {value}, {error}"
                    self._complain(key, output, "invalid_input_type", message, details, name, value)
                    return False
                if number < least:
                    message = f"Value {number} smaller than min of {least}"
                    self._complain(key, output, "value_smaller_than_min", message, name, name, value)
                    return False
                if number > most:
                    message = f"Value {number} bigger than max of {most}"
                    self._complain(key, output, "value_bigger_than_max", message, name, name, value)
                    return False
            case Choice(is_v3=False) if value not in options_of(one, self._models):
                details = f"{name}: {value!r} not in {options_of(one, self._models)}"
                self._complain(key, output, "value_not_in_list", "Value not in list", details, name, value)
                return False
            case Picture() if not (self._inputs / str(value)).is_file():
                details = f"{name} - Invalid image file: {value}"
                message = "Custom validation failed for node"
                self._complain(key, output, "custom_validation_failed", message, details, name)
                return False
            case _:
                pass
        return True

    def _complain(
        self, key: str, output: str, kind: str, message: str, details: str, name: str, value: object = None
    ) -> None:
        extra: Json = {"input_name": name}
        if value is not None:
            extra["received_value"] = value
        complaint: Json = {"type": kind, "message": message, "details": details, "extra_info": extra}
        self._errors.setdefault(key, []).append(complaint)
        self._dependent.setdefault(key, set()).add(output)
