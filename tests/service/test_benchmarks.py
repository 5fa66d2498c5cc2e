"""What «make bench» calls is still there: the part that drives the core without a service, in little."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from benchmarks import backlog
from benchmarks.workspace import SQLITE, Workspace

SIZES = (600, 1_200)


@pytest.fixture
async def workspace(tmp_path: Path):
    async with AsyncExitStack() as running:
        yield Workspace(folder=tmp_path, running=running, seconds=0.1, rounds=1, quick=True)


async def test_claims_from_a_backlog(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backlog, "QUICK_SIZES", SIZES)
    await backlog._claims(workspace, SQLITE, await workspace.database(SQLITE, "backlog"))
    names = {figure["name"] for figure in workspace.figures.as_json()}
    assert names == {*(f"backlog.sqlite.claim.{size}" for size in SIZES), "backlog.sqlite.claim_growth"}
