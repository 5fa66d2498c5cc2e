"""A terminal enrols at the gateway as it is composed: what it is told of its pharmacy, and that its key then counts."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.access.principal import Scope
from tests.service.access_matrix.house import ORIGIN, Answer, House, Machine, house
from tests.service.access_matrix.programme import conclude_contract
from tests.support.doubles import SystemIds

HOSPITALS_OWN, ELSEWHERE = "950000", "700001"
"""A pharmacy in the register of health organisations, and one that is not."""


async def _asked(opened: House, sender: Machine, path: str, body: Any) -> Answer:
    headers = sender.headers("POST", path) | {"Content-Type": "application/json"}
    return await opened.send("POST", path, headers, orjson.dumps(body))


async def _enrol(opened: House, code: str, key: ECKey) -> Answer:
    claims = {"htm": "POST", "htu": f"{ORIGIN}/v1/enrolments", "iat": int(time.time()), "jti": str(SystemIds().new())}
    public = key.as_dict(private=False)
    proof = jwt.encode({"typ": "dpop+jwt", "alg": "ES256", "jwk": public}, claims, key)
    headers = {"DPoP": proof, "Content-Type": "application/json"}
    return await opened.send("POST", "/v1/enrolments", headers, orjson.dumps({"code": code, "key": public}))


@pytest.mark.parametrize(
    ("pharmacy", "contracted", "name"),
    [
        (HOSPITALS_OWN, True, "Hospital 0"),
        (ELSEWHERE, True, "ОсОО «Сыноо»"),
        (ELSEWHERE, False, None),
    ],
)
async def test_a_terminal_is_told_where_it_stands(tmp_path: Any, pharmacy: str, name: str | None, *, contracted: bool):
    async with house(tmp_path, organisations=1) as opened:
        operator = await opened.machine([Scope.CLIENTS_MANAGE, Scope.CONTRACTS_APPLY, Scope.CONTRACTS_MANAGE], None)
        if contracted:
            await conclude_contract(opened, operator, pharmacy)
        till = {
            "id": "till-1",
            "title": "Till",
            "kind": "pharmacy-terminal",
            "organisations": [pharmacy],
            "scopes": ["dispenses:write"],
            "binding": "dpop",
            "enrol": True,
        }
        added = await _asked(opened, operator, "/v1/clients", till)
        key = ECKey.generate_key("P-256")
        enrolled = await _enrol(opened, added.json["enrolment"]["code"], key)
        assert (enrolled.status, enrolled.json["organisation"], enrolled.json["organisation_name"]) == (
            201,
            pharmacy,
            name,
        )
        assert list(await opened.services.clients.public_keys("till-1")) == [key.thumbprint()]
