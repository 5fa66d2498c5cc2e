"""The reference of medicines as a table that :mod:`gateway.reference.medicines` reads again (clause 13)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from gateway.documents.cells import harmless
from gateway.reference.medicines import COLUMNS
from schemas.amounts import plain, som
from schemas.medicines import Medicine, SpecialDesignation


def table(medicines: Iterable[Medicine]) -> Iterator[tuple[str, ...]]:
    """The heading, then a row for each medicine."""
    yield tuple(COLUMNS)
    for medicine in medicines:
        cells = _cells(medicine)
        yield tuple(harmless(cells.get(column, "")) for column in COLUMNS)


def as_csv(medicines: Iterable[Medicine]) -> bytes:
    """CSV in UTF-8 with a mark of it and semicolons, as spreadsheets here open it with a click."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(table(medicines))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(medicines: Iterable[Medicine]) -> bytes:
    """A workbook of one sheet."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import, needed for this format only

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Маалымдама")
    for row in table(medicines):
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _cells(medicine: Medicine) -> dict[str, str]:
    return {
        "code": medicine.code,
        "inn": medicine.inn,
        "strength": " + ".join(f"{plain(one.strength)} {one.strength_unit}" for one in medicine.components),
        "trade_name": medicine.trade_name,
        "form": medicine.form,
        "form_class": medicine.form_class,
        "pack_size": str(medicine.pack_size),
        "manufacturer": medicine.manufacturer,
        "country": medicine.country,
        "atc": medicine.atc or "",
        "gtin": medicine.gtin or "",
        "reference_price": som(medicine.reference_price),
        "compensation": som(medicine.compensation.amount),
        "per": medicine.compensation.per,
        "largest_retail_price": "" if medicine.largest_retail_price is None else som(medicine.largest_retail_price),
        "controlled": medicine.controlled,
        "registration": medicine.registration,
        **_special_cells(medicine.special_designation),
    }


def _special_cells(special: SpecialDesignation | None) -> dict[str, str]:
    if special is None:
        return {}
    return {
        "indications": ";".join(special.indications),
        "positions": ";".join(special.positions),
        "categories": ";".join(special.categories),
        "largest_units": "" if special.largest_units is None else str(special.largest_units),
        "protocol_number": special.protocol_number or "",
        "protocol_date": "" if special.protocol_date is None else special.protocol_date.isoformat(),
    }
