"""The JSON Schema of brief and plan; `python -m services.planner.schema` writes it to standard output."""

from __future__ import annotations

import sys

import msgspec

from bus.plan import Brief, Plan


def published_schema() -> bytes:
    """Return the schema of brief and plan as indented JSON: `$defs` holds every type, each with its description."""
    _, components = msgspec.json.schema_components((Brief, Plan), ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Kindling plan",
        "description": (
            "The production plan of a film; #/$defs/Brief is the brief it carries out. Field names are stable. A plan "
            "also holds rules that no schema can state (frames that add up, starts that exist): see docs/plan.md."
        ),
        "$ref": "#/$defs/Plan",
        "$defs": {name: components[name] for name in sorted(components)},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(published_schema())
