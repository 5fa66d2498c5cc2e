"""From a schema's refusal to findings, and to what can be saved of the case.

Broken parts are replaced by stand-ins, so that the rules meet a complete case; the engine sees to it that no rule says
anything that depends on a stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from gateway.rules.findings import Finding
from gateway.rules.treated_case.engine import Location, json_path
from gateway.rules.treated_case.reading import is_field_name, repeated_fields
from schemas.base import LINES, ONE_LINE
from schemas.errors import ErrorCode
from schemas.treated_case import TreatedCase

_MOST_FINDINGS: Final = 100
"""A hopeless body is not answered with a longer one."""

_POSITION: Final = re.compile(r"line (\d+) column (\d+)")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The schema's findings, and the case with stand-ins at its broken places, if anything of it could be read."""

    findings: tuple[Finding, ...]
    case: TreatedCase | None = None
    broken: tuple[Location, ...] = ()


def salvage(body: bytes, refusal: ValidationError) -> Salvaged:
    """What is wrong with the shape of ``body``, and what is right."""
    details = _details(refusal)
    if details[0]["type"] == "json_invalid":
        return Salvaged((_malformed(details[0]),))
    case = None
    if all(each["loc"] for each in details):
        case, details = _with_stand_ins(from_json(body), details)
    found = (*(shape_finding(each) for each in details[:_MOST_FINDINGS]), *repeated_fields(body)[:_MOST_FINDINGS])
    if case is None:
        return Salvaged(found)
    return Salvaged(found, case, tuple(each["loc"] for each in details if each["type"] != "extra_forbidden"))


def _details(refusal: ValidationError) -> list[ErrorDetails]:
    return _without_echoes(refusal.errors(include_url=False, include_input=False))


def _without_echoes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without «too short» for a list that only lacks the items complained of anyway."""
    return [each for each in details if each["type"] != "too_short" or not _holds_another(each["loc"], details)]


def _holds_another(location: Location, details: list[ErrorDetails]) -> bool:
    return any(each["loc"][: len(location)] == location and each["loc"] != location for each in details)


def _with_stand_ins(message: dict[str, Any], details: list[ErrorDetails]) -> tuple[TreatedCase, list[ErrorDetails]]:
    """The case, and all that is wrong with it.

    The schema counts only sound items: that a list is too long may show once its items are mended.
    """
    every = details
    while True:
        _put_stand_ins(message, details)
        try:
            return TreatedCase.model_validate_json(to_json(message)), every
        except ValidationError as hidden:
            details = _details(hidden)
            every = every + details


def _put_stand_ins(message: dict[str, Any], details: list[ErrorDetails]) -> None:
    replaced: set[Location] = set()
    for each in sorted(details, key=lambda each: len(each["loc"])):
        location = each["loc"]
        if any(location[:length] in replaced for length in range(1, len(location) + 1)):
            continue
        *above, name = location
        holder: Any = message
        for step in above:
            holder = holder[step]
        if each["type"] == "extra_forbidden":
            del holder[name]
        else:
            holder[name] = _stand_in(location)
            replaced.add(location)


def _stand_in(location: Location) -> Any:
    held: Any = _STAND_IN
    for step in location:
        held = held[0] if isinstance(step, int) else held[step]
    return held


def _malformed(detail: ErrorDetails) -> Finding:
    position = _POSITION.search(str(detail.get("ctx", {}).get("error", "")))
    line, column = (int(position[1]), int(position[2])) if position else (1, 1)
    return Finding(ErrorCode.REQUEST_MALFORMED_JSON, "$", {"line": line, "column": column})


def shape_finding(detail: ErrorDetails) -> Finding:
    """One error of the schema as a finding; its parameters hold limits of the contract, never what was sent."""
    kind, context = detail["type"], detail.get("ctx", {})
    location = detail["loc"]
    if kind == "extra_forbidden" and not is_field_name(str(location[-1])):
        location = location[:-1]
    path = json_path(location)
    if kind.startswith(("datetime_", "timezone_")):
        return Finding(ErrorCode.SCHEMA_INSTANT, path, {"expected": "YYYY-MM-DDThh:mm:ss+06:00"})
    if kind.startswith("date_"):
        return Finding(ErrorCode.SCHEMA_INSTANT, path, {"expected": "YYYY-MM-DD"})
    if kind in _EXPECTED_TYPE:
        return Finding(ErrorCode.SCHEMA_TYPE, path, {"expected": _EXPECTED_TYPE[kind]})
    code, parameters = _FINDING_OF_KIND[kind](context)
    return Finding(code, path, parameters)


_Parts = tuple[ErrorCode, Mapping[str, str | int]]


def _pattern(context: Mapping[str, Any]) -> _Parts:
    if context["pattern"] in {ONE_LINE, LINES}:
        return ErrorCode.SCHEMA_CHARACTERS, {}
    return ErrorCode.SCHEMA_PATTERN, {"pattern": context["pattern"]}


def _allowed(context: Mapping[str, Any]) -> _Parts:
    """Pydantic lists the values of an enumeration as ``'female' or 'male'``."""
    return ErrorCode.SCHEMA_VALUE, {"allowed": context["expected"].replace("'", "").replace(" or ", ", ")}


_EXPECTED_TYPE: Final[Mapping[str, str]] = {
    "string_type": "string",
    "int_type": "integer",
    "int_from_float": "integer",
    "int_parsing_size": "integer",
    "bool_type": "boolean",
    "model_type": "object",
    "dict_type": "object",
    "tuple_type": "array",
}
"""The JSON type the contract has, by the schema's kind of error."""

_FINDING_OF_KIND: Final[Mapping[str, Callable[[Mapping[str, Any]], _Parts]]] = {
    "missing": lambda _: (ErrorCode.SCHEMA_REQUIRED, {}),
    "extra_forbidden": lambda _: (ErrorCode.SCHEMA_UNKNOWN_FIELD, {}),
    "enum": _allowed,
    "literal_error": _allowed,
    "greater_than_equal": lambda context: (ErrorCode.SCHEMA_VALUE, {"allowed": f"≥ {context['ge']}"}),
    "less_than_equal": lambda context: (ErrorCode.SCHEMA_VALUE, {"allowed": f"≤ {context['le']}"}),
    "string_too_short": lambda context: (ErrorCode.SCHEMA_LENGTH, {"limit": f"≥ {context['min_length']}"}),
    "string_too_long": lambda context: (ErrorCode.SCHEMA_LENGTH, {"limit": f"≤ {context['max_length']}"}),
    "too_short": lambda context: (ErrorCode.SCHEMA_LENGTH, {"limit": f"≥ {context['min_length']}"}),
    "too_long": lambda context: (ErrorCode.SCHEMA_LENGTH, {"limit": f"≤ {context['max_length']}"}),
    "string_pattern_mismatch": _pattern,
}
"""All other kinds of error that fields of the contract and of commands can have."""

_DOCTOR: Final = {"full_name": "-", "pin": "20101200000000"}
_DIAGNOSIS: Final = {"code": "R69", "text": "-"}
_INSTANT: Final = "2000-01-01T00:00:00Z"
_DAY: Final = "2000-01-01"

_STAND_IN: Final[dict[str, Any]] = {
    "ksf_number": "-",
    "external_number": "-",
    "card_number": "-",
    "organisation": "000000",
    "department": "00",
    "patient": {
        "pin": "-",
        "pin_absence": {
            "reason": "unidentified",
            "document": {"kind": "-", "number": "-", "country": "KGZ"},
        },
        "family_name": "-",
        "given_name": "-",
        "patronymic": "-",
        "birth_date": _DAY,
        "sex": "female",
        "citizenship": "KGZ",
        "residence": {"region": "bishkek", "settlement": "town", "address": "-"},
        "social_status": "other",
        "disability": "none",
        "insured_category": "not-insured",
    },
    "referral": {"kind": "other", "organisation": "000000", "number": "-", "issued_on": _DAY},
    "admission": {"at": _INSTANT, "kind": "planned", "hours_since_onset": 0, "occurrence": "first"},
    "diagnoses": {
        "referral": _DIAGNOSIS,
        "admission": _DIAGNOSIS,
        "main": _DIAGNOSIS,
        "complications": [_DIAGNOSIS],
        "concomitant": [_DIAGNOSIS],
        "external_cause": _DIAGNOSIS,
    },
    "movements": [
        {
            "department": "00",
            "bed_profile": "0",
            "entered_at": _INSTANT,
            "left_at": _INSTANT,
            "doctor": _DOCTOR,
            "diagnosis": "R69",
        }
    ],
    "operations": [
        {
            "at": _INSTANT,
            "code": "-",
            "name": "-",
            "surgeon": _DOCTOR,
            "anaesthesia": "none",
            "complications": [_DIAGNOSIS],
        }
    ],
    "discharge": {"at": _INSTANT, "outcome": "discharged", "result": "unchanged", "transferred_to": "-"},
    "death": {"cause": _DIAGNOSIS, "immediate_cause": _DIAGNOSIS, "autopsy": False},
    "sick_leave": {"number": "-", "opened_on": _DAY, "closed_on": _DAY},
    "payment_source": "other",
    "doctors": {"attending": _DOCTOR, "head_of_department": _DOCTOR},
}
"""A value the schema accepts for every field there is. None of them is ever shown to anybody."""
