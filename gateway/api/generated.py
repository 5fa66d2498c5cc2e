"""The files made from the code and committed: OpenAPI, the case's JSON Schema, the pages on errors and on access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import orjson

from gateway.api import access_page, catalogue_page
from gateway.api.openapi import document
from gateway.api.routes import ROUTES
from schemas.describing import DescribedJsonSchema
from schemas.treated_case import TreatedCase

OPENAPI: Final = "schemas/openapi/openapi.json"
CASE_SCHEMA: Final = "schemas/openapi/treated-case.schema.json"
ERRORS_PAGE: Final = "docs/errors.md"
ACCESS_PAGE: Final = "docs/access.md"


def generated_files() -> Mapping[str, bytes]:
    """What each file has to hold, by its path from the project's root."""
    return {
        OPENAPI: document(ROUTES),
        CASE_SCHEMA: _case_schema(),
        ERRORS_PAGE: catalogue_page.render().encode(),
        ACCESS_PAGE: access_page.render().encode(),
    }


def write_schemas(folder: Path) -> Sequence[Path]:
    """Write the files under ``folder``, the project's root; returns those that changed."""
    changed = []
    for name, content in generated_files().items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(path)
    return changed


def _case_schema() -> bytes:
    made = TreatedCase.model_json_schema(schema_generator=DescribedJsonSchema)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
