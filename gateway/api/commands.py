"""Commands of operators: who may give them, and their bodies."""

from __future__ import annotations

from typing import Final, TypeVar

from aiohttp import web
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.middleware.body import JSON, check_headers, read_body
from gateway.rules.findings import Finding, Refused
from gateway.rules.shape import finding_of, malformed
from gateway.services import SERVICES
from schemas.api import Command
from schemas.errors import ErrorCode

C = TypeVar("C", bound=Command)
_LONGEST_COMMAND: Final = 16 * 1024


async def read_command(request: web.Request, model: type[C]) -> C:
    """The command in the body; raises ``Refused`` with all that is wrong with it."""
    check_headers(request, JSON)
    body = await read_body(request, limit=_LONGEST_COMMAND, seconds=request.app[SERVICES].limits.body_seconds)
    try:
        return model.model_validate_json(body)
    except ValidationError as failed:
        raise Refused(_finding(error) for error in failed.errors(include_input=False, include_url=False)) from None


def _finding(error: ErrorDetails) -> Finding:
    """One thing wrong with a command's body; the value sent stays out."""
    match error["type"], error["loc"]:
        case "json_invalid", _:
            return malformed(error)
        case "missing" | "string_too_short", ("reason",):
            return Finding(ErrorCode.REASON_REQUIRED, "$.reason")
        case "extra_forbidden", _:
            # A made-up name could be anything, so it is not repeated.
            return Finding(ErrorCode.SCHEMA_UNKNOWN_FIELD, "$")
        case _:
            return finding_of(error)
