"""The campaigns in short: an agent that is killed in mid-dispense, and a queue of a long outage."""

from __future__ import annotations

from pathlib import Path

from tests.campaigns import pos_kill, pos_outage


async def test_nothing_is_lost_or_doubled_when_the_agent_is_killed(tmp_path: Path) -> None:
    account = await pos_kill.run(pos_kill.Plan(len(pos_kill.INSTANTS), 3), tmp_path)
    assert account.balanced, account
    assert account.counts["at the fund"] >= account.counts["told or repeated"] > 0


async def test_what_was_sold_in_an_outage_drains_in_order(tmp_path: Path) -> None:
    account = await pos_outage.run(20, tmp_path)
    assert account.balanced, account
