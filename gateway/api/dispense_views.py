"""Dispensing as the plain values the answers are written from; their models stand in ``schemas.dispensing.views``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from gateway.api.views import STATE_NAMES, View, finding_views
from gateway.programme.dispensing.holds import Released
from gateway.programme.dispensing.lookup import Found
from gateway.programme.dispensing.model import course_of
from gateway.programme.dispensing.quoting import Quote
from gateway.programme.dispensing.records import DispenseRecord, Left, left_of
from gateway.programme.prescribing.records import PrescriptionRow
from gateway.rules.days import bishkek_day
from gateway.rules.dispensing import Offer
from gateway.rules.prescription_number import display
from schemas.amounts import plain, som
from schemas.dispensing.views import Holder
from schemas.errors import Language
from schemas.medicines import Medicine
from schemas.prescriptions.views import PrescriptionState


def found_view(found: Found, language: Language) -> View:
    """``FoundPrescription``."""
    row, issued = found.opened.row, found.opened.kept.message
    item = issued.order.item
    return {
        "id": row.id,
        "number": row.number,
        "display_number": display(row.number),
        "organisation": row.organisation,
        "state": PrescriptionState[row.state_on(bishkek_day(found.at)).name].value,
        "issued_on": row.issued_on,
        "medicine": medicine_view(issued.medicine),
        "ordered": {
            "dose": plain(item.dose),
            "dose_unit": item.dose_unit.value,
            "units": item.units,
            "directions": item.directions,
        },
        "course_dose": plain(row.course_dose),
        "remaining": left_view(left_of(row, course_of(row), issued.medicine)),
        "hold": hold_view(row, found.pharmacy, found.at),
        "reference_version": None if found.reference is None else found.reference.number,
        "offers": [offer_view(offer, issued.medicine) for offer in found.offers],
        "findings": finding_views(found.findings, language),
    }


def offer_view(offer: Offer, prescribed: Medicine) -> View:
    """``OfferView``."""
    sums = offer.sums
    return {
        "medicine": medicine_view(offer.medicine),
        "prescribed": offer.medicine.code == prescribed.code,
        "in_stock": offer.pack_price is not None,
        "pack_price": _som(offer.pack_price),
        "units": offer.max_units,
        "retail": None if sums is None else som(sums.retail),
        "compensation": None if sums is None else som(sums.compensation),
        "patient": None if sums is None else som(sums.patient),
    }


def quote_view(quote: Quote, language: Language) -> View:
    """``QuoteView``."""
    row, reckoning = quote.row, quote.reckoning
    return {
        "id": row.id,
        "prescription": row.prescription,
        "pharmacy": row.pharmacy,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "reference_version": row.reference_version,
        "rules_version": row.rules_version,
        "medicine": row.sale.medicine,
        "units": row.sale.units,
        "max_units": reckoning.max_units,
        "compensated_units": reckoning.compensated_units,
        "extra_units": reckoning.extra_units,
        "retail": som(reckoning.retail),
        "compensation": som(reckoning.compensation),
        "patient": som(reckoning.patient),
        "remaining": left_view(left_of(quote.prescription, quote.course, quote.prescribed)),
        "hold": hold_view(quote.prescription, row.pharmacy, row.created_at),
        "findings": finding_views(quote.findings, language),
    }


def dispense_view(record: DispenseRecord, language: Language) -> View:
    """``DispenseView``."""
    row, kept = record.row, record.kept
    sold, sums = kept.sold, row.sums
    return {
        "id": row.id,
        "prescription": row.prescription,
        "number": sold.number,
        "fill": row.fill,
        "reversal_of": row.reversal_of,
        "reversed_by": row.reversed_by,
        "reason": None if kept.reversal is None else kept.reversal.reason.value,
        "pharmacy": row.pharmacy,
        "sold_at": row.sold_at,
        "sold_on": row.sold_on,
        "recorded_at": row.recorded_at,
        "medicine": row.medicine,
        "reference_version": row.reference_version,
        "units": row.units,
        "compensated_units": row.compensated_units,
        "dose": plain(row.dose),
        "dose_unit": kept.left.dose_unit.value,
        "pack_price": som(row.pack_price),
        "retail": som(sums.retail),
        "compensation": som(sums.compensation),
        "patient": som(sums.patient),
        "settled": som(sums.settled),
        "choice": None if kept.choice is None else kept.choice.value,
        "receipt_number": sold.receipt_number,
        "receipt_amount": _som(row.receipt_amount),
        "remaining": left_view(kept.left),
        "state": kept.left.state.value,
        "report": row.report,
        "operations": [
            {
                "id": one.id,
                "kind": one.kind.value,
                "upstream": one.upstream,
                "state": STATE_NAMES[one.state],
                "record_number": one.record_number,
            }
            for one in record.carried
        ],
        "findings": finding_views(row.findings, language),
    }


def page_view(records: Sequence[DispenseRecord], limit: int, language: Language) -> View:
    """``DispensePage``."""
    last = records[-1].row if len(records) == limit else None
    return {
        "items": [dispense_view(record, language) for record in records],
        "next": None if last is None else f"{last.sold_on.isoformat()}.{last.id}",
    }


def released_view(released: Released) -> View:
    """``ReleasedHold``."""
    return {"id": released.hold, "prescription": released.prescription, "released_at": released.at}


def hold_view(row: PrescriptionRow, pharmacy: str, now: datetime) -> View | None:
    """``HoldView``, as the pharmacy may see it."""
    if not row.is_held(now):
        return None
    own = row.held_by == pharmacy
    return {
        "id": row.hold if own else None,
        "holder": (Holder.SELF if own else Holder.OTHER).value,
        "since": row.held_since,
        "until": row.held_until,
    }


def left_view(left: Left) -> View:
    """``RemainingCourse``."""
    return {
        "dose": plain(left.dose),
        "dose_unit": left.dose_unit.value,
        "units": left.units,
        "last_day": left.last_day,
    }


def medicine_view(medicine: Medicine) -> View:
    """``MedicineBrief``."""
    return {
        "code": medicine.code,
        "inn": medicine.inn,
        "trade_name": medicine.trade_name,
        "form": medicine.form,
        "strength": plain(medicine.leading.strength),
        "strength_unit": medicine.leading.strength_unit.value,
        "pack_size": medicine.pack_size,
        "manufacturer": medicine.manufacturer,
        "country": medicine.country,
        "gtin": medicine.gtin,
    }


def _som(value: Decimal | None) -> str | None:
    return None if value is None else som(value)
