"""Reads refusals: which exception an answer of the gateway is."""

from __future__ import annotations

from typing import Final

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from kopuro_pos.client.codes import ErrorCode
from kopuro_pos.client.errors import Refused, SignInRefused
from kopuro_pos.client.models import Problem
from kopuro_pos.client.refusals import BY_CODE

_CATALOGUE: Final = "/v1/errors/"


class _TokenRefusal(BaseModel):
    """No access token (RFC 6749, section 5.2)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    error: str
    error_uri: str = ""


def refusal_of(response: httpx.Response) -> Refused | None:
    """What the gateway refuses with; ``None`` when the body is not the gateway's, whoever's it is."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return None
    kind = BY_CODE.get(problem.code, Refused) if isinstance(problem.code, ErrorCode) else Refused
    return kind(
        status=response.status_code,
        code=problem.code,
        findings=problem.findings,
        retry_after=_seconds(response.headers.get("Retry-After")),
        problem=problem,
    )


def sign_in_refusal_of(response: httpx.Response) -> Refused | None:
    """The same of the address that gives tokens, which has a way of its own to refuse."""
    try:
        refusal = _TokenRefusal.model_validate_json(response.content)
    except ValidationError:
        return refusal_of(response)
    name = refusal.error_uri.removeprefix(_CATALOGUE)
    code = ErrorCode(name) if name in ErrorCode.__members__ else name or refusal.error
    return SignInRefused(status=response.status_code, code=code, error=refusal.error)


def _seconds(retry_after: str | None) -> float | None:
    """The gateway names seconds, never a date."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else None
