"""Whom the simulated insurer knows: everybody, by the last digit of the ПИН, unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

ORGANISATIONS: Final = ("950174", "950201", "950318", "910110", "920105")
"""Invented organisations (``config/examples/organisations.csv``)."""


class Insured(BaseModel):
    """How a person stands. Days are Bishkek days, both included; without them there was never a period."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    known: bool = True
    first: date | None = None
    last: date | None = None
    organisation: Annotated[str, Field(pattern="^[0-9]{6}$")] | None = None
    attached_since: date = date(2020, 1, 1)


def insured_by_rule(pin: str, today: date, organisations: Sequence[str] = ORGANISATIONS) -> Insured:
    """The standing of a synthetic person.

    A ПИН that ends with 0 is not known, with 1 insured until the day before yesterday, with 2 insured and registered
    nowhere, with 3 never insured; all others are insured until the end of the year and registered.
    """
    organisation = organisations[int(pin[9:]) % len(organisations)]
    first, last = date(today.year - 1, 1, 1), date(today.year, 12, 31)
    match pin[-1]:
        case "0":
            return Insured(known=False)
        case "1":
            return Insured(first=first, last=today - timedelta(days=2), organisation=organisation)
        case "2":
            return Insured(first=first, last=last)
        case "3":
            return Insured(organisation=organisation)
        case _:
            return Insured(first=first, last=last, organisation=organisation)
