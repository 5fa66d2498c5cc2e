"""The act at the doctor's: the worked example is prescribed; who is not insured, and what is wrong, is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from gateway.cli.demo.access import DOCTOR, FAMILY_MEDICINE_CENTRE
from gateway.cli.demo.books import MULTIPLIER, NORM
from gateway.cli.demo.ledger import Ledger
from gateway.cli.demo.sender import Sender, expect
from gateway.cli.demo.stage import Stage
from gateway.rules.days import bishkek_day
from gateway.system import SystemClock
from schemas.amounts import som
from schemas.errors.codes import ErrorCode

FUND: Final = "drug-programme"
"""The fund's information system of the programme, as the journal names it."""

PATIENT: Final = {
    "pin": "11704196200108",
    "family_name": "Үлгүева",
    "given_name": "Сынак",
    "birth_date": "1962-04-17",
}
"""An invented patient: insured, and registered with the family medicine centre."""
SECOND_PATIENT: Final = {
    "pin": "20511195500108",
    "family_name": "Үлгүев",
    "given_name": "Байкоо",
    "birth_date": "1955-11-05",
}
"""Another invented patient, for the act at the counter."""
_NOT_INSURED: Final = {
    "pin": "20511195500113",
    "family_name": "Үлгүев",
    "given_name": "Сынак",
    "birth_date": "1955-11-05",
}
"""The simulated insurer never insures whose ПИН ends with 3."""

PRESCRIBED: Final = "EX-C01"
"""Lisinopril 10 mg in the example reference; the fund pays up to 6.00 som a tablet."""
_VALID_DAYS: Final = 30
_PATH: Final = "/v1/prescriptions"


@dataclass(frozen=True, slots=True)
class Prescribing:
    """Plays the act."""

    clinic: Sender
    stage: Stage
    ledger: Ledger

    async def play(self) -> str:
        """The number of the prescription that was issued. Raises :class:`Failure`."""
        self.stage.heading("prescribing")
        today = bishkek_day(SystemClock().now())
        number = await self._issued(_order(today), today)
        self.stage.say("not-insured")
        await self._refused(_order(today) | {"patient": _NOT_INSURED}, ErrorCode.PATIENT_NOT_INSURED)
        self.stage.say("several-mistakes")
        await self._refused(
            _wrong_order(today),
            ErrorCode.PRESCRIBER_NOT_ALLOWED,
            ErrorCode.COURSE_DOSE_MISMATCH,
            ErrorCode.CARD_ENTRY_DATE,
            ErrorCode.PATIENT_NOT_INFORMED,
            ErrorCode.RX_DUPLICATE_OPEN,
        )
        return number

    async def issue_to(self, patient: Mapping[str, str]) -> str:
        """The number of the same prescription for another patient. Raises :class:`Failure`."""
        issued = await self.clinic.post(_PATH, _order(bishkek_day(SystemClock().now())) | {"patient": patient})
        expect("Another patient's prescription", issued, course_dose="600", expected_compensation="360.00")
        self.ledger.programme[issued["operation"]] = FUND
        number: str = issued["number"]
        return number

    async def _issued(self, order: dict[str, Any], today: date) -> str:
        valid_until = (today + timedelta(days=_VALID_DAYS)).isoformat()
        checked = await self.clinic.post(f"{_PATH}/check", order)
        expect("The check of the worked example", checked, accepted=True, valid_until=valid_until)
        limit = som(NORM * MULTIPLIER)
        expect("The patient's limit", checked["limit"], limit=limit, used="0.00", reserved="0.00")
        issued = await self.clinic.post(_PATH, order)
        expect(
            "The worked example",
            issued,
            course_dose="600",
            dose_unit="mg",
            valid_until=valid_until,
            expected_compensation="360.00",
        )
        self.ledger.programme[issued["operation"]] = FUND
        self.stage.facts(
            (
                ("rx.ordered", self.stage.text("rx.order")),
                ("rx.number", issued["display_number"]),
                ("rx.course", self.stage.text("mg", amount=issued["course_dose"])),
                ("rx.valid", issued["valid_until"]),
                ("rx.set-aside", self.stage.text("of-limit", amount=issued["expected_compensation"], limit=limit)),
            )
        )
        number: str = issued["number"]
        return number

    async def _refused(self, order: dict[str, Any], *codes: str) -> None:
        for finding in await self.clinic.refused(_PATH, order, *codes):
            self.stage.finding(finding)
        self.ledger.programme_refused += 1


def _order(today: date) -> dict[str, Any]:
    """The worked example: 60 tablets of 10 mg."""
    return {
        "organisation": FAMILY_MEDICINE_CENTRE,
        "prescriber": {
            "pin": DOCTOR.pin,
            "family_name": DOCTOR.family_name,
            "given_name": DOCTOR.given_name,
            "position": "family-doctor",
        },
        "patient": PATIENT,
        "item": {
            "medicine": PRESCRIBED,
            "dose": "10",
            "dose_unit": "mg",
            "units": 60,
            "directions": "Күнүнө 2 маал 1 таблеткадан",
        },
        "diagnosis": "I10",
        "card_entry": {"number": "А-0001", "on": today.isoformat()},
        "informed": {"way": "in-person"},
    }


def _wrong_order(today: date) -> dict[str, Any]:
    """The same a second time, by somebody without the right, with another course dose and an old card entry."""
    order = _order(today)
    order["prescriber"] = order["prescriber"] | {"position": "other"}
    order["item"] = order["item"] | {"course_dose": "500"}
    order["card_entry"] = order["card_entry"] | {"on": (today - timedelta(days=1)).isoformat()}
    del order["informed"]
    return order
