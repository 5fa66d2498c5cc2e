"""The one strict reader of signed tokens (compact JWS, RFC 7515; JWT, RFC 7519; hardened as RFC 8725 asks).

What kind of token is expected is the caller's to say, never the token's: its types, its algorithms, its header
members. Keys come from the caller too; nothing a token names is ever fetched, opened or looked up in a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import orjson
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from gateway.access.public_keys import PublicKey

LARGEST_TOKEN: Final = 8 * 1024
"""Characters of a token."""
SKEW: Final = timedelta(seconds=10)
"""How far clocks may differ (FAPI 2.0, section 5.3.2.1: at least 10 seconds, under 60)."""

_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_LONGEST_TEXT: Final = 256
_LATEST: Final = 253_402_300_000
"""Seconds since 1970, in the year 9999: beyond that there is no ``datetime``."""


class Reason(StrEnum):
    """Why a token is refused: for metrics and logs. Callers are not told, lest a forger learn what to mend."""

    SIZE = "size"
    FORM = "form"
    HEADER = "header"
    TYPE = "type"
    ALGORITHM = "algorithm"
    KEY_UNKNOWN = "key-unknown"
    KEY_UNFIT = "key-unfit"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    LIFETIME = "lifetime"
    REPLAYED = "replayed"
    BINDING = "binding"
    """It is bound to another key, certificate or token."""
    REQUEST = "request"
    """It was made for another request."""


class TokenRefused(Exception):
    """A token proves nothing. Its reason is one of a few words and quotes nothing of the token."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKind:
    """What a kind of token must look like.

    ``types`` are the exact ``typ`` values, ``None`` among them when it may be absent. ``algorithms`` are exact ``alg``
    values. ``members`` are the header members it may have; of ``jku``, ``x5u`` and ``crit`` none ever belongs there.
    """

    types: frozenset[str | None]
    algorithms: frozenset[str]
    members: frozenset[str] = frozenset({"alg", "typ", "kid"})


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token, read with their types checked. Every method raises :class:`TokenRefused`."""

    content: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A claim that must be a text: 1 to 256 printable characters, so that it can be compared, kept and logged."""
        value = self.content.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
            raise TokenRefused(Reason.CLAIMS)
        return value

    def instant(self, name: str) -> datetime:
        """A claim that must be a NumericDate (RFC 7519, section 2), as an instant in UTC."""
        value = self.content.get(name)
        # A bool is an int to Python, but not to JSON.
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _LATEST:
            raise TokenRefused(Reason.CLAIMS)
        return datetime.fromtimestamp(value, UTC)

    def check_issuer(self, issuer: str) -> None:
        """``iss`` is exactly this."""
        if self.text("iss") != issuer:
            raise TokenRefused(Reason.ISSUER)

    def check_audience(self, *audiences: str) -> None:
        """``aud`` is one text, and one of these; a list is refused even with nobody else in it."""
        if self.content.get("aud") not in audiences:
            raise TokenRefused(Reason.AUDIENCE)

    def check_begun(self, now: datetime) -> None:
        """``nbf`` and ``iat``, where given, are past, within :data:`SKEW`."""
        for name in ("nbf", "iat"):
            if name in self.content and self.instant(name) > now + SKEW:
                raise TokenRefused(Reason.NOT_YET_VALID)

    def check_not_over(self, now: datetime) -> None:
        """``exp`` is given and to come, within :data:`SKEW`."""
        if self.instant("exp") + SKEW <= now:
            raise TokenRefused(Reason.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnprovenToken:
    """A well-formed token before its signature was checked.

    ``claimed`` serves to find the key, and nothing else; what may be relied on is what :meth:`proven_by` returns.
    """

    algorithm: str
    kid: str | None
    header: Mapping[str, Any]
    claimed: Claims
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def proven_by(self, key: PublicKey) -> Claims:
        """The claims, once the signature is proven to be by this key; raises :class:`TokenRefused`."""
        if self.algorithm not in key.algorithms:
            raise TokenRefused(Reason.KEY_UNFIT)
        if not _SIGNATURES[self.algorithm].verify(self.signed, self.signature, key.key):
            raise TokenRefused(Reason.SIGNATURE)
        return self.claimed


def parse(token: str, kind: TokenKind) -> UnprovenToken:
    """Take a token apart and hold it to its kind; its signature is not checked yet. Raises :class:`TokenRefused`."""
    if len(token) > LARGEST_TOKEN:
        raise TokenRefused(Reason.SIZE)
    if _COMPACT.fullmatch(token) is None:
        raise TokenRefused(Reason.FORM)
    signed, _, signature = token.encode("ascii").rpartition(b".")
    head, _, body = signed.partition(b".")
    octets = _octets(signature)
    header = _json_object(_octets(head))
    algorithm = _checked_header(header, kind)
    return UnprovenToken(
        algorithm=algorithm,
        kid=header.get("kid"),
        header=header,
        claimed=Claims(_json_object(_octets(body))),
        signed=signed,
        signature=octets,
    )


def _checked_header(header: Mapping[str, Any], kind: TokenKind) -> str:
    """The algorithm of a header that is as its kind asks."""
    if not kind.members.issuperset(header):
        raise TokenRefused(Reason.HEADER)
    kinds_of_type = (str,) if "typ" in header else (type(None),)
    if not isinstance(header.get("typ"), kinds_of_type) or header.get("typ") not in kind.types:
        raise TokenRefused(Reason.TYPE)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in kind.algorithms:
        raise TokenRefused(Reason.ALGORITHM)
    if "kid" in header and not (isinstance(header["kid"], str) and 0 < len(header["kid"]) <= _LONGEST_TEXT):
        raise TokenRefused(Reason.HEADER)
    return algorithm


def _octets(part: bytes) -> bytes:
    """Base64url without padding and in its one canonical spelling (RFC 7515, section 2; RFC 4648, section 3.5)."""
    try:
        return urlsafe_b64decode(part)
    except ValueError as error:
        raise TokenRefused(Reason.FORM) from error


def _json_object(octets: bytes) -> dict[str, Any]:
    """A JSON object of finite numbers and well-formed texts that names no member twice (RFC 8725, section 3.1)."""
    try:
        orjson.loads(octets)  # refuses what the standard reader takes: NaN, 1e400, lone surrogates, any other encoding
        content = _ONCE.decode(octets.decode())
    except (ValueError, RecursionError) as error:
        raise TokenRefused(Reason.FORM) from error
    if not isinstance(content, dict):
        raise TokenRefused(Reason.FORM)
    return content


def _members_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


_ONCE: Final = json.JSONDecoder(object_pairs_hook=_members_once)


_SIGNATURES: Final = MappingProxyType(
    {name: JWSRegistry.algorithms[name] for name in ("ES256", "PS256", "RS256", "Ed25519")}
    | {"EdDSA": JWSRegistry.algorithms["Ed25519"]}  # the older name, which means this curve here and no other
)
"""All there is beneath the kinds of token and the keys: nothing symmetric, and no «none»."""
