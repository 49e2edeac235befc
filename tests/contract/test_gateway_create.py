"""Asking for a film: what is made of it, and what bad input gets."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from services.gateway.door import Limits
from tests.contract.gateway_house import WORDS, House, open_house, problem_of


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


def picture(width: int = 64, height: int = 48, orientation: int | None = None, format_: str = "JPEG") -> bytes:
    """Return a picture whose left half is red, with an EXIF orientation if one is given."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (255, 0, 0)
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
        exif[0x010E] = "a secret place"
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, format_, exif=exif)
    return written.getvalue()


async def test_a_film_is_asked_for_in_words(house: House) -> None:
    """A request becomes a production with its address, its links and the acts that are possible."""
    answer = await house.client.post("/v1/productions", json={"words": WORDS, "options": {"takes_max": 2}})
    assert answer.status_code == 201
    said = answer.json()
    assert answer.headers["location"] == said["links"]["self"] == f"/v1/productions/{said['id']}"
    assert said["id"].startswith("lighthouse-keeper-rows-out-")
    assert (said["words"], said["options"]["takes_max"], said["revision"]) == (WORDS, 2, 1)
    assert (await house.client.get(answer.headers["location"])).json() == said


async def test_the_same_key_is_one_production(house: House, tmp_path: Path) -> None:
    """Repeated requests under one key, at once and after a restart, are one production."""
    body, headers = {"words": WORDS}, {"Idempotency-Key": "7e1b2f"}
    answers = await asyncio.gather(
        *(house.client.post("/v1/productions", json=body, headers=headers) for _ in range(8))
    )
    assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
    assert len({one.json()["id"] for one in answers}) == 1
    async with open_house(tmp_path, house.log) as later:
        again = await later.client.post("/v1/productions", json=body, headers=headers)
        assert (again.status_code, again.json()["id"]) == (200, answers[0].json()["id"])
        assert len(later.log.stored) == 1
        other = await later.client.post("/v1/productions", json={"words": "A submarine"}, headers=headers)
        assert problem_of(other)[0] == 422
        assert len(later.log.stored) == 1


async def test_different_keys_are_different_productions(house: House) -> None:
    """Two people who ask for the same film with their own keys get a film each."""
    ids = set()
    for key in ("one", "two"):
        answer = await house.client.post("/v1/productions", json={"words": WORDS}, headers={"Idempotency-Key": key})
        ids.add(answer.json()["id"])
    assert len(ids) == 2


async def test_a_picture_is_turned_upright_and_written_anew(house: House) -> None:
    """An upload is kept as its pixels alone: the orientation is applied, what the camera noted is gone."""
    files = [("images", ("x.jpg", picture(64, 48, orientation=6), "image/jpeg"))]
    answer = await house.client.post("/v1/productions", data={"words": "Make this photo move"}, files=files)
    assert answer.status_code == 201, answer.text
    image = answer.json()["conversation"][0]["images"][0]
    assert (image["width"], image["height"]) == (48, 64)
    kept = await house.client.get(image["link"])
    assert (kept.headers["content-type"], kept.content[:4]) == ("image/png", b"\x89PNG")
    assert b"secret" not in kept.content
    pixels = cv2.imdecode(np.frombuffer(kept.content, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    # What was left is at the top after a quarter turn to the right.
    assert pixels[4, 24, 2] > 200 > 50 > pixels[60, 24, 2]


BODIES: list[tuple[str, object, int, str]] = [
    ("an empty message", {"words": "  "}, 422, "The message is empty."),
    ("no words at all", {}, 422, "Object missing required field `words`"),
    ("words that are a number", {"words": 7}, 422, "Expected `str`, got `int`"),
    ("a misspelt field", {"words": "A cat", "option": {}}, 422, "unknown field `option`"),
    ("a misspelt option", {"words": "A cat", "options": {"take_max": 3}}, 422, "unknown field `take_max`"),
    ("an option out of range", {"words": "A cat", "options": {"takes_max": 0}}, 422, "takes_max can't be 0"),
    ("an endless message", {"words": "x" * 8001}, 413, "The message has 8,001 characters."),
    ("100 kB of text", {"words": "x" * 100_000}, 413, "The request is too large. At most 64 KiB are read."),
    ("a zero character", {"words": "a\x00b"}, 422, "U+0000"),
    ("a list", ["A cat"], 422, "Expected `object`, got `array`"),
]


@pytest.mark.parametrize(("body", "status", "says"), [one[1:] for one in BODIES], ids=[one[0] for one in BODIES])
async def test_a_body_that_does_not_fit_is_named(house: House, body: object, status: int, says: str) -> None:
    """What is wrong with a request is said, with a way out, and nothing is written."""
    found, detail = problem_of(await house.client.post("/v1/productions", json=body))
    assert (found, says in detail) == (status, True), detail
    assert house.log.stored == []


async def test_a_body_that_is_no_json_is_named(house: House) -> None:
    """Broken JSON, broken UTF-8 and other media types are told apart."""

    async def post(content: bytes, media_type: str) -> tuple[int, str]:
        headers = {"content-type": media_type}
        return problem_of(await house.client.post("/v1/productions", content=content, headers=headers))

    assert (await post(b'{"words": "A cat"', "application/json"))[0] == 422
    assert (await post(b'{"words": "\xff\xfe"}', "application/json"))[0] == 422
    assert (await post(b'{"words": "\\ud800"}', "application/json"))[0] == 422
    assert (await post(b"A cat", "text/plain")) == (
        415,
        "This call takes application/json or multipart/form-data, not text/plain.",
    )
    assert (await post(b"A cat", "multipart/form-data"))[0] == 422
    assert (await post(b"--x\r\nbroken", "multipart/form-data; boundary=x"))[0] == 422
    assert house.log.stored == []


async def test_a_body_of_unstated_length_is_counted(house: House) -> None:
    """A body that does not say how long it is is read up to the limit and no further."""
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1024
            yield b"x" * 1024

    answer = await house.client.post("/v1/productions", content=endless(), headers={"content-type": "application/json"})
    assert problem_of(answer)[0] == 413
    assert taken <= 66 * 1024


PICTURES: list[tuple[str, list[bytes], int, str]] = [
    ("text", [b"not a picture"], 422, "Picture 1 can't be taken. This is not a picture I can open"),
    ("broken", [picture()[:200]], 422, "Picture 1 can't be taken. This picture is broken"),
    ("the second is broken", [picture(), b"GIF89a"], 422, "Picture 2 can't be taken."),
    ("tiny", [picture(8, 8)], 422, "too small"),
    ("nine", [picture()] * 9, 422, "Too many files. Maximum number of files is 8."),
]


@pytest.mark.parametrize(("files", "status", "says"), [one[1:] for one in PICTURES], ids=[one[0] for one in PICTURES])
async def test_a_picture_that_cannot_be_taken_is_named(
    house: House, files: list[bytes], status: int, says: str
) -> None:
    """Which picture it is, and why it can't be taken, is said; no production begins."""
    parts = [("images", (f"{number}.jpg", content)) for number, content in enumerate(files)]
    found, detail = problem_of(await house.client.post("/v1/productions", data={"words": "A cat"}, files=parts))
    assert (found, says in detail) == (status, True), detail
    assert house.log.stored == []


async def test_a_picture_of_30000_by_30000_pixels_is_refused_before_it_is_decoded(house: House) -> None:
    """A small file that unfolds into gigabytes is refused by what its header says."""
    small = io.BytesIO()
    Image.new("1", (30, 30)).save(small, "PNG")
    content = bytearray(small.getvalue())
    # The header of a PNG: signature, length, IHDR, width, height, five bytes of form, checksum.
    content[16:24] = struct.pack(">II", 30_000, 30_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    files = {"images": ("big.png", bytes(content))}
    found, detail = problem_of(await house.client.post("/v1/productions", data={"words": "A cat"}, files=files))
    assert (found, "30000×30000" in detail) == (422, True), detail


async def test_a_picture_over_the_limit_of_bytes_is_refused(tmp_path: Path) -> None:
    """Each picture has a limit of its own, and the form as a whole has one that is asked before it is read."""
    limits = Limits(image_bytes_max=2000, images_max=2)
    async with open_house(tmp_path, limits=limits) as house:
        for size_bytes, says in ((3000, "The picture 1 is too large."), (200_000, "The request is too large.")):
            files = {"images": ("big.png", b"x" * size_bytes)}
            answer = await house.client.post("/v1/productions", data={"words": "A cat"}, files=files)
            found, detail = problem_of(answer)
            assert (found, detail.startswith(says)) == (413, True), detail


async def test_what_the_policy_refuses_leaves_nothing_behind(house: House) -> None:
    """Refused words are 403 with the reason; no fact is written and no picture that came with them is kept."""
    files = {"images": ("her.jpg", picture())}
    data = {"words": "Undress the woman in this photo, completely naked"}
    answer = await house.client.post("/v1/productions", data=data, files=files)
    assert problem_of(answer)[0] == 403
    assert answer.json()["type"] == "urn:kindling:problem:policy"
    assert house.log.stored == []
    assert [one for one in house.store.root.rglob("*") if one.is_file()] == []


async def test_a_store_that_takes_no_files_is_said(tmp_path: Path) -> None:
    """A picture that can't be kept is no production without it: what is wrong with the disk is said, for a retry."""
    blocked = tmp_path / "objects"
    blocked.write_text("a file where the folder should be")
    async with open_house(blocked) as house:
        files = {"images": ("x.jpg", picture())}
        answer = await house.client.post("/v1/productions", data={"words": "A cat"}, files=files)
        found, detail = problem_of(answer)
        assert (found, "takes no files" in detail) == (503, True), detail
        assert answer.headers["retry-after"]
        assert house.log.stored == []


LORAS = """\
[[lora]]
name = "gouache"
file = "gouache.safetensors"
family = "wan2.1-14b"
use = "style"
purpose = "Makes everything look painted in gouache."

[[lora]]
name = "beach"
file = "beach.safetensors"
family = "wan2.1-14b"
use = "motion"
purpose = "Undresses the person in the picture."
"""


async def test_a_lora_is_named_with_the_request(house: House, tmp_path: Path) -> None:
    """By its name in the catalogue, with a strength or without; one that nobody knows is refused at the door."""
    (tmp_path / "loras.toml").write_text(LORAS)
    house.door.catalogue.home = tmp_path
    options = {"loras": [{"name": "gouache", "strength": 0.7}]}
    answer = await house.client.post("/v1/productions", json={"words": WORDS, "options": options})
    assert answer.status_code == 201
    assert answer.json()["options"]["loras"] == options["loras"]
    for loras, said in (
        ([{"name": "gouach"}], "not in the catalogue"),
        ([{"name": "gouache", "strength": 9}], "loras"),
        ([{"name": "gouache"}, {"name": "gouache"}], "loras"),
        ([{"name": "gouache", "weight": 1}], "weight"),
    ):
        refused = await house.client.post("/v1/productions", json={"words": WORDS, "options": {"loras": loras}})
        status, what = problem_of(refused)
        assert status == 422
        assert said in what + refused.text


async def test_an_innocent_prompt_with_a_lora_made_for_harm_is_refused(house: House, tmp_path: Path) -> None:
    """The content policy reads what a LoRA is for, before anything is kept."""
    (tmp_path / "loras.toml").write_text(LORAS)
    house.door.catalogue.home = tmp_path
    fields = {"words": "A woman smiles at the sea", "options": '{"loras": [{"name": "beach"}]}'}
    answer = await house.client.post(
        "/v1/productions", data=fields, files={"images": ("her.jpg", picture(), "image/jpeg")}
    )
    assert problem_of(answer)[0] == 403
    assert len(house.log.stored) == 0
