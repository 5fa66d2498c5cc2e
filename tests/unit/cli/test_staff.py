"""``gateway staff``: grant, revoke and list; ПИН and names only where they must be."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.audit.entries import read_entries
from gateway.cli import application
from gateway.cli.failures import ExitCode
from gateway.store.sqlite import SqliteStore

PIN = "20101199012345"
PERSON = f"{PIN}\nАсанов Үсөн\n"
ROLE = ("--role", "pharmacist", "--organisation", "700001")


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)
    monkeypatch.setenv("GATEWAY_STORE__URL", f"sqlite:///{tmp_path}/k.db")
    monkeypatch.setenv("GATEWAY_SEALING__KEYS", str(tmp_path / "keys"))
    for name in ("staff", "keys"):
        monkeypatch.setitem(application._MODULES, name, f"gateway.cli.{name}")
    assert CliRunner().invoke(application.build(), ["keys", "new"]).exit_code == ExitCode.FINE


def staff(*arguments: str, answers: str = "") -> Any:
    return CliRunner().invoke(application.build(), ["staff", *arguments], input=answers)


def listed(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in staff("list", "--json", *arguments).stdout.splitlines()]


def test_a_person_is_put_on_the_list(tmp_path: Path):
    granted = staff("grant", *ROLE, "--from", "2026-01-15", "--to", "2026-02-15", "--json", answers=PERSON)
    assert granted.exit_code == ExitCode.FINE
    told = json.loads(granted.stdout)
    assert (told["role"], told["organisation"], told["valid_from"], told["valid_to"]) == (
        "pharmacist", "700001", "2026-01-15", "2026-02-15",
    )  # fmt: skip
    assert PIN not in granted.output
    (member,) = listed("--all")
    assert (member["id"], member["name"], member["pin"]) == (told["id"], "Асанов Үсөн", "••••••••••••45")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.name.startswith("k.db"))
    assert PIN.encode() not in kept
    assert "Асанов".encode() not in kept


def test_without_days_it_counts_from_today_until_revoked():
    granted = json.loads(staff("grant", *ROLE, "--json", answers=PERSON).stdout)
    assert granted["valid_to"] is None
    assert [one["id"] for one in listed("--organisation", "700001")] == [granted["id"]]
    assert listed("--organisation", "700002") == []
    assert "Асанов" in staff("list").stdout
    assert PIN not in staff("list").stdout


def test_a_revoked_record_is_only_in_the_whole_list():
    granted = json.loads(staff("grant", *ROLE, "--json", answers=PERSON).stdout)
    ended = staff("revoke", granted["id"], "--reason", "has left")
    assert ended.exit_code == ExitCode.FINE
    assert listed() == []
    assert [one["reason"] for one in listed("--all")] == ["has left"]
    again = staff("revoke", granted["id"], "--reason", "has left")
    assert again.exit_code == ExitCode.REFUSED
    assert "STAFF_NOT_FOUND" in again.stderr


@pytest.mark.parametrize(
    ("options", "answers", "code"),
    [
        (ROLE, "123\nA\n", "PIN_FORMAT"),
        (ROLE, f"{PIN}\n\n", "SCHEMA_LENGTH"),
        (("--role", "pharmacist"), PERSON, "STAFF_GRANT_INVALID"),
        (("--role", "hospital-clerk", "--organisation", "950174"), PERSON, "ORG_UNKNOWN"),
        (("--role", "ckuz", "--region", "moon"), PERSON, "SCHEMA_VALUE"),
        ((*ROLE, "--from", "2026-02-02", "--to", "2026-02-01"), PERSON, "STAFF_GRANT_INVALID"),
    ],
)
def test_what_cannot_be_granted_is_refused_without_personal_data(options: tuple[str, ...], answers: str, code: str):
    refused = staff("grant", *options, "--language", "ru", answers=answers)
    assert refused.exit_code == ExitCode.REFUSED
    assert code in refused.stderr
    assert "What to do:" in refused.stderr
    assert PIN not in refused.output
    assert "Асанов" not in refused.output
    assert listed("--all") == []


def test_there_is_no_option_for_a_pin_or_a_name():
    shown = staff("grant", "--help").stdout
    assert "--pin" not in shown
    assert "--name" not in shown


def test_looking_at_the_list_leaves_an_entry(tmp_path: Path):
    staff("list", "--organisation", "700001")

    async def entries() -> list[Any]:
        store = SqliteStore(tmp_path / "k.db")
        await store.open()
        try:
            return [entry.event for entry in await store.read(read_entries)]
        finally:
            await store.close()

    (event,) = asyncio.run(entries())
    assert (event.action, event.organisation, event.actor_kind) == ("staff-listed", "700001", "operator")


def test_a_missing_key_is_told(tmp_path: Path):
    staff("grant", *ROLE, answers=PERSON)
    for file in (tmp_path / "keys").glob("master-*"):
        file.unlink()
    assert CliRunner().invoke(application.build(), ["keys", "new"]).exit_code == ExitCode.FINE
    assert "gateway keys check" in staff("list").stderr
    for file in (tmp_path / "keys").iterdir():
        file.unlink()
    assert staff("list").exit_code == ExitCode.UNREACHABLE
