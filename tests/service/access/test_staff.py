"""The list of authorised staff on both engines: who counts on which day, whose records are whose to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from gateway.access.authors import Author
from gateway.access.people import pair_person
from gateway.access.principal import Grant, Role
from gateway.access.roles import ROLES, Reach
from gateway.access.staff import GrantRequest, StaffRegister
from gateway.audit.actions import ActorKind
from gateway.audit.entries import read_entries
from gateway.audit.trail import ChainedTrail
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.store.access_tables import people, staff_grants
from gateway.store.grouping import Store
from gateway.store.tables import organisations
from schemas.errors import ErrorCode, Language
from tests.support.doubles import SettableClock, SystemIds
from tests.support.sealing import make_index, make_sealer

PIN, OTHER_PIN = "20101199012345", "11505198554321"
TODAY = date(2026, 1, 15)
MANAGER = Author("01990000-0000-7000-8000-000000000001", ActorKind.PERSON)
CLERK = GrantRequest(
    pin=PIN,
    name="Асанов Үсөн",
    role=Role.HOSPITAL_CLERK,
    organisation="950174",
    valid_from=TODAY,
    valid_to=TODAY + timedelta(days=30),
)
PHARMACIST = replace(CLERK, role=Role.PHARMACIST, organisation="700001")
REGIONAL = replace(CLERK, role=Role.REGIONAL_FUND, organisation=None, region="osh")
CONTROL = replace(CLERK, role=Role.FOMS_CONTROL, organisation=None)


class Desk:
    """A register with a clock to move."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = SettableClock()
        self.index = make_index()
        self.register = StaffRegister(
            store, make_sealer(), self.index, self.clock, SystemIds(), ChainedTrail(store, self.clock).append
        )

    async def grant(self, request: GrantRequest, within: frozenset[str] | None = None) -> Any:
        return await self.register.grant(request, by=MANAGER, within=within)

    async def rights(self, pin: str = PIN) -> list[Grant]:
        return [
            grant.right
            for grant in await self.register.active(self.register.pin_index(pin), bishkek_day(self.clock.at))
        ]


@pytest.fixture
async def desk(store: Store) -> Desk:
    rows = [{"code": code, "name": "x", "region": "osh", "equipped": True} for code in ("950174", "950175")]
    await store.write(lambda c: c.execute(insert(organisations), rows) and None)
    return Desk(store)


async def code_of(doing: Any) -> ErrorCode:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.findings[0].code


@pytest.mark.parametrize("request_", [CLERK, PHARMACIST, REGIONAL, CONTROL])
async def test_what_was_granted_counts(desk: Desk, request_: GrantRequest):
    await desk.grant(request_)
    assert await desk.rights() == [Grant(request_.role, request_.organisation, request_.region)]
    assert await desk.rights(OTHER_PIN) == []


@pytest.mark.parametrize("end", [None, TODAY + timedelta(days=2)])
async def test_a_record_counts_from_its_first_to_its_last_day_in_bishkek(desk: Desk, end: date | None):
    await desk.grant(replace(CLERK, valid_from=TODAY + timedelta(days=1), valid_to=end))
    assert await desk.rights() == []
    desk.clock.move(hours=11, minutes=59)  # 23:59 in Bishkek, a day that has ended nowhere west of it
    assert await desk.rights() == []
    desk.clock.move(minutes=1)
    assert len(await desk.rights()) == 1
    desk.clock.move(days=1, hours=23, minutes=59)
    assert len(await desk.rights()) == 1
    desk.clock.move(minutes=1)
    assert len(await desk.rights()) == (0 if end else 1)


async def test_a_revoked_record_ends_at_once_and_the_others_stay(desk: Desk):
    granted = await desk.grant(CLERK)
    await desk.grant(replace(CLERK, organisation="950175"))
    ended = await desk.register.revoke(granted.id, by=MANAGER, reason=" left ", within=None)
    assert (ended.id, ended.revoked_by, ended.reason) == (granted.id, MANAGER.id, "left")
    assert [right.organisation for right in await desk.rights()] == ["950175"]
    again = desk.register.revoke(granted.id, by=MANAGER, reason="left", within=None)
    assert await code_of(again) is ErrorCode.STAFF_NOT_FOUND
    assert (await desk.grant(CLERK)).id != granted.id


async def test_revoking_needs_a_reason(desk: Desk):
    granted = await desk.grant(CLERK)
    doing = desk.register.revoke(granted.id, by=MANAGER, reason=" ", within=None)
    assert await code_of(doing) is ErrorCode.REASON_REQUIRED
    assert len(await desk.rights()) == 1


async def test_another_organisations_record_is_as_if_it_were_not_there(desk: Desk):
    granted = await desk.grant(CLERK)
    foreign = frozenset({"950175"})
    unknown = desk.register.revoke(SystemIds().new(), by=MANAGER, reason="x", within=foreign)
    theirs = desk.register.revoke(granted.id, by=MANAGER, reason="x", within=foreign)
    assert await code_of(unknown) is await code_of(theirs) is ErrorCode.STAFF_NOT_FOUND
    assert await desk.register.members(within=foreign) == []
    assert await desk.register.members(within=foreign, organisation="950174") == []
    assert len(await desk.rights()) == 1


@pytest.mark.parametrize("request_", [CLERK, REGIONAL, CONTROL])
async def test_nobody_grants_beyond_what_they_answer_for(desk: Desk, request_: GrantRequest):
    assert await code_of(desk.grant(request_, frozenset({"950175"}))) is ErrorCode.ACCESS_DENIED
    assert await code_of(desk.grant(request_, frozenset())) is ErrorCode.ACCESS_DENIED
    assert await desk.rights() == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"pin": "123"}, ErrorCode.PIN_FORMAT, "$.pin"),
        ({"pin": "23102200112345"}, ErrorCode.PIN_DATE, "$.pin"),
        ({"name": "  "}, ErrorCode.SCHEMA_LENGTH, "$.name"),
        ({"name": "x" * 201}, ErrorCode.SCHEMA_LENGTH, "$.name"),
        ({"name": "a\u202eb"}, ErrorCode.SCHEMA_CHARACTERS, "$.name"),
        ({"organisation": None}, ErrorCode.STAFF_GRANT_INVALID, "$.organisation"),
        ({"organisation": "95017"}, ErrorCode.SCHEMA_PATTERN, "$.organisation"),
        ({"organisation": "٩٥٠١٧٤"}, ErrorCode.SCHEMA_PATTERN, "$.organisation"),
        ({"region": "osh"}, ErrorCode.STAFF_GRANT_INVALID, "$.region"),
        ({"role": Role.CKUZ, "organisation": None}, ErrorCode.STAFF_GRANT_INVALID, "$.region"),
        ({"role": Role.CKUZ, "organisation": None, "region": "moon"}, ErrorCode.SCHEMA_VALUE, "$.region"),
        ({"role": Role.CKUZ, "organisation": None, "region": "national"}, ErrorCode.SCHEMA_VALUE, "$.region"),
        ({"role": Role.AUDITOR}, ErrorCode.STAFF_GRANT_INVALID, "$.organisation"),
        ({"valid_to": TODAY - timedelta(days=1)}, ErrorCode.STAFF_GRANT_INVALID, "$.valid_to"),
    ],
)
def test_what_is_wrong_with_a_request_is_named_without_its_values(changes: Any, code: ErrorCode, path: str):
    wrong = replace(CLERK, **changes)
    assert [(finding.code, finding.path) for finding in wrong.check()] == [(code, path)]
    said = str([finding.as_json(language) for finding in wrong.check() for language in Language])
    assert wrong.pin not in said
    assert wrong.name.strip() == "" or wrong.name not in said


@pytest.mark.parametrize("role", Role)
def test_every_role_can_be_granted_where_it_belongs(role: Role):
    reach = ROLES[role].reach
    organisation = "950174" if reach is Reach.ORGANISATION else None
    region = "chui" if reach is Reach.REGION else None
    assert replace(CLERK, role=role, organisation=organisation, region=region).check() == ()


def test_a_request_shows_neither_pin_nor_name():
    assert PIN not in repr(CLERK)
    assert CLERK.name not in repr(CLERK)


async def test_an_organisation_that_is_not_in_the_register_is_refused_a_pharmacy_is_not(desk: Desk):
    assert await code_of(desk.grant(replace(CLERK, organisation="999999"))) is ErrorCode.ORG_UNKNOWN
    await desk.grant(replace(PHARMACIST, organisation="999999"))


@pytest.mark.parametrize("request_", [CLERK, REGIONAL, CONTROL])
async def test_one_right_is_granted_once_a_day(desk: Desk, request_: GrantRequest):
    await desk.grant(request_)
    for twin in (
        request_,
        replace(request_, valid_to=None),
        replace(request_, valid_from=TODAY + timedelta(days=30)),
        replace(request_, valid_from=TODAY - timedelta(days=9), valid_to=TODAY),
    ):
        assert await code_of(desk.grant(twin)) is ErrorCode.STAFF_GRANT_INVALID
    await desk.grant(replace(request_, valid_from=TODAY + timedelta(days=31), valid_to=None))
    await desk.grant(replace(request_, valid_from=TODAY - timedelta(days=9), valid_to=TODAY - timedelta(days=1)))
    await desk.grant(replace(request_, pin=OTHER_PIN))


async def test_of_many_who_grant_the_same_at_once_one_does(desk: Desk):
    answers = await asyncio.gather(*(desk.grant(CLERK) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, Refused) for answer in answers) == 7
    assert len(await desk.rights()) == 1


async def test_the_list_shows_who_works_page_by_page(desk: Desk):
    await desk.grant(CLERK)
    over = await desk.grant(
        replace(CLERK, pin=OTHER_PIN, valid_from=TODAY - timedelta(9), valid_to=TODAY - timedelta(1))
    )
    gone = await desk.grant(replace(CLERK, pin=OTHER_PIN))
    await desk.register.revoke(gone.id, by=MANAGER, reason="left", within=None)
    later = await desk.grant(
        replace(CLERK, pin=OTHER_PIN, name="B", valid_from=TODAY + timedelta(days=40), valid_to=None)
    )
    await desk.grant(replace(CLERK, organisation="950175"))
    shown = await desk.register.members(within=frozenset({"950174"}))
    assert [(one.pin, one.name) for one in shown] == [(PIN, "Асанов Үсөн"), (OTHER_PIN, "B")]
    assert PIN not in repr(shown)
    everything = await desk.register.members(within=None, organisation="950174", with_ended=True)
    assert len(everything) == 4
    assert {over.id, gone.id, later.id} < {one.grant.id for one in everything}
    pages = [await desk.register.members(within=None, with_ended=True, after=None, limit=2)]
    while pages[-1]:
        pages.append(await desk.register.members(within=None, with_ended=True, after=pages[-1][-1].grant.id, limit=2))
    assert [len(page) for page in pages] == [2, 2, 1, 0]


async def test_neither_pin_nor_name_is_in_the_store_in_clear(desk: Desk):
    await desk.grant(CLERK)
    row = await desk.store.read(lambda c: c.execute(select(staff_grants)).one())
    for value in row:
        if isinstance(value, bytes):
            assert PIN.encode() not in value
            assert CLERK.name.encode() not in value
        else:
            assert PIN not in str(value)


async def test_every_change_is_in_the_audit_with_whose_it_is(desk: Desk):
    granted = await desk.grant(CLERK)
    await desk.register.revoke(granted.id, by=MANAGER, reason="left", within=None)
    events = [entry.event for entry in await desk.store.read(read_entries)]
    assert [event.action for event in events] == ["staff-granted", "staff-revoked"]
    assert {(event.actor, event.organisation, event.target, event.subject) for event in events} == {
        (MANAGER.id, "950174", str(granted.id), desk.index.of("pin", PIN))
    }


def pairing(subject: str, pin_index: bytes, issuer: str = "https://esi.example") -> Callable[[Any], Any]:
    return lambda connection: pair_person(
        connection,
        issuer=issuer,
        subject=subject,
        pin_index=pin_index,
        new_id=SystemIds().new(),
        at=SettableClock().now(),
    )


async def test_a_subject_is_one_person_for_ever(store: Store):
    mine, other = b"m" * 32, b"o" * 32
    first = await store.write(pairing("s-1", mine))
    assert await store.write(pairing("s-1", mine)) == first
    assert await store.write(pairing("s-2", mine)) != first
    assert await store.write(pairing("s-1", mine, "https://other.example")) != first
    assert await code_of(store.write(pairing("s-1", other))) is ErrorCode.SIGN_IN_FAILED
    assert await store.write(pairing("s-1", mine)) == first


async def test_who_signs_in_twice_at_once_is_one_person(store: Store):
    found = await asyncio.gather(*(store.write(pairing("s-1", b"m" * 32)) for _ in range(8)))
    assert len(set(found)) == 1
    assert len(await store.read(lambda c: c.execute(select(people.c.id)).all())) == 1
