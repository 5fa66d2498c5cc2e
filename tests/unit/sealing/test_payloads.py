"""Payloads: bound to their operation, and tombstones that say when."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from gateway.rules.findings import Refused
from gateway.sealing.errors import CannotOpen
from gateway.sealing.payloads import erased_at, is_erased, open_payload, seal_payload, tombstone
from schemas.errors import ErrorCode
from tests.support.doubles import NOON
from tests.support.sealing import make_sealer

ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
SEALER = make_sealer()


def test_a_payload_opens_for_its_own_operation_only():
    kept = seal_payload(SEALER, ONE, b"{}")
    assert open_payload(SEALER, ONE, kept) == b"{}"
    with pytest.raises(CannotOpen):
        open_payload(SEALER, OTHER, kept)


def test_a_payload_in_clear_is_not_taken_for_one():
    """Whoever can write into the database must not be able to put a case of their own there."""
    for clear in (b"", b"{}", b'{"pin": "20101199012345"}' * 9):
        with pytest.raises(CannotOpen):
            open_payload(SEALER, ONE, clear)


@pytest.mark.parametrize("at", [NOON, datetime(2090, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)])
def test_an_erased_payload_says_when(at: datetime):
    stone = tombstone(at)
    assert (len(stone), is_erased(stone), erased_at(stone)) == (9, True, at)
    with pytest.raises(Refused) as caught:
        open_payload(SEALER, ONE, stone)
    assert caught.value.findings[0].code is ErrorCode.CONTENT_ERASED


def test_an_envelope_is_no_tombstone():
    kept = seal_payload(SEALER, ONE, b"")
    assert not is_erased(kept)
    assert erased_at(kept) is None
    assert tombstone(NOON) != tombstone(NOON + timedelta(microseconds=1))
