"""Nodes that share a database: of those that redeem one code at once, or change one key, one has done it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.access.authors import Author
from gateway.access.client_keys import make_key
from gateway.access.client_kinds import Binding, ClientKind
from gateway.access.client_register import ClientRegister
from gateway.access.clients import ClientDefinition
from gateway.access.enrolments import Enrolments
from gateway.access.principal import Scope
from gateway.audit.actions import ActorKind
from gateway.audit.trail import ChainedTrail
from gateway.rules.findings import Refused
from gateway.store.postgres import PostgresStore
from schemas.errors import ErrorCode
from tests.support.doubles import SettableClock

OPERATOR = Author("operator", ActorKind.OPERATOR)
NODES, ROUNDS = 3, 10

pytestmark = pytest.mark.postgres


class Node:
    """A node of its own: its connections and its copy of the register."""

    def __init__(self, url: str, clock: SettableClock) -> None:
        self.store = PostgresStore(url)
        audit = ChainedTrail(self.store, clock).append
        self.register = ClientRegister(self.store, clock, audit)
        self.enrolments = Enrolments(self.store, clock, audit, self.register)


@pytest.fixture
async def nodes(postgres_url: str) -> AsyncIterator[list[Node]]:
    clock = SettableClock()
    found = [Node(postgres_url, clock) for _ in range(NODES)]
    for node in found:
        await node.store.open()
        await node.register.refresh()
    yield found
    for node in found:
        await node.store.close()


def till(number: int) -> ClientDefinition:
    return ClientDefinition(
        id=f"till-{number}",
        title="Till",
        kind=ClientKind.PHARMACY_TERMINAL,
        organisations=frozenset({"700001"}),
        scopes=frozenset({Scope.DISPENSES_WRITE}),
        binding=Binding.DPOP,
    )


async def redeemed(node: Node, code: str) -> str | None:
    """The key that the code was redeemed for on this node; ``None`` when the code was refused."""
    key = make_key().public
    try:
        await node.enrolments.redeem(code, key)
    except Refused as refused:
        if refused.findings[0].code is not ErrorCode.ENROLMENT_CODE_INVALID:
            raise
        return None
    return key["kid"]


async def test_a_code_is_redeemed_once_over_all_nodes(nodes: list[Node]):
    for number in range(ROUNDS):
        opened = await nodes[0].enrolments.add(till(number), by=OPERATOR)
        kids = [kid for kid in await asyncio.gather(*(redeemed(node, opened.code) for node in nodes)) if kid]
        assert len(kids) == 1
        await nodes[0].register.refresh()
        client = nodes[0].register.show(f"till-{number}")
        assert [key.kid for key in client.keys] == kids


async def test_a_code_that_is_replaced_meanwhile_is_redeemed_before_or_not_at_all(nodes: list[Node]):
    one, other, *_ = nodes
    for number in range(ROUNDS):
        first = await one.enrolments.add(till(number), by=OPERATOR)
        kid, second = await asyncio.gather(
            redeemed(one, first.code), other.enrolments.open(f"till-{number}", by=OPERATOR)
        )
        assert await redeemed(one, first.code) is None
        last = await redeemed(other, second.code)
        assert last is not None
        await one.register.refresh()
        client = one.register.show(f"till-{number}")
        assert {key.kid for key in client.keys} == {last, kid} - {None}
        assert [key.kid for key in client.keys if key.not_after is None] == [last]


async def test_keys_changed_on_several_nodes_leave_one_that_stays(nodes: list[Node]):
    for number in range(ROUNDS):
        opened = await nodes[0].enrolments.add(till(number), by=OPERATOR)
        kid = await redeemed(nodes[0], opened.code)
        keys = [make_key().public for _ in nodes]
        changes = [
            node.enrolments.change_key(f"till-{number}", sent_by=kid, jwk=key)
            for node, key in zip(nodes, keys, strict=True)
        ]
        ends = {change.others_until for change in await asyncio.gather(*changes)}
        assert len(ends) == 1
        await nodes[0].register.refresh()
        client = nodes[0].register.show(f"till-{number}")
        staying = [key for key in client.keys if key.not_after is None]
        assert len(staying) == 1
        assert {key.not_after for key in client.keys if key.kid == kid} == ends
        assert ends == {staying[0].added_at + timedelta(days=7)}
