"""A well-formed request for every operation of the OpenAPI document, about whatever objects are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import uuid4

import orjson

from gateway.access.client_keys import make_key
from gateway.api.contract import Route
from gateway.api.openapi import document
from tests.service.access_matrix.house import case_of
from tests.service.access_matrix.programme import KEYED, PROGRAMME_BODIES, QUERIES, ProgrammeObjects, nowhere, today
from tests.support.programme import MEDICINE

_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})
_FORM: Final = "application/x-www-form-urlencoded"
_MARK: Final = count(50_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What one organisation has."""

    organisation: str
    ksf_number: str
    operation_id: str
    grant_id: str
    client_id: str
    programme: ProgrammeObjects
    upstream: str = "foms"

    @property
    def marks(self) -> frozenset[str]:
        """What an answer must not hold when somebody else asks."""
        return frozenset({self.ksf_number, self.operation_id, *self.programme.ids.values(), self.programme.number})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, as the OpenAPI document has it."""

    name: str
    method: str
    path: str
    queries: frozenset[str]

    @property
    def names_an_object(self) -> bool:
        """Whether its address is that of an object."""
        return "{" in self.path


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, besides what proves who sends it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


def operations(routes: Sequence[Route]) -> Iterator[Operation]:
    """Every operation of the document that is made from these routes."""
    for path, methods in orjson.loads(document(routes))["paths"].items():
        for method, described in methods.items():
            if method in _METHODS:
                queries = frozenset(one["name"] for one in described["parameters"] if one["in"] == "query")
                yield Operation(described["operationId"], method.upper(), path, queries)


def unknown_to(operation: Operation, foreign: Objects) -> Objects:
    """What nobody has, where ``foreign`` is what somebody else has: differing in what the request names alone."""
    if not operation.names_an_object:
        return replace(foreign, organisation="999999", programme=nowhere(foreign.programme))
    return replace(
        foreign,
        ksf_number=f"9999999{foreign.ksf_number[7:]}",
        operation_id=str(uuid4()),
        grant_id=str(uuid4()),
        client_id="nobody",
        programme=nowhere(foreign.programme),
        upstream="nowhere",
    )


def request_for(operation: Operation, about: Objects) -> Request:
    """A request that is in order, as far as its form goes."""
    path = operation.path
    for name, value in _path_parameters(operation, about).items():
        path = path.replace(f"{{{name}}}", quote(value))
    assert "{" not in path, f"nobody has said what stands for the parameters of {operation.path}"
    if queried := _queries(operation, about):
        path += f"?{urlencode(queried)}"
    if operation.method == "GET":
        return Request(operation.method, path, {}, None)
    headers = {"Content-Type": _FORM if operation.name in _FORMS else "application/json"}
    if operation.name in _KEYED:
        headers["Idempotency-Key"] = str(uuid4())
    return Request(operation.method, path, headers, _body(operation.name, about))


def _queries(operation: Operation, about: Objects) -> Mapping[str, str]:
    if operation.name in QUERIES:
        return QUERIES[operation.name](about.programme)
    return {"organisation": about.organisation} if "organisation" in operation.queries else {}


def _body(name: str, about: Objects) -> bytes:
    return PROGRAMME_BODIES[name](about.programme) if name in PROGRAMME_BODIES else BODIES[name](about)


def _path_parameters(operation: Operation, about: Objects) -> dict[str, str]:
    return {
        "ksf_number": about.ksf_number,
        "operation_id": about.operation_id,
        "grant_id": about.grant_id,
        "client_id": about.client_id,
        "code": MEDICINE if operation.name == "getMedicine" else "ACCESS_DENIED",
        "name": "docs.css" if operation.name == "getAsset" else about.upstream,
        "year": str(today().year),
        **about.programme.ids,
    } | ({"prescription_id": about.programme.untouched_id} if operation.name == "cancelPrescription" else {})


def _case(about: Objects) -> bytes:
    return case_of(about.organisation, str(next(_MARK)))


def _constant(body: Any) -> Callable[[Objects], bytes]:
    return lambda _: orjson.dumps(body)


def _grant(about: Objects) -> bytes:
    pin = f"101011990{next(_MARK):05d}"
    return orjson.dumps(
        {
            "pin": pin,
            "name": "Сыноо",
            "role": "hospital-clerk",
            "organisation": about.organisation,
            "valid_from": "2026-01-01",
        }
    )


_REASON: Final = _constant({"reason": "test"})
_FORMS: Final = {"issueToken", "endProviderSession"}
_KEYED: Final = KEYED | {"submitTreatedCase", "correctTreatedCase"}

BODIES: Final[Mapping[str, Callable[[Objects], bytes]]] = {
    "submitTreatedCase": _case,
    "checkTreatedCases": _case,
    "correctTreatedCase": _case,
    "retryOperation": _REASON,
    "parkOperation": _REASON,
    "resolveOperation": _constant({"reason": "test", "state": "cancelled"}),
    "pauseUpstream": _REASON,
    "resumeUpstream": _REASON,
    "issueToken": lambda _: b"grant_type=client_credentials",
    "endProviderSession": lambda _: b"logout_token=none",
    "signOut": lambda _: b"",
    "grantStaff": _grant,
    "revokeStaff": _REASON,
    "addClient": _constant(
        {
            "id": "added",
            "title": "Test",
            "kind": "system",
            "organisations": None,
            "scopes": ["cases:read"],
            "binding": "dpop",
        }
    ),
    "rotateClient": _constant({}),
    "openEnrolment": _constant({}),
    "enrol": _constant({"code": "0000-0000-0000-0000", "key": dict(make_key().public)}),
    "changeClientKey": _constant({"key": dict(make_key().public), "proof": "none"}),
    "revokeClient": _REASON,
    "reportOnSubject": _constant({"pin": "20101199012345"}),
}
"""Bodies of the operations outside the drug programme."""
