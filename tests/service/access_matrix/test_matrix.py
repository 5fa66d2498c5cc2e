"""The authorisation matrix: every operation of the OpenAPI document by everybody who could ask for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.access.permissions import Permission
from gateway.access.principal import Role, Scope
from gateway.access.table import TABLE
from gateway.api import application
from gateway.api.routes import ROUTES
from gateway.middleware.guarded import FORGERY_HEADER
from gateway.middleware.problems import CHALLENGE
from schemas.errors import ErrorCode
from tests.service.access_matrix.cast import Cast, gather_cast
from tests.service.access_matrix.cells import WHO, Case, Expected, Other, Refused, Who, cells
from tests.service.access_matrix.house import Answer, house
from tests.service.access_matrix.programme import PROGRAMME_BODIES
from tests.service.access_matrix.requests import (
    BODIES,
    Objects,
    Operation,
    Request,
    operations,
    request_for,
    unknown_to,
)
from tests.service.api.conftest import make_services

OPERATIONS = {operation.name: operation for operation in operations(ROUTES)}
OWN, FOREIGN = "950001", "950002"
NAMES_AN_ORGANISATION = {
    "submitTreatedCase": ErrorCode.ORG_NOT_OWN,
    "checkTreatedCases": ErrorCode.ORG_NOT_OWN,
    "issuePrescription": ErrorCode.PRESCRIBER_ORGANISATION,
    "checkPrescription": ErrorCode.PRESCRIBER_ORGANISATION,
}
"""They say that the organisation in the body is not one's own, and repeat its code: the register of them is public."""
LISTS: dict[str, Callable[[Any], str]] = {
    "listEvents": lambda item: item["organisation"],
    "listDispenses": lambda item: item["pharmacy"],
    "listContractApplications": lambda item: item["application"]["pharmacy"],
    "listSettlementReports": lambda item: item["pharmacy"],
    "listDisputes": lambda item: item["pharmacy"],
}
"""They leave out what is another's; whose an item is."""
NOT_BY_THE_TABLE_ALONE = {"signSettlementAct": ErrorCode.ACT_SIGNATURE_ROLE}
"""Whom the table lets in may still not be the one whose hand is wanted."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cast]:
    folder: Path = tmp_path_factory.mktemp("matrix")
    async with house(folder, organisations=3) as opened:
        yield await gather_cast(opened, OWN, FOREIGN)


def test_every_operation_has_a_row_and_every_row_an_operation():
    assert OPERATIONS.keys() == TABLE.keys() == {route.name for route in ROUTES}
    assert len(OPERATIONS) == len(ROUTES)


def test_every_operation_has_every_cell():
    matrix = {name: cells(operation.method, TABLE[name]) for name, operation in OPERATIONS.items()}
    assert all(row.keys() == set(WHO) for row in matrix.values())
    assert sum(map(len, matrix.values())) == len(ROUTES) * (len(Case) + len(Scope) + len(Role))


def test_every_operation_that_takes_a_body_has_one_to_send():
    assert not BODIES.keys() & PROGRAMME_BODIES.keys()
    assert BODIES.keys() | PROGRAMME_BODIES.keys() == {
        name for name, operation in OPERATIONS.items() if operation.method != "GET"
    }


def test_what_is_not_public_is_open_to_somebody_and_closed_to_somebody():
    for name, operation in OPERATIONS.items():
        expected = cells(operation.method, TABLE[name]).values()
        assert TABLE[name].public or (Other.LET_IN in expected and any(isinstance(one, Refused) for one in expected))


def test_a_route_without_a_row_does_not_start(monkeypatch: pytest.MonkeyPatch):
    undecided = replace(ROUTES[0], name="readEverything", path="/v1/everything")
    monkeypatch.setattr(application, "ROUTES", (*ROUTES, undecided))
    with pytest.raises(RuntimeError, match="readEverything"):
        application.build_application(make_services())


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)
async def test_cells_of(operation: Operation, cast: Cast):
    permission = TABLE[operation.name]
    expected = cells(operation.method, permission)
    wrong = {
        str(who): said
        for who in WHO
        if (said := await _told(cast, operation, permission, who, expected[who])) is not None
    }
    if operation.name == "signOut":
        cast.part_with_people()
    assert not wrong


async def _told(cast: Cast, operation: Operation, permission: Permission, who: Who, expected: Expected) -> Any:
    """What was answered instead of what was expected; ``None`` when all is well."""
    match expected:
        case Refused():
            return await _refused(cast, operation, permission, who, expected)
        case Other.LET_IN:
            answer = await _asked(cast, operation, permission, who, cast.own)
            return None if _let_in(operation, answer) else answer.shown
        case Other.UNASKED:
            return await _unasked(cast, operation, permission, who)
        case Other.ALIKE:
            return await _alike(cast, operation, permission, who)
        case Other.OWN_ONLY:
            return await _own_only(cast, operation)


def _let_in(operation: Operation, answer: Answer) -> bool:
    """What is one's own can be read; what is to be done may be out of turn."""
    if operation.method == "GET":
        return answer.status < 400
    refused = answer.status in {401, 403} and answer.code != NOT_BY_THE_TABLE_ALONE.get(operation.name)
    return not refused and answer.status < 500


async def _asked(cast: Cast, operation: Operation, permission: Permission, who: Who, about: Objects) -> Answer:
    request = request_for(operation, about)
    credentials = await cast.credentials(who, request, permission)
    return await _sent(cast, request, credentials)


async def _sent(cast: Cast, request: Request, credentials: Any) -> Answer:
    headers = {**request.headers, **credentials}
    return await cast.house.send(request.method, request.path, headers, request.body)


async def _refused(cast: Cast, operation: Operation, permission: Permission, who: Who, expected: Refused) -> Any:
    abroad = who in {Case.MACHINE_ELSEWHERE, Case.PERSON_ELSEWHERE}
    request = request_for(operation, cast.foreign if abroad else cast.own)
    credentials = await cast.credentials(who, request, permission)
    if who is Case.REPLAYED_PROOF and (await _sent(cast, request, credentials)).status == 401:
        return "the first use was refused"
    answer = await _sent(cast, request, credentials)
    if (answer.status, answer.code) != (expected.status, expected.code):
        return answer.shown
    if answer.status == 401 and answer.headers.get("WWW-Authenticate") != CHALLENGE:
        return "no challenge"
    if abroad:
        unknown = await _asked(cast, operation, permission, who, unknown_to(operation, cast.foreign))
        return None if unknown.shown == answer.shown else (answer.shown, unknown.shown)
    return None


async def _unasked(cast: Cast, operation: Operation, permission: Permission, who: Who) -> Any:
    request = request_for(operation, cast.own)
    plain = await _sent(cast, request, {})
    answer = await _sent(cast, request, await cast.credentials(who, request, permission))
    told = [(one.status, one.headers.get("Content-Type"), one.code) for one in (plain, answer)]
    return None if told[0] == told[1] and answer.status < 500 else told


async def _alike(cast: Cast, operation: Operation, permission: Permission, who: Who) -> Any:
    """What another organisation has must not be seen, and not even that it is there."""
    foreign = await _asked(cast, operation, permission, who, cast.foreign)
    if any(mark.encode() in foreign.body for mark in cast.foreign.marks):
        return foreign.shown
    if (code := NAMES_AN_ORGANISATION.get(operation.name)) is not None:
        return None if f'"{code}"'.encode() in foreign.body and foreign.status in {200, 403} else foreign.shown
    if (owner := LISTS.get(operation.name)) is not None and foreign.status == 200:
        if not {owner(item) for item in foreign.json["items"]} <= {OWN}:
            return foreign.shown
    elif foreign.status not in {403, 404}:
        return foreign.shown
    unknown = await _asked(cast, operation, permission, who, unknown_to(operation, cast.foreign))
    return None if foreign.shown == unknown.shown else (foreign.shown, unknown.shown)


async def _own_only(cast: Cast, operation: Operation) -> Any:
    """A person's own session answers about that person; another person's token guards no request of it."""
    clerk, manager = await cast.person(Role.HOSPITAL_CLERK), await cast.person(Role.STAFF_MANAGER)
    mixed = {**clerk.headers(), FORGERY_HEADER: manager.session.csrf_token}
    answer = await _sent(cast, request_for(operation, cast.own), mixed)
    if operation.method == "GET":
        return None if answer.json["person"] == str(clerk.id) else answer.shown
    return None if answer.code == "CSRF_TOKEN_INVALID" else answer.shown
