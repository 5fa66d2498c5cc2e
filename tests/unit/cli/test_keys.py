"""``gateway keys``: make, show, check and rewrap, as an operator does."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import application
from gateway.cli.failures import ExitCode
from gateway.sealing.envelope import EnvelopeSealer
from gateway.sealing.sources import KeyDirectory
from gateway.store.sqlite import SqliteStore
from tests.service.sealing.rows import add, operation_row


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)
    monkeypatch.setenv("GATEWAY_STORE__URL", f"sqlite:///{tmp_path}/k.db")
    monkeypatch.setenv("GATEWAY_SEALING__KEYS", str(tmp_path / "keys"))
    monkeypatch.setitem(application._MODULES, "keys", "gateway.cli.keys")


def keys(*arguments: str):
    return CliRunner().invoke(application.build(), ["keys", *arguments])


def lines(*arguments: str) -> list[dict]:
    return [json.loads(line) for line in keys(*arguments, "--json").stdout.splitlines()]


def fill(path: Path, count: int) -> None:
    """Rows sealed with the key that seals now."""

    async def work() -> None:
        sealer = EnvelopeSealer(KeyDirectory(path / "keys").load(), datetime.now(UTC))
        store = SqliteStore(path / "k.db")
        await store.open()
        await store.write(partial(add, rows=[operation_row(sealer, b"{}") for _ in range(count)]))
        await store.close()

    asyncio.run(work())


def test_keys_are_made_and_shown_but_never_printed(tmp_path: Path):
    made = keys("new")
    assert made.exit_code == ExitCode.FINE
    assert keys("new", "--seals-in", "3600").exit_code == ExitCode.FINE
    assert [key["use"] for key in lines("list")] == ["seals", "seals later"]
    printed = made.stdout + keys("list").stdout + keys("list", "--json").stdout
    for file in (tmp_path / "keys").iterdir():
        assert file.read_text().split()[2] not in printed
    assert not re.search(r"[A-Za-z0-9+/]{43}=", printed)


def test_a_rotation_from_beginning_to_end(tmp_path: Path):
    first = lines("new")[0]["id"]
    fill(tmp_path, 5)
    second = lines("new", "--seals-in", "0")[0]["id"]
    # Both began within one second of the clock; let there be no doubt which one is the newer.
    file = tmp_path / "keys" / f"master-{first}.key"
    _, _, secret = file.read_text().split()
    file.write_text(f"master 2026-01-01T00:00:00Z {secret}\n")

    def needed() -> dict[str, int]:
        return {key["id"]: key["needed_by"] for key in lines("check")[0]["keys"]}

    assert needed() == {first: 5, second: 0}
    assert lines("rewrap") == [{"rewrapped": 5, "unopenable": 0}]
    assert needed() == {first: 0, second: 5}
    file.unlink()
    assert keys("check").exit_code == ExitCode.FINE
    assert needed() == {second: 5}


def test_a_missing_master_key_is_named(tmp_path: Path):
    lost = lines("new")[0]["id"]
    fill(tmp_path, 3)
    lines("new", "--seals-in", "0")
    (tmp_path / "keys" / f"master-{lost}.key").unlink()
    checked = keys("check")
    assert checked.exit_code == ExitCode.REFUSED
    assert lost in checked.stdout
    assert "3 rows" in checked.stderr
    assert "What to do:" in checked.stderr
    rewrapped = keys("rewrap")
    assert rewrapped.exit_code == ExitCode.REFUSED
    assert "3 rows do not open" in rewrapped.stderr


def test_unusable_keys_are_explained(tmp_path: Path):
    for command in ("list", "check", "rewrap"):
        result = keys(command)
        assert result.exit_code == ExitCode.UNREACHABLE
        assert "gateway keys new" in result.stderr
    lines("new")
    (tmp_path / "keys" / "index.key").unlink()
    assert "index key" in keys("new").stderr


def test_keys_of_a_command_are_not_made_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GATEWAY_SEALING__KEYS")
    monkeypatch.setenv("GATEWAY_SEALING__COMMAND", '["/bin/false"]')
    assert keys("new").exit_code == ExitCode.USAGE
    assert "code 1" in keys("list").stderr


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "keys").write_text("a file in its place")
    assert keys("new").exit_code == ExitCode.UNREACHABLE
