"""What an organisation has in the additional drug programme, and well-formed requests about it.

In the matrix one organisation is a clinic and a pharmacy at once. Whatever can be done today is done over HTTP; what
settlement needs of the month before is put into the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final
from uuid import uuid4

import orjson

from gateway.rules.days import bishkek_day
from tests.service.access_matrix.house import REGION, House, Machine
from tests.support.doubles import SystemIds
from tests.support.programme import MEDICINE, order_json
from tests.support.settlement import Sale, put_sales

KEYED: Final = frozenset({"issuePrescription", "commitDispense", "reverseDispense"})
"""They take an ``Idempotency-Key``."""
_NUMBERS: Final = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeObjects:
    """What one organisation has. ``number`` and ``pin`` open a prescription of which a little is sold each time."""

    organisation: str
    prescription_id: str
    untouched_id: str
    """A prescription that can be cancelled."""
    number: str
    pin: str
    hold_id: str
    dispense_id: str
    application_id: str
    contract_id: str
    claim_id: str
    line_id: str
    report_id: str
    act_id: str
    act_digest: str
    dispute_id: str

    @property
    def ids(self) -> Mapping[str, str]:
        """What an address may name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name.endswith("_id")}


def today() -> date:
    """The day in Bishkek."""
    return bishkek_day(datetime.now(UTC))


def last_month() -> date:
    """The last day of the month before, in Bishkek."""
    return today().replace(day=1) - timedelta(days=1)


async def open_programme(house: House, sender: Machine) -> None:
    """Let there be a limit for patients: nothing can be prescribed before."""
    await _done(house, sender, "/v1/patient-limit", _limit(None))


async def conclude_contract(house: House, sender: Machine, pharmacy: str) -> Any:
    """A pharmacy applies for a contract and gets it; gives the application and the contract."""
    application = await _done(house, sender, "/v1/contract-applications", _application(pharmacy))
    return await _done(house, sender, f"/v1/contract-applications/{application['id']}/decision", _decision(None))


async def programme_objects(house: House, sender: Machine, organisation: str) -> ProgrammeObjects:
    """One of everything, of this organisation."""
    do = partial(_done, house, sender)
    concluded = await conclude_contract(house, sender, organisation)
    contract = concluded["contract"]["id"]
    claimed = await do(f"/v1/contracts/{contract}/claims", _CLAIM)
    rest = Sale(id=SystemIds().new(), sold_on=last_month(), pharmacy=organisation)
    await house.gateway.store.write(partial(put_sales, sales=[rest]))
    report = await do("/v1/settlement/reports", {"pharmacy": organisation, "month": f"{last_month():%Y-%m}"})
    await do(f"/v1/settlement/reports/{report['id']}/submission", None)
    act = await do(f"/v1/settlement/reports/{report['id']}/act", None)
    ordered = _order(organisation)
    untouched, opened = [await do("/v1/prescriptions", one) for one in (_order(organisation), ordered)]
    having = ProgrammeObjects(
        organisation=organisation,
        prescription_id=opened["id"],
        untouched_id=untouched["id"],
        number=opened["number"],
        pin=ordered["patient"]["pin"],
        hold_id="",
        dispense_id="",
        application_id=concluded["application"]["id"],
        contract_id=contract,
        claim_id=claimed["claims"][0]["id"],
        line_id=str(rest.id),
        report_id=report["id"],
        act_id=act["id"],
        act_digest=act["digest"],
        dispute_id="",
    )
    held = await do("/v1/dispenses/quote", _quote(having) | {"hold": True})
    sold = await do("/v1/dispenses", _dispense(having))
    disputed = await do("/v1/settlement/disputes", {"dispense": sold["id"], "statement": "сыноо"})
    return replace(having, hold_id=held["hold"]["id"], dispense_id=sold["id"], dispute_id=disputed["id"])


def nowhere(about: ProgrammeObjects) -> ProgrammeObjects:
    """What nobody has: differing from ``about`` in the names of all things."""
    return replace(about, organisation="999999", **{name: str(uuid4()) for name in about.ids})


async def _done(house: House, sender: Machine, path: str, body: Any) -> Any:
    headers = {**sender.headers("POST", path), "Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    answer = await house.send("POST", path, headers, b"" if body is None else orjson.dumps(body))
    assert answer.status in {200, 201}, (path, answer.body)
    return answer.json


def _order(organisation: str) -> dict[str, Any]:
    """For somebody new, who is insured."""
    pin = f"21205197{next(_NUMBERS):05d}5"
    return order_json(organisation=organisation, patient={"pin": pin}, card_entry={"on": today().isoformat()})


def _quote(about: ProgrammeObjects) -> dict[str, Any]:
    return {
        "pharmacy": about.organisation,
        "prescription": {"pin": about.pin, "number": about.number},
        "sale": {"medicine": MEDICINE, "units": 1, "pack_price": "450.00", "shelf_price": "450.00"},
    }


def _look_up(about: ProgrammeObjects) -> dict[str, Any]:
    return {name: value for name, value in _quote(about).items() if name != "sale"}


def _dispense(about: ProgrammeObjects) -> dict[str, Any]:
    return _quote(about) | {
        "pharmacist": "Асанова А.",
        "offers_shown": [{"medicine": MEDICINE, "pack_price": "450.00"}],
        "choice": "as-prescribed",
        "receipt": {"number": f"Ч-{next(_NUMBERS)}", "amount": "9.00"},
    }


def _application(organisation: str) -> dict[str, Any]:
    return {
        "pharmacy": organisation,
        "legal_name": "ОсОО «Сыноо»",
        "inn": "01212200010013",
        "licence": {"number": "Л-1", "valid_until": None},
        "head": "Осмонова Бүбүсара Токтогуловна",
        "chief_accountant": "Үсөнов Өмүрбек Жумабаевич",
        "email": "apteka@example.kg",
        "phone": "+996 555 000000",
        "form_signed": True,
    }


def _decision(_about: object) -> dict[str, Any]:
    return {
        "contract": {"number": f"Д-{next(_NUMBERS)}", "starts_on": today().isoformat(), "report_deadline_days": 10},
        "tax_check": {"checked_on": today().isoformat(), "source": "ИС ГНС", "reference": "С-1", "debt": "0.00"},
    }


def _limit(_about: object) -> dict[str, Any]:
    return {"norm": "12.50", "effective_on": today().isoformat(), "reason": "сыноо"}


_CLAIM: Final = {"party": "fund", "substance": "сыноо"}
_INSPECTION: Final = {"number": "И-1", "on": "2026-01-01"}

_BODIES: Final[Mapping[str, Callable[[ProgrammeObjects], Any]]] = {
    "issuePrescription": lambda about: _order(about.organisation),
    "checkPrescription": lambda about: _order(about.organisation),
    "cancelPrescription": lambda _: {"reason": "сыноо"},
    "lookUpPrescription": _look_up,
    "quoteDispense": _quote,
    "commitDispense": _dispense,
    "reverseDispense": lambda _: {"reason": "returned"},
    "fileContractApplication": lambda about: _application(about.organisation),
    "decideContractApplication": _decision,
    "terminateContract": lambda _: {"reason": "сыноо", "from_day": (today() + timedelta(days=300)).isoformat()},
    "fileContractClaim": lambda _: _CLAIM,
    "settleContractClaim": lambda _: {"settlement": "сыноо"},
    "approveBudget": lambda _: {
        "year": today().year,
        "norm": "12.50",
        "basis": "П-1",
        "regions": [{"region": REGION, "insured": 1000}],
    },
    "transferBudget": lambda _: {
        "year": today().year,
        "source": REGION,
        "target": "naryn",
        "amount": "1.00",
        "analysis": "А-1",
    },
    "setPatientLimit": _limit,
    "formSettlementReport": lambda about: {"pharmacy": about.organisation, "month": f"{last_month():%Y-%m}"},
    "signSettlementAct": lambda about: {"role": "pharmacy-head", "digest": about.act_digest},
    "paySettlementAct": lambda _: {"reference": "П-1"},
    "markNotCompensable": lambda _: {"source": "survey"},
    "clawBackCompensation": lambda about: {
        "dispense": about.line_id,
        "amount": "0.01",
        "inspection_act": _INSPECTION,
    },
    "recoverFromPrescriber": lambda about: {
        "dispense": about.line_id,
        "amount": "0.01",
        "liable": ["prescriber"],
        "inspection_act": _INSPECTION,
    },
    "fileDispute": lambda about: {"dispense": about.dispense_id, "statement": "сыноо"},
    "decideDispute": lambda _: {
        "decision": "refused",
        "members": ["Биринчи А.", "Экинчи Б.", "Үчүнчү В."],
        "protocol": {"number": "П-1", "on": today().isoformat()},
    },
    "reconcileSettlement": lambda about: {
        "pharmacy": about.organisation,
        "month": f"{last_month():%Y-%m}",
        "rows": [],
    },
}

_WITHOUT_BODY: Final = (
    "releaseHold",
    "prolongContract",
    "closeBudgetYear",
    "submitSettlementReport",
    "drawSettlementAct",
)


def _written(make: Callable[[ProgrammeObjects], Any]) -> Callable[[ProgrammeObjects], bytes]:
    return lambda about: orjson.dumps(make(about))


PROGRAMME_BODIES: Final[Mapping[str, Callable[[ProgrammeObjects], bytes]]] = {
    **{name: _written(make) for name, make in _BODIES.items()},
    **{name: lambda _: b"" for name in _WITHOUT_BODY},
}
"""Bodies of the operations that are commands."""

QUERIES: Final[Mapping[str, Callable[[ProgrammeObjects], Mapping[str, str]]]] = {
    "listDispenses": lambda about: {"pharmacy": about.organisation, "from": today().isoformat()},
    "listContracts": lambda about: {"pharmacy": about.organisation},
    "listSettlementReports": lambda about: {"pharmacy": about.organisation},
    "listDisputes": lambda about: {"pharmacy": about.organisation},
    "getPriceStatistics": lambda _: {"month": f"{today():%Y-%m}"},
    "getPriceChart": lambda _: {"inn": "enalapril", "from": f"{last_month():%Y-%m}", "to": f"{today():%Y-%m}"},
    "getPrescriptionSheet": lambda _: {"requested_by_patient": "true"},
}
"""What is asked in the address, where something must or should be."""
