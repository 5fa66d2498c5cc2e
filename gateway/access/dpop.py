"""Proofs of possession (DPoP, RFC 9449): each request is signed with the key that the access token is bound to."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

from gateway.access.jose import SKEW, Claims, Reason, TokenKind, TokenRefused, parse
from gateway.access.once import Replays, use_digest
from gateway.access.public_keys import PublicKey, UnfitKey, read_public_key
from gateway.ports import Clock

ALGORITHMS: Final = ("ES256", "EdDSA", "Ed25519")
"""For the metadata member ``dpop_signing_alg_values_supported``."""
FRESH: Final = timedelta(seconds=60)
"""How long after ``iat`` a proof is taken (RFC 9449, section 11.1)."""

_PROOF: Final = TokenKind(
    types=frozenset({"dpop+jwt"}), algorithms=frozenset(ALGORITHMS), members=frozenset({"alg", "typ", "jwk"})
)


class ProofReader:
    """Checks the proofs that come in ``DPoP`` headers (RFC 9449, section 4.3).

    That there is exactly one such header is the caller's to see.
    """

    def __init__(self, *, replays: Replays, clock: Clock) -> None:
        self._replays = replays
        self._clock = clock

    async def read(
        self, proof: str, *, method: str, url: str, access_token: str | None = None, thumbprint: str | None = None
    ) -> str:
        """The thumbprint (RFC 7638) of the key that signed a fresh proof for this request; each is good once.

        ``url`` is the request's as the client sees it, of the configured public address and never of a header alone.
        With ``access_token`` the proof must be for that token, with ``thumbprint`` by that key (``cnf.jkt``).
        Raises :class:`TokenRefused`.
        """
        token = parse(proof, _PROOF)
        key = _embedded_key(token.header.get("jwk"))
        if thumbprint is not None and key.thumbprint != thumbprint:
            raise TokenRefused(Reason.BINDING)
        claims = token.proven_by(key)
        _check_request(claims, method, url)
        if access_token is not None and claims.text("ath") != token_hash(access_token):
            raise TokenRefused(Reason.BINDING)
        issued_at = self._check_times(claims)
        use = use_digest("dpop", key.thumbprint, claims.text("jti"))
        # Last of all: what is refused for another reason must not use up anything, nor fill the memory.
        if not await self._replays.first_use(use, issued_at + FRESH + SKEW):
            raise TokenRefused(Reason.REPLAYED)
        return key.thumbprint

    def _check_times(self, claims: Claims) -> datetime:
        """``iat``, which must be recent; ``exp`` and ``nbf`` are not asked for, but held to where they are given."""
        now = self._clock.now()
        issued_at = claims.instant("iat")
        claims.check_begun(now)
        if "exp" in claims.content:
            claims.check_not_over(now)
        if issued_at + FRESH <= now:
            raise TokenRefused(Reason.EXPIRED)
        return issued_at


def token_hash(access_token: str) -> str:
    """``ath``: the SHA-256 of the access token, base64url without padding (RFC 9449, section 4.2)."""
    digest = hashlib.sha256(access_token.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _embedded_key(jwk: object) -> PublicKey:
    if not isinstance(jwk, dict):
        raise TokenRefused(Reason.HEADER)
    try:
        return read_public_key(jwk)
    except UnfitKey as error:
        raise TokenRefused(Reason.KEY_UNFIT) from error


def _check_request(claims: Claims, method: str, url: str) -> None:
    """``htm`` and ``htu`` are those of the request; methods are case-sensitive (RFC 9110, section 9.1)."""
    if claims.text("htm") != method:
        raise TokenRefused(Reason.REQUEST)
    target = claims.content.get("htu")
    if not isinstance(target, str) or (target != url and _normal(target) != _normal(url)):
        raise TokenRefused(Reason.REQUEST)


_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ADDRESS: Final = re.compile(r"[!-~]+")
"""Visible ASCII: what else there is, a URI has escaped (RFC 3986, section 2)."""


@lru_cache(maxsize=1024)
def _normal(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of a URL, normalised (RFC 3986, sections 6.2.2 and 6.2.3); raises TokenRefused."""
    if _ADDRESS.fullmatch(url) is None:
        raise TokenRefused(Reason.REQUEST)
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise TokenRefused(Reason.REQUEST) from error
    if scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        raise TokenRefused(Reason.REQUEST)
    return scheme, host, _DEFAULT_PORTS[scheme] if port is None else port, _normal_path(parts)


def _normal_path(parts: SplitResult) -> str:
    kept: list[str] = []
    path = _ESCAPED.sub(_normal_escape, parts.path) or "/"
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    # A path that ended in a dot segment names the folder, with its slash.
    return "/" + "/".join(kept) + ("/" if segments[-1] in {".", ".."} and kept else "")


def _normal_escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()
