"""Others' objects, all of them asked for by everybody: the short form of ``tests/campaigns/bola.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.bola import campaign

ORGANISATIONS, OBJECTS = 10, 20


@pytest.mark.slow
async def test_nobody_reads_what_is_anothers_nor_learns_that_it_is_there(tmp_path: Path):
    tally = await campaign(tmp_path, organisations=ORGANISATIONS, objects=OBJECTS, timed=20)
    assert tally.own == 2 * ORGANISATIONS
    assert tally.asked == 2 * ORGANISATIONS * (ORGANISATIONS - 1) * OBJECTS
    assert (tally.foreign_reads, tally.distinguishable) == (0, 0), tally.examples[:3]
