"""JSON Schema in which the docstring below a field is the field's description.

pydantic can do this by itself (``use_attribute_docstrings``), but then reads the source of every model whenever a
program starts; here it is read when a schema is made.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from textwrap import dedent
from types import MappingProxyType

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema


class DescribedJsonSchema(GenerateJsonSchema):
    """For ``schema_generator=``. A description given by ``Field(description=…)`` goes before the docstring."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of one model, whose properties are described."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        properties = made.get("properties", {})
        for name, words in field_docstrings(model).items():
            properties.get(name, {}).setdefault("description", words)
        return made


@cache
def field_docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """The docstrings of a model's fields, inherited ones included, by the fields' names in JSON."""
    words: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            words |= _own_docstrings(base)
    fields = model.model_fields
    return MappingProxyType({fields[name].alias or name: text for name, text in words.items() if name in fields})


def _own_docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    body = ast.parse(dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            found[field.target.id] = inspect.cleandoc(below.value.value)
    return found
