"""Medicines of the reference («Маалымдама»), with prices and compensation in som."""

from __future__ import annotations

from datetime import date

from kopuro_pos.client.amounts import Dose, Som
from kopuro_pos.client.models.base import Known, Received
from kopuro_pos.client.models.terms import ControlledClass, DoseUnit, Per, Registration


class MedicineBrief(Received):
    """A medicine of the reference, as far as a counter needs it."""

    code: str
    inn: str
    """International nonproprietary name («ЭПА»)."""
    trade_name: str
    form: str
    strength: Dose
    """Of one unit, of the leading component."""
    strength_unit: Known[DoseUnit]
    pack_size: int
    """Single units in a pack."""
    manufacturer: str
    country: str
    gtin: str | None = None


class Component(Received):
    """One active substance and how much of it is in one unit."""

    inn: str
    strength: Dose
    strength_unit: Known[DoseUnit]


class Compensation(Received):
    """How much the fund pays, for a unit or for a pack (clauses 11(3) and 42)."""

    per: Known[Per]
    amount: Som


class ReferenceItem(Received):
    """A row of the reference: a trade name in one form, strength and pack."""

    code: str
    components: tuple[Component, ...]
    """The first is the leading one, in which the course dose is counted."""
    trade_name: str
    form: str
    form_class: str
    """The class of forms within which medicines may replace each other."""
    pack_size: int
    manufacturer: str
    country: str
    atc: str | None = None
    gtin: str | None = None
    reference_price: Som
    """Internal reference price for the unit or pack of :attr:`compensation`."""
    compensation: Compensation
    largest_retail_price: Som | None = None
    """Approved maximum retail price of a pack (clause 39), if one is registered."""
    controlled: Known[ControlledClass] = ControlledClass.NONE
    registration: Known[Registration] = Registration.REGISTERED

    @property
    def inn(self) -> str:
        """The international nonproprietary names, joined as in «amoxicillin + clavulanic acid»."""
        return " + ".join(component.inn for component in self.components)


class ReferenceVersion(Received):
    """A version of the reference. All days are Bishkek days."""

    number: int
    valid_from: date
    valid_until: date | None
    """Its last day; ``None`` while no later version is known."""
    list_approved_on: date
    levels_set_on: date


class ReferencePage(Received):
    """Rows of a version, in order of their codes."""

    version: ReferenceVersion
    items: tuple[ReferenceItem, ...]
    next: str | None
