"""``gateway audit``: verify, export, report."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from gateway.audit.actions import Action, ActorKind
from gateway.audit.head_file import HeadFile
from gateway.audit.head_keeper import HeadKeeper
from gateway.audit.trail import ChainedTrail
from gateway.cli.application import Commands
from gateway.cli.audit import commands
from gateway.cli.failures import ExitCode
from gateway.ports import AuditEvent
from gateway.sealing.index import HmacIndex
from gateway.sealing.sources import KeyDirectory
from gateway.store.sqlite import SqliteStore
from tests.support.doubles import NOON, SettableClock, SystemIds
from tests.unit.audit.signers import OwnKey

PIN = "21001199012345"


class Place:
    """A configuration with keys, a database and exported heads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heads = folder / "heads.jsonl"
        self.database = folder / "kopuro.db"
        self.config = folder / "gateway.toml"
        self.config.write_text(
            f'[store]\nurl = "sqlite:///{self.database}"\n[sealing]\nkeys = "{folder / "keys"}"\n', encoding="utf-8"
        )
        keys = KeyDirectory(folder / "keys")
        keys.make(NOON)
        self.index = HmacIndex(keys.load().index)

    async def fill(self, statement: str | None = None) -> None:
        store, clock = SqliteStore(self.database), SettableClock()
        await store.open()
        trail = ChainedTrail(store, clock)
        subject = self.index.of("pin", PIN)
        for n in range(12):
            person = subject if n == 7 else None
            event = AuditEvent(action=Action.CASE_READ, actor=f"a{n}", actor_kind=ActorKind.MACHINE, subject=person)
            await trail.record(event)
        file = HeadFile(self.heads)
        await HeadKeeper(store=store, clock=clock, ids=SystemIds(), signer=OwnKey(), file=file).close()
        if statement is not None:
            await store.write(lambda c: c.execute(text(statement)))
        await store.close()

    def run(self, *arguments: str, typed: str | None = None):
        return CliRunner().invoke(commands_with_failures(), [*arguments, "--config", str(self.config)], input=typed)


def commands_with_failures():
    """The group behind the root's handling of failures, as ``gateway audit`` has it."""
    import typer  # noqa: PLC0415 - for this helper

    class Root(Commands):
        def list_commands(self, _):
            return ["verify", "export", "report"]

        def get_command(self, _, cmd_name):
            return typer.main.get_group(commands).get_command(None, cmd_name)

    root = typer.Typer(cls=Root)
    root.callback()(lambda: None)
    return root


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)
    return Place(tmp_path)


def test_a_whole_audit_is_told_so(place: Place):
    asyncio.run(place.fill())
    result = place.run("verify", "--heads", str(place.heads))
    assert result.exit_code == ExitCode.FINE, result.output
    assert "The audit is whole" in result.stdout
    result = place.run("verify", "--heads", str(place.heads), "--json")
    verdict = json.loads(result.stdout)
    assert (verdict["sound"], verdict["entries"], verdict["heads"], verdict["break"]) == (True, 12, 2, None)


def test_without_exported_heads_the_limit_of_the_verdict_is_told(place: Place):
    asyncio.run(place.fill())
    result = place.run("verify")
    assert result.exit_code == ExitCode.FINE
    assert "--heads" in result.stdout


def test_a_break_is_located_and_the_exit_code_says_so(place: Place):
    asyncio.run(place.fill("DELETE FROM audit_entries WHERE position IN (5, 6)"))
    result = place.run("verify", "--heads", str(place.heads))
    assert result.exit_code == ExitCode.REFUSED
    assert "BROKEN: entries 5–6: missing." in result.stdout
    result = place.run("verify", "--json")
    assert result.exit_code == ExitCode.REFUSED
    assert json.loads(result.stdout)["break"] == {"kind": "missing", "first": 5, "last": 6}


def test_heads_that_are_not_there_are_a_failure(place: Place):
    result = place.run("verify", "--heads", str(place.folder / "none"))
    assert result.exit_code == ExitCode.UNREACHABLE
    assert "What to do:" in result.stderr


def test_the_export_is_ndjson_and_leaves_an_entry(place: Place):
    asyncio.run(place.fill())
    result = place.run("export", "--format", "fhir")
    assert result.exit_code == ExitCode.FINE, result.output
    resources = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(resources) == 13
    assert {resource["resourceType"] for resource in resources} == {"AuditEvent"}
    assert resources[-1]["subtype"][-1]["code"] == "audit-exported"
    assert place.run("export", "--format", "csv").exit_code == ExitCode.USAGE
    later = place.run("export", "--format", "fhir", "--since", "2026-02-01")
    assert all(json.loads(line)["recorded"] > "2026-02-01" for line in later.stdout.splitlines())


def test_the_report_reads_the_pin_from_standard_input(place: Place):
    asyncio.run(place.fill())
    result = place.run("report", "--json", "--language", "ru", typed=f"{PIN}\n")
    assert result.exit_code == ExitCode.FINE, result.output
    asked, look = [json.loads(line) for line in result.stdout.splitlines()]
    assert asked["action"] == "subject-report"
    assert asked["actor"].startswith("cli:")
    assert (look["actor"], look["action_title"]) == ("a7", "Просмотр пролеченного случая")
    table = place.run("report", typed=PIN)
    assert "Treated case read" in table.stdout
    assert PIN not in result.output + table.output
    assert PIN.encode() not in place.database.read_bytes()


def test_what_is_no_pin_is_refused_and_not_repeated(place: Place):
    asyncio.run(place.fill())
    result = place.run("report", typed="12345\n")
    assert result.exit_code == ExitCode.USAGE
    assert "12345" not in result.output
    assert place.run("report", PIN).exit_code == ExitCode.USAGE  # never an argument


def test_a_report_needs_the_index_key(place: Place):
    asyncio.run(place.fill())
    for file in (place.folder / "keys").iterdir():
        file.unlink()
    result = place.run("report", typed=PIN)
    assert result.exit_code == ExitCode.UNREACHABLE
    assert "What to do:" in result.stderr
