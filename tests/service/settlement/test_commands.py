"""``gateway settlement`` against the interface."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.settlement import commands
from tests.service.settlement.test_http import Office, fund_record, office
from tests.support.settlement import HEAD

__all__ = ["office"]


async def invoke(office: Office, *words: object):
    command = [*map(str, words), "--url", f"http://127.0.0.1:{office.gateway.port}"]
    return await asyncio.to_thread(CliRunner().invoke, commands, command, catch_exceptions=False)


async def test_list_show_submit_and_draw(office: Office):
    sale = office.settled.sale(date(2026, 1, 5))
    report = await office.formed(sale)
    listed = await invoke(office, "list", "--month", "2026-01", "--json")
    submitted = await invoke(office, "submit", report)
    drawn = json.loads((await invoke(office, "draw", report, "--json")).output)
    await office.post(f"acts/{drawn['id']}/signatures", {"role": "pharmacy-head", "digest": drawn["digest"]}, "head")
    shown = await invoke(office, "show", report)
    as_json = json.loads((await invoke(office, "show", report, "--json")).output)

    assert json.loads(listed.output)["id"] == report
    assert "state: submitted" in submitted.output
    assert str(HEAD) in shown.output
    assert str(sale.id) in shown.output
    assert [one["dispense"] for one in as_json["items"]] == [str(sale.id)]
    assert as_json["act"]["total"] == "360.00"


async def test_documents_are_written(office: Office, tmp_path: Path):
    act = await office.drawn(office.settled.sale(date(2026, 1, 5)))
    for subject, identifier in (("report", act.report), ("act", act.id)):
        file = tmp_path / f"{subject}.pdf"
        done = await invoke(office, "document", subject, identifier, "--output", file, "--document-language", "ru")
        assert done.exit_code == 0
        assert file.read_bytes().startswith(b"%PDF")


async def test_reconcile_tells_of_differences(office: Office, tmp_path: Path):
    sale = office.settled.sale(date(2026, 1, 5))
    await office.settled.put(sale)
    office.fund.answer = [fund_record(sale)]
    file = tmp_path / "sales.csv"
    given = ("--pharmacy", sale.pharmacy, "--month", "2026-01")
    file.write_text(f"dispense,settled\n{sale.id},360.00\n", encoding="utf-8")
    fine = await invoke(office, "reconcile", file, *given)
    file.write_text(f"dispense,settled\n{sale.id},1.00\n", encoding="utf-8")
    different = await invoke(office, "reconcile", file, *given)

    assert (fine.exit_code, different.exit_code) == (0, 1)
    assert "sum-differs" in different.output
