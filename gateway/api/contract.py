"""How a route is declared: what aiohttp needs to serve it and OpenAPI to describe it, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from gateway.api.parameters import Parameter
from gateway.middleware.context import Handler, Middleware
from schemas.errors import CATALOGUE, ErrorCode, Severity, identifiers, ksf, shape, treated_case

COMMON_ERRORS: Final = (ErrorCode.INTERNAL_ERROR, ErrorCode.SERVICE_STOPPING)
"""What any route may answer."""

BODY_ERRORS: Final = (
    ErrorCode.REQUEST_CONTENT_TYPE,
    ErrorCode.REQUEST_CONTENT_ENCODING,
    ErrorCode.REQUEST_TOO_LARGE,
    ErrorCode.REQUEST_BODY_TIMEOUT,
    ErrorCode.REQUEST_HEADER,
    ErrorCode.REQUEST_MALFORMED_JSON,
)
"""What any route that takes a JSON body may answer."""

SCHEMA_ERRORS: Final = tuple(shape.ENTRIES)
"""What is wrong with the shape of a body."""

KEY_ERRORS: Final = (
    ErrorCode.IDEMPOTENCY_KEY_MISSING,
    ErrorCode.IDEMPOTENCY_KEY_INVALID,
    ErrorCode.IDEMPOTENCY_KEY_REUSED,
    ErrorCode.IDEMPOTENCY_IN_PROGRESS,
)
"""What a route that demands an Idempotency-Key may answer."""

CASE_ERRORS: Final = tuple(
    code
    for subject in (identifiers, ksf, treated_case)
    for code in subject.ENTRIES
    if CATALOGUE[code].severity is Severity.ERROR
)
"""What the rules may have against a treated case."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One way a route answers when all is well."""

    status: int
    description: str
    model: type[BaseModel] | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers worth knowing, with what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    handler: Handler
    name: str
    """The operation's name in OpenAPI, in camelCase."""
    tag: str
    summary: str
    description: str = ""
    parameters: Sequence[Parameter[Any]] = ()
    body: type[BaseModel] | None = None
    body_types: Sequence[str] = ("application/json",)
    replies: Sequence[Reply]
    errors: Sequence[ErrorCode] = ()
    middlewares: Sequence[Middleware] = ()
    """Outermost first; they see only this route's requests."""

    @property
    def all_errors(self) -> tuple[ErrorCode, ...]:
        """Everything this route may be refused with."""
        return tuple(dict.fromkeys((*self.errors, *COMMON_ERRORS)))
