"""How the page proves who opened it: a one-time code from the command line buys a cookie.

The cookie is signed with the installation's token and kept nowhere, so that a restart of the agent does not throw the
pharmacist out; a new token makes all cookies worthless.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from kopuro_pos.agent.contract import Flat
from kopuro_pos.agent.ports import Clock
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.storage.private_files import read_private, write_private

CODE_FOR: Final = timedelta(minutes=10)
SESSION_FOR: Final = timedelta(hours=16)
"""A long working day."""

_TOKEN_FILE: Final = "token"  # noqa: S105 - the name of a file
_MOST_CODES: Final = 16
_WRONG_CODES_A_MINUTE: Final = 10
_PURPOSE: Final = b"kopuro-pos counter session\0"
_RANDOM_BYTES: Final = 17
_INSTANT_BYTES: Final = 8
"""With the seal's 32 bytes a multiple of three: in base 64 nothing is padded, so no cookie needs quotes."""


class EntryCode(Flat):
    """``POST /api/codes``: what opens the page once, at ``/#enter=CODE``."""

    code: str
    expires_at: datetime


def installation_token(state: Path, *, make: bool = False) -> str | None:
    """The token that tills show, 256 random bits from a file of the state folder; ``None`` when it is not made yet.

    Raises ``UnsafeFile`` when others may read it.
    """
    path = state / _TOKEN_FILE
    content = read_private(path)
    if content is None and make:
        content = secrets.token_urlsafe(32).encode()
        write_private(path, content)
    return None if content is None else content.decode("ascii").strip()


class Sessions:
    """One-time codes, and cookies that prove a code was shown."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token.encode()
        self._key = hmac.digest(self._token, _PURPOSE, "sha256")
        self._clock = clock
        self._codes: dict[bytes, datetime] = {}
        self._wrong: list[datetime] = []

    def is_token(self, shown: str) -> bool:
        """Whether it is the installation's."""
        return hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), self._token)

    def new_code(self) -> EntryCode:
        """A code for one entry within ten minutes; the oldest of too many goes."""
        code, expires_at = secrets.token_urlsafe(16), self._clock.now() + CODE_FOR
        while len(self._codes) >= _MOST_CODES:
            del self._codes[next(iter(self._codes))]
        self._codes[_digest(code)] = expires_at
        return EntryCode(code=code, expires_at=expires_at)

    def enter(self, code: str) -> str:
        """Redeem a code for a cookie's value. Raises ``AgentProblem``: CODE_INVALID, TOO_MANY."""
        now = self._clock.now()
        self._wrong = [at for at in self._wrong if now - at < timedelta(minutes=1)]
        if len(self._wrong) >= _WRONG_CODES_A_MINUTE:
            raise AgentProblem(ProblemCode.TOO_MANY, retry_after=60)
        expires_at = self._codes.pop(_digest(code), None)
        if expires_at is None or now >= expires_at:
            self._wrong.append(now)
            raise AgentProblem(ProblemCode.CODE_INVALID)
        return self.new_session()

    def new_session(self) -> str:
        """A cookie's value, good for :data:`SESSION_FOR`."""
        expires = int((self._clock.now() + SESSION_FOR).timestamp()).to_bytes(_INSTANT_BYTES, "big")
        told = secrets.token_bytes(_RANDOM_BYTES) + expires
        return base64.urlsafe_b64encode(told + hmac.digest(self._key, told, "sha256")).decode()

    def left_of(self, cookie: str) -> timedelta | None:
        """How long a cookie still counts; ``None`` when it does not."""
        try:
            content = base64.b64decode(cookie, altchars=b"-_", validate=True)
        except ValueError:
            return None
        told, seal = content[: _RANDOM_BYTES + _INSTANT_BYTES], content[_RANDOM_BYTES + _INSTANT_BYTES :]
        if not hmac.compare_digest(seal, hmac.digest(self._key, told, "sha256")):
            return None
        left = int.from_bytes(told[_RANDOM_BYTES:], "big") - self._clock.now().timestamp()
        return timedelta(seconds=left) if left > 0 else None


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode("utf-8", "surrogateescape")).digest()
