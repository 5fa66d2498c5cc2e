"""Reading a message of the contract: everything that is wrong with its shape, in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.rules.findings import Finding
from gateway.rules.treated_case.engine import json_path
from gateway.rules.treated_case.reading import repeated_fields
from gateway.rules.treated_case.salvage import shape_finding
from schemas.base import Contract
from schemas.errors import ErrorCode

Message = TypeVar("Message", bound=Contract)

_MOST_FINDINGS: Final = 100
"""A hopeless body is not answered with a longer one."""

_POSITION: Final = re.compile(r"line ([0-9]+) column ([0-9]+)")
_EXPECTED: Final[Mapping[str, str]] = {
    "decimal_text": 'string, "540.00"',
    "uuid_parsing": "UUID",
    "uuid_type": "UUID",
}
"""What is expected instead, by the kinds of error that the treated case does not have."""


def read_message(body: bytes, model: type[Message]) -> Message | tuple[Finding, ...]:
    """The message in a body, or all that is wrong with its shape; no finding repeats a value of the body."""
    try:
        message = model.model_validate_json(body)
    except ValidationError as refusal:
        details = refusal.errors(include_url=False, include_input=False, include_context=True)
        if details[0]["type"] == "json_invalid":
            return (malformed(details[0]),)
        return (*map(finding_of, details[:_MOST_FINDINGS]), *repeated_fields(body)[:_MOST_FINDINGS])
    return repeated_fields(body)[:_MOST_FINDINGS] or message


def finding_of(detail: ErrorDetails) -> Finding:
    """One thing wrong with a message's shape; the value sent stays out."""
    expected = _EXPECTED.get(detail["type"])
    if expected is None:
        return shape_finding(detail)
    return Finding(ErrorCode.SCHEMA_TYPE, json_path(detail["loc"]), {"expected": expected})


def malformed(detail: ErrorDetails) -> Finding:
    """That a body is no JSON, and where it breaks off."""
    place = _POSITION.search(str(detail.get("ctx", {}).get("error", "")))
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    return Finding(ErrorCode.REQUEST_MALFORMED_JSON, "$", {"line": line, "column": column})
