"""Access tokens of machines (RFC 9068), each bound to the sender's key or certificate."""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from gateway.access.canonical import is_canonical
from gateway.access.jose import LARGEST_TOKEN, SKEW, Claims, Reason, TokenKind, TokenRefused, parse
from gateway.access.principal import Scope
from gateway.access.public_keys import PublicKey
from gateway.access.signing import ALGORITHM, LONGEST_SIGNED
from gateway.ports import Clock, Ids

TYPE: Final = "at+jwt"
_KIND: Final = TokenKind(types=frozenset({TYPE}), algorithms=frozenset({ALGORITHM}))
_THUMBPRINT_CHARACTERS: Final = 43
"""SHA-256 in base64url."""


class ConfirmationKind(StrEnum):
    """What a token is bound to; the value is the member of ``cnf`` (RFC 7800) that says so."""

    DPOP = "jkt"
    """A key that signs every request (RFC 9449, section 6.1)."""
    CERTIFICATE = "x5t#S256"
    """The client's certificate of mutual TLS (RFC 8705, section 3.1)."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who may use a token: SHA-256 of the key (RFC 7638) or of the certificate's DER, base64url, 43 characters."""

    kind: ConfirmationKind
    thumbprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a valid access token says. Scopes that this version does not know are left out: they allow nothing.

    Without ``confirmation`` anybody may use it; such tokens exist only where they are expressly allowed.
    """

    client: str
    scopes: frozenset[Scope]
    confirmation: Confirmation | None
    jti: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Remembered:
    token: AccessToken
    kid: str
    key: PublicKey


class Keys(Protocol):
    """The gateway's own keys, as far as they are asked here: :class:`gateway.access.signing.SigningKeys`."""

    def sign(self, token_type: str, claims: Mapping[str, Any]) -> str:
        """A compact JWT of this ``typ``."""
        ...

    async def find(self, kid: str) -> PublicKey | None:
        """The published key of this name, looked for if need be."""
        ...

    def known(self, kid: str) -> PublicKey | None:
        """The published key of this name, as far as it is known already; the same object while it is the same key."""
        ...


class AccessTokens:
    """Issues access tokens and reads them.

    A token that was verified once is remembered by its SHA-256 until it expires or its key is withdrawn; of more than
    ``remembered`` tokens the least recently used is forgotten. ``allow_unbound`` lets tokens be issued and taken that
    anybody who sees them can use: for trials on one machine only.
    """

    def __init__(
        self,
        *,
        keys: Keys,
        issuer: str,
        audience: str,
        clock: Clock,
        ids: Ids,
        allow_unbound: bool = False,
        remembered: int = 10_000,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._ids = ids
        self._allow_unbound = allow_unbound
        self._most = remembered
        self._memory: OrderedDict[bytes, _Remembered] = OrderedDict()

    def issue(
        self,
        *,
        client: str,
        scopes: Iterable[Scope],
        confirmation: Confirmation | None,
        life: timedelta = LONGEST_SIGNED,
    ) -> str:
        """A new token for this client; ``life`` is of whole seconds and at most ten minutes."""
        if not timedelta(seconds=1) <= life <= LONGEST_SIGNED:
            raise ValueError("a token lives for a second at least and for ten minutes at most")
        if confirmation is None and not self._allow_unbound:
            raise ValueError("a token must be bound to a key or a certificate")
        issued_at = int(self._clock.now().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": client,
            "client_id": client,
            "iat": issued_at,
            "exp": issued_at + int(life.total_seconds()),
            "jti": str(self._ids.new()),
            "scope": " ".join(sorted(scopes)),
        }
        if confirmation is not None:
            claims["cnf"] = {confirmation.kind.value: confirmation.thumbprint}
        return self._keys.sign(TYPE, claims)

    async def read(self, token: str) -> AccessToken:
        """What the token says, if it is one of ours and valid; not whether its sender is the confirmed one.

        Raises :class:`TokenRefused`.
        """
        if len(token) > LARGEST_TOKEN:
            raise TokenRefused(Reason.SIZE)
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        found = self._memory.pop(digest, None)
        if found is None or self._keys.known(found.kid) is not found.key:
            found = await self._verified(token)
        elif found.token.expires_at + SKEW <= self._clock.now():
            raise TokenRefused(Reason.EXPIRED)
        self._memory[digest] = found
        if len(self._memory) > self._most:
            self._memory.popitem(last=False)
        return found.token

    async def _verified(self, token: str) -> _Remembered:
        unproven = parse(token, _KIND)
        if unproven.kid is None:
            raise TokenRefused(Reason.HEADER)
        key = await self._keys.find(unproven.kid)
        if key is None:
            raise TokenRefused(Reason.KEY_UNKNOWN)
        claims = unproven.proven_by(key)
        if not is_canonical(unproven.signature):
            raise TokenRefused(Reason.SIGNATURE)
        claims.check_issuer(self._issuer)
        claims.check_audience(self._audience)
        now = self._clock.now()
        claims.check_begun(now)
        claims.check_not_over(now)
        found = _access_token(claims)
        if found.confirmation is None and not self._allow_unbound:
            raise TokenRefused(Reason.BINDING)
        return _Remembered(found, unproven.kid, key)


def certificate_thumbprint(der: bytes) -> str:
    """``x5t#S256`` of a certificate in DER: SHA-256, base64url without padding (RFC 8705, section 3.1)."""
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode("ascii")


def _access_token(claims: Claims) -> AccessToken:
    issued_at, expires_at = claims.instant("iat"), claims.instant("exp")
    if not timedelta(0) < expires_at - issued_at <= LONGEST_SIGNED:
        raise TokenRefused(Reason.LIFETIME)
    client = claims.text("client_id")
    if claims.text("sub") != client:
        raise TokenRefused(Reason.CLAIMS)
    return AccessToken(
        client=client,
        scopes=_scopes(claims.content.get("scope")),
        confirmation=_confirmation(claims.content),
        jti=claims.text("jti"),
        issued_at=issued_at,
        expires_at=expires_at,
    )


def _scopes(value: Any) -> frozenset[Scope]:
    if not isinstance(value, str):
        raise TokenRefused(Reason.CLAIMS)
    return frozenset(Scope(name) for name in value.split(" ") if name in _KNOWN_SCOPES)


_KNOWN_SCOPES: Final = frozenset(Scope)


def _confirmation(claims: Mapping[str, Any]) -> Confirmation | None:
    """The one who may use the token; two at once, or one we cannot check, make it worthless."""
    if "cnf" not in claims:
        return None
    members = claims["cnf"]
    if not isinstance(members, dict) or len(members) != 1:
        raise TokenRefused(Reason.BINDING)
    ((name, thumbprint),) = members.items()
    if name not in _CONFIRMATIONS or not isinstance(thumbprint, str) or len(thumbprint) != _THUMBPRINT_CHARACTERS:
        raise TokenRefused(Reason.BINDING)
    return Confirmation(ConfirmationKind(name), thumbprint)


_CONFIRMATIONS: Final = frozenset(ConfirmationKind)
