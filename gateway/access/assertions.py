"""How a machine proves at the token endpoint which client it is: ``private_key_jwt`` (RFC 7523, FAPI 2.0)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Protocol

from gateway.access.jose import SKEW, Claims, Reason, TokenKind, TokenRefused, parse
from gateway.access.once import Replays, use_digest
from gateway.access.public_keys import PublicKey
from gateway.ports import Clock

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""The only ``client_assertion_type`` there is (RFC 7523, section 2.2)."""
ALGORITHMS: Final = ("ES256", "PS256", "EdDSA", "Ed25519")
"""For the metadata member ``token_endpoint_auth_signing_alg_values_supported`` (FAPI 2.0, section 5.4.1)."""
LONGEST: Final = timedelta(seconds=60)
"""From ``iat``, or from now where there is none, to ``exp``."""

_ASSERTION: Final = TokenKind(
    types=frozenset({None, "JWT", "client-authentication+jwt"}), algorithms=frozenset(ALGORITHMS)
)


class ClientKeys(Protocol):
    """The register of machines, as far as it is asked here."""

    async def public_keys(self, client: str) -> Mapping[str, PublicKey]:
        """The live keys of a client by ``kid``; none when it is unknown or revoked."""
        ...


class AssertionReader:
    """Checks client assertions. ``audiences`` are our issuer and the address of the token endpoint."""

    def __init__(self, *, audiences: tuple[str, ...], keys: ClientKeys, replays: Replays, clock: Clock) -> None:
        self._audiences = audiences
        self._keys = keys
        self._replays = replays
        self._clock = clock

    async def read(self, assertion: str) -> str:
        """The client that signed a fresh assertion for us; each is good once. Raises :class:`TokenRefused`."""
        token = parse(assertion, _ASSERTION)
        client = token.claimed.text("iss")
        if token.kid is None:
            raise TokenRefused(Reason.HEADER)
        key = (await self._keys.public_keys(client)).get(token.kid)
        if key is None:
            raise TokenRefused(Reason.KEY_UNKNOWN)
        claims = token.proven_by(key)
        if claims.text("sub") != client:
            raise TokenRefused(Reason.CLAIMS)
        claims.check_audience(*self._audiences)
        self._check_times(claims)
        use = use_digest("assertion", client, claims.text("jti"))
        # Last of all: what is refused for another reason must not use up anything, nor fill the memory.
        if not await self._replays.first_use(use, claims.instant("exp") + 2 * SKEW):
            raise TokenRefused(Reason.REPLAYED)
        return client

    def _check_times(self, claims: Claims) -> None:
        now = self._clock.now()
        claims.check_begun(now)
        claims.check_not_over(now)
        begins = claims.instant("iat") if "iat" in claims.content else now
        if claims.instant("exp") - begins > LONGEST:
            raise TokenRefused(Reason.LIFETIME)
