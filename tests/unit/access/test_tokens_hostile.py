"""Access tokens that must be refused, each for its own reason, and the one beside them that must pass."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from gateway.access.jose import LARGEST_TOKEN, Reason, TokenRefused
from gateway.access.tokens import AccessTokens
from tests.support.doubles import SettableClock, SystemIds
from tests.unit.access.forging import (
    NOW,
    ORDER,
    OURS,
    P384,
    RSA,
    THEIRS,
    KeysInHand,
    b64,
    but,
    es256,
    fixed,
    forge,
    hs256,
    public,
    public_key,
    rs256,
    twin,
    unb64,
)

ISSUER = "https://gateway.example.kg"
AUDIENCE = "https://gateway.example.kg/v1"
KID = OURS.thumbprint()
HEAD = {"alg": "ES256", "typ": "at+jwt", "kid": KID}
CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "sanarip",
    "client_id": "sanarip",
    "iat": NOW,
    "exp": NOW + 600,
    "jti": "0190a5b0-7d5e-7c3a-8f00-000000000001",
    "scope": "cases:read cases:submit",
    "cnf": {"jkt": "A" * 43},
}
GOOD = forge(HEAD, CLAIMS, es256())
OUR_PEM = OURS.as_pem(private=False)


def with_head(**changes: object) -> str:
    return forge(but(HEAD, **changes), CLAIMS, es256())


def with_claims(**changes: object) -> str:
    return forge(HEAD, but(CLAIMS, **changes), es256())


def with_raw_claim(name: str, spelling: str) -> str:
    """A claim whose value is spelt as it stands, JSON or not."""
    return forge(HEAD, json.dumps(but(CLAIMS, **{name: ...}))[:-1] + f', "{name}": {spelling}}}', es256())


def with_part(index: int, part: str) -> str:
    parts = GOOD.split(".")
    parts[index] = part
    return ".".join(parts)


def non_canonical(index: int) -> str:
    """The same octets with other unused bits in the last character of a part."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # The length of the payload decides whether it has unused bits at all.
    for blanks in range(3):
        token = forge(as_padded(HEAD, blanks), as_padded(CLAIMS, blanks), es256())
        parts = token.split(".")
        if len(parts[index]) % 4:
            last = alphabet[alphabet.index(parts[index][-1]) + 1]
            assert unb64(parts[index][:-1] + last) == unb64(parts[index])
            parts[index] = parts[index][:-1] + last
            return ".".join(parts)
    raise AssertionError("no part with unused bits")


def as_padded(content: dict[str, object], blanks: int) -> str:
    return json.dumps(content) + " " * blanks


def der(message: bytes) -> bytes:
    return OURS.private_key.sign(message, ec.ECDSA(hashes.SHA256()))


def other_payload(_message: bytes) -> bytes:
    return es256()(b"something else")


SIGNATURE = unb64(GOOD.rpartition(".")[2])
R, S = SIGNATURE[:32], SIGNATURE[32:]

HOSTILE: dict[str, tuple[str, Reason]] = {
    # No algorithm, or another one
    "alg none": (forge(but(HEAD, alg="none"), CLAIMS, fixed(b"\0")), Reason.ALGORITHM),
    "alg None": (forge(but(HEAD, alg="None"), CLAIMS, fixed(b"\0")), Reason.ALGORITHM),
    "alg NONE": (forge(but(HEAD, alg="NONE"), CLAIMS, fixed(b"\0")), Reason.ALGORITHM),
    "alg nOnE": (forge(but(HEAD, alg="nOnE"), CLAIMS, fixed(b"\0")), Reason.ALGORITHM),
    "alg none, nothing signed": (forge(but(HEAD, alg="none"), CLAIMS, fixed(b"")), Reason.FORM),
    "alg with a blank": (with_head(alg="ES256 "), Reason.ALGORITHM),
    "alg in small letters": (with_head(alg="es256"), Reason.ALGORITHM),
    "alg missing": (with_head(alg=...), Reason.ALGORITHM),
    "alg null": (with_head(alg=None), Reason.ALGORITHM),
    "alg a list": (with_head(alg=["ES256"]), Reason.ALGORITHM),
    "HS256 with the public key in PEM": (forge(but(HEAD, alg="HS256"), CLAIMS, hs256(OUR_PEM)), Reason.ALGORITHM),
    "HS256 with the public JWK": (
        forge(but(HEAD, alg="HS256"), CLAIMS, hs256(json.dumps(public(OURS)).encode())),
        Reason.ALGORITHM,
    ),
    "HS256 with the x coordinate": (
        forge(but(HEAD, alg="HS256"), CLAIMS, hs256(unb64(str(public(OURS)["x"])))),
        Reason.ALGORITHM,
    ),
    "called ES256 and signed by HMAC": (forge(HEAD, CLAIMS, hs256(OUR_PEM)), Reason.SIGNATURE),
    "RS256": (forge(but(HEAD, alg="RS256"), CLAIMS, rs256), Reason.ALGORITHM),
    "ES256K": (with_head(alg="ES256K"), Reason.ALGORITHM),
    "ES384 on P-384": (forge(but(HEAD, alg="ES384"), CLAIMS, es256(P384, 48, hashes.SHA384)), Reason.ALGORITHM),
    "called ES256 and signed on P-384": (forge(HEAD, CLAIMS, es256(P384, 48)), Reason.SIGNATURE),
    # Headers that would lead us somewhere
    "crit of something unknown": (with_head(crit=["exp"], exp=NOW), Reason.HEADER),
    "crit empty": (with_head(crit=[]), Reason.HEADER),
    "b64 false": (with_head(b64=False, crit=["b64"]), Reason.HEADER),
    "b64 false without crit": (with_head(b64=False), Reason.HEADER),
    "jku": (with_head(jku="https://evil.example/jwks"), Reason.HEADER),
    "x5u": (with_head(x5u="file:///etc/passwd"), Reason.HEADER),
    "x5c": (with_head(x5c=["MIIB"]), Reason.HEADER),
    "x5t": (with_head(**{"x5t#S256": "A" * 43}), Reason.HEADER),
    "embedded key": (forge(but(HEAD, jwk=public(THEIRS)), CLAIMS, es256(THEIRS)), Reason.HEADER),
    "embedded key in place of kid": (
        forge(but(HEAD, kid=..., jwk=public(THEIRS)), CLAIMS, es256(THEIRS)),
        Reason.HEADER,
    ),
    "compressed": (with_head(zip="DEF"), Reason.HEADER),
    "unknown header member": (with_head(admin=True), Reason.HEADER),
    "kid a path": (with_head(kid="../../../../dev/null"), Reason.KEY_UNKNOWN),
    "kid SQL": (with_head(kid="x' UNION SELECT 'secret' --"), Reason.KEY_UNKNOWN),
    "kid a URL": (with_head(kid="https://evil.example/key"), Reason.KEY_UNKNOWN),
    "kid unknown": (with_head(kid="A" * 43), Reason.KEY_UNKNOWN),
    "kid missing": (with_head(kid=...), Reason.HEADER),
    "kid empty": (with_head(kid=""), Reason.HEADER),
    "kid a number": (with_head(kid=1), Reason.HEADER),
    "kid a list": (with_head(kid=[KID]), Reason.HEADER),
    "kid without end": (with_head(kid="k" * 300), Reason.HEADER),
    # Other kinds of token
    "ID token": (with_head(typ="JWT"), Reason.TYPE),
    "logout token": (with_head(typ="logout+jwt"), Reason.TYPE),
    "DPoP proof": (with_head(typ="dpop+jwt"), Reason.TYPE),
    "type missing": (with_head(typ=...), Reason.TYPE),
    "type null": (with_head(typ=None), Reason.TYPE),
    "type a list": (with_head(typ=["at+jwt"]), Reason.TYPE),
    "type in capitals": (with_head(typ="AT+JWT"), Reason.TYPE),
    "type with a blank": (with_head(typ=" at+jwt"), Reason.TYPE),
    "nested": (forge(but(HEAD, cty="JWT"), GOOD, es256()), Reason.HEADER),
    "nested without saying so": (forge(HEAD, GOOD, es256()), Reason.FORM),
    "encrypted, five parts": (GOOD + ".AAAA.AAAA", Reason.FORM),
    # Signatures
    "zero signature": (forge(HEAD, CLAIMS, fixed(bytes(64))), Reason.SIGNATURE),
    "r zero": (with_part(2, b64(bytes(32) + S)), Reason.SIGNATURE),
    "s zero": (with_part(2, b64(R + bytes(32))), Reason.SIGNATURE),
    "r and s the order": (forge(HEAD, CLAIMS, fixed(ORDER.to_bytes(32) * 2)), Reason.SIGNATURE),
    "r and s all ones": (forge(HEAD, CLAIMS, fixed(b"\xff" * 64)), Reason.SIGNATURE),
    "one byte": (forge(HEAD, CLAIMS, fixed(b"\0")), Reason.SIGNATURE),
    "cut": (with_part(2, b64(SIGNATURE[:-1])), Reason.SIGNATURE),
    "lengthened": (with_part(2, b64(SIGNATURE + b"\0")), Reason.SIGNATURE),
    "padded numbers": (with_part(2, b64(b"\0" + R + b"\0" + S)), Reason.SIGNATURE),
    "swapped numbers": (with_part(2, b64(S + R)), Reason.SIGNATURE),
    "in DER": (forge(HEAD, CLAIMS, der), Reason.SIGNATURE),
    "the other spelling (r, order - s)": (twin(GOOD), Reason.SIGNATURE),
    "by a stranger": (forge(HEAD, CLAIMS, es256(THEIRS)), Reason.SIGNATURE),
    "of another payload": (forge(HEAD, CLAIMS, other_payload), Reason.SIGNATURE),
    "payload exchanged": (with_part(1, b64(json.dumps(but(CLAIMS, client_id="foms")).encode())), Reason.SIGNATURE),
    "header exchanged": (with_part(0, b64(json.dumps(HEAD, indent=1).encode())), Reason.SIGNATURE),
    "no signature": (with_part(2, ""), Reason.FORM),
    # Spelling
    "empty": ("", Reason.FORM),
    "dots": ("..", Reason.FORM),
    "two parts": (GOOD.rpartition(".")[0], Reason.FORM),
    "four parts": (GOOD + ".AAAA", Reason.FORM),
    "a dot at the end": (GOOD + ".", Reason.FORM),
    "blank in front": (" " + GOOD, Reason.FORM),
    "line break behind": (GOOD + "\n", Reason.FORM),
    "blank within": (GOOD[:40] + " " + GOOD[40:], Reason.FORM),
    "NUL behind": (GOOD + "\0", Reason.FORM),
    "a Cyrillic letter": (GOOD.replace("e", "е", 1), Reason.FORM),
    "a stray surrogate": (GOOD + "\udc80", Reason.FORM),
    "padding": (GOOD + "==", Reason.FORM),
    "padded header": (with_part(0, GOOD.split(".")[0] + "="), Reason.FORM),
    "one letter too many": (with_part(2, b64(SIGNATURE[:63]) + "A"), Reason.FORM),
    "plain base64": (with_part(2, "+/" + GOOD.rpartition(".")[2][2:]), Reason.FORM),
    "other unused bits, header": (non_canonical(0), Reason.FORM),
    "other unused bits, payload": (non_canonical(1), Reason.FORM),
    "other unused bits, signature": (non_canonical(2), Reason.FORM),
    "with its scheme": ("Bearer " + GOOD, Reason.FORM),
    "JSON serialisation": (
        json.dumps(dict(zip(("protected", "payload", "signature"), GOOD.split("."), strict=True))),
        Reason.FORM,
    ),
    "a megabyte": (with_claims(filler="A" * 1_000_000), Reason.SIZE),
    "a character too long": ("A" * (LARGEST_TOKEN + 1), Reason.SIZE),
    # JSON
    "payload a list": (forge(HEAD, b"[]", es256()), Reason.FORM),
    "payload null": (forge(HEAD, b"null", es256()), Reason.FORM),
    "payload no JSON": (forge(HEAD, b"<html>", es256()), Reason.FORM),
    "payload not UTF-8": (forge(HEAD, b'{"iss": "\xff"}', es256()), Reason.FORM),
    "payload UTF-16": (forge(HEAD, json.dumps(CLAIMS).encode("utf-16"), es256()), Reason.FORM),
    "byte order mark": (forge(HEAD, b"\xef\xbb\xbf" + json.dumps(CLAIMS).encode(), es256()), Reason.FORM),
    "two payloads": (forge(HEAD, json.dumps(CLAIMS) * 2, es256()), Reason.FORM),
    "header a list": (forge(b'["alg"]', CLAIMS, es256()), Reason.FORM),
    "header a text": (forge(b'"alg"', CLAIMS, es256()), Reason.FORM),
    "iss twice": (with_raw_claim("x", f'1, "iss": "{ISSUER}"'), Reason.FORM),
    "exp twice": (with_raw_claim("x", f'1, "exp": {NOW + 60}'), Reason.FORM),
    "exp twice, once escaped": (with_raw_claim("x", f'1, "\\u0065xp": {NOW + 60}'), Reason.FORM),
    "a member of cnf twice": (with_raw_claim("cnf", f'{{"jkt": "{"A" * 43}", "jkt": "{"B" * 43}"}}'), Reason.FORM),
    "alg twice": (forge(json.dumps(HEAD)[:-1] + ', "alg": "none"}', CLAIMS, es256()), Reason.FORM),
    "1,000 brackets": (with_raw_claim("x", "[" * 1000 + "]" * 1000), Reason.FORM),
    "2,000 brackets": (with_raw_claim("x", "[" * 2000 + "]" * 2000), Reason.FORM),
    "a lone surrogate": (with_raw_claim("jti", '"\\ud800"'), Reason.FORM),
    "5,000 digits": (with_raw_claim("exp", "1" * 5000), Reason.FORM),
    # Times
    "expired": (with_claims(iat=NOW - 610, exp=NOW - 10), Reason.EXPIRED),
    "not yet valid": (with_claims(nbf=NOW + 11), Reason.NOT_YET_VALID),
    "issued in 11 seconds": (with_claims(iat=NOW + 11), Reason.NOT_YET_VALID),
    "issued in a minute": (with_claims(iat=NOW + 60), Reason.NOT_YET_VALID),
    "lives too long": (with_claims(exp=NOW + 601), Reason.LIFETIME),
    "ends before it begins": (with_claims(iat=NOW + 5, exp=NOW + 4), Reason.LIFETIME),
    "exp missing": (with_claims(exp=...), Reason.CLAIMS),
    "iat missing": (with_claims(iat=...), Reason.CLAIMS),
    "exp a text": (with_claims(exp=str(NOW + 600)), Reason.CLAIMS),
    "exp a bool": (with_claims(exp=True), Reason.CLAIMS),
    "exp null": (with_claims(exp=None), Reason.CLAIMS),
    "exp a list": (with_claims(exp=[NOW + 600]), Reason.CLAIMS),
    "exp negative": (with_claims(exp=-1), Reason.CLAIMS),
    "exp NaN": (with_raw_claim("exp", "NaN"), Reason.FORM),
    "exp Infinity": (with_raw_claim("exp", "Infinity"), Reason.FORM),
    "exp 1e400": (with_raw_claim("exp", "1e400"), Reason.FORM),
    "exp 1e300": (with_raw_claim("exp", "1e300"), Reason.CLAIMS),
    "exp beyond all years": (with_raw_claim("exp", "9" * 300), Reason.CLAIMS),
    "nbf a text": (with_claims(nbf="0"), Reason.CLAIMS),
    # Who for whom
    "other issuer": (with_claims(iss="https://evil.example"), Reason.ISSUER),
    "issuer with a slash": (with_claims(iss=ISSUER + "/"), Reason.ISSUER),
    "issuer a list": (with_claims(iss=[ISSUER]), Reason.CLAIMS),
    "issuer missing": (with_claims(iss=...), Reason.CLAIMS),
    "other audience": (with_claims(aud="https://other.example"), Reason.AUDIENCE),
    "audience only begins like ours": (with_claims(aud=AUDIENCE + "2"), Reason.AUDIENCE),
    "audience with a stranger": (with_claims(aud=[AUDIENCE, "https://other.example"]), Reason.AUDIENCE),
    "audience a list": (with_claims(aud=[AUDIENCE]), Reason.AUDIENCE),
    "audience missing": (with_claims(aud=...), Reason.AUDIENCE),
    "another subject": (with_claims(sub="foms"), Reason.CLAIMS),
    "client missing": (with_claims(client_id=...), Reason.CLAIMS),
    "client with a line break": (with_claims(sub="a\nb", client_id="a\nb"), Reason.CLAIMS),
    "jti missing": (with_claims(jti=...), Reason.CLAIMS),
    "jti empty": (with_claims(jti=""), Reason.CLAIMS),
    "scope missing": (with_claims(scope=...), Reason.CLAIMS),
    "scope a list": (with_claims(scope=["cases:read"]), Reason.CLAIMS),
    # Bound to nobody, or to two
    "not bound": (with_claims(cnf=...), Reason.BINDING),
    "bound to nothing": (with_claims(cnf={}), Reason.BINDING),
    "bound twice": (with_claims(cnf={"jkt": "A" * 43, "x5t#S256": "B" * 43}), Reason.BINDING),
    "bound to a number": (with_claims(cnf={"jkt": 1}), Reason.BINDING),
    "bound to something unknown": (with_claims(cnf={"kid": "A" * 43}), Reason.BINDING),
    "bound to a short thumbprint": (with_claims(cnf={"jkt": "A"}), Reason.BINDING),
    "bound to a list": (with_claims(cnf=["jkt"]), Reason.BINDING),
}  # fmt: skip


def reader(keys: KeysInHand | None = None) -> AccessTokens:
    return AccessTokens(
        keys=keys or KeysInHand(),
        issuer=ISSUER,
        audience=AUDIENCE,
        clock=SettableClock(),
        ids=SystemIds(),
    )


async def refusal(tokens: AccessTokens, token: str) -> Reason | None:
    try:
        await tokens.read(token)
    except TokenRefused as refused:
        return refused.reason
    return None


async def test_the_token_that_all_others_differ_from_is_taken():
    assert (await reader().read(GOOD)).client == "sanarip"


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_tokens_are_refused(name: str):
    token, reason = HOSTILE[name]
    tokens = reader()
    assert await refusal(tokens, token) is reason
    assert await refusal(tokens, token) is reason, "and again: a refusal is not remembered as anything else"


async def test_no_hostile_token_passes_beside_the_good_one_once_it_is_remembered():
    tokens = reader()
    await tokens.read(GOOD)
    assert [name for name, (token, _) in HOSTILE.items() if await refusal(tokens, token) is None] == []
    assert len(HOSTILE) >= 40


async def test_every_single_changed_bit_is_refused():
    tokens = reader()
    await tokens.read(GOOD)
    passed = []
    for place, character in enumerate(GOOD):
        for bit in range(8):
            changed = GOOD[:place] + chr(ord(character) ^ 1 << bit) + GOOD[place + 1 :]
            if await refusal(tokens, changed) is None:
                passed.append((place, bit))
    assert passed == []


@settings(max_examples=100)
@given(
    start=st.integers(0, len(GOOD)),
    length=st.integers(0, 12),
    put=st.text("ABCabc019-_.= \n{}", max_size=12),
)
async def test_every_other_text_is_refused(start: int, length: int, put: str):
    changed = GOOD[:start] + put + GOOD[start + length :]
    assert (await refusal(reader(), changed) is None) == (changed == GOOD)


@settings(max_examples=150)
@given(st.text(max_size=400) | st.from_regex(r"[A-Za-z0-9_-]{1,99}\.[A-Za-z0-9_-]{1,99}\.[A-Za-z0-9_-]{1,99}"))
@example("")
async def test_nothing_but_a_refusal_comes_of_any_text(text: str):
    assert await refusal(reader(), text) is not None


async def test_a_stranger_with_a_key_of_the_same_name_is_refused():
    stranger = ECKey.generate_key("P-256")
    assert await refusal(reader(), forge(HEAD, CLAIMS, es256(stranger))) is Reason.SIGNATURE


async def test_a_key_of_another_kind_under_our_name_proves_nothing():
    keys = KeysInHand()
    keys.published[KID] = public_key(RSA)
    assert await refusal(reader(keys), GOOD) is Reason.KEY_UNFIT
