import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.application import build
from gateway.cli.failures import ExitCode

EXAMPLE = Path(__file__).parents[3] / "config" / "examples" / "medicines.csv"


def gateway(*arguments: str):
    return CliRunner().invoke(build(), ["reference", *arguments])


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_STORE__URL", f"sqlite:///{tmp_path}/kopuro.db")


def versions() -> list[dict]:
    return [json.loads(line) for line in gateway("list", "medicines", "--json").stdout.splitlines()]


@pytest.mark.clause("11", "12")
def test_clause_12_versions_go_into_the_store_one_after_the_other() -> None:
    first = gateway("import", "medicines", str(EXAMPLE), "--valid-from", "2026-01-01", "--json")
    assert first.exit_code == ExitCode.FINE, first.stderr
    assert json.loads(first.stdout)["version"] == 1
    later = gateway("import", "medicines", str(EXAMPLE), "--valid-from", "2199-01-01")
    assert later.exit_code == ExitCode.FINE, later.stderr
    assert [one["valid_until"] for one in versions()] == ["2198-12-31", None]
    again = gateway("import", "medicines", str(EXAMPLE), "--valid-from", "2026-02-01")
    assert again.exit_code == ExitCode.REFUSED
    assert "MEDICINE_VERSION_OVERLAP" in again.stderr
    assert "What to do:" in again.stderr
    assert len(versions()) == 2


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_exported_can_be_imported(tmp_path: Path, suffix: str) -> None:
    gateway("import", "medicines", str(EXAMPLE), "--valid-from", "2026-01-01")
    file = tmp_path / f"out{suffix}"
    written = gateway("export", "medicines", str(file), "--on", "2026-02-03")
    assert written.exit_code == ExitCode.FINE, written.stderr
    assert gateway("import", "medicines", str(file), "--valid-from", "2199-01-01").exit_code == ExitCode.FINE


@pytest.mark.clause("10")
def test_clause_10_what_is_overdue_is_told() -> None:
    gateway("import", "medicines", str(EXAMPLE), "--valid-from", "2026-01-01", "--list-approved-on", "2024-01-01")
    assert "2024-01-01" in gateway("list", "medicines").stderr


def test_mistakes_are_all_named_and_nothing_is_taken(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("10 mg", "10", 1).replace("5.00,2.50,unit", "5.00,2.50,box", 1)
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    result = gateway("import", "medicines", str(file), "--language", "ru")
    assert result.exit_code == ExitCode.REFUSED
    assert result.stderr.count("MEDICINE_ROW") == 2
    assert versions() == []


def test_a_format_that_is_not_known(tmp_path: Path) -> None:
    assert gateway("export", "medicines", str(tmp_path / "out.pdf")).exit_code != ExitCode.FINE
