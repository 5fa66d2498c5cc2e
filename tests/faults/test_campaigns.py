"""The short forms of the long campaigns; each as long as one wants by ``python -m tests.campaigns.…``."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.foms.simulator import Mode
from tests.campaigns import crash_points, kill, stop, two_nodes
from tests.faults.sabotage import POINTS

pytestmark = pytest.mark.slow

_KILLS = 3
_CASES = 400


@pytest.mark.postgres
async def test_two_nodes_of_which_one_is_killed(tmp_path: Path, postgres_url: str):
    account = await two_nodes.run(two_nodes.Plan(cases=_CASES, senders=64, drain_seconds=60), tmp_path, postgres_url)
    assert account.violations == []
    assert account.counts["cases acknowledged"] == _CASES
    assert account.counts["stored twice"] == 0


@pytest.mark.parametrize("mode", list(Mode))
async def test_killed_again_and_again(mode: Mode, tmp_path: Path):
    account = await kill.run(kill.Plan(mode=mode, kills=_KILLS, seed=5, longest=1.0), tmp_path)
    assert account.violations == []
    assert account.counts["stored twice"] == 0
    if mode is Mode.NEITHER:
        assert account.counts["parked"] == account.counts["sends in doubt"]
    else:
        assert account.counts["delivered"] == account.counts["stored by the fund"]


async def test_power_cut_at_every_point(tmp_path: Path):
    account = await crash_points.run(tmp_path)
    assert account.violations == []
    assert account.counts["crashes"] == len(POINTS)


async def test_stopped_under_load(tmp_path: Path):
    account = await stop.run(tmp_path, stops=2)
    assert account.violations == []
