"""ESI's public keys (RFC 7517): RSA keys for signatures, found by their id in the set that the metadata point to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from adapters.esi.exchange import Exchange
from adapters.esi.kept import Kept
from adapters.esi.sign_in import EsiUnavailable, SignInRefused
from gateway.access.jose import Reason
from gateway.access.public_keys import PublicKey, UnfitKey, read_public_key
from gateway.ports import Clock

KeySet = Mapping[str, PublicKey]

_MOST_KEYS: Final = 50


def read_key_set(content: Mapping[str, Any]) -> KeySet:
    """The usable keys of a JWK Set by ``kid``; raises :class:`EsiUnavailable` when there is none.

    Keys of other types, uses and algorithms are passed over (RFC 7517, section 5), and so are too short ones. A ``kid``
    that two usable keys bear says nothing and is passed over too.
    """
    listed = content.get("keys")
    if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
        raise EsiUnavailable("ESI's keys are no key set")
    usable = [(kid, key) for one in listed if isinstance(one, dict) for kid, key in _usable(one)]
    ids = [kid for kid, _ in usable]
    found = {kid: key for kid, key in usable if ids.count(kid) == 1}
    if not found:
        raise EsiUnavailable("ESI's key set has no usable key")
    return MappingProxyType(found)


def _usable(jwk: Mapping[str, Any]) -> tuple[tuple[str, PublicKey], ...]:
    kid = jwk.get("kid")
    try:
        key = read_public_key(jwk)
    except UnfitKey:
        return ()
    return ((kid, key),) if isinstance(kid, str) and "RS256" in key.algorithms else ()


class Keys:
    """Finds ESI's keys. An unknown ``kid`` makes it read the set again, at most once in ``apart`` for everybody."""

    def __init__(self, exchange: Exchange, *, clock: Clock, fresh_for: timedelta, apart: timedelta) -> None:
        self._exchange = exchange
        self._address = ""
        self._kept = Kept(self._read, clock=clock, fresh_for=fresh_for, apart=apart)

    async def find(self, kid: str, *, address: str) -> PublicKey:
        """The key with this id.

        ``address`` is that of the metadata, never one a token names. Raises :class:`SignInRefused` when ESI has no such
        key, :class:`EsiUnavailable` when its keys were never readable.
        """
        self._address = address
        found = (await self._kept.get()).get(kid)
        if found is None:
            found = (await self._kept.renewed()).get(kid)
        if found is None:
            raise SignInRefused(Reason.KEY_UNKNOWN)
        return found

    async def _read(self) -> KeySet:
        answer = await self._exchange.get(self._address)
        if answer.status != 200:
            raise EsiUnavailable("ESI does not give its keys")
        return read_key_set(answer.content)
