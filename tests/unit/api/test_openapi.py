from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from openapi_spec_validator import validate

from gateway.api.generated import generated_files, write_schemas
from gateway.api.openapi import describe
from gateway.api.routes import ROUTES
from schemas.errors import CATALOGUE

PROJECT = Path(__file__).parents[3]
GENERATED = generated_files()


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return describe(ROUTES)


def test_the_description_is_valid_openapi_3_1(described: dict[str, Any]):
    validate(described)


def test_every_route_is_described_with_its_problems(described: dict[str, Any]):
    for route in ROUTES:
        operation = described["paths"][route.path][route.method.lower()]
        told = " ".join(response["description"] for response in operation["responses"].values())
        for code in route.all_errors:
            assert code.value in told, (route.name, code)


def test_names_are_used_once():
    names = [route.name for route in ROUTES]
    assert len(names) == len(set(names))


def test_path_parameters_are_declared():
    for route in ROUTES:
        named = {part[1:-1] for part in route.path.split("/") if part.startswith("{")}
        assert named == {parameter.name for parameter in route.parameters if parameter.place == "path"}, route.name


def test_every_error_of_a_route_is_in_the_catalogue():
    assert {code for route in ROUTES for code in route.all_errors} <= CATALOGUE.keys()


def test_the_description_names_no_host(described: dict[str, Any]):
    text = orjson.dumps(described).decode()
    assert "http://" not in text
    assert "https://" not in text


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_the_committed_copy_is_what_the_code_makes(name: str):
    path = PROJECT / name
    assert path.exists(), "run: gateway schemas write"
    assert path.read_bytes() == GENERATED[name], "stale; run: gateway schemas write"


def test_only_what_changed_is_written(tmp_path: Path):
    assert len(write_schemas(tmp_path)) == len(GENERATED)
    assert write_schemas(tmp_path) == []
    (tmp_path / "docs/errors.md").write_text("old")
    assert write_schemas(tmp_path) == [tmp_path / "docs/errors.md"]


def test_the_catalogue_page_has_every_code_in_three_languages():
    page = GENERATED["docs/errors.md"].decode()
    for code, row in CATALOGUE.items():
        assert f"## {code.value}\n" in page
        for text in row.message:
            assert text in page
