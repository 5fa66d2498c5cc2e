"""Parameters of addresses: declared once, read, checked and documented from that declaration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, Literal, TypeVar
from uuid import UUID

from aiohttp import web

from gateway.api.views import STATES
from gateway.operations.model import State
from gateway.rules.findings import Finding, Refused
from schemas.base import INSTANT_YEARS
from schemas.errors import ErrorCode

T = TypeVar("T")
_LONGEST_TEXT: Final = 128
_LARGEST_INTEGER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Generic[T]):
    """A parameter in the query, the path or a header.

    ``parse`` raises ``ValueError`` for what it does not take; ``expected`` then tells what it does.
    """

    name: str
    place: Literal["query", "path", "header"]
    description: str
    schema: Mapping[str, Any]
    expected: str
    parse: Callable[[str], T]
    required: bool = False

    def refusal(self) -> Finding:
        """What to say of a wrong value. The value itself stays out."""
        return Finding(
            ErrorCode.REQUEST_PARAMETER,
            f"{self.place}:{self.name}",
            {"name": self.name, "expected": self.expected},
        )

    def of_path(self, request: web.Request) -> T:
        """This path parameter of a request; raises ``Refused``."""
        try:
            return self.parse(request.match_info[self.name])
        except ValueError:
            raise Refused((self.refusal(),)) from None


class Query:
    """Reads a request's query against the declared parameters and collects everything that is wrong with it."""

    def __init__(self, request: web.Request, declared: Sequence[Parameter[Any]]) -> None:
        self._sent = request.query
        names = sorted(parameter.name for parameter in declared)
        self._findings = [
            Finding(
                # A made-up name could be anything, so it is not repeated.
                ErrorCode.REQUEST_PARAMETER,
                "query",
                {"name": "?", "expected": ", ".join(names) or "-"},
            )
            for name in dict.fromkeys(self._sent)
            if name not in names
        ]
        self._findings += [
            parameter.refusal() for parameter in declared if len(self._sent.getall(parameter.name, ())) > 1
        ]

    def get(self, parameter: Parameter[T]) -> T | None:
        """The parameter's value; ``None`` when absent or wrong, the latter to be raised by :meth:`done`."""
        sent = self._sent.get(parameter.name)
        if sent is None:
            return None
        try:
            return parameter.parse(sent)
        except ValueError:
            self._findings.append(parameter.refusal())
            return None

    def done(self) -> None:
        """Raise ``Refused`` with all that was wrong, if anything was."""
        if self._findings:
            raise Refused(self._findings)


def text(name: str, description: str, *, place: Literal["query", "path"] = "query") -> Parameter[str]:
    """A short text."""
    return Parameter(
        name=name,
        place=place,
        description=description,
        schema={"type": "string", "minLength": 1, "maxLength": _LONGEST_TEXT},
        expected=f"1-{_LONGEST_TEXT} characters",
        parse=_parse_text,
        required=place == "path",
    )


def organisation_code(name: str, description: str) -> Parameter[str]:
    """The six-digit code of an organisation."""
    return Parameter(
        name=name,
        place="query",
        description=description,
        schema={"type": "string", "pattern": "^[0-9]{6}$", "examples": ["950174"]},
        expected="000000-999999",
        parse=_parse_organisation_code,
    )


def identifier(name: str, description: str, *, place: Literal["query", "path"]) -> Parameter[UUID]:
    """An id of ours."""
    return Parameter(
        name=name,
        place=place,
        description=description,
        schema={"type": "string", "format": "uuid"},
        expected="UUID",
        parse=_parse_uuid,
        required=place == "path",
    )


def integer(name: str, description: str, *, least: int, most: int = _LARGEST_INTEGER, default: int) -> Parameter[int]:
    """A whole number within bounds."""

    def parse(sent: str) -> int:
        if not (sent.isascii() and sent.isdigit()) or len(sent) > 19:
            raise ValueError(name)
        value = int(sent)
        if not least <= value <= most:
            raise ValueError(name)
        return value

    return Parameter(
        name=name,
        place="query",
        description=description,
        schema={"type": "integer", "minimum": least, "maximum": most, "default": default},
        expected=f"{least}-{most}",
        parse=parse,
    )


def flag(name: str, description: str) -> Parameter[bool]:
    """Yes or no; no when left out."""
    return Parameter(
        name=name,
        place="query",
        description=description,
        schema={"type": "boolean", "default": False},
        expected="true, false",
        parse=_parse_flag,
    )


def instant(name: str, description: str) -> Parameter[datetime]:
    """A moment with an offset, in the years that the contract knows."""
    return Parameter(
        name=name,
        place="query",
        description=description,
        schema={"type": "string", "format": "date-time"},
        expected=f"RFC 3339, 2026-01-03T09:00:00Z, {INSTANT_YEARS[0]}–{INSTANT_YEARS[-1]}",
        parse=_parse_instant,
    )


def day(name: str, description: str) -> Parameter[date]:
    """A calendar day in Bishkek, in the years that the contract knows."""
    return Parameter(
        name=name,
        place="query",
        description=description,
        schema={"type": "string", "format": "date"},
        expected=f"2026-01-03, {INSTANT_YEARS[0]}–{INSTANT_YEARS[-1]}",
        parse=_parse_day,
    )


def one_of(name: str, description: str, values: Sequence[str], *, default: str | None = None) -> Parameter[str]:
    """One of some words."""

    def parse(sent: str) -> str:
        if sent not in values:
            raise ValueError(name)
        return sent

    bounds: dict[str, Any] = {"type": "string", "enum": list(values)}
    if default is not None:
        bounds["default"] = default
    return Parameter(
        name=name, place="query", description=description, schema=bounds, expected=", ".join(values), parse=parse
    )


def states(name: str, description: str) -> Parameter[tuple[State, ...]]:
    """One or more states, with commas between."""
    return Parameter(
        name=name,
        place="query",
        description=description,
        schema={"type": "string", "examples": ["queued,in-doubt"]},
        expected=", ".join(STATES),
        parse=_parse_states,
    )


def _parse_text(sent: str) -> str:
    if not 0 < len(sent) <= _LONGEST_TEXT or not sent.isprintable():
        raise ValueError("text")
    return sent


def _parse_organisation_code(sent: str) -> str:
    if len(sent) != 6 or not (sent.isascii() and sent.isdigit()):
        raise ValueError("organisation code")
    return sent


def _parse_uuid(sent: str) -> UUID:
    value = UUID(sent)
    if str(value) != sent.lower():
        raise ValueError("uuid")
    return value


def _parse_flag(sent: str) -> bool:
    if sent not in {"true", "false"}:
        raise ValueError("flag")
    return sent == "true"


def _parse_instant(sent: str) -> datetime:
    # A plus sign of an offset that was not percent-encoded arrives as a space.
    value = datetime.fromisoformat(sent.replace(" ", "+"))
    if value.tzinfo is None:
        raise ValueError("instant without offset")
    if value.year not in INSTANT_YEARS:
        raise ValueError("instant far off")
    return value.astimezone(UTC)


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _parse_day(sent: str) -> date:
    if _DAY.fullmatch(sent) is None:
        raise ValueError("day")
    value = date.fromisoformat(sent)
    if value.year not in INSTANT_YEARS:
        raise ValueError("day far off")
    return value


def _parse_states(sent: str) -> tuple[State, ...]:
    try:
        return tuple(STATES[name] for name in sent.split(","))
    except KeyError as unknown:
        raise ValueError("state") from unknown
