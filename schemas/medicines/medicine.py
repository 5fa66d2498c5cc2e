"""One row of the reference of medicines («Маалымдама»; regulation on the additional drug programme, clause 11)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.amounts import Money, PositiveDose, PositiveMoney
from schemas.base import Contract, NameText, ShortText
from schemas.medicines.terms import ControlledClass, DoseUnit, Per, Position, Registration
from schemas.treated_case.terms import InsuredCategory

MedicineCode = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+$")]
"""The fund's code of a row of the reference."""

AtcCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$")]
"""A code of the Anatomical Therapeutic Chemical classification, fifth level."""

Gtin = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$|^[0-9]{12,14}$")]
"""Global Trade Item Number; its check digit is judged by rule."""


class Component(Contract):
    """One active substance and how much of it is in one dispensed unit."""

    inn: NameText
    """International nonproprietary name («ЭПА»), Latin or English, lower case."""
    strength: PositiveDose
    strength_unit: DoseUnit


class Compensation(Contract):
    """How much the fund pays, for a unit or for a pack («компенсациянын өлчөмү», clauses 11(3) and 42)."""

    per: Per
    amount: Money


class SpecialDesignation(Contract):
    """A restriction set by the fund's protocol («атайын (максаттуу) дайындоо», clauses 11(4) and 24 to 26)."""

    indications: Annotated[tuple[ShortText, ...], Field(max_length=200)] = ()
    """ICD-10 codes or categories for which alone it may be prescribed; empty for any."""
    positions: Annotated[tuple[Position, ...], Field(max_length=10)] = ()
    """Prescribers who alone may prescribe it; empty for all of clause 16."""
    categories: Annotated[tuple[InsuredCategory, ...], Field(max_length=20)] = ()
    """Categories of the insured for whom alone it is; empty for all."""
    largest_units: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Most units of one course."""
    protocol_number: ShortText | None = None
    protocol_date: date | None = None


class Medicine(Contract):
    """A trade name in one form, strength and pack, with its prices in som."""

    code: MedicineCode
    components: Annotated[tuple[Component, ...], Field(min_length=1, max_length=10)]
    """Active substances; the first is the leading one, in which the course dose is counted."""
    trade_name: NameText
    form: NameText
    """Pharmaceutical form («дарылык форма»), for example «таблетка»."""
    form_class: ShortText
    """The class of forms within which medicines may replace each other (``oral-solid``, ``inhaled``)."""
    pack_size: Annotated[int, Field(ge=1, le=100_000)]
    """Dispensed units in a pack («фасовка»)."""
    manufacturer: NameText
    country: NameText
    atc: AtcCode | None = None
    gtin: Gtin | None = None
    reference_price: PositiveMoney
    """Internal reference price for :attr:`compensation`'s unit or pack («ички референттик баа»)."""
    compensation: Compensation
    largest_retail_price: PositiveMoney | None = None
    """Approved maximum retail price of a pack (clause 39), if one is registered."""
    controlled: ControlledClass = ControlledClass.NONE
    registration: Registration = Registration.REGISTERED
    special_designation: SpecialDesignation | None = None

    @property
    def leading(self) -> Component:
        """The component in which the course dose is counted."""
        return self.components[0]

    @property
    def inn(self) -> str:
        """The international nonproprietary names, joined as in «amoxicillin + clavulanic acid»."""
        return " + ".join(component.inn for component in self.components)
