"""Personal data on the disk: sealed with a key that lies beside the terminal's key, for this user alone."""

from __future__ import annotations

from pathlib import Path
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kopuro_pos.agent.storage.private_files import private_folder, read_private, write_private

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12


class CannotOpen(Exception):
    """Sealed with another key, for another context, or changed since."""


class SealingKeyDamaged(Exception):
    """The key file does not hold a key. The text says which file and what to do."""


class FileSealer:
    """A :class:`kopuro_pos.agent.ports.Sealer` of one key (NIST SP 800-38D): version, nonce, content, tag.

    A till seals some thousand times a day; random nonces are good for 2^32 times.
    """

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(key)

    @classmethod
    def at(cls, path: Path) -> FileSealer:
        """With the key in this file, which is made if there is none.

        Raises :class:`SealingKeyDamaged`, or ``private_files.UnsafeFile`` when others may read it.
        """
        key = read_private(path)
        if key is None:
            private_folder(path.parent)
            key = token_bytes(KEY_BYTES)
            write_private(path, key)
        if len(key) != KEY_BYTES:
            raise SealingKeyDamaged(f"{path} is not a key of {KEY_BYTES} bytes: restore it from a copy")
        return cls(key)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """See :class:`kopuro_pos.agent.ports.Sealer`."""
        nonce = token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._key.encrypt(nonce, plain, _VERSION + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """See :class:`kopuro_pos.agent.ports.Sealer`; raises :class:`CannotOpen`."""
        nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
            raise CannotOpen
        try:
            return self._key.decrypt(nonce, content, _VERSION + context)
        except InvalidTag:
            raise CannotOpen from None
