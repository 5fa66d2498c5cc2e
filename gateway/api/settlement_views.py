"""Settlement on the wire: plain values of :mod:`schemas.settlement.views`; a test holds that both agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID

from gateway.programme.settlement.disputes import Dispute
from gateway.programme.settlement.reading import ActWithEntries, ReportPage
from gateway.programme.settlement.records import Entry, Report
from gateway.rules.money import from_tyiyn
from gateway.rules.settlement.reconciliation import Column, Difference, Reconciliation
from gateway.rules.settlement.reports import Line
from schemas.amounts import som
from schemas.errors import Language
from schemas.settlement.terms import SignerRole


def word(state: IntEnum) -> str:
    """The wire's word for a state or kind: ``ACT_DRAFT`` is ``act-draft``."""
    return state.name.lower().replace("_", "-")


def report_view(report: Report, language: Language) -> dict[str, Any]:
    """``ReportView``."""
    totals = report.totals
    return {
        "id": report.id,
        "pharmacy": report.pharmacy,
        "month": f"{report.month:%Y-%m}",
        "state": word(report.state),
        "opened_at": report.opened_at,
        "formed_at": report.formed_at,
        "lines": totals.lines,
        "late_lines": totals.late_lines,
        "retail": _sum(totals.retail),
        "patient": _sum(totals.patient),
        "compensation": _sum(totals.compensation),
        "settled": _sum(totals.settled),
        "outside_contract": _sum(totals.outside_contract),
        "payable": _sum(totals.payable),
        "digest": None if report.digest is None else report.digest.hex(),
        "due_on": report.due_on,
        "submitted_at": report.submitted_at,
        "findings": [finding.as_json(language) for finding in report.findings],
    }


def report_detail(page: ReportPage, limit: int, language: Language) -> dict[str, Any]:
    """``ReportDetail``."""
    entries: dict[UUID, list[Entry]] = {}
    for entry in page.entries:
        entries.setdefault(entry.dispense, []).append(entry)
    month = page.report.month
    return report_view(page.report, language) | {
        "act": page.act,
        "items": [_line_view(line, month, entries.get(line.dispense, ())) for line in page.lines],
        "next": page.lines[-1].dispense if len(page.lines) == limit else None,
    }


def act_view(found: ActWithEntries) -> dict[str, Any]:
    """``ActView``."""
    act = found.act
    return {
        "id": act.id,
        "number": act.number,
        "report": act.report.id,
        "pharmacy": act.report.pharmacy,
        "month": f"{act.report.month:%Y-%m}",
        "state": word(act.report.state),
        "drawn_at": act.drawn_at,
        "settled": _sum(act.settled),
        "total": _sum(act.total),
        "entries": [entry_view(entry) for entry in found.entries],
        "digest": act.digest.hex(),
        "signatures": [
            {"role": role.value, "person": signature.person, "signed_at": signature.signed_at}
            for role in SignerRole
            if (signature := act.signatures.get(role)) is not None
        ],
        "payment_reference": act.payment_reference,
        "paid_at": act.paid_at,
    }


def entry_view(entry: Entry) -> dict[str, Any]:
    """``EntryView``."""
    return {
        "id": entry.id,
        "kind": word(entry.kind),
        "dispense": entry.dispense,
        "amount": _sum(entry.amount),
        "source": entry.source,
        "liable": entry.liable,
        "document": _document(entry.document_number, entry.document_date),
        "decided_at": entry.decided_at,
        "act": entry.act,
    }


def dispute_view(dispute: Dispute) -> dict[str, Any]:
    """``DisputeView``."""
    return {
        "id": dispute.id,
        "dispense": dispute.dispense,
        "pharmacy": dispute.pharmacy,
        "state": word(dispute.state),
        "statement": dispute.statement,
        "filed_at": dispute.filed_at,
        "amount": None if dispute.amount is None else _sum(dispute.amount),
        "members": dispute.members,
        "protocol": _document(dispute.protocol_number, dispute.protocol_date),
        "decided_at": dispute.decided_at,
    }


def reconciliation_view(found: Reconciliation) -> dict[str, Any]:
    """``ReconciliationView``."""
    return {
        "pharmacy": _column(found.pharmacy),
        "gateway": _column(found.gateway),
        "fund": None if found.fund is None else _column(found.fund),
        "differences": [_difference(one) for one in found.differences],
    }


def _line_view(line: Line, month: date, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "dispense": line.dispense,
        "reversal_of": line.reversal_of,
        "sold_on": line.sold_on,
        "late": line.is_late(month),
        "prescription_ending": line.number_ending,
        "medicine": line.medicine,
        "reference_version": line.reference_version,
        "units": line.units,
        "compensated_units": line.compensated_units,
        "retail": _sum(line.retail),
        "patient": _sum(line.patient),
        "compensation": _sum(line.compensation),
        "settled": _sum(line.settled),
        "payable": _sum(line.payable),
        "entries": [entry_view(entry) for entry in entries],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "dispense": one.dispense,
        "row": one.row,
        "party": one.party,
        "pharmacy": _som(one.pharmacy),
        "gateway": _som(one.gateway),
        "fund": _som(one.fund),
    }


def _column(column: Column) -> dict[str, Any]:
    return {"count": column.count, "settled": som(column.settled)}


def _document(number: str | None, day: date | None) -> dict[str, Any] | None:
    return None if number is None else {"number": number, "on": day}


def _sum(tyiyn: int) -> str:
    return som(from_tyiyn(tyiyn))


def _som(amount: Decimal | None) -> str | None:
    return None if amount is None else som(amount)
