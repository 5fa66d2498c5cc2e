"""Key rings for tests, and the sealer that does not seal, with which a test shows that it would see clear text."""

from __future__ import annotations

from datetime import timedelta

from gateway.sealing.envelope import EnvelopeSealer
from gateway.sealing.index import HmacIndex
from gateway.sealing.keyring import Key, KeyPurpose, KeyRing, new_key
from tests.support.doubles import NOON


def make_ring(*masters: Key) -> KeyRing:
    """A ring of these master keys, or of one that seals since a day before noon, and an index key."""
    return KeyRing.of([*(masters or (master_key(days=1),)), new_key(KeyPurpose.INDEX, NOON)])


def master_key(**before_noon: float) -> Key:
    return new_key(KeyPurpose.MASTER, NOON - timedelta(**before_noon))


def make_sealer(ring: KeyRing | None = None) -> EnvelopeSealer:
    return EnvelopeSealer(ring or make_ring(), NOON)


def make_index() -> HmacIndex:
    return HmacIndex(new_key(KeyPurpose.INDEX, NOON).secret)


class ClearSealer:
    """Keeps everything as it is: what a gateway without sealing would leave behind."""

    def seal(self, plain: bytes, context: bytes) -> bytes:
        assert context
        return plain

    def open(self, sealed: bytes, context: bytes) -> bytes:
        assert context
        return sealed
