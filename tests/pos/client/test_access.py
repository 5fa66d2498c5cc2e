"""The client at a gateway with access on: enrolment, tokens, proofs, keys that change, clocks that are wrong."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gateway.store.sqlite import SqliteStore
from kopuro_pos.client import ErrorCode, LocalKey, Machine, SignInRefused, generate_key
from kopuro_pos.client.refusals import AuthRequired, EnrolmentCodeInvalid
from kopuro_pos.client.signing import thumbprint
from tests.pos.client.conftest import Open
from tests.pos.client.guarded import TILL, Guarded, open_guarded
from tests.pos.client.orders import look_up, order, quote
from tests.service.dispensing.counter import ENALAPRIL, INHALER, STRONGER
from tests.support.programme import PHARMACY, issue_into


@pytest.fixture
async def guarded(store: SqliteStore) -> AsyncIterator[Guarded]:
    async with open_guarded(store) as opened:
        yield opened


async def enrolled(guarded: Guarded, open_client: Open, **more: object) -> Machine:
    key = LocalKey(generate_key())
    enrolment = await open_client(guarded.origin, **more).enrol(await guarded.code(), key)
    return Machine(enrolment.client, key)


async def test_from_a_code_to_a_sale(guarded: Guarded, open_client: Open):
    key, code = LocalKey(generate_key()), await guarded.code()
    newcomer = open_client(guarded.origin)
    enrolment = await newcomer.enrol(code, key)
    assert (enrolment.client, enrolment.organisation, enrolment.title) == (TILL, PHARMACY, "Касса 1")
    assert enrolment.organisation_name == "«Шипаа» дарыканасы"
    assert set(enrolment.scopes) == {"dispenses:read", "dispenses:write"}
    till = open_client(guarded.origin, machine=Machine(enrolment.client, key))
    issued = await issue_into(guarded.counter.store)
    await till.look_up(look_up(issued))
    quoted = await till.quote(quote(issued, hold=True))
    sold = await till.dispense(order(issued, quote=quoted.id, hold=quoted.hold.id), key="till-1-000001")
    assert [one.id async for one in till.dispenses()] == [sold.id]


async def test_a_code_is_good_once_and_for_a_lost_reply(guarded: Guarded, open_client: Open):
    key, code = LocalKey(generate_key()), await guarded.code()
    newcomer = open_client(guarded.origin)
    first = await newcomer.enrol(code, key)
    assert await newcomer.enrol(code, key) == first
    with pytest.raises(EnrolmentCodeInvalid):
        await newcomer.enrol(code, LocalKey(generate_key()))


async def test_who_enrols_again_shuts_the_lost_terminal_out(guarded: Guarded, open_client: Open):
    lost = await enrolled(guarded, open_client)
    found = await enrolled(guarded, open_client)
    assert lost.client_id == found.client_id
    with pytest.raises(SignInRefused) as refused:
        await open_client(guarded.origin, machine=lost).sign_in()
    assert refused.value.error == "invalid_client"
    await open_client(guarded.origin, machine=found).sign_in()


class Counted(LocalKey):
    """Counts what it signs."""

    signed = 0

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        self.signed += 1
        return super().sign(header, claims)


async def test_a_terminal_changes_its_key_itself(guarded: Guarded, open_client: Open):
    old, new = Counted(generate_key()), Counted(generate_key())
    await open_client(guarded.origin).enrol(await guarded.code(), old)
    till = open_client(guarded.origin, machine=Machine(TILL, old))
    changed = await till.change_key(new)
    assert (changed.client, changed.kid) == (TILL, thumbprint(new.public_jwk))
    before = old.signed, new.signed
    assert [one async for one in till.dispenses()] == []
    assert (old.signed, new.signed) == (before[0], before[1] + 3), "an assertion, and two proofs"
    await open_client(guarded.origin, machine=Machine(TILL, old)).sign_in()


async def test_a_revoked_terminal_is_told_so(guarded: Guarded, open_client: Open):
    till = open_client(guarded.origin, machine=await enrolled(guarded, open_client))
    await till.sign_in()
    await guarded.revoke()
    with pytest.raises(SignInRefused) as refused:
        [one async for one in till.dispenses()]
    assert refused.value.code in set(ErrorCode)


async def test_who_does_not_sign_in_is_refused(guarded: Guarded, open_client: Open):
    with pytest.raises(AuthRequired):
        [one async for one in open_client(guarded.origin).dispenses()]


@pytest.mark.parametrize("ahead", [40.0, -90.0, 3600.0, -86400.0])
async def test_a_wrong_clock_is_seen_and_made_up_for(guarded: Guarded, open_client: Open, ahead: float):
    def now() -> float:
        return time.time() + ahead

    machine = await enrolled(guarded, open_client, now=now)
    till = open_client(guarded.origin, machine=machine, now=now)
    await till.sign_in()
    assert till.clock.seconds == pytest.approx(ahead, abs=till.clock.uncertainty)
    assert till.clock.uncertainty < 1.0
    await till.change_key(LocalKey(generate_key()))


async def test_a_clock_that_is_set_while_we_run(guarded: Guarded, open_client: Open):
    ahead = 0.0
    machine = await enrolled(guarded, open_client)
    till = open_client(guarded.origin, machine=machine, now=lambda: time.time() + ahead)
    await till.sign_in()
    ahead = 7200.0
    assert [one async for one in till.dispenses()] == []
    assert till.clock.seconds == pytest.approx(ahead, abs=1.0)


async def test_the_reference_is_open_to_everybody(guarded: Guarded, open_client: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kopuro_pos.client.calls._PAGE", 2)
    medicines = {one.code: one async for one in open_client(guarded.origin).medicines()}
    assert list(medicines) == sorted(one.code for one in (ENALAPRIL, STRONGER, INHALER))
    kept = medicines[ENALAPRIL.code]
    assert (kept.inn, kept.gtin, kept.compensation.amount) == ("enalapril", ENALAPRIL.gtin, 6)
