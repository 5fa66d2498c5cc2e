"""Every snippet of the guide, run in order as a reader would, at a gateway with access on."""

from __future__ import annotations

import ast
import asyncio
import inspect
from functools import reduce
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from gateway.store.sqlite import SqliteStore
from tests.docs.pages import ROOT, blocks, read
from tests.pos.client.guarded import TILL, open_guarded
from tests.support.programme import PIN, issue_into, prescription_number

GUIDE = ROOT / "docs" / "pos-client.md"
NUMBER = prescription_number(1234)


async def run(snippet: str, names: dict[str, Any]) -> None:
    """What waits for nothing may block, so it has a thread of its own."""
    code = compile(snippet, GUIDE.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    body = FunctionType(code, names)
    if code.co_flags & inspect.CO_COROUTINE:
        await body()
    else:
        await asyncio.to_thread(body)


async def test_the_snippets_run(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    snippets = [block.text for block in blocks(read(GUIDE)) if block.language == "python"]
    async with open_guarded(store) as guarded:
        issued = await issue_into(store, number=NUMBER)
        assert issued.pin == PIN
        real = {
            "https://gateway.example": guarded.origin,
            "ABCD-EFGH-JKMN-PQRS": await guarded.code(),
            "4821 7730 5516": NUMBER,
        }
        names: dict[str, Any] = {}
        for snippet in snippets:
            await run(reduce(lambda text, pair: text.replace(*pair), real.items(), snippet), names)
        dispense = names["dispense"]
    told = capsys.readouterr().out
    assert f"{TILL} 700001" in told
    assert "450.00 180.00 270.00" in told, "retail, the fund's share, the patient's share"
    assert (dispense.fill, dispense.state) == (2, "partially-dispensed")
    assert (tmp_path / "till.jwk").stat().st_mode & 0o777 == 0o600
    assert len(snippets) == 9
