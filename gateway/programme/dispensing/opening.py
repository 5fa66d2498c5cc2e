"""Opening a prescription by ПИН and number (regulation on the additional drug programme, clause 34).

Both must match. Whatever does not match is answered alike and costs the same: one read of one index, one entry in the
audit, one failure counted. That a number is mistyped is not said either, or half the work of guessing were done.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, select

from gateway.audit.actions import Action
from gateway.limits.lookups import LookupThrottle
from gateway.programme.common import Caller, Opened, opened
from gateway.programme.dispensing.model import Surroundings
from gateway.programme.model import PrescriptionState
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, PrescriptionRow, prescription_row
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding, Refused
from gateway.rules.prescription_number import read
from gateway.store.programme_tables import prescriptions
from schemas.dispensing import PatientAndNumber
from schemas.errors import ErrorCode

_SHOWN_AFTERWARDS: Final = timedelta(days=30)
"""How long a prescription that is over is still shown, so that the patient can be told why; then it is unknown."""

_NO_NUMBER: Final = ""
_ALIKE: Final[Mapping[str, str]] = {"ө": "о", "ү": "у", "ң": "н", "ё": "е", "й": "и"}
"""Letters that papers in Kyrgyz and in Russian write differently."""


class PrescriptionDesk:
    """Opens prescriptions for pharmacies, within the limits on failures."""

    def __init__(self, surroundings: Surroundings, throttle: LookupThrottle) -> None:
        self._around = surroundings
        self._throttle = throttle

    async def open(self, wanted: PatientAndNumber, pharmacy: str, caller: Caller) -> Opened:
        """The prescription of this patient with this number.

        Raises ``Refused``: RX_NOT_FOUND for whatever does not match, LOOKUP_THROTTLED, LOOKUP_FACTOR_REQUIRED,
        CONTENT_UNREADABLE, STORE_UNAVAILABLE.
        """
        around = self._around
        patient = around.index.of("pin", wanted.pin)
        number = read(wanted.number)
        query = partial(_find, number=_NO_NUMBER if isinstance(number, Finding) else number, patient=patient)
        async with self._throttle.attempt(
            client=caller.client, pharmacy=pharmacy, patient=patient, factor=wanted.family_name is not None
        ) as attempt:
            row = await around.store.read(query)
            found = self._shown(row, wanted.family_name)
            if found is None:
                refusal = caller.event(
                    Action.PRESCRIPTION_LOOKED_UP,
                    pharmacy=pharmacy,
                    subject=patient,
                    target=None,
                    refused=ErrorCode.RX_NOT_FOUND,
                )
                await around.audit.record(refusal)
                raise Refused.because(ErrorCode.RX_NOT_FOUND, "$.prescription")
            attempt.succeeded()
        return found

    def _shown(self, row: PrescriptionRow | None, family_name: str | None) -> Opened | None:
        if row is None or _is_long_over(row, bishkek_day(self._around.clock.now())):
            return None
        found = opened(self._around.sealer, row)
        if family_name is not None and _plain(family_name) != _plain(found.kept.message.order.patient.family_name):
            return None
        return found


def _find(connection: Connection, number: str, patient: bytes) -> PrescriptionRow | None:
    wanted = select(*PRESCRIPTION_FIELDS).where(prescriptions.c.number == number, prescriptions.c.patient == patient)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else prescription_row(row)


def _is_long_over(row: PrescriptionRow, today: date) -> bool:
    """Past its days for long, or cancelled or wholly dispensed long ago."""
    over_since = row.valid_until
    if row.ended_at is not None and row.state in {PrescriptionState.CANCELLED, PrescriptionState.DISPENSED}:
        over_since = min(over_since, bishkek_day(row.ended_at))
    return today > over_since + _SHOWN_AFTERWARDS


def _plain(name: str) -> str:
    """A family name without regard to case, spaces, hyphens and the letters by which two languages differ."""
    letters = (letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalpha())
    return "".join(_ALIKE.get(letter, letter) for letter in letters)
