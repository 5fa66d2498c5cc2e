"""The OpenAPI 3.1 document, made from the table of routes and the models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway.access.permissions import Permission
from gateway.access.roles import SCOPES
from gateway.api.contract import Reply, Route
from gateway.api.oauth import TOKEN_PATH
from gateway.api.parameters import Parameter
from gateway.middleware.body import JSON, NDJSON
from gateway.middleware.guarded import SESSION_COOKIE
from gateway.middleware.idempotency import HEADER as IDEMPOTENCY_KEY
from gateway.middleware.idempotency import LONGEST_KEY, idempotency_key
from gateway.middleware.language import DEFAULT_LANGUAGE
from gateway.middleware.problems import PROBLEM_TYPE
from schemas.api import CheckSummary, Problem
from schemas.describing import DescribedJsonSchema
from schemas.errors import ErrorCode, Language, entry

Schema = dict[str, Any]

CONTRACT_VERSION: Final = "1.0.0"
"""Version of the contract ``/v1``, which is not that of the software."""
_REFERENCE: Final = "#/components/schemas/{model}"
_ALSO: Final = (Problem, CheckSummary)
"""Models that no reply names as its only body."""

_LANGUAGE_HEADER: Final = {
    "name": "Accept-Language",
    "in": "header",
    "description": f"Language of texts for people: {', '.join(Language)}.",
    "schema": {"type": "string", "default": DEFAULT_LANGUAGE.value},
}
_KEY_HEADER: Final = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": True,
    "description": "The sender's own key of this message; the same again for a repeat, never for another message.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[\\x20-\\x7e]+$"},
}
_PREFER_HEADER: Final = {
    "name": "Prefer",
    "in": "header",
    "description": "`wait=N`: wait up to N seconds (at most 25) for the final result (RFC 7240).",
    "schema": {"type": "string", "examples": ["wait=10"]},
}


def document(routes: Sequence[Route]) -> bytes:
    """The document as JSON, the same from run to run."""
    return orjson.dumps(describe(routes), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def describe(routes: Sequence[Route]) -> Schema:
    """The document."""
    models = _Models(routes)
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, models)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Köpürö",
            "version": CONTRACT_VERSION,
            "summary": "The integration gateway of Kyrgyz health care",
            "description": (
                "Treated cases (form 066/у, КСФ) from hospitals to the fund's database. Instants are RFC 3339 with an "
                "offset, days are calendar days of Bishkek, amounts are decimal text in som. Unknown fields are "
                "refused."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {"schemas": models.schemas, "securitySchemes": _SECURITY_SCHEMES},
    }


_MACHINE: Final = "machine"
_PERSON: Final = "person"
_SECURITY_SCHEMES: Final[Schema] = {
    _MACHINE: {
        "type": "oauth2",
        "description": (
            "Client credentials with `private_key_jwt`; the token is bound to the client's DPoP key or certificate."
        ),
        "flows": {
            "clientCredentials": {
                "tokenUrl": TOKEN_PATH,
                "scopes": {scope.value: text.en for scope, text in SCOPES.items()},
            }
        },
    },
    _PERSON: {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "The session of a person who has signed in through ESI at `/sign-in`.",
    },
}


class _Models:
    """The schemas of all bodies: as taken for requests, as given for answers."""

    def __init__(self, routes: Sequence[Route]) -> None:
        wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
        wanted.update({(model, "serialization"): None for model in _ALSO})
        for route in routes:
            if route.body is not None:
                wanted[route.body, "validation"] = None
            wanted.update({(reply.model, "serialization"): None for reply in route.replies if reply.model is not None})
        self._references, definitions = models_json_schema(
            list(wanted), ref_template=_REFERENCE, schema_generator=DescribedJsonSchema
        )
        self.schemas: Schema = dict(sorted(definitions["$defs"].items()))

    def taken(self, model: type[BaseModel]) -> Schema:
        """The reference to a request's body."""
        return self._references[model, "validation"]

    def given(self, model: type[BaseModel]) -> Schema:
        """The reference to an answer's body."""
        return self._references[model, "serialization"]


def _operation(route: Route, models: _Models) -> Schema:
    described: Schema = {"operationId": route.name, "tags": [route.tag], "summary": route.summary}
    if route.description:
        described["description"] = route.description
    described["parameters"] = [_parameter(parameter) for parameter in route.parameters] + _headers(route)
    if route.body is not None:
        schema = models.taken(route.body)
        content = {kind: {"schema": {"type": "string"} if kind == NDJSON else schema} for kind in route.body_types}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = _merged(_replies(route.replies, models), _problems(route.all_errors, models))
    described["security"] = _security(route.permission)
    return described


def _security(permission: Permission) -> list[Schema]:
    """Who may do it: machines with a scope, or people signed in. The roles stand in the page on access."""
    ways: list[Schema] = []
    if permission.scope is not None:
        ways.append({_MACHINE: [permission.scope.value]})
    if permission.registered:
        ways.append({_MACHINE: []})
    if permission.roles or permission.signed_in:
        ways.append({_PERSON: []})
    return ways


def _merged(replies: Schema, problems: Schema) -> Schema:
    """Both, where a status has replies of its own and problems too."""
    merged = dict(replies)
    for status, problem in problems.items():
        if (reply := merged.get(status)) is None:
            merged[status] = problem
            continue
        merged[status] = reply | {
            "description": f"{reply['description']} {problem['description']}",
            "content": reply.get("content", {}) | problem["content"],
        }
    return merged


def _parameter(parameter: Parameter[Any]) -> Schema:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _headers(route: Route) -> list[Schema]:
    demanding = idempotency_key in route.middlewares
    return [_LANGUAGE_HEADER, *((_KEY_HEADER, _PREFER_HEADER) if demanding else ())]


def _replies(replies: Sequence[Reply], models: _Models) -> Schema:
    described: Schema = {}
    for reply in replies:
        response = described.setdefault(str(reply.status), {"description": reply.description})
        if reply.media_type:
            response.setdefault("content", {})[reply.media_type] = {"schema": _body(reply, models)}
        if reply.description not in response["description"]:
            response["description"] += f" {reply.description}"
        if reply.headers:
            response["headers"] = {
                name: {"description": meaning, "schema": {"type": "string"}} for name, meaning in reply.headers.items()
            }
    return described


def _body(reply: Reply, models: _Models) -> Schema:
    """The schema of an answer's body; of formats that others describe (FHIR, HTML …) only what JSON calls it."""
    if reply.model is not None:
        return models.given(reply.model)
    return {"type": "object" if reply.media_type == JSON or reply.media_type.endswith("+json") else "string"}


def _problems(codes: Iterable[ErrorCode], models: _Models) -> Schema:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(entry(code).status, []).append(code.value)
    content = {PROBLEM_TYPE: {"schema": models.given(Problem)}}
    return {
        str(status): {"description": f"{HTTPStatus(status).phrase}: {', '.join(sorted(names))}.", "content": content}
        for status, names in sorted(by_status.items())
    }
