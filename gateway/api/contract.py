"""How a route is declared: what aiohttp needs to serve it and OpenAPI to describe it, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from gateway.access.guard import SAFE_METHODS
from gateway.access.permissions import Permission
from gateway.access.programme_table import PROGRAMME_TABLE
from gateway.access.table import TABLE
from gateway.api.parameters import Parameter
from gateway.limits.rates import OperationClass
from gateway.middleware.context import Handler, Middleware
from schemas.errors import CATALOGUE, ErrorCode, Severity, identifiers, ksf, shape, treated_case

SENDER_ERRORS: Final = (
    ErrorCode.AUTH_REQUIRED,
    ErrorCode.AUTH_TOKEN_INVALID,
    ErrorCode.AUTH_PROOF_INVALID,
    ErrorCode.AUTH_PASSWORD_FORBIDDEN,
    ErrorCode.SESSION_ENDED,
    ErrorCode.ACCESS_DENIED,
    ErrorCode.STAFF_NOT_AUTHORISED,
    ErrorCode.AUTH_STEP_UP_REQUIRED,
    ErrorCode.SENDER_UNKNOWN,
)
"""What any route may answer that asks who sends."""

BOUNDS_ERRORS: Final = (ErrorCode.CLIENT_LOOPING, ErrorCode.OVERLOADED)
"""What such a route may answer to who asks too much, unless it is an operator's command."""

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
    def permission(self) -> Permission:
        """Its row of the authorisation table; raises ``KeyError`` when nobody has decided."""
        return TABLE[self.name]

    @property
    def is_of_programme(self) -> bool:
        """Whether it is only there where the additional drug programme is configured."""
        return self.name in PROGRAMME_TABLE

    @property
    def all_errors(self) -> tuple[ErrorCode, ...]:
        """Everything this route may be refused with."""
        absent = (ErrorCode.ROUTE_NOT_FOUND,) if self.is_of_programme else ()
        return tuple(dict.fromkeys((*self.errors, *self._access_errors, *absent, *COMMON_ERRORS)))

    @property
    def _access_errors(self) -> tuple[ErrorCode, ...]:
        permission = self.permission
        counted = (ErrorCode.RATE_LIMITED, ErrorCode.STORE_UNAVAILABLE) if permission.rate is not None else ()
        if permission.public:
            return counted
        forged = () if self.method in SAFE_METHODS else (ErrorCode.CSRF_TOKEN_INVALID,)
        bounds = () if permission.rate is OperationClass.COMMANDS else BOUNDS_ERRORS
        return (*SENDER_ERRORS, *forged, *counted, *bounds)
