"""The gateway's own keys: published before they sign and until nothing they signed is valid, on both engines."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import insert, select, update

from gateway.access.jose import Reason, TokenRefused
from gateway.access.public_keys import read_public_key
from gateway.access.signing import NoSigningKey, RotationPolicy, SigningKeys
from gateway.access.tokens import AccessTokens, Confirmation, ConfirmationKind
from gateway.sealing.errors import CannotOpen
from gateway.store.access_tables import signing_keys
from gateway.store.grouping import Store, StoreUnavailable
from tests.support.doubles import NOON, SettableClock, SystemIds
from tests.unit.access.forging import es256, forge, public, twin, unb64

POLICY = RotationPolicy(period=timedelta(days=30), ahead=timedelta(minutes=5))


class AesSealer:
    """A sealer with one key of its own."""

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def seal(self, plain: bytes, context: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], context)
        except InvalidTag as error:
            raise CannotOpen from error


class CountedStore:
    """Counts reads, and fails them when told to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 0
        self.is_down = False

    async def read(self, query):
        self.reads += 1
        if self.is_down:
            raise StoreUnavailable
        return await self._store.read(query)

    async def write(self, work):
        return await self._store.write(work)


class Nodes:
    """Several nodes over one store, one clock and one master key."""

    def __init__(self, store: Store) -> None:
        self.store = CountedStore(store)
        self.clock = SettableClock()
        self.sealer = AesSealer()

    def node(self, sealer: AesSealer | None = None, policy: RotationPolicy = POLICY) -> SigningKeys:
        return SigningKeys(store=self.store, sealer=sealer or self.sealer, clock=self.clock, policy=policy)

    async def started(self) -> SigningKeys:
        keys = self.node()
        await keys.load()
        return keys

    def tokens(self, keys: SigningKeys) -> AccessTokens:
        return AccessTokens(keys=keys, issuer="i", audience="a", clock=self.clock, ids=SystemIds())

    async def rows(self):
        return await self.store.read(lambda c: c.execute(select(signing_keys)).all())


@pytest.fixture
def nodes(store: Store) -> Nodes:
    return Nodes(store)


def issue(tokens: AccessTokens) -> str:
    return tokens.issue(client="c", scopes=(), confirmation=Confirmation(ConfirmationKind.DPOP, "A" * 43))


def names(keys: SigningKeys) -> set[str]:
    return {key["kid"] for key in keys.jwks()["keys"]}


async def signer(nodes: Nodes, keys: SigningKeys) -> str:
    """The kid of a token signed now, which any node started now can read."""
    token = issue(nodes.tokens(keys))
    fresh = nodes.tokens(await nodes.started())
    assert (await fresh.read(token)).client == "c"
    return jws.extract_compact(token.encode()).headers()["kid"]


async def test_the_first_node_makes_the_first_key(nodes: Nodes):
    first = await nodes.started()
    second = await nodes.started()
    assert names(first) == names(second) == {await signer(nodes, second)}


async def test_nodes_that_start_together_make_one_key(nodes: Nodes):
    several = [nodes.node() for _ in range(4)]
    await asyncio.gather(*(keys.load() for keys in several))
    assert len(await nodes.rows()) == 1
    assert len({frozenset(names(keys)) for keys in several}) == 1


async def test_without_loading_nothing_is_signed(nodes: Nodes):
    with pytest.raises(NoSigningKey):
        nodes.node().sign("at+jwt", {})


async def test_the_published_set_has_public_parts_only(nodes: Nodes):
    keys = await nodes.started()
    (jwk,) = keys.jwks()["keys"]
    assert set(jwk) == {"kty", "crv", "x", "y", "use", "alg", "kid"}
    assert read_public_key(jwk).thumbprint == jwk["kid"]


async def test_every_token_has_the_one_canonical_signature(nodes: Nodes):
    keys = await nodes.started()
    tokens = nodes.tokens(keys)
    for _ in range(30):
        token = issue(tokens)
        assert unb64(token.rpartition(".")[2])[32] < 0x80
        assert await tokens.read(token)
        with pytest.raises(TokenRefused):
            await tokens.read(twin(token))


async def test_the_private_part_is_nowhere_in_clear(nodes: Nodes):
    keys = await nodes.started()
    (private,) = [key.private.as_dict(private=True)["d"] for key in keys._keys.values()]
    (row,) = await nodes.rows()
    assert private not in row.public
    assert private.encode() not in row.sealed
    assert private not in repr(keys._keys)


async def test_a_new_key_is_published_before_it_signs(nodes: Nodes):
    keys = await nodes.started()
    old = await signer(nodes, keys)
    await keys.rotate()
    (new,) = names(keys) - {old}
    assert await signer(nodes, keys) == old
    nodes.clock.move(minutes=5)
    assert await signer(nodes, keys) == new


async def test_an_old_key_stays_published_until_all_it_signed_has_expired(nodes: Nodes):
    keys = await nodes.started()
    old = await signer(nodes, keys)
    await keys.rotate()
    nodes.clock.move(minutes=5, microseconds=-1)
    last = issue(nodes.tokens(keys))
    nodes.clock.move(minutes=10)
    await keys.tend()
    assert old in names(keys)
    assert await nodes.tokens(keys).read(last)
    nodes.clock.move(seconds=21)
    await keys.tend()
    assert old not in names(keys)
    assert keys.known(old) is None


async def test_requests_succeed_throughout_many_rotations(nodes: Nodes):
    """Tokens are issued on one node and read on another that looks only once a minute."""
    issuing, reading = await nodes.started(), await nodes.started()
    issuer, reader = nodes.tokens(issuing), nodes.tokens(reading)
    signed: set[str] = set()
    tokens: list[str] = []
    for minute in range(60):
        nodes.clock.move(minutes=1)
        if minute % 15 == 0:
            await issuing.rotate()
        await issuing.tend()
        tokens.append(issue(issuer))
        for token in tokens[-10:]:
            assert await reader.read(token)
            signed.add(token.split(".")[0])
        await reading.tend()
    assert len(signed) == 5


async def test_keys_are_rotated_when_their_time_has_come(nodes: Nodes):
    keys = await nodes.started()
    first = await signer(nodes, keys)
    nodes.clock.move(days=29)
    await keys.tend()
    assert names(keys) == {first}
    nodes.clock.move(days=1)
    await keys.tend()
    assert len(names(keys)) == 2
    await keys.tend()
    assert len(names(keys)) == 2


async def test_of_several_nodes_one_rotates(nodes: Nodes):
    several = [await nodes.started() for _ in range(4)]
    nodes.clock.move(days=30)
    await asyncio.gather(*(keys.tend() for keys in several))
    assert len(await nodes.rows()) == 2
    for keys in several:
        await keys.refresh()
    assert len({frozenset(names(keys)) for keys in several}) == 1


async def test_a_gateway_that_slept_for_months_goes_on(nodes: Nodes):
    await nodes.started()
    nodes.clock.move(days=400)
    keys = await nodes.started()
    assert await signer(nodes, keys)
    await keys.tend()
    assert await signer(nodes, keys)


async def test_private_parts_that_are_done_with_are_shredded_and_public_parts_stay(nodes: Nodes):
    keys = await nodes.started()
    old = await signer(nodes, keys)
    await keys.rotate()
    nodes.clock.move(hours=1)
    await keys.tend()
    contents = {
        row.kid: nodes.sealer.open(row.sealed, b"signing-key:" + row.kid.encode()) for row in await nodes.rows()
    }
    assert contents[old] == b""
    assert len(contents) == 2
    assert old not in {key.kid for key in keys._keys.values()}
    assert names(await nodes.started()) == names(keys)


async def test_a_withdrawn_key_is_believed_no_longer(nodes: Nodes):
    keys = await nodes.started()
    tokens = nodes.tokens(keys)
    token = issue(tokens)
    await tokens.read(token)
    (leaked,) = names(keys)
    await keys.withdraw(leaked)
    with pytest.raises(TokenRefused) as caught:
        await tokens.read(token)
    assert caught.value.reason is Reason.KEY_UNKNOWN
    assert await signer(nodes, keys) != leaked


@pytest.mark.parametrize("which", ["the one that signs", "the one to come"])
async def test_whichever_key_is_withdrawn_there_is_always_one_that_signs(nodes: Nodes, which: str):
    keys = await nodes.started()
    old = await signer(nodes, keys)
    await keys.rotate()
    (new,) = names(keys) - {old}
    await keys.withdraw(old if which == "the one that signs" else new)
    for _ in range(30):
        assert await signer(nodes, keys)
        nodes.clock.move(minutes=1)


async def test_a_running_node_takes_over_changes_though_the_store_was_down(nodes: Nodes):
    quick = nodes.node(policy=RotationPolicy(look=timedelta(milliseconds=10)))
    await quick.load()
    other = await nodes.started()
    await other.rotate()
    nodes.store.is_down = True
    running = asyncio.create_task(quick.run())
    try:
        async with asyncio.timeout(10):
            before = nodes.store.reads
            while nodes.store.reads < before + 2:
                await asyncio.sleep(0.005)
            nodes.store.is_down = False
            while names(quick) != names(other):
                await asyncio.sleep(0.005)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("minutes", [{"ahead": 1}, {"ahead": 10, "look": 6}, {"ahead": 60, "period": 60}])
def test_a_policy_that_would_leave_nodes_behind_is_refused(minutes: dict[str, int]):
    with pytest.raises(ValueError, match="published long enough"):
        RotationPolicy(**{name: timedelta(minutes=number) for name, number in minutes.items()})


async def test_another_node_s_new_key_is_found_by_its_name(nodes: Nodes):
    stale, other = await nodes.started(), await nodes.started()
    await other.withdraw(*names(other))
    assert await nodes.tokens(stale).read(issue(nodes.tokens(other)))


async def test_a_flood_of_unknown_names_causes_one_look_a_minute(nodes: Nodes):
    keys = await nodes.started()
    before = nodes.store.reads
    found = await asyncio.gather(*(keys.find(f"made-up-{number}") for number in range(500)))
    assert set(found) == {None}
    assert nodes.store.reads == before + 1
    nodes.clock.move(seconds=59)
    await keys.find("made-up")
    assert nodes.store.reads == before + 1
    nodes.clock.move(seconds=1)
    await keys.find("made-up")
    assert nodes.store.reads == before + 2


async def test_known_names_cause_no_look(nodes: Nodes):
    keys = await nodes.started()
    before = nodes.store.reads
    assert all([await keys.find(kid) for kid in names(keys)])
    assert nodes.store.reads == before


async def test_while_the_store_is_down_the_last_good_keys_serve(nodes: Nodes):
    keys = await nodes.started()
    tokens = nodes.tokens(keys)
    nodes.store.is_down = True
    assert await keys.find("made-up") is None
    assert await tokens.read(issue(tokens))


async def test_a_key_put_into_the_table_by_others_is_not_believed(nodes: Nodes):
    """Who can write to the database, but does not have the master key, cannot make tokens."""
    keys = await nodes.started()
    old = await signer(nodes, keys)
    intruder = ECKey.generate_key("P-256")
    kid = intruder.thumbprint()
    row = {
        "kid": kid,
        "algorithm": "ES256",
        "public": json.dumps(public(intruder) | {"kid": kid}),
        "sealed": AesSealer().seal(json.dumps(intruder.as_dict(private=True)).encode(), b"signing-key:" + kid.encode()),
        "made_at": NOON,
        "signs_from": NOON,
    }
    await nodes.store.write(lambda c: c.execute(insert(signing_keys).values(row)))
    await keys.refresh()
    assert kid not in names(keys)
    with pytest.raises(TokenRefused):
        await nodes.tokens(keys).read(forge({"alg": "ES256", "typ": "at+jwt", "kid": kid}, {}, es256(intruder)))
    await keys.rotate()
    nodes.clock.move(minutes=5)
    assert await signer(nodes, keys) not in {old, kid}


async def test_a_public_part_exchanged_in_the_table_is_not_believed(nodes: Nodes):
    keys = await nodes.started()
    intruder = ECKey.generate_key("P-256")
    exchanged = json.dumps(public(intruder))
    await nodes.store.write(lambda c: c.execute(update(signing_keys).values(public=exchanged)))
    fresh = await nodes.started()
    assert fresh.jwks() == keys.jwks()
    assert await nodes.tokens(fresh).read(issue(nodes.tokens(keys)))
    (kid,) = names(fresh)
    forged = forge({"alg": "ES256", "typ": "at+jwt", "kid": kid}, {}, es256(intruder))
    with pytest.raises(TokenRefused) as caught:
        await nodes.tokens(fresh).read(forged)
    assert caught.value.reason is Reason.SIGNATURE


async def test_without_its_master_key_a_node_does_not_start(nodes: Nodes):
    await nodes.started()
    with pytest.raises(CannotOpen):
        await nodes.node(AesSealer()).load()
    assert len(await nodes.rows()) == 1
