"""A schema of an answer that a model is held to: only what Ollama's grammars really enforce, whichever version it is.

Their converters leave holes without a word: a nested `$ref` allows any object, bounds of a float and a pattern are
ignored, a string of more than 2000 characters breaks the grammar. So references are inlined, every field is asked for,
and a type that can't be held to is refused before anything is sent.
"""

from __future__ import annotations

import functools
import json
from typing import TypeAlias, cast

import msgspec
from msgspec import Struct

Schema: TypeAlias = dict[str, object]

TEXT_LENGTH_MAX = 800
"""Characters of one text of an answer; Ollama's grammars break at 2000."""
ITEMS_MAX = 64
"""Items of one list of an answer."""
_KEPT = ("type", "enum", "const", "minimum", "maximum", "minLength", "minItems")


class UnfitAnswerType(TypeError):
    """No grammar of Ollama's can hold a model to this type: the type has to be written differently."""


class AnswerSchema(Struct, frozen=True, kw_only=True):
    """The schema of an answer, for the grammar and for the model to read."""

    grammar: Schema
    """What goes into `format`."""
    shown: str
    """The same with its descriptions, as JSON: the model does not see the grammar."""


@functools.cache
def schema_of(answer_type: type[Struct]) -> AnswerSchema:
    """Return the schema of a strict struct. Keys are in alphabetical order, as some servers put them anyway.

    A model writes its fields in that order: evidence has to be named so that it comes before the verdict.

    Raises:
        UnfitAnswerType: the type has something that is not enforced: floats, maps, fixed tuples, recursion, or a
            struct that allows unknown fields.
    """
    _, definitions = msgspec.json.schema_components([answer_type], ref_template="{name}")
    known = cast(dict[str, Schema], definitions)
    root: Schema = {"$ref": answer_type.__name__}
    shown = _prepared(root, known, (), keeps_descriptions=True)
    return AnswerSchema(
        grammar=_prepared(root, known, (), keeps_descriptions=False), shown=json.dumps(shown, ensure_ascii=False)
    )


def _prepared(node: Schema, known: dict[str, Schema], path: tuple[str, ...], *, keeps_descriptions: bool) -> Schema:
    """Return one node with all below it, inlined."""
    if "$ref" in node:
        name = str(node["$ref"])
        if name in path:
            raise UnfitAnswerType(f"{name} holds itself: an answer has to have an end.")
        return _prepared(known[name], known, (*path, name), keeps_descriptions=keeps_descriptions)

    def below(inner: object) -> Schema:
        return _prepared(cast(Schema, inner), known, path, keeps_descriptions=keeps_descriptions)

    where = path[-1] if path else "the answer"
    kept = {key: node[key] for key in _KEPT if key in node}
    if keeps_descriptions and "description" in node:
        kept["description"] = node["description"]
    match node:
        case {"anyOf": list() as choices}:
            return {**kept, "anyOf": [below(one) for one in choices]}
        case {"enum": _} | {"const": _}:
            return kept
        case {"type": "object", "properties": dict() as properties}:
            if node.get("additionalProperties", True) is not False:
                raise UnfitAnswerType(f"{where} allows unknown fields: it needs forbid_unknown_fields=True.")
            ordered = {name: below(properties[name]) for name in sorted(properties)}
            return {**kept, "properties": ordered, "required": list(ordered), "additionalProperties": False}
        case {"type": "array", "items": dict() as items} if "prefixItems" not in node:
            most = min(int(str(node.get("maxItems", ITEMS_MAX))), ITEMS_MAX)
            return {**kept, "items": below(items), "maxItems": most}
        case {"type": "string"}:
            most = min(int(str(node.get("maxLength", TEXT_LENGTH_MAX))), TEXT_LENGTH_MAX)
            return {**kept, "maxLength": most}
        case {"type": "integer" | "boolean" | "null"}:
            return kept
        case _:
            kind = str(node.get("type", "anything"))
            raise UnfitAnswerType(f"{where} has a {kind} that no grammar holds a model to: {json.dumps(node)}.")
