"""Layers point one way: schemas know nobody, rules only schemas, the core no adapter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPOSITION = {"gateway/app.py", "gateway/wiring.py", "gateway/programme_wiring.py"}
"""The files that wire adapters; the command line, which starts simulators and reads files, may know them too."""


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def offenders(folder: str, *forbidden: str, but: tuple[str, ...] = ()) -> list[str]:
    found = []
    for path in modules(folder):
        name = path.relative_to(ROOT).as_posix()
        if name in COMPOSITION or name.startswith(but):
            continue
        bad = [one for one in imports_of(path) if f"{one}.".startswith(tuple(f"{name}." for name in forbidden))]
        found += [f"{name} imports {one}" for one in bad]
    return found


def test_schemas_import_nothing_of_ours():
    assert offenders("schemas", "gateway", "adapters", "config", "tests") == []


def test_rules_import_only_schemas_and_each_other():
    for path in modules("gateway/rules"):
        ours = [one for one in imports_of(path) if one.split(".")[0] in {"gateway", "adapters", "config"}]
        assert [one for one in ours if not one.startswith("gateway.rules")] == [], path


@pytest.mark.parametrize("banned", ["aiohttp", "httpx", "sqlalchemy", "asyncio", "structlog", "socket", "random"])
def test_rules_have_no_io(banned: str):
    for path in modules("gateway/rules"):
        assert not [one for one in imports_of(path) if one.split(".")[0] == banned], path


def test_the_core_imports_no_adapter():
    assert offenders("gateway", "adapters", but=("gateway/cli/", "gateway/batch/")) == []


def test_the_core_does_not_read_settings():
    assert offenders("gateway", "config", but=("gateway/cli/",)) == []


def test_operations_and_store_know_no_http():
    for folder in ("gateway/operations", "gateway/store"):
        assert offenders(folder, "aiohttp", "gateway.api", "gateway.middleware") == []


PLUGIN = "plugins/pos/src/kopuro_pos"


def test_what_runs_at_the_pharmacy_stands_alone():
    assert offenders(PLUGIN, "gateway", "adapters", "schemas", "config") == []


def test_the_gateway_does_not_know_what_runs_at_the_pharmacy():
    for folder in ("gateway", "adapters", "schemas", "config"):
        assert offenders(folder, "kopuro_pos") == []


def test_the_client_for_tills_knows_no_agent_and_no_server():
    assert offenders(f"{PLUGIN}/client", "aiohttp", "kopuro_pos.agent", "kopuro_pos.certify", "kopuro_pos.cli") == []


def test_nothing_that_ships_imports_tests():
    for folder in ("gateway", "adapters", "schemas", "config", PLUGIN):
        assert offenders(folder, "tests") == []
