"""Who holds which office at a pharmacy, by the staff register."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import insert

from gateway.access.authors import Author
from gateway.access.principal import Role
from gateway.access.staff import GrantRequest, StaffRegister
from gateway.audit.actions import ActorKind
from gateway.audit.trail import ChainedTrail
from gateway.programme.settlement.appointments import StaffAppointments
from gateway.store.access_tables import people
from gateway.store.grouping import Store
from schemas.settlement.terms import SignerRole
from tests.support.doubles import NOON, SettableClock, SystemIds
from tests.support.journal import INDEX, SEALER
from tests.support.programme import PIN
from tests.support.settlement import OTHER_PHARMACY, PHARMACY

TODAY = date(2026, 1, 15)
BY = Author("tester", ActorKind.OPERATOR)


@pytest.mark.clause("45")
async def test_clause_45_offices_are_live_grants_for_the_pharmacy(store: Store):
    clock, ids = SettableClock(), SystemIds()
    staff = StaffRegister(store, SEALER, INDEX, clock, ids, ChainedTrail(store, clock).append)
    person = ids.new()
    row = {"id": person, "issuer": "esi", "subject": "1", "pin_index": staff.pin_index(PIN), "first_seen_at": NOON}
    await store.write(lambda connection: connection.execute(insert(people).values(row)))

    async def appoint(role: Role, pharmacy: str, **days: date):
        valid_from = days.pop("valid_from", TODAY)
        request = GrantRequest(pin=PIN, name="Асан", role=role, organisation=pharmacy, valid_from=valid_from, **days)
        return await staff.grant(request, by=BY, within=None)

    async def offices(day: date = TODAY, pharmacy: str = PHARMACY, who=person) -> set[SignerRole]:
        query = partial(StaffAppointments().offices, person=who, pharmacy=pharmacy, day=day)
        return set(await store.read(query))

    head = await appoint(Role.PHARMACY_HEAD, PHARMACY)
    await appoint(Role.PHARMACIST, PHARMACY)
    await appoint(Role.CHIEF_ACCOUNTANT, OTHER_PHARMACY)
    await appoint(Role.CHIEF_ACCOUNTANT, PHARMACY, valid_from=TODAY + timedelta(days=1))

    assert await offices() == {SignerRole.PHARMACY_HEAD}
    assert await offices(pharmacy=OTHER_PHARMACY) == {SignerRole.CHIEF_ACCOUNTANT}
    assert await offices(TODAY + timedelta(days=1)) == set(SignerRole)
    assert await offices(who=ids.new()) == set()
    await staff.revoke(head.id, by=BY, reason="left", within=None)
    assert await offices() == set()
