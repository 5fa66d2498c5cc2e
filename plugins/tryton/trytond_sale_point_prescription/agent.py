"""The agent's JSON API on this computer, with the standard library alone.

The agent (``kopuro-pos agent``) keeps the terminal's key, the queue and the ПИН; this module only asks and repeats.
Where it listens and what proves us stand in Tryton's configuration file, section ``[kopuro]``: ``agent`` (an address on
this computer) and ``token_file`` (the file of the installation's token).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote as quoted
from urllib.parse import urlsplit

LOOKUP_SECONDS: Final = 5.0
"""The agent gives a look-up up after 2 seconds and says so."""
COMMIT_SECONDS: Final = 20.0
"""The agent gives the gateway 10 seconds; what is not answered by then waits in its queue."""
_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_LARGEST: Final = 4 * 1024 * 1024
_WITHDRAWN: Final = frozenset({"OFFLINE_WITHOUT_HOLD"})
_ENDS: Final = frozenset({"GATEWAY_REFUSED", "HOLD_TOO_OLD", "KEY_REUSED", "LOOKUP_GONE", "QUOTE_GONE"})

Answer = TypeVar("Answer")


class AgentSilent(Exception):
    """No answer, or one that cannot be read: what was asked may have been done. The same key is sent again."""


class AgentNotConfigured(Exception):
    """The section ``[kopuro]`` is missing or does not name an agent on this computer."""


class AgentNotReached(AgentSilent):
    """Nobody listens at the agent's address: nothing was sent."""


class AgentRefused(Exception):
    """The agent or, through it, the gateway refuses. ``findings`` are in the user's language.

    Its text is the code alone: nothing personal.
    """

    def __init__(self, code: str, status: int, findings: Sequence[Finding]) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.findings = tuple(findings)

    @property
    def final(self) -> bool:
        """Whether this order is at an end, so that only a new quote under a new key can follow."""
        return self.status < 500 and self.code in _ENDS

    def surely_not_done(self, *, tried_before: bool) -> bool:
        """Whether nothing was or will be recorded, so that the order may also be given up.

        After an earlier try without an answer only the agent's word that it withdrew the sale says so.
        """
        return self.code in _WITHDRAWN or (not tried_before and self.status < 500)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: how much it weighs, the clause of the regulation (Жобо), the text and what to do."""

    code: str
    severity: str
    message: str
    clause: str | None = None
    action: str | None = None

    def __str__(self) -> str:
        clause = f" ({self.clause})" if self.clause else ""
        return " ".join(part for part in (f"{self.message}{clause}", self.action) if part)


@dataclass(frozen=True, slots=True)
class Medicine:
    """A row of the reference of medicines («Маалымдама»)."""

    code: str
    trade_name: str
    pack_size: int
    """Tablets in a pack."""
    gtin: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One trade name at one price; sums in som for ``units`` tablets. Without a price it is not in stock."""

    medicine: Medicine
    in_stock: bool
    pack_price: Decimal | None
    packs: int | None
    units: int | None
    retail: Decimal | None
    compensation: Decimal | None
    patient: Decimal | None


@dataclass(frozen=True, slots=True)
class Found:
    """A prescription as the counter sees it: no name, no ПИН, no diagnosis."""

    lookup: str
    display_number: str
    medicine: Medicine
    remaining_units: int
    last_day: date
    offers: tuple[Offer, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a sale costs, sums in som; reference and rules are remembered at the gateway under its id."""

    quote: str
    medicine: Medicine
    units: int
    retail: Decimal
    compensation: Decimal
    patient: Decimal
    receipt_suggestion: str | None
    findings: tuple[Finding, ...]


class RecordState(StrEnum):
    """Where a sale or reversal is."""

    WAITING = "waiting"
    RECORDED = "recorded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Record:
    """A sale or reversal as the agent has it."""

    id: str
    state: RecordState
    dispense: str | None
    findings: tuple[Finding, ...]


class Agent:
    """The agent at ``origin``; texts come in ``language``.

    Every method raises :class:`AgentRefused` for a refusal and :class:`AgentSilent` when there is no readable answer.
    """

    def __init__(self, origin: str, token: str, language: str) -> None:
        address = urlsplit(origin)
        if address.scheme != "http" or address.hostname not in _HERE or not address.port:
            raise AgentNotConfigured("the agent listens on this computer alone: http://127.0.0.1:PORT")
        self._host = address.hostname
        self._port = address.port
        self._token = token
        self._language = language

    @classmethod
    def from_token_file(cls, origin: str | None, token_file: str | None, language: str) -> Agent:
        """The agent of the configuration file. Raises :class:`AgentNotConfigured`."""
        if not origin or not token_file:
            raise AgentNotConfigured("section [kopuro]: agent and token_file are needed")
        try:
            token = Path(token_file).expanduser().read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as unreadable:
            raise AgentNotConfigured("the file of the token cannot be read") from unreadable
        return cls(origin, token, language)

    def look_up(self, *, number: str, pin: str, family_name: str | None = None) -> Found:
        """Find a prescription by its number and the patient's ПИН (both must match, regulation clause 34)."""
        order = {"number": number, "pin": pin} | ({"family_name": family_name} if family_name else {})
        body = self._post("/api/lookup", order, LOOKUP_SECONDS)
        return _read(_found, body)

    def quote(self, *, lookup: str, medicine: str, units: int, pack_price: Decimal, boxes: Sequence[str] = ()) -> Quote:
        """Have the sums worked out for ``units`` tablets and keep the prescription for us meanwhile."""
        order = {
            "lookup": lookup,
            "medicine": medicine,
            "units": units,
            "pack_price": _som(pack_price),
            "shelf_price": _som(pack_price),
            "boxes": list(boxes),
            "hold": True,
        }
        return _read(_quote, self._post("/api/quote", order, LOOKUP_SECONDS))

    def release(self, lookup: str) -> None:
        """Give the prescription free again."""
        self._post("/api/release", {"lookup": lookup}, LOOKUP_SECONDS)

    def sell(self, *, key: str, quote: str, pharmacist: str, receipt_number: str, receipt_amount: Decimal) -> Record:
        """Record a sale; the same key always means the same sale."""
        order = {
            "key": key,
            "quote": quote,
            "pharmacist": pharmacist,
            "receipt_number": receipt_number,
            "receipt_amount": _som(receipt_amount),
        }
        return _read(_record, self._post("/api/sales", order, COMMIT_SECONDS))

    def reverse(self, sale: str, *, key: str, reason: str, note: str | None, pharmacist: str) -> Record:
        """Take a whole sale back; the same key always means the same reversal."""
        order = {"key": key, "reason": reason, "pharmacist": pharmacist} | ({"note": note} if note else {})
        return _read(_record, self._post(f"/api/sales/{quoted(sale, safe='')}/reversal", order, COMMIT_SECONDS))

    def record(self, sale: str) -> Record:
        """A sale or reversal as it stands now."""
        return _read(_record, self._ask("GET", f"/api/sales/{quoted(sale, safe='')}", None, LOOKUP_SECONDS))

    def push_stock(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Tell all of the stock and its shelf prices (clause 36); how many rows were of use."""
        body = self._post("/api/stock", {"rows": list(rows), "replace": True}, COMMIT_SECONDS)
        return _read(lambda taken: int(taken["taken"]), body)

    def _post(self, path: str, order: Mapping[str, Any], seconds: float) -> Any:
        return self._ask("POST", path, json.dumps(order).encode(), seconds)

    def _ask(self, method: str, path: str, order: bytes | None, seconds: float) -> Any:
        connection = HTTPConnection(self._host, self._port, timeout=seconds)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept-Language": self._language,
            "Content-Type": "application/json",
        }
        try:
            connection.connect()
        except OSError as unreached:
            raise AgentNotReached("nobody listens at the agent's address") from unreached
        try:
            connection.request(method, path, order, headers)
            answer = connection.getresponse()
            content = answer.read(_LARGEST)
            body = json.loads(content) if content else None
        except (OSError, HTTPException, ValueError) as lost:
            raise AgentSilent("no readable answer from the agent") from lost
        finally:
            connection.close()
        if 200 <= answer.status < 300:
            return body
        raise _read(lambda problem: _refused(problem, answer.status), body)


def stock_row(medicine: str, pack_price: Decimal, packs: int) -> dict[str, Any]:
    """A row of :meth:`Agent.push_stock`: code in the reference, price in som, whole packs."""
    return {"medicine": medicine, "pack_price": _som(pack_price), "packs": packs}


def box_codes(text: str | None) -> list[str]:
    """DataMatrix codes, one a line, as the scanner left them: the group separator is part of a code."""
    return [code for line in re.split(r"[\r\n]+", text or "") if (code := line.strip(" \t"))]


def _som(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))


def _read(reader: Callable[[Any], Answer], content: Any) -> Answer:
    try:
        return reader(content)
    except (KeyError, TypeError, ValueError, InvalidOperation) as unreadable:
        raise AgentSilent("the agent's answer does not follow the contract") from unreadable


def _refused(problem: Mapping[str, Any], status: int) -> AgentRefused:
    findings = [_finding(one) for one in problem["findings"]]
    return AgentRefused(str(problem["code"]), status, findings)


def _finding(one: Mapping[str, Any]) -> Finding:
    return Finding(one["code"], one["severity"], one["message"], one.get("clause"), one.get("action"))


def _findings(body: Mapping[str, Any]) -> tuple[Finding, ...]:
    return tuple(_finding(one) for one in body["findings"])


def _medicine(one: Mapping[str, Any]) -> Medicine:
    return Medicine(one["code"], one["trade_name"], int(one["pack_size"]), one.get("gtin"))


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _offer(one: Mapping[str, Any]) -> Offer:
    return Offer(
        medicine=_medicine(one["medicine"]),
        in_stock=bool(one["in_stock"]),
        pack_price=_amount(one["pack_price"]),
        packs=one.get("packs"),
        units=one["units"],
        retail=_amount(one["retail"]),
        compensation=_amount(one["compensation"]),
        patient=_amount(one["patient"]),
    )


def _found(body: Mapping[str, Any]) -> Found:
    return Found(
        lookup=body["lookup"],
        display_number=body["display_number"],
        medicine=_medicine(body["medicine"]),
        remaining_units=int(body["remaining_units"]),
        last_day=date.fromisoformat(body["last_day"]),
        offers=tuple(_offer(one) for one in body["offers"]),
        findings=_findings(body),
    )


def _quote(body: Mapping[str, Any]) -> Quote:
    return Quote(
        quote=body["quote"],
        medicine=_medicine(body["medicine"]),
        units=int(body["units"]),
        retail=Decimal(body["retail"]),
        compensation=Decimal(body["compensation"]),
        patient=Decimal(body["patient"]),
        receipt_suggestion=body.get("receipt_suggestion"),
        findings=_findings(body),
    )


def _record(body: Mapping[str, Any]) -> Record:
    return Record(
        id=str(body["id"]),
        state=RecordState(body["state"]),
        dispense=body.get("dispense"),
        findings=_findings(body),
    )
