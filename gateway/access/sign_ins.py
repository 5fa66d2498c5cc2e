"""Sign-ins under way: what was sent to ESI, kept until the person comes back, and taken exactly once.

The state goes through ESI and its logs; the browser's own secret does not. Only with both can a sign-in be finished, so
nobody can slip somebody else's into a browser (RFC 9700, section 4.7).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final

import orjson

from gateway.access.purging import purge
from gateway.access.session_records import add_sign_in, take_sign_in
from gateway.ports import Clock, Sealer
from gateway.rules.findings import Refused
from gateway.store.access_tables import sign_ins
from gateway.store.grouping import Store
from schemas.errors import ErrorCode

LIFETIME: Final = timedelta(minutes=10)
"""How long a person may take at ESI."""

_SEALED_AS: Final = b"sign_ins.sealed"
_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a sign-in was begun with.

    ``nonce`` and ``verifier`` go with the code to ESI; ``return_to`` is the path to show afterwards; with ``step_up``
    the person must have proven anew who they are.
    """

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    return_to: str
    step_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunSignIn:
    """A sign-in that begins: ``state`` for ESI's address, ``browser`` for a cookie of :data:`LIFETIME`."""

    state: str = field(repr=False)
    browser: str = field(repr=False)
    sign_in: SignIn


class SignIns:
    """Begins sign-ins and takes them up again, on whichever node the person comes back to."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    async def begin(self, *, return_to: str = "/", step_up: bool = False) -> BegunSignIn:
        """A new sign-in. The caller has made sure that ``return_to`` is a path of our own."""
        state, browser = secrets.token_urlsafe(_RANDOM_BYTES), secrets.token_urlsafe(_RANDOM_BYTES)
        sign_in = SignIn(
            nonce=secrets.token_urlsafe(_RANDOM_BYTES),
            verifier=secrets.token_urlsafe(_RANDOM_BYTES),
            return_to=return_to,
            step_up=step_up,
        )
        content = {
            "browser": _digest(browser).hex(),
            "nonce": sign_in.nonce,
            "verifier": sign_in.verifier,
            "return_to": sign_in.return_to,
            "step_up": sign_in.step_up,
        }
        key = _digest(state)
        sealed = self._sealer.seal(orjson.dumps(content), _SEALED_AS + key)
        expires_at = self._clock.now() + LIFETIME
        await self._store.write(partial(add_sign_in, state_hash=key, sealed=sealed, expires_at=expires_at))
        return BegunSignIn(state=state, browser=browser, sign_in=sign_in)

    async def take(self, *, state: str, browser: str) -> SignIn:
        """Take a sign-in up; whatever comes of it, it cannot be taken again.

        Raises ``Refused`` with SIGN_IN_FAILED when it is unknown, too old, taken, or was begun in another browser.
        """
        key = _digest(state)
        sealed = await self._store.write(partial(take_sign_in, state_hash=key, now=self._clock.now()))
        if sealed is None:
            raise Refused.because(ErrorCode.SIGN_IN_FAILED)
        content = orjson.loads(self._sealer.open(sealed, _SEALED_AS + key))
        if not hmac.compare_digest(bytes.fromhex(content["browser"]), _digest(browser)):
            raise Refused.because(ErrorCode.SIGN_IN_FAILED)
        return SignIn(
            nonce=content["nonce"],
            verifier=content["verifier"],
            return_to=content["return_to"],
            step_up=content["step_up"],
        )

    async def forget(self, limit: int = 500) -> int:
        """Forget up to ``limit`` sign-ins that nobody came back from; returns how many."""
        return await self._store.write(
            partial(purge, ends=sign_ins.c.expires_at, before=self._clock.now(), limit=limit)
        )


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()
