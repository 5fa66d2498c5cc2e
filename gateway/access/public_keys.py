"""Public keys (JWK, RFC 7517) that signatures are checked with, reduced to the few kinds we trust.

Whatever a JWK says beside its key material (``kid``, certificates, addresses) is not looked at here and never fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_RSA_BITS: Final = range(2048, 4097)
"""Less is weak (FAPI 2.0, section 5.4.1); more costs a forger little and us much."""
_RSA_EXPONENT: Final = (65_537).to_bytes(3)
_COORDINATE_BYTES: Final = 32
_LARGEST_MEMBER: Final = 1024
_REMEMBERED: Final = 2048


class UnfitKey(ValueError):
    """A JWK is malformed, holds a private part, or is of a kind that is not taken. The message quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signatures are checked with.

    ``algorithms`` are the ``alg`` values it may be used with, never a symmetric one. ``thumbprint`` is that of
    RFC 7638 with SHA-256, base64url, 43 characters.
    """

    key: ECKey | OKPKey | RSAKey
    algorithms: frozenset[str]
    thumbprint: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a kind of JWK looks: the members that make the key, and the algorithms it serves."""

    key_class: type[ECKey | OKPKey | RSAKey]
    members: tuple[str, ...]
    algorithms: frozenset[str]


_SHAPES: Final[Mapping[tuple[str, str | None], _Shape]] = MappingProxyType(
    {
        ("EC", "P-256"): _Shape(ECKey, ("x", "y"), frozenset({"ES256"})),
        # RFC 9864 names the curve in the algorithm; FAPI 2.0 still says EdDSA and means this curve.
        ("OKP", "Ed25519"): _Shape(OKPKey, ("x",), frozenset({"EdDSA", "Ed25519"})),
        ("RSA", None): _Shape(RSAKey, ("n", "e"), frozenset({"PS256", "RS256"})),
    }
)


def read_public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """The public key of a JWK: EC on P-256, Ed25519, or RSA of 2,048 to 4,096 bits with exponent 65,537.

    ``use``, ``key_ops`` and ``alg`` are held to where they are given. Raises :class:`UnfitKey`.
    """
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise UnfitKey("it holds a private or symmetric part")
    if jwk.get("use", "sig") != "sig":
        raise UnfitKey("it is not for signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise UnfitKey("it is not for checking signatures")
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if not isinstance(kind, str) or not isinstance(curve, str | None) or (kind, curve) not in _SHAPES:
        raise UnfitKey("its type or curve is not taken")
    values = tuple(jwk.get(member) for member in _SHAPES[kind, curve].members)
    if not all(isinstance(value, str) and len(value) <= _LARGEST_MEMBER for value in values):
        raise UnfitKey("its numbers are missing or no texts")
    key = _imported(kind, curve, values)
    if (algorithm := jwk.get("alg")) is None:
        return key
    if not isinstance(algorithm, str) or algorithm not in key.algorithms:
        raise UnfitKey("its algorithm does not fit its type")
    return PublicKey(key.key, frozenset({algorithm}), key.thumbprint)


@lru_cache(maxsize=_REMEMBERED)
def _imported(kind: str, curve: str | None, values: tuple[str, ...]) -> PublicKey:
    """The key behind its numbers; remembered, since checking that a point is on its curve costs half a signature."""
    shape = _SHAPES[kind, curve]
    material: dict[str, Any] = {"kty": kind, **dict(zip(shape.members, values, strict=True))}
    if curve is not None:
        material["crv"] = curve
    try:
        _check_bounds(kind, [urlsafe_b64decode(value.encode("ascii")) for value in values])
        key = shape.key_class.import_key(material)
    except (JoseError, ValueError, UnsupportedAlgorithm) as error:
        raise UnfitKey("its numbers make no key") from error
    return PublicKey(key, shape.algorithms, key.thumbprint())


def _check_bounds(kind: str, numbers: Sequence[bytes]) -> None:
    """Sizes, and the one spelling of each number (RFC 7518, sections 6.2 and 6.3), which thumbprints rest on."""
    if kind == "RSA":
        modulus, exponent = numbers
        sound = modulus[:1] != b"\0" and int.from_bytes(modulus).bit_length() in _RSA_BITS and exponent == _RSA_EXPONENT
    else:
        sound = all(len(number) == _COORDINATE_BYTES for number in numbers)
    if not sound:
        raise ValueError("out of bounds")
