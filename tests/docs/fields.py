"""The fields of the treated case as the documentation lists them: path, type, whether required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from schemas.treated_case import TreatedCase


class Field(NamedTuple):
    path: str
    type: str
    required: bool


SHARED = ("Diagnosis", "Doctor")
"""Parts that stand in many places: listed once, in brackets, under their own name."""


def fields() -> Iterator[Field]:
    """Every field, depth first; ``[]`` stands for the items of a list."""
    schema = TreatedCase.model_json_schema()
    yield from _of(schema, schema["$defs"], "")
    for name in SHARED:
        yield from _of(schema["$defs"][name], schema["$defs"], f"({name.lower()}).")


def _of(node: dict[str, Any], definitions: dict[str, Any], prefix: str) -> Iterator[Field]:
    required = set(node.get("required", ()))
    for name, given in node["properties"].items():
        inner = _resolved(given, definitions)
        path = prefix + name
        yield Field(path, _type(inner, definitions), name in required)
        if "properties" in inner and inner["title"] not in SHARED:
            yield from _of(inner, definitions, f"{path}.")
        elif "items" in inner:
            item = _resolved(inner["items"], definitions)
            if "properties" in item and item["title"] not in SHARED:
                yield from _of(item, definitions, f"{path}[].")


def _resolved(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    for alternative in node.get("anyOf", ()):
        if alternative.get("type") != "null":
            return _resolved(alternative, definitions)
    if "$ref" in node:
        return _resolved(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return node


def _type(node: dict[str, Any], definitions: dict[str, Any]) -> str:
    match node:
        case {"enum": list(values)}:
            return ", ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": items}:
            kind = _type(_resolved(items, definitions), definitions)
            return f"list of {node.get('minItems', 0)}–{node['maxItems']}: {kind}"
        case {"type": "object", "title": title}:
            return title.lower() if title in SHARED else "part"
        case {"type": "string", "format": "date-time"}:
            return "instant"
        case {"type": "string", "format": "date"}:
            return "day"
        case {"type": "string", "pattern": pattern} if "maxLength" not in node:
            return f"text `{pattern}`"
        case {"type": "string"}:
            return f"text, {node['minLength']}–{node['maxLength']}"
        case {"type": "integer"}:
            return f"whole number, {node['minimum']}–{node['maximum']}"
        case {"type": "boolean"}:
            return "true or false"
    raise AssertionError(node)
