"""What the public interface tells of the reference of medicines (regulation on the drug programme, clause 13)."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from schemas.medicines.medicine import Medicine


class _View(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReferenceVersionView(_View):
    """A version of the reference («Маалымдама»). All days are Bishkek days."""

    number: int
    valid_from: date
    valid_until: date | None
    """Its last day; none while no later version is known."""
    list_approved_on: date
    """When the Ministry approved the list (clause 10)."""
    levels_set_on: date
    """When the fund set reimbursement levels and compensation (clause 12)."""


class MedicinePage(_View):
    """Medicines of a version, in order of their codes."""

    version: ReferenceVersionView
    items: list[Medicine]
    next: str | None
    """Give it as ``after`` for the next page; none on the last."""


class MedicineView(_View):
    """One medicine, and all that may replace it."""

    version: ReferenceVersionView
    medicine: Medicine
    generic_group: list[str]
    """Codes of all trade names of its generic group, its own included (clause 36)."""
