"""DPoP proofs: good ones pass once; bad ones never, and use up nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from gateway.access.dpop import ProofReader, token_hash
from gateway.access.jose import Reason, TokenRefused
from tests.support.doubles import NOON, SettableClock
from tests.unit.access.forging import (
    ED25519,
    NOW,
    OURS,
    P384,
    RSA,
    THEIRS,
    ReplaysInMemory,
    b64,
    but,
    ed25519,
    es256,
    fixed,
    forge,
    hs256,
    ps256,
    public,
    twin,
)

URL = "https://gateway.example.kg/v1/treated-cases"
TOKEN = "an.access.token"  # noqa: S105 - it opens nothing
HEAD = {"alg": "ES256", "typ": "dpop+jwt", "jwk": public(OURS)}
CLAIMS = {"jti": "proof-1", "htm": "POST", "htu": URL, "iat": NOW, "ath": token_hash(TOKEN)}
GOOD = forge(HEAD, CLAIMS, es256())


def with_head(**changes: object) -> str:
    return forge(but(HEAD, **changes), CLAIMS, es256())


def with_jwk(**changes: object) -> str:
    return with_head(jwk=but(public(OURS), **changes))


def with_claims(**changes: object) -> str:
    return forge(HEAD, but(CLAIMS, **changes), es256())


def with_raw_claim(name: str, spelling: str) -> str:
    return forge(HEAD, json.dumps(but(CLAIMS, **{name: ...}))[:-1] + f', "{name}": {spelling}}}', es256())


NOT_ON_THE_CURVE = b64(b"\x01" * 32)

HOSTILE: dict[str, tuple[str, Reason]] = {
    # Keys
    "a private key embedded": (with_head(jwk=OURS.as_dict(private=True)), Reason.KEY_UNFIT),
    "a symmetric key embedded": (
        forge(but(HEAD, alg="HS256", jwk={"kty": "oct", "k": b64(b"k" * 32)}), CLAIMS, hs256(b"k" * 32)),
        Reason.ALGORITHM,
    ),
    "a symmetric key called ES256": (
        forge(but(HEAD, jwk={"kty": "oct", "k": b64(b"k" * 32)}), CLAIMS, hs256(b"k" * 32)),
        Reason.KEY_UNFIT,
    ),
    "an RSA key": (forge(but(HEAD, alg="PS256", jwk=public(RSA)), CLAIMS, ps256), Reason.ALGORITHM),
    "an RSA key called ES256": (with_head(jwk=public(RSA)), Reason.KEY_UNFIT),
    "a key on P-384": (
        forge(but(HEAD, alg="ES384", jwk=public(P384)), CLAIMS, es256(P384, 48, hashes.SHA384)),
        Reason.ALGORITHM,
    ),
    "a key on P-384 called ES256": (with_head(jwk=public(P384)), Reason.KEY_UNFIT),
    "an Edwards key called ES256": (with_head(jwk=public(ED25519)), Reason.KEY_UNFIT),
    "a key for agreement": (with_head(alg="EdDSA", jwk=public(OKPKey.generate_key("X25519"))), Reason.KEY_UNFIT),
    "no key": (with_head(jwk=...), Reason.HEADER),
    "a key by name": (with_head(jwk=..., kid="x"), Reason.HEADER),
    "a key and a name": (with_head(kid=OURS.thumbprint()), Reason.HEADER),
    "a key as a text": (with_head(jwk=json.dumps(public(OURS))), Reason.HEADER),
    "an empty key": (with_head(jwk={}), Reason.KEY_UNFIT),
    "a key for encryption": (with_jwk(use="enc"), Reason.KEY_UNFIT),
    "a key that may only sign": (with_jwk(key_ops=["sign"]), Reason.KEY_UNFIT),
    "a key for another algorithm": (with_jwk(alg="ES384"), Reason.KEY_UNFIT),
    "a point beside the curve": (with_jwk(x=NOT_ON_THE_CURVE), Reason.KEY_UNFIT),
    "the point zero": (with_jwk(x=b64(bytes(32)), y=b64(bytes(32))), Reason.KEY_UNFIT),
    "a coordinate with a zero in front": (with_jwk(x="AA" + str(public(OURS)["x"])), Reason.KEY_UNFIT),
    "a coordinate padded": (with_jwk(x=str(public(OURS)["x"]) + "="), Reason.KEY_UNFIT),
    "a coordinate as a number": (with_jwk(x=1), Reason.KEY_UNFIT),
    "a key named twice": (
        forge(json.dumps(HEAD)[:-1] + f', "jwk": {json.dumps(public(THEIRS))}}}', CLAIMS, es256()),
        Reason.FORM,
    ),
    "another's key": (with_head(jwk=public(THEIRS)), Reason.BINDING),
    "all by another": (forge(but(HEAD, jwk=public(THEIRS)), CLAIMS, es256(THEIRS)), Reason.BINDING),
    # Signatures and headers
    "signed by another": (forge(HEAD, CLAIMS, es256(THEIRS)), Reason.SIGNATURE),
    "alg none": (forge(but(HEAD, alg="none"), CLAIMS, fixed(b"\0")), Reason.ALGORITHM),
    "zero signature": (forge(HEAD, CLAIMS, fixed(bytes(64))), Reason.SIGNATURE),
    "HS256 with the public key": (
        forge(but(HEAD, alg="HS256"), CLAIMS, hs256(OURS.as_pem(private=False))),
        Reason.ALGORITHM,
    ),
    "an ordinary JWT": (with_head(typ="JWT"), Reason.TYPE),
    "an access token": (with_head(typ="at+jwt"), Reason.TYPE),
    "no type": (with_head(typ=...), Reason.TYPE),
    "type in capitals": (with_head(typ="DPoP+JWT"), Reason.TYPE),
    "crit": (with_head(crit=["jwk"]), Reason.HEADER),
    "jku": (with_head(jku="https://evil.example"), Reason.HEADER),
    "two proofs in one": (f"{GOOD}, {GOOD}", Reason.FORM),
    # The request
    "another method": (with_claims(htm="GET"), Reason.REQUEST),
    "method in small letters": (with_claims(htm="post"), Reason.REQUEST),
    "no method": (with_claims(htm=...), Reason.CLAIMS),
    "another path": (with_claims(htu=URL + "/1"), Reason.REQUEST),
    "path with a slash more": (with_claims(htu=URL + "/"), Reason.REQUEST),
    "path in capitals": (with_claims(htu=URL.replace("/v1", "/V1")), Reason.REQUEST),
    "another host": (with_claims(htu=URL.replace("gateway.", "gateway2.")), Reason.REQUEST),
    "another port": (with_claims(htu=URL.replace(".kg", ".kg:8443")), Reason.REQUEST),
    "another scheme": (with_claims(htu=URL.replace("https", "http")), Reason.REQUEST),
    "a user in the address": (with_claims(htu=URL.replace("//", "//evil@")), Reason.REQUEST),
    "only a path": (with_claims(htu="/v1/treated-cases"), Reason.REQUEST),
    "an escaped slash": (with_claims(htu=URL.replace("/treated", "%2Ftreated")), Reason.REQUEST),
    "a blank in the address": (with_claims(htu=URL + " "), Reason.REQUEST),
    "a port that is none": (with_claims(htu=URL.replace(".kg", ".kg:99999")), Reason.REQUEST),
    "brackets": (with_claims(htu="https://[/v1"), Reason.REQUEST),
    "no address": (with_claims(htu=...), Reason.REQUEST),
    "addresses in a list": (with_claims(htu=[URL]), Reason.REQUEST),
    # Time and token
    "a minute old": (with_claims(iat=NOW - 60), Reason.EXPIRED),
    "from the future": (with_claims(iat=NOW + 11), Reason.NOT_YET_VALID),
    "no time": (with_claims(iat=...), Reason.CLAIMS),
    "time as a text": (with_claims(iat=str(NOW)), Reason.CLAIMS),
    "time as a bool": (with_claims(iat=True), Reason.CLAIMS),
    "time NaN": (with_raw_claim("iat", "NaN"), Reason.FORM),
    "expired by its own word": (with_claims(exp=NOW - 10), Reason.EXPIRED),
    "not yet valid by its own word": (with_claims(nbf=NOW + 11), Reason.NOT_YET_VALID),
    "for another token": (with_claims(ath=token_hash("another.access.token")), Reason.BINDING),
    "for no token": (with_claims(ath=...), Reason.CLAIMS),
    "the token itself": (with_claims(ath=TOKEN), Reason.BINDING),
    "no jti": (with_claims(jti=...), Reason.CLAIMS),
    "jti a number": (with_claims(jti=1), Reason.CLAIMS),
    "jti empty": (with_claims(jti=""), Reason.CLAIMS),
    "jti without end": (with_claims(jti="j" * 257), Reason.CLAIMS),
}  # fmt: skip


class World:
    def __init__(self) -> None:
        self.clock = SettableClock()
        self.replays = ReplaysInMemory()
        self.reader = ProofReader(replays=self.replays, clock=self.clock)

    async def read(self, proof: str, **changes: object) -> str:
        request = {"method": "POST", "url": URL, "access_token": TOKEN, "thumbprint": OURS.thumbprint()} | changes
        return await self.reader.read(proof, **request)

    async def refusal(self, proof: str, **changes: object) -> Reason | None:
        try:
            await self.read(proof, **changes)
        except TokenRefused as refused:
            return refused.reason
        return None


async def test_a_good_proof_passes_once():
    world = World()
    assert await world.read(GOOD) == OURS.thumbprint()
    assert await world.refusal(GOOD) is Reason.REPLAYED


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_proofs_are_refused_and_use_up_nothing(name: str):
    world = World()
    proof, reason = HOSTILE[name]
    # Bound to the good key, a proof by another falls at once; unbound, each must fall for what is wrong with it.
    bound_to = OURS.thumbprint() if reason is Reason.BINDING else None
    assert await world.refusal(proof, thumbprint=bound_to) is reason
    assert await world.refusal(proof) is not None
    assert world.replays.used == {}


def test_the_table_is_long_enough():
    assert len(HOSTILE) >= 15


async def test_the_other_spelling_of_a_signature_is_no_second_use():
    world = World()
    await world.read(GOOD)
    assert await world.refusal(twin(GOOD)) is Reason.REPLAYED


async def test_the_same_name_under_another_key_is_another_proof():
    world = World()
    await world.read(GOOD)
    other = forge(but(HEAD, jwk=public(THEIRS)), CLAIMS, es256(THEIRS))
    assert await world.read(other, thumbprint=None) == THEIRS.thumbprint()


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
async def test_edwards_keys_may_be_used(algorithm: str):
    proof = forge(but(HEAD, alg=algorithm, jwk=public(ED25519)), CLAIMS, ed25519)
    assert await World().read(proof, thumbprint=ED25519.thumbprint()) == ED25519.thumbprint()


async def test_at_the_token_endpoint_there_is_no_token_yet():
    proof = with_claims(ath=...)
    assert await World().read(proof, access_token=None, thumbprint=None) == OURS.thumbprint()


async def test_a_use_is_remembered_as_long_as_the_proof_would_be_taken():
    world = World()
    await world.read(GOOD)
    (until,) = world.replays.used.values()
    assert until >= NOON + timedelta(seconds=60)
    world.clock.move(seconds=59)
    assert await world.refusal(GOOD) is Reason.REPLAYED
    world.clock.move(seconds=1)
    assert await world.refusal(GOOD) is Reason.EXPIRED


@pytest.mark.parametrize("seconds", [-10, 0, 59])
async def test_a_proof_is_good_for_a_minute(seconds: int):
    world = World()
    world.clock.move(seconds=seconds)
    assert await world.read(GOOD)


@pytest.mark.parametrize(
    "spelling",
    [
        URL.replace("https://gateway", "HTTPS://Gateway"),
        URL.replace(".kg", ".kg:443"),
        URL + "?limit=5",
        URL + "#top",
        URL.replace("/v1/", "/v1/./x/../"),
        URL.replace("treated", "%74reated"),
    ],
)
async def test_the_same_address_may_be_spelt_otherwise(spelling: str):
    assert await World().read(with_claims(htu=spelling)) == OURS.thumbprint()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.kg", "https://a.kg/"),
        ("http://127.0.0.1:8066/x", "http://127.0.0.1:8066/x"),
        ("https://a.kg/a/b/..", "https://a.kg/a/"),
        ("https://a.kg/..", "https://a.kg/"),
        ("https://a.kg/%d0%bf", "https://a.kg/%D0%BF"),
    ],
)
async def test_addresses_are_compared_normalised(one: str, other: str):
    assert await World().read(with_claims(htu=one), url=other)


@settings(max_examples=300)
@given(place=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
@example(place=len(GOOD) - 1, bit=0)
async def test_any_changed_bit_is_refused(place: int, bit: int):
    world = World()
    changed = GOOD[:place] + chr(ord(GOOD[place]) ^ 1 << bit) + GOOD[place + 1 :]
    assert await world.refusal(changed) is not None
    assert world.replays.used == {}
