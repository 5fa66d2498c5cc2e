"""Reading messages: every mistake of shape at once, and nothing that was sent is repeated."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.findings import Finding
from gateway.rules.shape import read_message
from schemas.errors import ErrorCode, Language
from schemas.prescriptions import PrescriptionOrder
from tests.support.programme import order, order_bytes, order_json

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


def _places(value: Any, location: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, held in value.items():
        found.append((*location, name))
        if isinstance(held, dict):
            found += _places(held, (*location, name))
    return found


PLACES = _places(order_json(remote={"reason": "-", "last_contact": "2026-01-01", "contact": "visit"}))


def test_a_sound_message_is_read():
    assert read_message(order_bytes(), PrescriptionOrder) == order()


def test_a_field_that_stands_twice_is_found():
    body = b'{"reason": "a", "reason": "b"}'
    found = read_message(body, PrescriptionOrder)
    assert isinstance(found, tuple)
    assert Finding(ErrorCode.SCHEMA_REPEATED_FIELD, "$.reason") in found


@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=4))
def test_whatever_is_put_anywhere_is_read_or_found(changes: list[tuple[tuple[str, ...], Any]]):
    message = order_json(remote={"reason": "-", "last_contact": "2026-01-01", "contact": "visit"})
    for place, value in changes:
        holder: Any = message
        for step in place[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            holder[place[-1]] = value
    read = read_message(json.dumps(message).encode(), PrescriptionOrder)
    if isinstance(read, tuple):
        assert read
        for finding in read:
            assert finding.as_json(Language.KY)["message"]


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(body: bytes):
    assert isinstance(read_message(body, PrescriptionOrder), tuple)
