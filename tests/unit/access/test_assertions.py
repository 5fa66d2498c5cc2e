"""Client assertions: a machine says who it is, once and for a minute."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.access.assertions import AssertionReader
from gateway.access.jose import Reason, TokenRefused
from gateway.access.public_keys import PublicKey
from tests.support.doubles import NOON, SettableClock
from tests.unit.access.forging import (
    ED25519,
    NOW,
    OURS,
    RSA,
    THEIRS,
    ReplaysInMemory,
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
    twin,
)

ISSUER = "https://gateway.example.kg"
ENDPOINT = "https://gateway.example.kg/oauth/token"
HEAD = {"alg": "ES256", "typ": "JWT", "kid": OURS.thumbprint()}
CLAIMS = {"iss": "sanarip", "sub": "sanarip", "aud": ISSUER, "jti": "assertion-1", "iat": NOW, "exp": NOW + 60}
GOOD = forge(HEAD, CLAIMS, es256())


def with_head(**changes: object) -> str:
    return forge(but(HEAD, **changes), CLAIMS, es256())


def with_claims(**changes: object) -> str:
    return forge(HEAD, but(CLAIMS, **changes), es256())


HOSTILE: dict[str, tuple[str, Reason]] = {
    "alg none": (forge(but(HEAD, alg="none"), CLAIMS, fixed(b"\0")), Reason.ALGORITHM),
    "RS256": (forge(but(HEAD, alg="RS256", kid=RSA.thumbprint()), CLAIMS, rs256), Reason.ALGORITHM),
    "HS256 with the public key": (
        forge(but(HEAD, alg="HS256"), CLAIMS, hs256(OURS.as_pem(private=False))),
        Reason.ALGORITHM,
    ),
    "another key's algorithm": (forge(but(HEAD, alg="PS256"), CLAIMS, ps256), Reason.KEY_UNFIT),
    "the algorithm of another curve": (forge(but(HEAD, alg="EdDSA"), CLAIMS, ed25519), Reason.KEY_UNFIT),
    "a stranger's key embedded": (forge(but(HEAD, jwk=public(THEIRS)), CLAIMS, es256(THEIRS)), Reason.HEADER),
    "a stranger's key": (forge(but(HEAD, kid=THEIRS.thumbprint()), CLAIMS, es256(THEIRS)), Reason.KEY_UNKNOWN),
    "another client's key": (with_claims(iss="foms", sub="foms"), Reason.KEY_UNKNOWN),
    "a client that nobody knows": (with_claims(iss="nobody", sub="nobody"), Reason.KEY_UNKNOWN),
    "no key named": (with_head(kid=...), Reason.HEADER),
    "key a path": (with_head(kid="../keys/sanarip"), Reason.KEY_UNKNOWN),
    "key SQL": (with_head(kid="' OR 1=1 --"), Reason.KEY_UNKNOWN),
    "access token": (with_head(typ="at+jwt"), Reason.TYPE),
    "DPoP proof": (with_head(typ="dpop+jwt"), Reason.TYPE),
    "type in small letters": (with_head(typ="jwt"), Reason.TYPE),
    "type null": (with_head(typ=None), Reason.TYPE),
    "zero signature": (forge(HEAD, CLAIMS, fixed(bytes(64))), Reason.SIGNATURE),
    "signed by a stranger": (forge(HEAD, CLAIMS, es256(THEIRS)), Reason.SIGNATURE),
    "iss is not sub": (with_claims(sub="foms"), Reason.CLAIMS),
    "no iss": (with_claims(iss=...), Reason.CLAIMS),
    "iss a list": (with_claims(iss=["sanarip"]), Reason.CLAIMS),
    "for somebody else": (with_claims(aud="https://other.example"), Reason.AUDIENCE),
    "for us and somebody else": (with_claims(aud=[ISSUER, "https://other.example"]), Reason.AUDIENCE),
    "for us in a list": (with_claims(aud=[ISSUER]), Reason.AUDIENCE),
    "for nobody": (with_claims(aud=...), Reason.AUDIENCE),
    "for us with a slash": (with_claims(aud=ISSUER + "/"), Reason.AUDIENCE),
    "lives too long": (with_claims(exp=NOW + 61), Reason.LIFETIME),
    "lives too long, beginning unsaid": (with_claims(iat=..., exp=NOW + 61), Reason.LIFETIME),
    "long begun and long to go": (with_claims(iat=NOW - 600, exp=NOW + 30), Reason.LIFETIME),
    "expired": (with_claims(iat=NOW - 60, exp=NOW - 10), Reason.EXPIRED),
    "no end": (with_claims(exp=...), Reason.CLAIMS),
    "end a text": (with_claims(exp=str(NOW + 30)), Reason.CLAIMS),
    "from the future": (with_claims(iat=NOW + 11, exp=NOW + 30), Reason.NOT_YET_VALID),
    "not yet valid": (with_claims(nbf=NOW + 11), Reason.NOT_YET_VALID),
    "no jti": (with_claims(jti=...), Reason.CLAIMS),
    "jti null": (with_claims(jti=None), Reason.CLAIMS),
    "sub twice": (forge(HEAD, json.dumps(CLAIMS)[:-1] + ', "sub": "foms"}', es256()), Reason.FORM),
}  # fmt: skip


class Register:
    """Three clients, one of each kind of key."""

    def __init__(self) -> None:
        self.clients = {
            "sanarip": {OURS.thumbprint(): public_key(OURS)},
            "servers": {RSA.thumbprint(): public_key(RSA), ED25519.thumbprint(): public_key(ED25519)},
            "foms": {THEIRS.thumbprint(): public_key(THEIRS)},
        }

    async def public_keys(self, client: str) -> Mapping[str, PublicKey]:
        return self.clients.get(client, {})


class World:
    def __init__(self) -> None:
        self.clock = SettableClock()
        self.replays = ReplaysInMemory()
        self.register = Register()
        self.reader = AssertionReader(
            audiences=(ISSUER, ENDPOINT), keys=self.register, replays=self.replays, clock=self.clock
        )

    async def refusal(self, assertion: str) -> Reason | None:
        try:
            await self.reader.read(assertion)
        except TokenRefused as refused:
            return refused.reason
        return None


async def test_a_good_assertion_passes_once():
    world = World()
    assert await world.reader.read(GOOD) == "sanarip"
    assert await world.refusal(GOOD) is Reason.REPLAYED
    assert await world.refusal(twin(GOOD)) is Reason.REPLAYED


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_assertions_are_refused_and_use_up_nothing(name: str):
    world = World()
    assertion, reason = HOSTILE[name]
    assert await world.refusal(assertion) is reason
    assert world.replays.used == {}


@pytest.mark.parametrize("typ", ["JWT", "client-authentication+jwt", ...])
@pytest.mark.parametrize("audience", [ISSUER, ENDPOINT])
async def test_what_specifications_allow_passes(typ: object, audience: str):
    assertion = forge(but(HEAD, typ=typ), but(CLAIMS, aud=audience), es256())
    assert await World().reader.read(assertion) == "sanarip"


@pytest.mark.parametrize(("algorithm", "key", "sign"), [("PS256", RSA, ps256), ("EdDSA", ED25519, ed25519)])
async def test_other_good_algorithms_pass(algorithm: str, key: object, sign: object):
    head = but(HEAD, alg=algorithm, kid=key.thumbprint())
    assert await World().reader.read(forge(head, but(CLAIMS, iss="servers", sub="servers"), sign)) == "servers"


async def test_without_iat_the_minute_counts_from_now():
    assert await World().reader.read(with_claims(iat=...)) == "sanarip"


@pytest.mark.parametrize("seconds", [-10, 69])
async def test_clocks_may_differ_by_ten_seconds(seconds: int):
    world = World()
    world.clock.move(seconds=seconds)
    assert await world.reader.read(GOOD) == "sanarip"
    (until,) = world.replays.used.values()
    assert until > NOON + timedelta(seconds=70)


async def test_a_key_that_is_taken_away_counts_no_more():
    world = World()
    world.register.clients["sanarip"] = {}
    assert await world.refusal(GOOD) is Reason.KEY_UNKNOWN


async def test_the_same_name_of_another_client_is_another_assertion():
    world = World()
    await world.reader.read(GOOD)
    head = but(HEAD, kid=THEIRS.thumbprint())
    assert await world.reader.read(forge(head, but(CLAIMS, iss="foms", sub="foms"), es256(THEIRS))) == "foms"


@settings(max_examples=200)
@given(place=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
async def test_any_changed_bit_is_refused(place: int, bit: int):
    world = World()
    changed = GOOD[:place] + chr(ord(GOOD[place]) ^ 1 << bit) + GOOD[place + 1 :]
    assert await world.refusal(changed) is not None
    assert world.replays.used == {}
