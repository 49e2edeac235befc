"""What a film's file says of itself: the tags, the packet, and the IPTC's word for how it was made."""

import struct
import uuid
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.ids import Digest, digest_of
from bus.plan import Size
from bus.production import Take
from services._kit.media import ClipWriter
from services.stitcher.cut import EditList, Shown, middle_of
from services.stitcher.join import join
from services.stitcher.label import Label, tags, xmp_packet
from services.stitcher.sources import ALGORITHMIC, COMPOSITE, COMPOSITE_SYNTHETIC, TRAINED, source_of_film
from tests import stories

NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "iptc": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
PICTURE = digest_of(b"a picture of the person's")


def boxes(content: bytes) -> list[tuple[bytes, bytes]]:
    """Return the top boxes of an MP4 file, each with what it holds."""
    found, at = [], 0
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        assert size >= 8, "no box of ours is of open length"
        found.append((name, content[at + 8 : at + size]))
        at += size
    return found


def said(packet: bytes, path: str) -> str:
    """Return what the packet says under a name."""
    found = ElementTree.fromstring(packet.decode().strip()).find(f".//{path}", NAMES)  # noqa: S314 - our own packet
    return (found.text or "") if found is not None else ""


@given(st.text(), st.text())
def test_the_packet_is_well_formed_whatever_the_title(title: str, description: str) -> None:
    """No word of a person or a model breaks the XML, and what XML can hold is found again."""
    label = Label(title=title, description=description, digital_source_type=TRAINED)
    packet = xmp_packet(label)
    assert said(packet, "iptc:DigitalSourceType") == TRAINED
    assert said(packet, "dc:title/rdf:Alt/rdf:li") == tags(label).get("title", "")
    assert "".join(said(packet, "dc:description/rdf:Alt/rdf:li").split()) == "".join(
        tags(label).get("description", "").split()
    )


def test_a_plain_title_is_kept_as_it_is() -> None:
    """Nothing is escaped twice, and nothing is lost that need not be."""
    label = Label(title="Sturm & Drang <2>", description="Zwei Zeilen.\nUnd “mehr”.", digital_source_type=ALGORITHMIC)
    assert tags(label) == {"title": "Sturm & Drang <2>", "description": "Zwei Zeilen.\nUnd “mehr”."}
    assert said(xmp_packet(label), "dc:title/rdf:Alt/rdf:li") == "Sturm & Drang <2>"


def test_a_very_long_title_is_cut() -> None:
    """A file's tag is no place for a novel."""
    label = Label(title="word " * 100, description="x" * 5000, digital_source_type=ALGORITHMIC)
    assert {name: len(one) for name, one in tags(label).items()} == {"title": 199, "description": 2000}


def test_the_packet_is_the_last_box_and_the_film_is_as_it_was(tmp_path: Path) -> None:
    """With a label the film's own boxes but the index are the same bytes; the packet follows them."""
    clip = tmp_path / "clip.mp4"
    with ClipWriter(clip, 64, 48, 16) as writer:
        for level in range(5):
            writer.write(np.full((48, 64, 3), 40 * level, np.uint8))
    size, digest = Size(64, 48), digest_of(b"clip")
    shown = Shown(segment=1, take=1, digest=digest, in_frame=0, out_frame=5)
    edit = EditList(shown=(shown,), size=size, crop=middle_of(size, size), fps=16, frame_count=5)
    label = Label(title="Dusk", description="A keeper.", digital_source_type=ALGORITHMIC)
    for name, given_label in (("plain", None), ("labelled", label)):
        facts = join(edit, {digest: clip}, tmp_path / name, lambda *_, **__: None, lambda: False, label=given_label)
        assert facts.size_bytes == (tmp_path / name).stat().st_size
    plain, labelled = (boxes((tmp_path / name).read_bytes()) for name in ("plain", "labelled"))
    assert [name for name, _ in labelled] == [*(name for name, _ in plain), b"uuid"]
    assert dict(labelled)[b"mdat"] == dict(plain)[b"mdat"]
    assert labelled[-1][1] == XMP_BOX + xmp_packet(label)


# -- the IPTC's word -----------------------------------------------------------------------------------------


def take(renderer: str = "animatic", start: Digest | None = None) -> Take:
    """Return a take by this renderer, from this picture."""
    order = msgspec.structs.replace(stories.sample_order(), renderer=renderer, start=start)
    return Take(segment=1, take=1, order=order, basis=digest_of(b"x"), ordinal=1)


@pytest.mark.parametrize(
    ("takes", "source"),
    [
        ((take(), take()), ALGORITHMIC),
        ((take("wan2.1-t2v"), take("wan2.1-i2v", digest_of(b"a hand-over"))), TRAINED),
        ((take("wan2.1-t2v"), take()), COMPOSITE_SYNTHETIC),
        ((take("wan2.1-i2v", PICTURE),), COMPOSITE_SYNTHETIC),
        ((take(start=PICTURE), take()), COMPOSITE),
    ],
    ids=["rules alone", "models alone", "models and rules", "models and a picture", "rules and a picture"],
)
def test_the_source_is_what_the_takes_are_made_from(takes: tuple[Take, ...], source: str) -> None:
    """A film of the animatic has no model in it; one of models has; whatever is mixed is said to be a composite."""
    assert source_of_film(takes, frozenset({PICTURE})) == source


@given(st.lists(st.sampled_from((take(), take("wan2.1-t2v"), take(start=PICTURE))), min_size=1))
def test_a_trained_model_is_never_left_unsaid(takes: list[Take]) -> None:
    """Wherever one made a take, the film's source says so; where none did, it does not."""
    trained = any(one.order.renderer != "animatic" for one in takes)
    assert (source_of_film(takes, frozenset({PICTURE})) in (TRAINED, COMPOSITE_SYNTHETIC)) == trained
