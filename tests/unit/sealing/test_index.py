"""Blind indexes: the same value is found again, and an index without its key tells nothing."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sealing.index import HmacIndex, keyed_digest
from tests.support.sealing import make_index

PIN = "20101199012345"
INDEX = make_index()
KINDS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
VALUES = st.text(st.characters(exclude_categories=("Cs",)))


def test_it_is_hmac_sha_256_over_kind_and_value():
    secret = bytes(range(32))
    expected = hmac.new(secret, b"pin\x0020101199012345", hashlib.sha256).digest()
    assert HmacIndex(secret).of("pin", PIN) == expected


@given(KINDS, VALUES, KINDS, VALUES)
def test_only_the_same_kind_and_value_have_the_same_index(kind: str, value: str, other_kind: str, other: str):
    same = (kind, value) == (other_kind, other)
    assert (INDEX.of(kind, value) == INDEX.of(other_kind, other)) is same


def test_another_key_gives_another_index():
    assert INDEX.of("pin", PIN) != make_index().of("pin", PIN)


def test_a_kind_cannot_reach_into_the_value():
    with pytest.raises(ValueError, match="NUL"):
        INDEX.of("pin\0", PIN)


def test_a_keyed_digest_keeps_equality_and_nothing_else():
    digest = hashlib.sha256(PIN.encode()).digest()
    keyed = keyed_digest(INDEX, "stay", digest)
    assert keyed == keyed_digest(INDEX, "stay", digest)
    assert len(keyed) == 32
    others = [
        digest,
        keyed_digest(INDEX, "fingerprint", digest),
        keyed_digest(INDEX, "stay", hashlib.sha256(b"").digest()),
        keyed_digest(make_index(), "stay", digest),
    ]
    assert keyed not in others
