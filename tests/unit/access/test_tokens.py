"""Access tokens: what is issued can be read, and what was read once is remembered no longer than it may be."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from gateway.access.jose import Reason, TokenRefused
from gateway.access.principal import Scope
from gateway.access.tokens import AccessTokens, Confirmation, ConfirmationKind, certificate_thumbprint
from tests.support.doubles import NOON, SettableClock, SystemIds
from tests.unit.access.forging import NOW, OURS, KeysInHand, but, es256, forge, public_key

ISSUER = "https://gateway.example.kg"
AUDIENCE = "https://gateway.example.kg/v1"
BY_KEY = Confirmation(ConfirmationKind.DPOP, "A" * 43)
BY_CERTIFICATE = Confirmation(ConfirmationKind.CERTIFICATE, certificate_thumbprint(b"a certificate"))
SCOPES = frozenset({Scope.CASES_SUBMIT, Scope.CASES_READ})
HEAD = {"alg": "ES256", "typ": "at+jwt", "kid": OURS.thumbprint()}


class CountedKeys(KeysInHand):
    @property
    def verifications(self) -> int:
        return len(self.asked)


class World:
    def __init__(self, **settings: object) -> None:
        self.clock = SettableClock()
        self.keys = CountedKeys()
        self.tokens = AccessTokens(
            keys=self.keys, issuer=ISSUER, audience=AUDIENCE, clock=self.clock, ids=SystemIds(), **settings
        )

    def issue(self, confirmation: Confirmation | None = BY_KEY, **changes: object) -> str:
        return self.tokens.issue(**{"client": "sanarip", "scopes": SCOPES, "confirmation": confirmation} | changes)


async def refused(world: World, token: str) -> Reason:
    with pytest.raises(TokenRefused) as caught:
        await world.tokens.read(token)
    return caught.value.reason


@pytest.mark.parametrize("confirmation", [BY_KEY, BY_CERTIFICATE])
async def test_what_is_issued_can_be_read(confirmation: Confirmation):
    world = World()
    read = await world.tokens.read(world.issue(confirmation))
    assert read.client == "sanarip"
    assert read.scopes == SCOPES
    assert read.confirmation == confirmation
    assert read.issued_at == NOON
    assert read.expires_at == NOON + timedelta(minutes=10)


async def test_its_form_is_that_of_rfc_9068():
    found = jws.extract_compact(World().issue().encode())
    assert found.headers() == HEAD
    claims = json.loads(found.payload)
    assert set(claims) == {"iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope", "cnf"}
    assert claims["scope"] == "cases:read cases:submit"
    assert claims["exp"] - claims["iat"] == 600


async def test_no_two_tokens_have_the_same_name():
    world = World()
    assert len({(await world.tokens.read(world.issue())).jti for _ in range(20)}) == 20


@pytest.mark.parametrize("life", [timedelta(0), timedelta(seconds=-1), timedelta(seconds=601)])
def test_a_token_lives_ten_minutes_at_most(life: timedelta):
    with pytest.raises(ValueError, match="ten minutes"):
        World().issue(life=life)


async def test_a_scope_of_another_version_allows_nothing():
    world = World()
    token = world.issue(scopes=["cases:read", "worlds:rule"])
    assert (await world.tokens.read(token)).scopes == {Scope.CASES_READ}


async def test_an_unbound_token_is_neither_issued_nor_taken_unless_allowed():
    world, trial = World(), World(allow_unbound=True)
    with pytest.raises(ValueError, match="bound"):
        world.issue(None)
    token = trial.issue(None)
    assert (await trial.tokens.read(token)).confirmation is None
    assert await refused(world, token) is Reason.BINDING


async def test_even_where_unbound_tokens_are_allowed_a_strange_binding_is_refused():
    world = World(allow_unbound=True)
    bound = {"iss": ISSUER, "aud": AUDIENCE, "sub": "a", "client_id": "a", "iat": NOW, "exp": NOW + 60, "jti": "1"}
    claims = bound | {"scope": ""}
    assert await world.tokens.read(forge(HEAD, claims, es256()))
    for cnf in (None, {}, {"kid": "A" * 43}, {"jkt": "A" * 43, "kid": "x"}):
        assert await refused(world, forge(HEAD, but(claims, cnf=cnf), es256())) is Reason.BINDING


async def test_a_token_is_verified_once():
    world = World()
    token = world.issue()
    first = await world.tokens.read(token)
    assert await world.tokens.read(token) is first
    assert world.keys.verifications == 1


async def test_a_remembered_token_expires():
    world = World()
    token = world.issue()
    await world.tokens.read(token)
    world.clock.move(seconds=609)
    await world.tokens.read(token)
    world.clock.move(seconds=1)
    assert await refused(world, token) is Reason.EXPIRED
    assert await refused(world, token) is Reason.EXPIRED


async def test_a_remembered_token_falls_with_its_key():
    world = World()
    token = world.issue()
    await world.tokens.read(token)
    world.keys.published.clear()
    assert await refused(world, token) is Reason.KEY_UNKNOWN


async def test_a_remembered_token_falls_when_its_key_is_exchanged_under_the_same_name():
    world = World()
    token = world.issue()
    await world.tokens.read(token)
    world.keys.published[OURS.thumbprint()] = public_key(ECKey.generate_key("P-256"))
    assert await refused(world, token) is Reason.SIGNATURE


async def test_the_memory_is_bounded_and_keeps_what_is_used():
    world = World(remembered=3)
    used, *others = [world.issue() for _ in range(10)]
    for token in others:
        await world.tokens.read(used)
        await world.tokens.read(token)
    assert len(world.tokens._memory) == 3
    assert world.keys.verifications == 10
    await world.tokens.read(others[0])
    assert world.keys.verifications == 11


async def test_the_memory_holds_no_token():
    world = World()
    token = world.issue()
    await world.tokens.read(token)
    assert token not in repr(world.tokens._memory)


async def test_refused_tokens_leave_no_trace_in_the_memory():
    world = World()
    for number in range(20):
        await refused(world, f"{world.issue()}{number}")
    assert not world.tokens._memory


async def test_clocks_may_differ_by_ten_seconds():
    world = World()
    token = world.issue()
    world.clock.move(seconds=-10)
    assert await world.tokens.read(token)
    early = World()
    early.clock.move(seconds=-11)
    assert await refused(early, token) is Reason.NOT_YET_VALID


async def test_refusals_quote_nothing():
    with pytest.raises(TokenRefused) as caught:
        await World().tokens.read(forge(HEAD | {"kid": "SECRET"}, {"sub": "SECRET"}, es256()))
    assert str(caught.value) == "key-unknown"


def test_the_thumbprint_of_a_certificate_is_that_of_rfc_8705():
    der = bytes(range(200))
    padded = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode()
    assert certificate_thumbprint(der) == padded.rstrip("=")
    assert len(certificate_thumbprint(der)) == 43
