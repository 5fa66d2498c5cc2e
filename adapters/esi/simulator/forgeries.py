"""ID tokens that must not be believed, each made from the claims of a good one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from joserfc.registry import HeaderParameter, is_bool

from adapters.esi.simulator.signing import Claims, SigningKeys, new_key

Forgery = Callable[[Claims, SigningKeys], str]

_HOUR: Final = 3600
_ANYTHING: Final = jws.JWSRegistry(
    header_registry={"urn:critical": HeaderParameter("Something to be understood", is_bool)},
    algorithms=["RS256", "RS512", "PS256", "ES256"],
    strict_check_header=False,
)


@cache
def _foreign_key() -> RSAKey:
    return new_key()


def _signed(payload: bytes, header: Mapping[str, Any], key: RSAKey | ECKey) -> str:
    return jws.serialize_compact({"alg": "RS256", "typ": "JWT", **header}, payload, key, registry=_ANYTHING)


def _json(claims: Claims) -> bytes:
    return json.dumps(claims, separators=(",", ":")).encode()


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _claims(change: Callable[[Claims], Claims]) -> Forgery:
    """Signed as it should be, but saying something else."""
    return lambda claims, keys: keys.sign(change(claims))


def _with(**members: Any) -> Forgery:
    return _claims(lambda claims: {**claims, **members})


def _without(name: str) -> Forgery:
    return _claims(lambda claims: {key: value for key, value in claims.items() if key != name})


def _moved(seconds: int, *names: str) -> Forgery:
    return _claims(lambda claims: {**claims, **{name: claims[name] + seconds for name in names}})


def _header(**members: Any) -> Forgery:
    """Signed by the right key, under a header that must not be accepted."""
    return lambda claims, keys: _signed(_json(claims), {"kid": keys.newest.kid, **members}, keys.newest)


def _unsigned(algorithm: str) -> Forgery:
    def forge(claims: Claims, keys: SigningKeys) -> str:
        return f"{_part(_json({'alg': algorithm, 'typ': 'JWT', 'kid': keys.newest.kid}))}.{_part(_json(claims))}."

    return forge


def _hs256(secret: Callable[[SigningKeys], bytes]) -> Forgery:
    """A MAC under something that everybody knows."""

    def forge(claims: Claims, keys: SigningKeys) -> str:
        signed = f"{_part(_json({'alg': 'HS256', 'typ': 'JWT', 'kid': keys.newest.kid}))}.{_part(_json(claims))}"
        return f"{signed}.{_part(hmac.digest(secret(keys), signed.encode(), hashlib.sha256))}"

    return forge


def _own_key(**header: Any) -> Forgery:
    """Signed by the forger, who says where the key is."""

    def forge(claims: Claims, keys: SigningKeys) -> str:
        return _signed(_json(claims), {"kid": keys.newest.kid, **header}, _foreign_key())

    return forge


def _embedded_key(claims: Claims, keys: SigningKeys) -> str:
    jwk = _foreign_key().as_dict(private=False)
    return _signed(_json(claims), {"kid": keys.newest.kid, "jwk": jwk}, _foreign_key())


def _elliptic(claims: Claims, keys: SigningKeys) -> str:
    return _signed(_json(claims), {"alg": "ES256", "kid": keys.newest.kid}, ECKey.generate_key("P-256"))


def _without_kid(claims: Claims, keys: SigningKeys) -> str:
    return _signed(_json(claims), {}, keys.newest)


def _unknown_kid(claims: Claims, _: SigningKeys) -> str:
    return _signed(_json(claims), {"kid": "../../unknown"}, _foreign_key())


def _tampered(claims: Claims, keys: SigningKeys) -> str:
    head, _, signature = keys.sign(claims).split(".")
    return f"{head}.{_part(_json({**claims, 'sub': 'somebody-else'}))}.{signature}"


def _repeated_claim(claims: Claims, keys: SigningKeys) -> str:
    return _signed(_json(claims)[:-1] + b',"sub":"somebody-else"}', {"kid": keys.newest.kid}, keys.newest)


def _not_a_number(claims: Claims, keys: SigningKeys) -> str:
    return _signed(_json(claims)[:-1] + b',"extra":NaN}', {"kid": keys.newest.kid}, keys.newest)


def _list_of_claims(claims: Claims, keys: SigningKeys) -> str:
    return _signed(b"[" + _json(claims) + b"]", {"kid": keys.newest.kid}, keys.newest)


def _five_parts(claims: Claims, keys: SigningKeys) -> str:
    return keys.sign(claims) + ".AAAA.AAAA"


def _padded(claims: Claims, keys: SigningKeys) -> str:
    return keys.sign(claims) + "="


FORGERIES: Final[Mapping[str, Forgery]] = MappingProxyType(
    {
        # The signature and its header
        "alg-none": _unsigned("none"),
        "alg-none-capitals": _unsigned("NONE"),
        "alg-none-mixed": _unsigned("nOnE"),
        "alg-empty": _unsigned(""),
        "hs256-public-pem": _hs256(lambda keys: keys.newest.as_pem(private=False)),
        "hs256-modulus": _hs256(lambda keys: str(keys.newest.as_dict(private=False)["n"]).encode()),
        "hs256-empty-secret": _hs256(lambda _: b""),
        "rs512": _header(alg="RS512"),
        "ps256": _header(alg="PS256"),
        "es256": _elliptic,
        "embedded-key": _embedded_key,
        "key-address": _own_key(jku="http://127.0.0.1:9/keys"),
        "certificate-address": _own_key(x5u="http://127.0.0.1:9/certificate"),
        "certificate-chain": _own_key(x5c=["AAAA"]),
        "foreign-signature": _own_key(),
        "must-be-understood": _header(**{"crit": ["urn:critical"], "urn:critical": True}),
        "unknown-kid": _unknown_kid,
        "no-kid": _without_kid,
        "access-token-type": _header(typ="at+jwt"),
        "logout-token-type": _header(typ="logout+jwt"),
        "tampered-claims": _tampered,
        "repeated-claim": _repeated_claim,
        "not-a-number": _not_a_number,
        "list-of-claims": _list_of_claims,
        "five-parts": _five_parts,
        "padded": _padded,
        "oversized-token": _with(filler="x" * 20_000),
        # What it says
        "wrong-issuer-in-token": _with(iss="http://127.0.0.1:9"),
        "no-issuer": _without("iss"),
        "wrong-audience": _with(aud="another-client"),
        "second-audience": _claims(lambda claims: {**claims, "aud": [claims["aud"], "another-client"]}),
        "no-audience": _without("aud"),
        "wrong-authorised-party": _with(azp="another-client"),
        "no-subject-in-token": _without("sub"),
        "long-subject": _with(sub="x" * 256),
        "expired-token": _moved(-_HOUR, "exp"),
        "no-expiry": _without("exp"),
        "expiry-as-text": _claims(lambda claims: {**claims, "exp": str(claims["exp"])}),
        "future-token": _moved(_HOUR, "iat", "exp"),
        "not-yet-valid": _moved(_HOUR, "nbf", "exp"),
        "old-token": _moved(-_HOUR, "iat"),
        "no-issue-time": _without("iat"),
        "future-sign-in": _moved(_HOUR, "auth_time"),
        "wrong-nonce": _with(nonce="another-nonce"),
        "no-nonce": _without("nonce"),
        "wrong-access-token-hash": _with(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
        "logout-token": _with(events={"http://schemas.openid.net/event/backchannel-logout": {}}),
    }
)
"""Every forgery by its id."""
