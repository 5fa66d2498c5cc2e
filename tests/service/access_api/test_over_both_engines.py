"""Signing in, working and leaving, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from gateway.access.principal import Role
from gateway.store.grouping import Store
from tests.service.access_api.conftest import OPERATOR, opened

CLERK = "hospital-clerk"


async def test_a_person_comes_works_and_leaves(store: Store, tmp_path: Path):
    async with opened(store, tmp_path) as desk:
        granted = await desk.grant(CLERK, Role.HOSPITAL_CLERK)
        first, second = desk.browser(), desk.browser()
        assert (await first.sign_in(CLERK)).status == 303
        assert (await second.sign_in(CLERK)).status == 303
        assert (await first.post("/sign-out")).status == 200
        await desk.leave_at_esi(CLERK)
        assert (await second.get("/v1/session")).code == "SESSION_ENDED"
        await first.sign_in(CLERK)
        await desk.staff.revoke(granted, by=OPERATOR, reason="left", within=None)
        assert (await first.get("/v1/operations")).json["code"] == "STAFF_NOT_AUTHORISED"
        assert (await second.sign_in(CLERK)).code == "STAFF_NOT_AUTHORISED"
        assert [action for action, _, _ in await desk.actions()] == [
            "staff-granted",
            "sign-in",
            "sign-in",
            "sign-out",
            "session-ended",
            "sign-in",
            "staff-revoked",
            "access-denied",
            "sign-in-refused",
        ]


async def test_an_auditor_and_an_operator_keep_the_registers(store: Store, tmp_path: Path):
    async with opened(store, tmp_path) as desk:
        operator = await desk.signed_in("technical-operator", Role.TECHNICAL_OPERATOR)
        machine = {"id": "m", "title": "M", "kind": "system", "organisations": None, "scopes": ["audit:read"]}
        assert (await operator.post("/v1/clients", machine | {"binding": "dpop"})).status == 201
        assert (await operator.post("/v1/clients/m/rotate", {})).status == 200
        assert len((await operator.get("/v1/staff")).json["items"]) == 1
        auditor = await desk.signed_in("auditor", Role.AUDITOR)
        assert len((await auditor.get("/v1/audit")).json["items"]) >= 6
        assert (await auditor.post("/v1/audit/subject-report", {"pin": "11505198554321"})).status == 200
