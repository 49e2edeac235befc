"""A ComfyUI server's own words about its nodes, as `/object_info` writes them, in the older and the newer form."""

from __future__ import annotations

import json
from collections.abc import Mapping

from services._kit.comfyui.facts import ServerFacts, parse_object_info

FILES: dict[str, list[str]] = {
    "diffusion_models": [
        "wan2.1_flf2v_720p_14B_fp16.safetensors",
        "wan2.1_i2v_480p_14B_fp16.safetensors",
        "wan2.1_i2v_720p_14B_fp16.safetensors",
        "wan2.1_t2v_1.3B_fp16.safetensors",
        "wan2.1_t2v_14B_fp16.safetensors",
    ],
    "text_encoders": ["t5xxl_fp16.safetensors", "umt5_xxl_fp16.safetensors"],
    "vae": ["wan_2.1_vae.safetensors"],
    "clip_vision": ["clip_vision_h.safetensors"],
    "loras": [
        "wan2.1_i2v_lora_rank64_lightx2v_4step.safetensors",
        "wan2.1_t2v_14b_lora_rank64_lightx2v_4step.safetensors",
    ],
}
SIDE = ["INT", {"default": 832, "min": 16, "max": 16384, "step": 16}]
LENGTH = ["INT", {"default": 81, "min": 1, "max": 16384, "step": 4}]
BATCH = ["INT", {"default": 1, "min": 1, "max": 4096}]
SEED = ["INT", {"default": 0, "min": 0, "max": 18446744073709551615}]
TEXT = ["STRING", {"multiline": True}]
PREFIX = ["STRING", {"default": "ComfyUI"}]


def link(kind: str) -> list[object]:
    """Return an input that comes from another node."""
    return [kind, {}]


def number(kind: str, least: float, most: float) -> list[object]:
    """Return an input that takes a number."""
    return [kind, {"min": least, "max": most}]


def described(files: dict[str, list[str]] | None = None, *, is_new: bool = False) -> dict[str, object]:
    """Return what `/object_info` answers; a new server writes every choice in the newer form."""
    has = files or FILES

    def choice(*options: str) -> list[object]:
        return ["COMBO", {"options": list(options)}] if is_new else [list(options), {}]

    def node(
        required: Mapping[str, object],
        output: tuple[str, ...],
        optional: Mapping[str, object] | None = None,
        *,
        is_output: bool = False,
    ) -> dict[str, object]:
        wanted: dict[str, object] = {"required": required, "hidden": {"prompt": "PROMPT"}}
        if optional:
            wanted["optional"] = optional
        return {"input": wanted, "output": list(output), "output_node": is_output, "category": "any"}

    conditioning = {"positive": link("CONDITIONING"), "negative": link("CONDITIONING"), "vae": link("VAE")}
    size = {"width": SIDE, "height": SIDE, "length": LENGTH, "batch_size": BATCH}
    pictures = {"start_image": link("IMAGE"), "clip_vision_output": link("CLIP_VISION_OUTPUT")}
    two_pictures = {
        "start_image": link("IMAGE"),
        "end_image": link("IMAGE"),
        "clip_vision_start_image": link("CLIP_VISION_OUTPUT"),
        "clip_vision_end_image": link("CLIP_VISION_OUTPUT"),
    }
    latents = ("CONDITIONING", "CONDITIONING", "LATENT")
    return {
        "UNETLoader": node(
            {"unet_name": choice(*has["diffusion_models"]), "weight_dtype": choice("default", "fp8_e4m3fn")}, ("MODEL",)
        ),
        "CLIPLoader": node(
            {"clip_name": choice(*has["text_encoders"]), "type": choice("sd3", "wan")},
            ("CLIP",),
            {"device": choice("default", "cpu")},
        ),
        "VAELoader": node({"vae_name": choice(*has["vae"])}, ("VAE",)),
        "CLIPVisionLoader": node({"clip_name": choice(*has["clip_vision"])}, ("CLIP_VISION",)),
        "CLIPVisionEncode": node(
            {"clip_vision": link("CLIP_VISION"), "image": link("IMAGE"), "crop": choice("center", "none")},
            ("CLIP_VISION_OUTPUT",),
        ),
        "CLIPTextEncode": node({"text": TEXT, "clip": link("CLIP")}, ("CONDITIONING",)),
        "LoraLoaderModelOnly": node(
            {
                "model": link("MODEL"),
                "lora_name": choice(*has["loras"]),
                "strength_model": number("FLOAT", -100, 100),
            },
            ("MODEL",),
        ),
        "ModelSamplingSD3": node({"model": link("MODEL"), "shift": number("FLOAT", 0, 100)}, ("MODEL",)),
        "EmptyHunyuanLatentVideo": node(dict(size), ("LATENT",)),
        "WanImageToVideo": node({**conditioning, **size}, latents, pictures),
        "WanFirstLastFrameToVideo": node({**conditioning, **size}, latents, two_pictures),
        "KSampler": node(
            {
                "model": link("MODEL"),
                "seed": SEED,
                "steps": number("INT", 1, 10000),
                "cfg": number("FLOAT", 0, 100),
                "sampler_name": choice("euler", "lcm", "uni_pc"),
                "scheduler": choice("simple", "beta"),
                "positive": link("CONDITIONING"),
                "negative": link("CONDITIONING"),
                "latent_image": link("LATENT"),
                "denoise": number("FLOAT", 0, 1),
            },
            ("LATENT",),
        ),
        "VAEDecode": node({"samples": link("LATENT"), "vae": link("VAE")}, ("IMAGE",)),
        "LoadImage": node({"image": [["example.png"], {"image_upload": True}]}, ("IMAGE", "MASK")),
        "ImageFromBatch": node(
            {"image": link("IMAGE"), "batch_index": number("INT", 0, 4095), "length": number("INT", 1, 4096)},
            ("IMAGE",),
        ),
        "SaveImage": node({"images": link("IMAGE"), "filename_prefix": PREFIX}, (), is_output=True),
        "CreateVideo": node({"images": link("IMAGE"), "fps": number("FLOAT", 1, 120)}, ("VIDEO",)),
        # Its choices are in the newer form on every server, and ComfyUI 0.3 does not check them.
        "SaveVideo": node(
            {
                "video": link("VIDEO"),
                "filename_prefix": PREFIX,
                "format": ["COMBO", {"options": ["auto", "mp4"]}]
                if not is_new
                else ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "auto", "inputs": {}}, {"key": "mp4"}]}],
                "codec": ["COMBO", {"options": ["auto", "h264"]}],
            },
            (),
            is_output=True,
        ),
    }


def with_cogvideo() -> dict[str, object]:
    """Return the answer of a server that has the custom pack for CogVideoX, with the inputs its definitions name."""
    answer = described()
    answer |= {
        "EmptyLatentImage": {
            "input": {"required": {"width": SIDE, "height": SIDE, "batch_size": BATCH}},
            "output": ["LATENT"],
        },
        "DownloadAndLoadCogVideoModel": {
            "input": {
                "required": {"model": [["THUDM/CogVideoX-2b", "THUDM/CogVideoX-5b"]]},
                "optional": {
                    "precision": [["fp16", "fp32", "bf16"], {"default": "bf16"}],
                    "quantization": [["disabled", "fp8_e4m3fn"], {"default": "disabled"}],
                    "enable_sequential_cpu_offload": ["BOOLEAN", {"default": False}],
                    "block_edit": ["TRANSFORMERBLOCKS", {"default": None}],
                    "lora": ["COGLORA", {"default": None}],
                    "compile_args": ["COMPILEARGS"],
                    "attention_mode": [["sdpa", "sageattn"], {"default": "sdpa"}],
                    "load_device": [["main_device", "offload_device"], {"default": "main_device"}],
                },
            },
            "output": ["COGVIDEOMODEL", "VAE"],
        },
        "CogVideoTextEncode": {
            "input": {
                "required": {"clip": ["CLIP"], "prompt": TEXT},
                "optional": {
                    "strength": number("FLOAT", 0, 10),
                    "force_offload": ["BOOLEAN", {"default": True}],
                },
            },
            "output": ["CONDITIONING", "CLIP"],
        },
        "CogVideoLoraSelectComfy": {
            "input": {
                "required": {"lora": [["painted.safetensors"]], "strength": number("FLOAT", -10, 10)},
                "optional": {"prev_lora": ["COGLORA"], "fuse_lora": ["BOOLEAN"]},
            },
            "output": ["COGLORA"],
        },
        "CogVideoSampler": {
            "input": {
                "required": {
                    "model": ["COGVIDEOMODEL"],
                    "positive": ["CONDITIONING"],
                    "negative": ["CONDITIONING"],
                    "num_frames": number("INT", 1, 1024),
                    "steps": ["INT", {"default": 50, "min": 1}],
                    "cfg": number("FLOAT", 0, 30),
                    "seed": SEED,
                    "scheduler": [["DPM++", "CogVideoXDDIM"]],
                },
                "optional": {"samples": ["LATENT"], "denoise_strength": number("FLOAT", 0, 1)},
            },
            "output": ["LATENT"],
        },
        "CogVideoDecode": {
            "input": {
                "required": {
                    "vae": ["VAE"],
                    "samples": ["LATENT"],
                    "enable_vae_tiling": ["BOOLEAN"],
                    "tile_sample_min_height": number("INT", 16, 2048),
                    "tile_sample_min_width": number("INT", 16, 2048),
                    "tile_overlap_factor_height": number("FLOAT", 0, 1),
                    "tile_overlap_factor_width": number("FLOAT", 0, 1),
                    "auto_tile_size": ["BOOLEAN"],
                }
            },
            "output": ["IMAGE"],
        },
    }
    return answer


def facts(
    files: dict[str, list[str]] | None = None,
    *,
    is_new: bool = False,
    without: tuple[str, ...] = (),
    version: str = "0.3.64",
) -> ServerFacts:
    """Return a server's facts, as they are read from its answer."""
    answer = {name: one for name, one in described(files, is_new=is_new).items() if name not in without}
    return parse_object_info(json.dumps(answer).encode(), version)


def cogvideo_facts() -> ServerFacts:
    """Return the facts of a server with the custom pack for CogVideoX."""
    return parse_object_info(json.dumps(with_cogvideo()).encode(), "0.3.64")
