"""The published JSON Schema is the one of today's types, and a plan by rule is valid against it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec

from services.planner.rules import write_plan
from services.planner.schema import published_schema
from tests.unit.test_plan_rules import brief

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "plan.schema.json"
RENEW = ".venv/bin/python -m services.planner.schema > docs/plan.schema.json"


def test_the_published_schema_is_up_to_date() -> None:
    """Who reads the schema gets what the code says."""
    assert PUBLISHED.read_bytes() == published_schema(), f"renew it: {RENEW}"


def test_a_plan_is_valid_against_the_published_schema() -> None:
    """Anybody's validator accepts a plan, and refuses one that lacks its look."""
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    plan = json.loads(msgspec.json.encode(write_plan(brief(duration_s=30.0))))
    assert list(validator.iter_errors(plan)) == []
    del plan["look"]
    assert [error.validator for error in validator.iter_errors(plan)] == ["required"]
    wanted = json.loads(msgspec.json.encode(brief()))
    assert list(validator.evolve(schema={**schema, "$ref": "#/$defs/Brief"}).iter_errors(wanted)) == []


def test_the_page_about_plans_names_the_command() -> None:
    """The documented command is the one that the failing test tells."""
    assert RENEW in (PUBLISHED.parent / "plan.md").read_text(encoding="utf-8")
