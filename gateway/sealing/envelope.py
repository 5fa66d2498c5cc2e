"""Envelopes: content under a data key of its own (AES-256-GCM), the data key under a master key (AES key wrap).

Layout of version 1, 77 bytes longer than the content:

======  ======  =====================================================================================
offset  length  what
======  ======  =====================================================================================
0       1       version: 1
1       8       id of the master key (:attr:`gateway.sealing.keyring.Key.id`)
9       40      data key, wrapped by the master key (RFC 3394; NIST SP 800-38F)
49      12      nonce
61      n       content, encrypted (NIST SP 800-38D)
61 + n  16      tag over content and associated data: the version byte and the context
======  ======  =====================================================================================

Every envelope has a new random data key and nonce, so that no key ever meets a nonce twice. Key wrap needs no nonce:
one master key may seal any number of envelopes, where GCM with random nonces would end at 2^32 (SP 800-38D, 8.3).

The context (what it is and whose) is not stored: who opens must know it, and an envelope put in another's place does
not open. It does not enter the wrapping, so that :meth:`EnvelopeSealer.rewrap` needs neither context nor content.
"""

from __future__ import annotations

from datetime import datetime
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from gateway.sealing.errors import CannotOpen, KeyRingUnusable
from gateway.sealing.keyring import ID_BYTES, KEY_BYTES, KeyRing

VERSION: Final = b"\x01"

HEAD_BYTES: Final = len(VERSION) + ID_BYTES
"""Version and id of the master key: the part by which envelopes are told apart."""

_NONCE_BYTES: Final = 12
_NONCE_AT: Final = HEAD_BYTES + KEY_BYTES + 8
_CONTENT_AT: Final = _NONCE_AT + _NONCE_BYTES
_SHORTEST: Final = _CONTENT_AT + 16
"""An envelope of nothing."""


class EnvelopeSealer:
    """A :class:`gateway.ports.Sealer`. May be used from several threads at once, also while keys are exchanged."""

    def __init__(self, ring: KeyRing, now: datetime) -> None:
        self.use(ring, now)

    def use(self, ring: KeyRing, now: datetime) -> None:
        """Open with all keys of this ring from now on, and seal with the one whose turn it is at ``now``.

        Raises :class:`gateway.sealing.errors.KeyRingUnusable` and changes nothing when none seals yet.
        """
        newest = ring.sealing(now)
        if newest is None:
            raise KeyRingUnusable("No master key seals yet.", "Wait for its instant, and check this machine's clock.")
        self._masters = {key.id: key.secret for key in ring.masters.values()}
        # One assignment: a thread that seals meanwhile gets head and key of the same master key.
        self._sealing = (VERSION + newest.id, newest.secret)

    @property
    def head(self) -> bytes:
        """How every envelope begins that is sealed now."""
        return self._sealing[0]

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """See :class:`gateway.ports.Sealer`."""
        head, master = self._sealing
        fresh = token_bytes(KEY_BYTES + _NONCE_BYTES)
        data_key, nonce = fresh[:KEY_BYTES], fresh[KEY_BYTES:]
        content = AESGCM(data_key).encrypt(nonce, plain, VERSION + context)
        return b"".join((head, aes_key_wrap(master, data_key), nonce, content))

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """See :class:`gateway.ports.Sealer`."""
        data_key = self._data_key(sealed)
        nonce, content = sealed[_NONCE_AT:_CONTENT_AT], sealed[_CONTENT_AT:]
        try:
            return AESGCM(data_key).decrypt(nonce, content, VERSION + context)
        except InvalidTag:
            raise CannotOpen("the content was changed, or belongs to another context") from None

    def rewrap(self, sealed: bytes) -> bytes:
        """The same envelope with its data key under the master key that seals now; the content stays as it is.

        Raises :class:`gateway.sealing.errors.CannotOpen`.
        """
        head, master = self._sealing
        if sealed.startswith(head):
            return sealed
        return b"".join((head, aes_key_wrap(master, self._data_key(sealed)), sealed[_NONCE_AT:]))

    def _data_key(self, sealed: bytes) -> bytes:
        if len(sealed) < _SHORTEST or not sealed.startswith(VERSION):
            raise CannotOpen("this is no envelope of a known version")
        identifier = sealed[len(VERSION) : HEAD_BYTES]
        master = self._masters.get(identifier)
        if master is None:
            raise CannotOpen(f"the master key {identifier.hex()} is not in the key ring")
        try:
            return aes_key_unwrap(master, sealed[HEAD_BYTES:_NONCE_AT])
        except InvalidUnwrap:
            raise CannotOpen("the wrapped key was changed") from None
