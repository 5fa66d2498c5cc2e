"""The simulated insurer: both services at one address, and the control of what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final

from aiohttp import web
from lxml import etree
from pydantic import StringConstraints

from adapters.insurance.simulator.faults import FAULTS, changed
from adapters.insurance.simulator.people import ORGANISATIONS, Insured, insured_by_rule
from adapters.xroad.simulator.disturbing import FaultPlan, OperationFaultOrder, fault_controls
from adapters.xroad.simulator.faults import xml_response
from adapters.xroad.simulator.providing import Refused, client_fault, envelope, read_message
from adapters.xroad.simulator.running import Door, RunningSimulator, bad_orders, json_response
from gateway.ports import Clock
from gateway.rules.days import bishkek_day
from gateway.system import SystemClock
from schemas.insurance import ATTACHMENT, ATTACHMENT_NAMESPACE, LAST_PERIOD, SOCIAL_FUND_NAMESPACE

_LARGEST_REQUEST: Final = 1024 * 1024


class InsuredOrder(Insured):
    """``POST /simulator/people``: how a person stands from now on."""

    pin: Annotated[str, StringConstraints(pattern="^[0-9]{14}$")]


@dataclass(slots=True)
class Insurer:
    """State of one simulated insurer."""

    organisations: Sequence[str]
    clock: Clock
    plan: FaultPlan[OperationFaultOrder] = field(default_factory=lambda: FaultPlan(FAULTS))
    people: dict[str, Insured] = field(default_factory=dict)
    operations: dict[str, int] = field(default_factory=dict)
    schemas: tuple[etree.XMLSchema, ...] = field(
        default_factory=lambda: tuple(etree.XMLSchema(etree.parse(str(path))) for path in (LAST_PERIOD, ATTACHMENT))
    )

    async def soap(self, http: web.Request) -> web.StreamResponse:
        """Handle one SOAP message."""
        try:
            header, message = self._read(await http.read())
            operation = etree.QName(message).localname
            self.operations[operation] = self.operations.get(operation, 0) + 1
            answer = self._last_period(message) if operation == "GetLastPeriodFOMS" else self._attachment(message)
        except Refused as refusal:
            return xml_response(envelope(None, client_fault(str(refusal))), 500)
        return xml_response(envelope(header, changed(self.plan, operation, answer)))

    def _read(self, content: bytes) -> tuple[etree._Element | None, etree._Element]:
        header, message = read_message(content)
        if not any(schema.validate(message) for schema in self.schemas):
            raise Refused("the message does not fit the contract")
        return header, message

    def _standing(self, pin: str) -> Insured:
        known = self.people.get(pin)
        return known or insured_by_rule(pin, bishkek_day(self.clock.now()), self.organisations)

    def _last_period(self, message: etree._Element) -> etree._Element:
        pin = message.findtext(f"{{{SOCIAL_FUND_NAMESPACE}}}PIN") or ""
        person = self._standing(pin)
        if not person.known:
            return _element(SOCIAL_FUND_NAMESPACE, "GetLastPeriodFOMSResponse", State="PIN_NOTFOUND")
        return _element(
            SOCIAL_FUND_NAMESPACE,
            "GetLastPeriodFOMSResponse",
            State="OK",
            PIN=pin,
            FirstName="Үлгү",
            LastName="Үлгүев",
            Payer="Ойдон чыгарылган уюм",
            DateBegin=_day(person.first),
            DateEnd=_day(person.last),
            Issuer="Социальный фонд (имитация)",
        )

    def _attachment(self, message: etree._Element) -> etree._Element:
        pin = message.findtext(f"{{{ATTACHMENT_NAMESPACE}}}pin") or ""
        person = self._standing(pin)
        if not person.known or person.organisation is None:
            status = "not-attached" if person.known else "unknown-person"
            return _element(ATTACHMENT_NAMESPACE, "GetAttachmentResponse", pin=pin, status=status)
        return _element(
            ATTACHMENT_NAMESPACE,
            "GetAttachmentResponse",
            pin=pin,
            status="attached",
            organisation=person.organisation,
            since=person.attached_since.isoformat(),
        )

    async def add_person(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/people``."""
        order = InsuredOrder.model_validate_json(await http.read())
        self.people[order.pin] = order
        return web.Response(status=204)

    async def status(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/status``."""
        return json_response({"operations": self.operations, "people": len(self.people), "faults": self.plan.happened})


async def run_insurer(
    *, organisations: Sequence[str] = ORGANISATIONS, port: int = 0, clock: Clock | None = None
) -> RunningSimulator:
    """Start both services at one address on the loopback interface; ``port`` 0 takes a free one."""
    app = web.Application(client_max_size=_LARGEST_REQUEST, middlewares=[bad_orders])
    insurer = Insurer(organisations, clock or SystemClock())
    door = Door(app, port)
    app.router.add_post("/", insurer.soap)
    app.router.add_post("/simulator/people", insurer.add_person)
    app.router.add_routes(fault_controls(insurer.plan, OperationFaultOrder))
    app.router.add_get("/simulator/status", insurer.status)
    await door.open()
    return RunningSimulator(url=f"{door.url}/", control_url=door.url, close=door.close)


def _element(namespace: str, name: str, **values: str) -> etree._Element:
    element = etree.Element(f"{{{namespace}}}{name}", nsmap={"a": namespace})
    for child, value in values.items():
        etree.SubElement(element, f"{{{namespace}}}{child}").text = value
    return element


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.isoformat()}T00:00:00"
