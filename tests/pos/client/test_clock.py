"""The offset of the clock: never further from the truth than it says."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopuro_pos.client.clock import ClockOffset, better, measure

NOW = 1_768_456_800.0
MOMENTS = st.floats(min_value=NOW, max_value=NOW + 86_400)
OFFSETS = st.floats(min_value=-100_000, max_value=100_000)
SECONDS = st.floats(min_value=0, max_value=10)


def date_at(moment: float) -> str:
    """What the gateway writes: whole seconds."""
    return format_datetime(datetime.fromtimestamp(int(moment), UTC), usegmt=True)


def measured(truth: float, written: float, there: float, back: float) -> ClockOffset:
    found = measure(date_at(written), asked_at=written - there + truth, answered_at=written + back + truth)
    assert found is not None
    return found


@given(truth=OFFSETS, written=MOMENTS, there=SECONDS, back=SECONDS)
def test_the_truth_lies_within_what_is_said(truth: float, written: float, there: float, back: float):
    found = measured(truth, written, there, back)
    assert abs(found.seconds - truth) <= found.uncertainty + 1e-3
    assert found.uncertainty == pytest.approx((there + back + 1) / 2, abs=1e-3)


@given(truth=OFFSETS, written=st.lists(st.tuples(MOMENTS, SECONDS, SECONDS), min_size=1))
def test_many_answers_never_make_it_worse(truth: float, written: list[tuple[float, float, float]]):
    known: ClockOffset | None = None
    widths = []
    for moment in written:
        new = measured(truth, *moment)
        known = better(known, new)
        assert known is not None
        assert abs(known.seconds - truth) <= known.uncertainty + 1e-3
        widths.append(new.uncertainty)
    assert known is not None
    assert known.uncertainty <= min(widths) + 1e-3


def test_a_clock_that_was_set_is_believed_at_once():
    known, new = ClockOffset(seconds=0.2, uncertainty=0.5), ClockOffset(seconds=3600.0, uncertainty=2.0)
    assert better(known, new) == new
    assert better(known, None) == known
    assert better(None, None) is None


@pytest.mark.parametrize("date", [None, "", "yesterday", "Thu, 99 Jan 2026 06:00:00 GMT"])
def test_no_date_is_no_offset(date: str | None):
    assert measure(date, asked_at=NOW, answered_at=NOW) is None
