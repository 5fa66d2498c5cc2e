"""``gateway prescription`` against the gateway at work."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import application
from gateway.cli.failures import ExitCode
from tests.builders import ABSENT
from tests.service.prescribing.conftest import Surgery
from tests.support.programme import PIN, issue_into, order_bytes


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(application._MODULES, "prescription", "gateway.cli.prescription")


async def run(surgery: Surgery, *arguments: str) -> Any:
    given = ["prescription", *arguments, "--url", surgery.url("")]
    return await asyncio.to_thread(CliRunner().invoke, application.build(), given)


async def test_an_order_is_checked(surgery: Surgery, tmp_path: Path):
    file = tmp_path / "order.json"
    file.write_bytes(order_bytes())
    fine = await run(surgery, "check", str(file))
    assert fine.exit_code == ExitCode.FINE
    assert "would be issued\ncourse dose: 600\ndose unit: mg\nvalid until: 2026-02-14" in fine.stdout
    file.write_bytes(order_bytes(informed=ABSENT))
    refused = await run(surgery, "check", str(file), "--language", "ru")
    assert refused.exit_code == ExitCode.REFUSED
    assert "error PATIENT_NOT_INFORMED at $.informed" in refused.stdout
    assert "пункт 20" in refused.stdout
    told = await run(surgery, "check", str(file), "--json")
    assert json.loads(told.stdout)["accepted"] is False
    assert await surgery.nothing_issued()


async def test_a_file_that_is_not_there_is_said_so(surgery: Surgery, tmp_path: Path):
    assert (await run(surgery, "check", str(tmp_path / "none"))).exit_code == ExitCode.UNREACHABLE


async def test_a_prescription_is_shown_without_its_patient_and_cancelled(surgery: Surgery):
    issued = await issue_into(surgery.clinic.store)
    shown = await run(surgery, "show", str(issued.id))
    assert "state: issued" in shown.stdout
    assert PIN not in shown.stdout
    cancelled = await run(surgery, "cancel", str(issued.id), "--reason", "ката")
    assert "state: cancelled" in cancelled.stdout
    whole = await run(surgery, "show", str(issued.id), "--json")
    assert json.loads(whole.stdout)["order"]["patient"]["pin"] == PIN


async def test_a_sheet_is_written_at_the_patients_demand(surgery: Surgery, tmp_path: Path):
    issued = await issue_into(surgery.clinic.store)
    file = tmp_path / "sheet.pdf"
    refused = await run(surgery, "sheet", str(issued.id), "--output", str(file))
    assert refused.exit_code == ExitCode.REFUSED
    assert "PAPER_NOT_REQUESTED" in refused.stderr
    assert not file.exists()
    printed = await run(surgery, "sheet", str(issued.id), "--output", str(file), "--requested-by-patient")
    assert printed.exit_code == ExitCode.FINE
    assert file.read_bytes().startswith(b"%PDF-")
