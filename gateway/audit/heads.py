"""Signed heads: what the audit's last position and digest were at an instant, vouched for by the gateway's key.

A head is a JWT (RFC 7519) of the type ``audit-head+jwt`` with the claims ``position``, ``digest`` (hex) and ``at``
(RFC 3339), so that nobody can take it for an access token. It is kept in the store and appended to an export file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import extract_compact
from sqlalchemy import Connection, desc, insert, select

from gateway.audit.chain import Link
from gateway.store.access_tables import audit_heads

HEAD_TYPE = "audit-head+jwt"
_ALGORITHM = "ES256"


class HeadSigner(Protocol):
    """Who signs; :class:`gateway.access.signing.SigningKeys` does."""

    def sign(self, token_type: str, claims: Mapping[str, Any]) -> str:
        """A compact JWT with ``alg`` ES256, this ``typ``, and the ``kid`` of the key."""
        ...

    def jwks(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The public keys (JWK Set, RFC 7517)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A signed head. ``digest`` has 32 bytes; ``signature`` is the whole JWT."""

    position: int
    at: datetime
    digest: bytes
    kid: str
    signature: str

    def as_json(self) -> dict[str, Any]:
        """The form of the export file, without what the JWT itself does not say."""
        return {**_claims(self.position, self.digest, self.at), "kid": self.kid, "signature": self.signature}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Head:
        """The inverse of :meth:`as_json`; raises ``KeyError``, ``TypeError`` or ``ValueError`` on anything else."""
        return cls(
            position=int(content["position"]),
            at=datetime.fromisoformat(content["at"]),
            digest=bytes.fromhex(content["digest"]),
            kid=str(content["kid"]),
            signature=str(content["signature"]),
        )


def sign_head(signer: HeadSigner, end: Link, at: datetime) -> Head:
    """Sign the end of the chain as it is at this instant (UTC)."""
    signature = signer.sign(HEAD_TYPE, _claims(end.position, end.digest, at))
    kid = str(extract_compact(signature.encode()).headers()["kid"])
    return Head(position=end.position, at=at, digest=end.digest, kid=kid, signature=signature)


class HeadKeys:
    """Public keys (JWK) that heads are checked with, those that are no ES256 keys left out."""

    def __init__(self, keys: Iterable[Mapping[str, Any]]) -> None:
        self._keys: dict[str, ECKey] = {}
        for jwk in keys:
            if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and isinstance(kid := jwk.get("kid"), str):
                # The first key of a name stays: a later one must not take over what was vouched for before.
                self._keys.setdefault(kid, ECKey.import_key(dict(jwk)))

    def know(self, head: Head) -> bool:
        """Whether the key that signed the head, by its own word, is among these."""
        return head.kid in self._keys

    def confirm(self, head: Head) -> bool:
        """Whether the key's signature is valid, and over exactly what the head says."""
        try:
            token = jwt.decode(head.signature, self._keys[head.kid], algorithms=[_ALGORITHM])
        except (JoseError, ValueError):
            return False
        claims = _claims(head.position, head.digest, head.at)
        return token.header.get("typ") == HEAD_TYPE and token.claims == claims


def last_head(connection: Connection) -> Head | None:
    """The head with the highest position."""
    row = connection.execute(select(audit_heads).order_by(desc(audit_heads.c.position)).limit(1)).one_or_none()
    return _head(row) if row is not None else None


def read_heads(connection: Connection, *, after: int = 0, limit: int | None = None) -> list[Head]:
    """Heads past a position, oldest first."""
    query = select(audit_heads).where(audit_heads.c.position > after).order_by(audit_heads.c.position).limit(limit)
    return [_head(row) for row in connection.execute(query)]


def store_head(connection: Connection, head: Head) -> None:
    """Keep a head; raises ``IntegrityError`` when there is one for its position."""
    values = {name: getattr(head, name) for name in ("position", "at", "digest", "kid", "signature")}
    connection.execute(insert(audit_heads).values(values))


def _head(row: Any) -> Head:
    return Head(position=row.position, at=row.at, digest=row.digest, kid=row.kid, signature=row.signature)


def _claims(position: int, digest: bytes, at: datetime) -> dict[str, Any]:
    return {"position": position, "digest": digest.hex(), "at": at.isoformat(timespec="microseconds")}
