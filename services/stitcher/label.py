"""What the film's file says of itself: its title, what it shows, and that it was made by a machine.

Players read the title and the description from the file's own tags; for the digital source type there is none, so all
three also stand in an XMP packet, which is what tools for provenance read.
"""

from __future__ import annotations

import struct
import uuid
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from msgspec import Struct

TOOL: Final = "Kindling"
XMP_BOX: Final = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac")
"""The box of an MP4 file that holds an XMP packet. Source: XMP Specification, Part 3, 2020: ISO base media files."""
TITLE_LENGTH_MAX: Final = 200
DESCRIPTION_LENGTH_MAX: Final = 2000


class Label(Struct, frozen=True, kw_only=True):
    """What the file says of itself. It holds nothing that a second making of the same film would change."""

    title: str
    description: str
    digital_source_type: str
    """The full address of the IPTC's term."""


def tags(label: Label) -> dict[str, str]:
    """Return what players show, by the names that the MP4 writer knows."""
    found = {"title": _line(label.title, TITLE_LENGTH_MAX), "description": _text(label.description)}
    return {name: said for name, said in found.items() if said}


def xmp_packet(label: Label) -> bytes:
    """Return the packet: Dublin Core's title and description, the tool, and the IPTC's digital source type."""
    parts = (
        _alternative("dc:title", _line(label.title, TITLE_LENGTH_MAX)),
        _alternative("dc:description", _text(label.description)),
        f"<xmp:CreatorTool>{TOOL}</xmp:CreatorTool>",
        f"<Iptc4xmpExt:DigitalSourceType>{escape(label.digital_source_type)}</Iptc4xmpExt:DigitalSourceType>",
    )
    body = "\n   ".join(part for part in parts if part)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   {body}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()


def append_label(film: Path, label: Label) -> None:
    """Add the packet as the last box of a finished MP4 file. Nothing that is there is moved: its index stays right."""
    content = XMP_BOX.bytes + xmp_packet(label)
    with film.open("ab") as file:
        file.write(struct.pack(">I4s", len(content) + 8, b"uuid") + content)


def _alternative(name: str, said: str) -> str:
    if not said:
        return ""
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(said)}</rdf:li></rdf:Alt></{name}>'


def _line(text: str, length_max: int) -> str:
    return " ".join(_text(text).split())[:length_max].rstrip()


def _text(text: str) -> str:
    """Return the text with what XML can't hold left out."""
    return "".join(one for one in text if _is_xml(ord(one))).strip()[:DESCRIPTION_LENGTH_MAX].rstrip()


def _is_xml(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
