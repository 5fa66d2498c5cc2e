"""What the till under test has sent, call by call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Route(StrEnum):
    """What a till may ask of the agent."""

    STATE = "GET /api/state"
    SCAN = "POST /api/scan"
    LOOK_UP = "POST /api/lookup"
    QUOTE = "POST /api/quote"
    RELEASE = "POST /api/release"
    SELL = "POST /api/sales"
    SALES = "GET /api/sales"
    SALE = "GET /api/sales/{id}"
    REVERSE = "POST /api/sales/{id}/reversal"
    SEEN = "POST /api/sales/{id}/seen"
    DAY = "GET /api/day"
    QUEUE = "GET /api/queue"
    STOCK = "POST /api/stock"
    MEDICINES = "GET /api/medicines"
    EVENTS = "GET /api/events"
    SLIP = "GET /api/sales/{id}/slip"
    EXPORT = "GET /api/day/export"


_SUMS: Final = frozenset({"pack_price", "shelf_price", "receipt_amount"})
_TWO_DIGITS: Final = re.compile(r"\d{1,10}\.\d{2}")


@dataclass(slots=True)
class Call:
    """One request of the till, and how it was answered. It holds a synthetic ПИН at most, and reports leave it out."""

    route: Route | None
    """``None``: no such route."""
    method: str
    target: str
    """Path and query, as sent."""
    language: str
    """What the answer was written in."""
    body: Any = None
    """The JSON as sent; ``None`` without a body, or where it is none."""
    status: int | None = None
    """What was answered; also where a fault kept the answer from arriving."""
    problem: str | None = None
    """The code of the refusal."""
    fault: str | None = None

    @property
    def key(self) -> str | None:
        """The key of a sale or reversal."""
        key = self.body.get("key") if isinstance(self.body, dict) else None
        return key if isinstance(key, str) else None

    @property
    def loose_sums(self) -> list[str]:
        """Fields with a sum that is no string of two digits after the point."""
        if not isinstance(self.body, dict):
            return []
        return [name for name in sorted(_SUMS & self.body.keys()) if not _is_sum(self.body[name])]

    def told(self) -> str:
        """For the report: no body, and of the query only that there is one."""
        path, has_query, _ = self.target.partition("?")
        parts = [f"{self.method} {path}{'?…' if has_query else ''}", f"→ {self.status}"]
        parts += [f"{name}={value}" for name, value in (("code", self.problem), ("fault", self.fault)) if value]
        if self.key is not None:
            parts.append(f"key={self.key}")
        return " ".join(parts)


@dataclass(slots=True)
class Journal:
    """Every call of a scenario, in the order of arrival."""

    calls: list[Call] = field(default_factory=list)

    def to(self, *routes: Route) -> list[Call]:
        """The calls of these routes."""
        return [call for call in self.calls if call.route in routes]

    def keys(self, route: Route) -> list[str | None]:
        """The different keys sent to a route, in the order of their first try."""
        return list(dict.fromkeys(call.key for call in self.to(route)))

    def written_twice(self, route: Route) -> bool:
        """Whether one key came with different orders."""
        bodies: dict[str | None, Any] = {}
        return any(bodies.setdefault(call.key, call.body) != call.body for call in self.to(route))

    def against_contract(self) -> Iterator[Call]:
        """Calls that the contract does not know: another route, method, type or field, a key used twice."""
        codes = {"BODY_INVALID", "NOT_FOUND", "METHOD_NOT_ALLOWED", "CONTENT_TYPE_REFUSED", "KEY_REUSED"}
        return (call for call in self.calls if call.problem in codes)


def _is_sum(value: object) -> bool:
    return value is None or (isinstance(value, str) and _TWO_DIGITS.fullmatch(value) is not None)
