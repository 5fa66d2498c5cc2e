"""The terminal's private keys (JWK, EC P-256): made here, named by thumbprint, never shown and never sent.

They are kept in files with mode 0600, or in the keyring of the operating system. Which of them is the terminal's is
said by :class:`kopuro_pos.agent.terminal.enrolment.TerminalFile` alone, so that a change is one write.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from kopuro_pos.agent.failures import Failure
from kopuro_pos.agent.settings import KeyStoreKind, Settings
from kopuro_pos.agent.storage.private_files import private_folder, read_private, remove_private, write_private

_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SERVICE: Final = "kopuro-pos"


class KeyUnusable(Failure):
    """A private key cannot be had. ``advice`` says what to do; the text names no part of the key."""


class KeyStore(Protocol):
    """Where private keys are kept, by their thumbprint (RFC 7638)."""

    def load(self, kid: str) -> dict[str, Any] | None:
        """The private key, ``None`` when it is not here. Raises :class:`KeyUnusable` and ``UnsafeFile``."""
        ...

    def save(self, jwk: dict[str, Any]) -> str:
        """Keep it durably; its thumbprint."""
        ...

    def remove(self, kid: str) -> None:
        """Forget it."""
        ...


class Keyring(Protocol):
    """What is used of the library «keyring»."""

    def get_password(self, service_name: str, username: str) -> str | None:
        """What is kept under a name."""
        ...

    def set_password(self, service_name: str, username: str, password: str) -> None:
        """Keep it."""
        ...

    def delete_password(self, service_name: str, username: str) -> None:
        """Forget it."""
        ...


def thumbprint(jwk: dict[str, Any]) -> str:
    """The name of a key (RFC 7638). Raises :class:`KeyUnusable` for what is no private EC key."""
    try:
        key = ECKey.import_key(jwk)
    except (ValueError, KeyError, TypeError, JoseError):
        raise _unreadable() from None
    if not key.is_private:
        raise _unreadable()
    return key.thumbprint()


class FileKeys:
    """Each key in a file of its own that only this user may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, kid: str) -> dict[str, Any] | None:
        """See :class:`KeyStore`."""
        content = read_private(self._file(kid))
        return None if content is None else _read(content, kid)

    def save(self, jwk: dict[str, Any]) -> str:
        """See :class:`KeyStore`."""
        kid = thumbprint(jwk)
        private_folder(self._folder)
        write_private(self._file(kid), orjson.dumps(jwk))
        return kid

    def remove(self, kid: str) -> None:
        """See :class:`KeyStore`."""
        if self._folder.exists():
            remove_private(self._file(kid))

    def _file(self, kid: str) -> Path:
        return self._folder / f"{_checked(kid)}.jwk"


class KeyringKeys:
    """Keys in the keyring of the operating system, under the name of the state folder."""

    def __init__(self, keyring: Keyring, folder: Path) -> None:
        self._keyring = keyring
        self._service = f"{_SERVICE}:{folder}"

    def load(self, kid: str) -> dict[str, Any] | None:
        """See :class:`KeyStore`."""
        content = self._keyring.get_password(self._service, _checked(kid))
        return None if content is None else _read(content.encode(), kid)

    def save(self, jwk: dict[str, Any]) -> str:
        """See :class:`KeyStore`."""
        kid = thumbprint(jwk)
        self._keyring.set_password(self._service, kid, orjson.dumps(jwk).decode())
        return kid

    def remove(self, kid: str) -> None:
        """See :class:`KeyStore`."""
        if self._keyring.get_password(self._service, _checked(kid)) is not None:
            self._keyring.delete_password(self._service, kid)


def key_store(settings: Settings, state: Path) -> KeyStore:
    """The one the settings name. Raises :class:`KeyUnusable` when the library «keyring» is not installed."""
    if settings.key_store is KeyStoreKind.FILE:
        return FileKeys(state / "keys")
    try:
        library = import_module("keyring")
    except ImportError:
        problem = "The settings want the key in the operating system's keyring, but its library is not installed."
        raise KeyUnusable(problem, "pip install 'kopuro-pos[keyring]', or set key_store = \"file\".") from None
    return KeyringKeys(cast("Keyring", library), state)


def _read(content: bytes, kid: str) -> dict[str, Any]:
    try:
        jwk = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise _unreadable() from None
    if not isinstance(jwk, dict) or thumbprint(jwk) != kid:
        raise _unreadable()
    return jwk


def _checked(kid: str) -> str:
    if not _THUMBPRINT.fullmatch(kid):
        raise _unreadable()
    return kid


def _unreadable() -> KeyUnusable:
    return KeyUnusable(
        "The terminal's private key cannot be read.",
        "Get a new code for this same terminal from the gateway's operator and run «kopuro-pos enrol CODE».",
    )
