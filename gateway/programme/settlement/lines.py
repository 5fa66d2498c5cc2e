"""The lines of a report, read in pages: by day of sale, then by id."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, select, tuple_

from gateway.programme.settlement.records import Report
from gateway.rules.settlement.model import EntryKind
from gateway.rules.settlement.reports import Line
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, prescriptions
from gateway.store.settlement_tables import settlement_entries

PAGE: Final = 2000
"""Lines read at once: some milliseconds' work, so that nothing else is held up."""
_SHOWN_DIGITS: Final = 4

_OUTSIDE: Final = settlement_entries.alias("outside")

_LINES: Final[Select[Any]] = select(
    dispenses.c.id,
    dispenses.c.reversal_of,
    dispenses.c.sold_on,
    prescriptions.c.number,
    dispenses.c.medicine,
    dispenses.c.reference_version,
    dispenses.c.units,
    dispenses.c.compensated_units,
    dispenses.c.retail,
    dispenses.c.patient_sum,
    dispenses.c.compensation,
    dispenses.c.settled,
    _OUTSIDE.c.id.label("outside"),
).select_from(
    dispenses.join(prescriptions, prescriptions.c.id == dispenses.c.prescription).outerjoin(
        _OUTSIDE, and_(_OUTSIDE.c.dispense == dispenses.c.id, _OUTSIDE.c.kind == EntryKind.OUTSIDE_CONTRACT.value)
    )
)


def read_lines(connection: Connection, report: Report, *, after: Line | None = None, limit: int = PAGE) -> list[Line]:
    """Up to ``limit`` lines of a report after the one given.

    They are looked for between the report's first and last day of sale, along the index of the pharmacy's dispenses.
    """
    if report.first_sold_on is None:
        return []
    query = _LINES.where(
        dispenses.c.pharmacy == report.pharmacy,
        dispenses.c.sold_on >= report.first_sold_on,
        dispenses.c.sold_on <= report.last_sold_on,
        dispenses.c.report == report.id,
    )
    if after is not None:
        place = tuple_(dispenses.c.sold_on, dispenses.c.id)
        query = query.where(place > tuple_(after.sold_on, after.dispense))
    ordered = query.order_by(dispenses.c.sold_on, dispenses.c.id).limit(limit)
    return [_line(row) for row in connection.execute(ordered)]


def line_of(connection: Connection, report: Report, dispense: UUID) -> Line | None:
    """One line of a report."""
    row = connection.execute(_LINES.where(dispenses.c.id == dispense, dispenses.c.report == report.id)).one_or_none()
    return None if row is None else _line(row)


async def all_lines(store: Store, report: Report) -> AsyncIterator[list[Line]]:
    """All lines of a report, page by page; other work comes between."""
    after: Line | None = None
    while page := await store.read(partial(read_lines, report=report, after=after)):
        yield page
        after = page[-1]


def _line(row: Row[Any]) -> Line:
    return Line(
        dispense=row.id,
        reversal_of=row.reversal_of,
        sold_on=row.sold_on,
        number_ending=row.number[-_SHOWN_DIGITS:],
        medicine=row.medicine,
        reference_version=row.reference_version,
        units=row.units,
        compensated_units=row.compensated_units,
        retail=row.retail,
        patient=row.patient_sum,
        compensation=row.compensation,
        settled=row.settled,
        outside_contract=row.outside is not None,
    )
