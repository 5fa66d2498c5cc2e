"""The short form of the month of 150,000 dispenses, see :mod:`tests.campaigns.month_of_dispenses`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.month_of_dispenses import Plan, run_on_postgres, run_on_sqlite

pytestmark = pytest.mark.slow

_PLAN = Plan(dispenses=2_000, pharmacies=5, kills=2, seed=7)


@pytest.mark.clause("41")
async def test_clause_41_a_month_closed_under_kills_on_sqlite(tmp_path: Path):
    account = await run_on_sqlite(_PLAN, tmp_path)
    assert account.violations == []
    assert account.counts["lines"] > _PLAN.dispenses


@pytest.mark.postgres
@pytest.mark.clause("41")
async def test_clause_41_a_month_closed_under_kills_on_postgres(postgres_url: str):
    account = await run_on_postgres(_PLAN, postgres_url)
    assert account.violations == []
    assert account.counts["reports formed when closing again"] == 0
