"""The accounting goes red when a guarantee is taken out, and only then (R2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns import scenarios

pytestmark = pytest.mark.slow

EXPECTED = {
    "answer-before-commit": "was acknowledged and is not in the journal",
    "sending-not-marked": "the fund has stored",
    "anything-is-delivered": "the fund does not have it",
    "no-unique-index": "acknowledged as",
}


@pytest.mark.parametrize("name", scenarios.STORIES)
async def test_a_broken_gateway_is_found_out(name: str, tmp_path: Path):
    account = await scenarios.tell(tmp_path, name, broken=name)
    assert any(EXPECTED[name] in violation for violation in account.violations), account.violations


async def test_the_same_stories_end_well_with_a_whole_gateway(tmp_path: Path):
    account = await scenarios.tell(tmp_path, *scenarios.STORIES)
    assert account.violations == []
