"""A node that stands still past its lease (R11): what it does on waking up changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns import pause

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


async def test_what_a_node_writes_after_its_lease_is_refused(tmp_path: Path, postgres_url: str):
    account = await pause.while_waiting_for_the_reply(tmp_path, postgres_url)
    assert account.violations == []
    assert account.counts["stored by the fund"] == 4


async def test_a_node_that_wakes_up_before_sending_sends_nothing(tmp_path: Path, postgres_url: str):
    account = await pause.before_the_first_byte(tmp_path, postgres_url)
    assert account.violations == []
    assert account.counts["stored by the fund"] == 1
