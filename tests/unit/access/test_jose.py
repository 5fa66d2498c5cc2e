"""The strict reader by itself, and the keys it takes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.access.jose import LARGEST_TOKEN, Claims, Reason, TokenKind, TokenRefused, parse
from gateway.access.once import use_digest
from gateway.access.public_keys import PublicKey, UnfitKey, read_public_key
from tests.support.doubles import NOON
from tests.unit.access.forging import (
    ED25519,
    NOW,
    OURS,
    P384,
    RSA,
    b64,
    but,
    ed25519,
    es256,
    fixed,
    forge,
    hs256,
    ps256,
    public,
    public_key,
    rs256,
)

KIND = TokenKind(types=frozenset({"JWT"}), algorithms=frozenset({"ES256", "PS256", "RS256", "EdDSA", "Ed25519"}))


def refusal(token: str, key: PublicKey | None = None, kind: TokenKind = KIND) -> Reason | None:
    try:
        unproven = parse(token, kind)
        if key is not None:
            unproven.proven_by(key)
    except TokenRefused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    ("algorithm", "key", "sign"),
    [
        ("ES256", OURS, es256()),
        ("PS256", RSA, ps256),
        ("RS256", RSA, rs256),
        ("EdDSA", ED25519, ed25519),
        ("Ed25519", ED25519, ed25519),
    ],
)
def test_every_algorithm_we_name_works(algorithm: str, key: object, sign: object):
    token = forge({"alg": algorithm, "typ": "JWT"}, {"iss": "a"}, sign)
    claims = parse(token, KIND).proven_by(public_key(key))
    assert claims.text("iss") == "a"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS384", "HS512"])
def test_no_kind_of_token_can_be_read_without_an_asymmetric_key(algorithm: str):
    careless = TokenKind(types=frozenset({"JWT"}), algorithms=frozenset({algorithm}))
    for sign in (hs256(b""), hs256(OURS.as_pem(private=False)), fixed(b"\0")):
        token = forge({"alg": algorithm, "typ": "JWT"}, {"iss": "a"}, sign)
        assert refusal(token, public_key(OURS), careless) is Reason.KEY_UNFIT


def test_an_encrypted_kind_cannot_be_smuggled_in():
    careless = TokenKind(types=frozenset({"JWT"}), algorithms=frozenset({"RSA-OAEP"}))
    token = forge({"alg": "RSA-OAEP", "typ": "JWT"}, {"iss": "a"}, rs256)
    assert refusal(token, public_key(RSA), careless) is Reason.KEY_UNFIT


def test_a_key_that_names_its_algorithm_serves_no_other():
    only_ps = read_public_key({**public(RSA), "alg": "PS256"})
    assert refusal(forge({"alg": "PS256", "typ": "JWT"}, {}, ps256), only_ps) is None
    assert refusal(forge({"alg": "RS256", "typ": "JWT"}, {}, rs256), only_ps) is Reason.KEY_UNFIT


def test_one_rsa_signature_is_not_the_other():
    assert refusal(forge({"alg": "PS256", "typ": "JWT"}, {}, rs256), public_key(RSA)) is Reason.SIGNATURE
    assert refusal(forge({"alg": "RS256", "typ": "JWT"}, {}, ps256), public_key(RSA)) is Reason.SIGNATURE


@pytest.mark.parametrize("length", [1, 63, 64, 65, 255, 256, 257, 1000])
@pytest.mark.parametrize(("algorithm", "key"), [("ES256", OURS), ("PS256", RSA), ("RS256", RSA), ("EdDSA", ED25519)])
def test_signatures_of_any_length_are_only_refused(algorithm: str, key: object, length: int):
    for octet in (b"\0", b"\x01", b"\xff"):
        token = forge({"alg": algorithm, "typ": "JWT"}, {}, fixed(octet * length))
        assert refusal(token, public_key(key)) is Reason.SIGNATURE


def test_a_type_may_be_absent_only_where_that_is_said():
    token = forge({"alg": "ES256"}, {}, es256())
    assert refusal(token) is Reason.TYPE
    assert refusal(token, kind=TokenKind(types=frozenset({None}), algorithms=frozenset({"ES256"}))) is None


def test_the_size_counts_before_anything_else():
    assert refusal("." * (LARGEST_TOKEN + 1)) is Reason.SIZE
    assert refusal("." * LARGEST_TOKEN) is Reason.FORM


def test_a_token_of_the_largest_size_is_read():
    token = forge({"alg": "ES256", "typ": "JWT"}, {"x": "x" * 5900}, es256())
    assert LARGEST_TOKEN - 300 < len(token) <= LARGEST_TOKEN
    assert refusal(token, public_key(OURS)) is None


def test_a_large_header_is_read():
    kind = TokenKind(
        types=frozenset({"JWT"}), algorithms=frozenset({"ES256"}), members=frozenset({"alg", "typ", "jwk"})
    )
    token = forge({"alg": "ES256", "typ": "JWT", "jwk": {"kty": "EC", "note": "x" * 2000}}, {}, es256())
    assert refusal(token, public_key(OURS), kind) is None


def test_nothing_of_a_token_is_in_its_repr():
    token = forge({"alg": "ES256", "typ": "JWT"}, {"iss": "a"}, es256())
    assert token not in repr(parse(token, KIND))


@given(st.text())
def test_any_text_is_read_or_refused(text: str):
    assert refusal(text) is not None or text.count(".") == 2


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=70))
def test_any_octets_are_read_or_refused(head: bytes, body: bytes, signature: bytes):
    assert refusal(forge(head, body, fixed(signature)), public_key(OURS)) is not None


# Claims


def test_texts_are_printable_and_short():
    for bad in ("", "x" * 257, "a\nb", "a\0b", "\x1b[31m", "\u202eabc", 1, None, True, ["a"], {"a": 1}):
        with pytest.raises(TokenRefused):
            Claims({"sub": bad}).text("sub")
    assert Claims({"sub": "Айгүл 1"}).text("sub") == "Айгүл 1"


def test_instants_are_numbers_within_the_years():
    for bad in ("1", None, True, False, -1, 253_402_300_800, 1e300, float("inf"), float("nan"), [1], 10**400):
        with pytest.raises(TokenRefused):
            Claims({"exp": bad}).instant("exp")
    assert Claims({"exp": NOW}).instant("exp") == NOON
    assert Claims({"exp": NOW + 0.5}).instant("exp") == datetime.fromtimestamp(NOW + 0.5, UTC)
    assert Claims({"exp": 0}).instant("exp") == datetime(1970, 1, 1, tzinfo=UTC)


# Keys


@pytest.mark.parametrize("key", [OURS, RSA, ED25519])
def test_good_keys_are_taken_with_their_standard_thumbprint(key: object):
    read = read_public_key(but(public(key), use="sig", key_ops=["verify"], kid="x", x5u="https://evil.example"))
    assert read.thumbprint == key.thumbprint()
    assert not any(algorithm.startswith("HS") or algorithm == "none" for algorithm in read.algorithms)


def test_the_thumbprint_is_that_of_rfc_7638():
    """The example of RFC 8037, appendix A.3."""
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert read_public_key(key).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


X, Y = str(public(OURS)["x"]), str(public(OURS)["y"])
UNFIT = {
    "nothing": {},
    "no type": but(public(OURS), kty=...),
    "a type as a list": but(public(OURS), kty=["EC"]),
    "a curve as a list": but(public(OURS), crv=["P-256"]),
    "symmetric": OctKey.generate_key(256).as_dict(private=True),
    "private EC": OURS.as_dict(private=True),
    "private RSA": RSA.as_dict(private=True),
    "private Ed25519": ED25519.as_dict(private=True),
    "other primes": but(public(RSA), oth=[]),
    "P-384": public(P384),
    "P-521": public(ECKey.generate_key("P-521")),
    "secp256k1": public(ECKey.generate_key("secp256k1")),
    "X25519": public(OKPKey.generate_key("X25519")),
    "Ed448": public(OKPKey.generate_key("Ed448")),
    "curve of another type": but(public(ED25519), kty="EC", y=Y),
    "RSA with a curve": but(public(RSA), crv="P-256"),
    "RSA of 1,024 bits": {"kty": "RSA", "n": b64(b"\xff" * 128), "e": "AQAB"},
    "RSA of 8,192 bits": {"kty": "RSA", "n": b64(b"\xff" * 1024), "e": "AQAB"},
    "RSA with exponent 3": but(public(RSA), e="Aw"),
    "RSA with exponent 1": but(public(RSA), e="AQ"),
    "RSA with a zero before its exponent": but(public(RSA), e="AAEAAQ"),
    "RSA with a zero in front": but(public(RSA), n=b64(bytes(1) + b"\xff" * 256)),
    "RSA with nothing": {"kty": "RSA", "n": "", "e": "AQAB"},
    "x missing": but(public(OURS), x=...),
    "x empty": but(public(OURS), x=""),
    "x null": but(public(OURS), x=None),
    "x not base64url": but(public(OURS), x="+" + X[1:]),
    "x not ASCII": but(public(OURS), x="я" + X[1:]),
    "x too long": but(public(OURS), x="A" * 2000),
    "x and y swapped": but(public(OURS), x=Y, y=X),
    "y of another point": but(public(OURS), y=str(public(ECKey.generate_key("P-256"))["y"])),
    "Ed25519 too short": {"kty": "OKP", "crv": "Ed25519", "x": b64(bytes(31))},
    "for encryption": but(public(OURS), use="enc"),
    "use a list": but(public(OURS), use=["sig"]),
    "operations a text": but(public(OURS), key_ops="verify"),
    "operations of the signer": but(public(OURS), key_ops=["sign"]),
    "algorithm of others": but(public(OURS), alg="HS256"),
    "algorithm a list": but(public(OURS), alg=["ES256"]),
}


@pytest.mark.parametrize("name", UNFIT)
def test_unfit_keys_are_refused(name: str):
    with pytest.raises(UnfitKey):
        read_public_key(UNFIT[name])


def test_keys_of_4096_bits_are_taken():
    assert read_public_key(public(RSAKey.generate_key(4096, private=False))).algorithms == {"PS256", "RS256"}


def test_uses_of_different_things_have_different_digests():
    triples = [("a", "b", "c"), ("ab", "", "c"), ("a", "bc", ""), ("", "ab", "c"), ('a","b', "c", ""), ("a", "b", "d")]
    assert len({use_digest(*triple) for triple in triples}) == len(triples)
    assert len(use_digest("a", "b", "c")) == 32
