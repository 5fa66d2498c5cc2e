"""Envelopes: nothing repeats, nothing changed opens, and each opens only in its own place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sealing.envelope import HEAD_BYTES, EnvelopeSealer
from gateway.sealing.errors import CannotOpen, KeyRingUnusable
from tests.support.doubles import NOON
from tests.support.sealing import make_ring, make_sealer, master_key

CONTEXT = b"operations.payload/1"
PLAIN = '{"pin":"20101199012345","family_name":"Үсөнов"}'.encode()
WRAPPED = slice(HEAD_BYTES, HEAD_BYTES + 40)
NONCE = slice(HEAD_BYTES + 40, HEAD_BYTES + 52)

SEALER = make_sealer()


@given(st.binary(max_size=5000), st.binary(max_size=60))
def test_what_is_sealed_opens_again(plain: bytes, context: bytes):
    sealed = SEALER.seal(plain, context)
    assert SEALER.open(sealed, context) == plain
    assert len(sealed) == len(plain) + 77


def test_nothing_of_the_content_can_be_seen():
    sealed = SEALER.seal(PLAIN, CONTEXT)
    assert not [n for n in range(len(PLAIN) - 4) if PLAIN[n : n + 4] in sealed]


def test_every_single_flipped_bit_is_noticed():
    sealed = SEALER.seal(PLAIN, CONTEXT)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            SEALER.open(bytes(changed), CONTEXT)


def test_no_cut_envelope_opens():
    sealed = SEALER.seal(PLAIN, CONTEXT)
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            SEALER.open(sealed[:length], CONTEXT)


@given(st.binary(max_size=60).filter(lambda context: context != CONTEXT))
def test_an_envelope_in_anothers_place_does_not_open(context: bytes):
    with pytest.raises(CannotOpen, match="another context"):
        SEALER.open(SEALER.seal(PLAIN, CONTEXT), context)


def test_the_parts_of_two_envelopes_do_not_mix():
    one, other = (SEALER.seal(PLAIN, CONTEXT) for _ in range(2))
    for part in (WRAPPED, NONCE):
        mixed = bytearray(one)
        mixed[part] = other[part]
        with pytest.raises(CannotOpen):
            SEALER.open(bytes(mixed), CONTEXT)


@pytest.mark.slow
def test_no_data_key_and_no_nonce_comes_twice():
    """Equal data keys would be seen as equal wrapped keys: key wrap gives the same for the same."""
    wrapped, nonces = set(), set()
    for _ in range(100_000):
        sealed = SEALER.seal(b"", b"")
        wrapped.add(sealed[WRAPPED])
        nonces.add(sealed[NONCE])
    assert (len(wrapped), len(nonces)) == (100_000, 100_000)


def test_without_its_master_key_an_envelope_is_lost():
    old, new = master_key(days=2), master_key(days=1)
    sealed = make_sealer(make_ring(old)).seal(PLAIN, CONTEXT)
    assert make_sealer(make_ring(old, new)).open(sealed, CONTEXT) == PLAIN
    with pytest.raises(CannotOpen, match=old.id.hex()):
        make_sealer(make_ring(new)).open(sealed, CONTEXT)


def test_a_rewrapped_envelope_needs_only_the_new_key_and_keeps_its_content_bytes():
    old, new = master_key(days=2), master_key(days=1)
    sealed = make_sealer(make_ring(old)).seal(PLAIN, CONTEXT)
    both = make_sealer(make_ring(old, new))
    rewrapped = both.rewrap(sealed)
    assert rewrapped.startswith(both.head)
    assert rewrapped[NONCE.start :] == sealed[NONCE.start :]
    assert rewrapped[WRAPPED] != sealed[WRAPPED]
    assert make_sealer(make_ring(new)).open(rewrapped, CONTEXT) == PLAIN
    assert both.rewrap(rewrapped) is rewrapped


def test_a_changed_envelope_is_not_rewrapped():
    old, new = master_key(days=2), master_key(days=1)
    sealed = bytearray(make_sealer(make_ring(old)).seal(PLAIN, CONTEXT))
    sealed[WRAPPED.start] ^= 1
    with pytest.raises(CannotOpen, match="wrapped key"):
        make_sealer(make_ring(old, new)).rewrap(bytes(sealed))


def test_a_ring_that_seals_nothing_yet_is_refused_and_changes_nothing():
    sealer = make_sealer()
    before = sealer.head
    with pytest.raises(KeyRingUnusable, match="seals yet"):
        sealer.use(make_ring(master_key(days=-1)), NOON)
    assert sealer.head == before
    with pytest.raises(KeyRingUnusable):
        EnvelopeSealer(make_ring(master_key(seconds=-1)), NOON)
