"""The gateway's own signing keys (ES256): made, sealed, published, rotated while it works.

A key is published before it signs, so that every node and every reader knows it by then, and stays published until
all it signed has expired. When it signs is written down with it; nodes need not agree on anything else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import orjson
import structlog
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.access.canonical import in_canonical_form
from gateway.access.jose import SKEW
from gateway.access.public_keys import PublicKey, read_public_key
from gateway.access.signing_rows import Overtaken, delete_key, load_keys, replace_keys, shred_keys
from gateway.ports import Clock, Sealer
from gateway.sealing.errors import CannotOpen
from gateway.store.grouping import Store, StoreUnavailable
from gateway.system import spread

log = structlog.get_logger(__name__)

ALGORITHM: Final = "ES256"
LONGEST_SIGNED: Final = timedelta(minutes=10)
"""The longest life of what these keys sign."""
_LINGER: Final = LONGEST_SIGNED + 2 * SKEW
"""How long a key stays published after it has ceased to sign."""
_SHREDDED: Final = b""
"""What stands sealed in place of a private part that is done with."""
_BETWEEN_LOOKS: Final = timedelta(seconds=60)
"""Unknown ``kid`` values, which anyone can make up, cause no more than one look into the store in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationPolicy:
    """When keys change.

    A key signs for ``period`` and is published ``ahead`` of that. Each node looks for changes after ``look`` at the
    latest; that must fit into ``ahead`` twice, so that a missed look does no harm.
    """

    period: timedelta = timedelta(days=30)
    ahead: timedelta = timedelta(minutes=10)
    look: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        if not 2 * self.look <= self.ahead < self.period:
            raise ValueError("a key must be published long enough before it signs, and sign for longer than that")


class NoSigningKey(RuntimeError):
    """No key may sign now: :meth:`SigningKeys.load` was not called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key of ours. It signs from ``signs_from`` until ``retired_at``, in UTC; ``private`` is in memory only."""

    kid: str
    public: PublicKey
    private: ECKey = field(repr=False)
    sealed: bytes = field(repr=False)
    signs_from: datetime
    retired_at: datetime | None

    def signs(self, now: datetime) -> bool:
        """Whether it may sign."""
        return self.signs_from <= now and (self.retired_at is None or now < self.retired_at)

    def is_published(self, now: datetime) -> bool:
        """Whether what it signed is believed: from the moment it is made, until all of that has expired."""
        return self.retired_at is None or now < self.retired_at + _LINGER


class SigningKeys:
    """The keys in memory, as the store has them. Call :meth:`load` once, then keep :meth:`run` running."""

    def __init__(self, *, store: Store, sealer: Sealer, clock: Clock, policy: RotationPolicy | None = None) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._policy = policy or RotationPolicy()
        self._keys: Mapping[str, SigningKey] = {}
        self._current: Sequence[str] = ()
        self._reading = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._looked_at: datetime | None = None

    async def load(self) -> None:
        """Read the keys; make the first one if there is none.

        Raises ``CannotOpen`` when keys are there and not one can be opened, ``StoreUnavailable`` as the store does.
        """
        await self.refresh()
        await self._ensure_signer()

    async def refresh(self) -> None:
        """Take over what other nodes have changed. A key that cannot be opened is told in the log and left out.

        Raises as :meth:`load`.
        """
        async with self._reading:  # so that an earlier answer never takes the place of a later one
            rows = await self._store.read(load_keys)
            opened: list[SigningKey] = []
            unreadable: list[str] = []
            for row in rows:
                try:
                    key = self._opened(row)
                except CannotOpen:
                    unreadable.append(row.kid)
                else:
                    opened += [key] if key is not None else []
            if unreadable:
                log.error("signing_keys_unreadable", kids=unreadable)
            if unreadable and not opened:
                raise CannotOpen
            self._keys = {key.kid: key for key in opened}
            self._current = [row.kid for row in rows if row.retired_at is None]

    async def run(self) -> None:
        """Tend the keys until cancelled."""
        seconds = self._policy.look.total_seconds()
        while True:
            await asyncio.sleep(seconds / 2 + spread(seconds / 2))
            try:
                await self.tend()
            except StoreUnavailable:
                log.warning("store_unavailable", task="signing-keys")
            except CannotOpen:
                log.error("signing_keys_unreadable")  # noqa: TRY400 - a traceback would say no more

    async def tend(self) -> None:
        """One round of duties: take over changes, rotate when it is time, shred private keys that are done with."""
        await self.load()
        now = self._clock.now()
        if all(key.signs_from + self._policy.period <= now for key in self._keys.values() if key.retired_at is None):
            await self.rotate()
        over = [key.kid for key in self._keys.values() if not key.is_published(now)]
        if over:
            emptied = {kid: self._sealer.seal(_SHREDDED, _context(kid)) for kid in over}
            await self._store.write(partial(shred_keys, emptied=emptied))
            await self.refresh()

    async def rotate(self) -> None:
        """Make a new key, which signs in place of all others after ``policy.ahead``.

        When another node has done so since the last refresh, its key is taken over instead.
        """
        await self._replace(signs_from=self._clock.now() + self._policy.ahead)

    async def withdraw(self, kid: str) -> None:
        """A key has become known to others: nothing it signed is believed from now on, and another one signs at once.

        Other nodes follow at their next :meth:`tend`.
        """
        await self._store.write(partial(delete_key, kid=kid))
        await self.load()

    async def find(self, kid: str) -> PublicKey | None:
        """The published key of this name. An unknown name causes one look into the store, at most once a minute."""
        if (key := self.known(kid)) is not None:
            return key
        async with self._looking:
            now = self._clock.now()
            # Whoever waited here while another looked finds what that one found.
            if self._looked_at is None or now >= self._looked_at + _BETWEEN_LOOKS:
                self._looked_at = now
                try:
                    await self.refresh()
                except StoreUnavailable:
                    log.warning("store_unavailable", task="signing-keys")
        return self.known(kid)

    def known(self, kid: str) -> PublicKey | None:
        """The published key of this name, as far as this node knows."""
        key = self._keys.get(kid)
        return key.public if key is not None and key.is_published(self._clock.now()) else None

    def sign(self, token_type: str, claims: Mapping[str, Any]) -> str:
        """A compact JWT of this ``typ`` by the key whose turn it is; raises :class:`NoSigningKey`."""
        key = self._signer()
        if key is None:
            raise NoSigningKey
        header = {"alg": ALGORITHM, "typ": token_type, "kid": key.kid}
        return in_canonical_form(jwt.encode(header, dict(claims), key.private, algorithms=[ALGORITHM]))

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The JWK Set to publish (RFC 7517, section 5): public parts only."""
        now = self._clock.now()
        return {"keys": [_public_jwk(key.private) for key in self._keys.values() if key.is_published(now)]}

    def _signer(self) -> SigningKey | None:
        now = self._clock.now()
        ready = [key for key in self._keys.values() if key.signs(now)]
        return max(ready, key=lambda key: (key.signs_from, key.kid), default=None)

    async def _ensure_signer(self) -> None:
        """Make a key at once when none may sign, or none will go on when those that sign are retired."""
        if self._signer() is None or not self._current:
            await self._replace(signs_from=self._clock.now())

    async def _replace(self, *, signs_from: datetime) -> None:
        """Put a new key in place of those that are not retired."""
        private = ECKey.generate_key("P-256")
        kid = private.thumbprint()
        row = {
            "kid": kid,
            "algorithm": ALGORITHM,
            "public": json.dumps(_public_jwk(private)),
            "sealed": self._sealer.seal(orjson.dumps(private.as_dict(private=True)), _context(kid)),
            "made_at": self._clock.now(),
            "signs_from": signs_from,
        }
        try:
            await self._store.write(partial(replace_keys, current=self._current, row=row))
        except Overtaken:
            log.info("signing_key_rotated_elsewhere")
        else:
            log.info("signing_key_made", kid=kid)
        await self.refresh()

    def _opened(self, row: Any) -> SigningKey | None:
        """The key of a row, or none when its private part is shredded; raises ``CannotOpen``.

        Only what was sealed with our master key is trusted: the public part, too, is taken from there.
        """
        known = self._keys.get(row.kid)
        if known is not None and known.sealed == row.sealed:
            return replace(known, signs_from=row.signs_from, retired_at=row.retired_at)
        content = self._sealer.open(row.sealed, _context(row.kid))
        if content == _SHREDDED:
            return None
        private = ECKey.import_key(orjson.loads(content))
        return SigningKey(
            kid=row.kid,
            public=read_public_key(_public_jwk(private)),
            private=private,
            sealed=row.sealed,
            signs_from=row.signs_from,
            retired_at=row.retired_at,
        )


def _context(kid: str) -> bytes:
    return b"signing-key:" + kid.encode()


def _public_jwk(key: ECKey) -> dict[str, Any]:
    return {**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM, "kid": key.thumbprint()}
