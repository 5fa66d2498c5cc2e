"""The routes of the reference of medicines."""

from __future__ import annotations

from typing import Final

from gateway.api import medicines
from gateway.api.contract import Reply, Route
from schemas.errors import ErrorCode
from schemas.medicines import MedicinePage, MedicineView

_TAG: Final = "Medicines"
_NOT_MODIFIED: Final = Reply(304, "The version is the one of the `ETag` you have.", media_type="")
_ERRORS: Final = (ErrorCode.REQUEST_PARAMETER, ErrorCode.MEDICINE_NOT_FOUND)

MEDICINE_ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/medicines",
        handler=medicines.index,
        name="listMedicines",
        tag=_TAG,
        summary="The reference of medicines",
        description="Medicines whose cost the fund repays in part («Маалымдама»), with prices and compensation in som.",
        parameters=(medicines.ON, medicines.SEARCH, medicines.GROUP_OF, medicines.AFTER, medicines.LIMIT),
        replies=(Reply(200, "A page.", MedicinePage, headers={"ETag": "Names the version."}), _NOT_MODIFIED),
        errors=_ERRORS,
    ),
    Route(
        method="GET",
        path="/v1/medicines/export",
        handler=medicines.export,
        name="exportMedicines",
        tag=_TAG,
        summary="A version as a table",
        description="What it gives, `gateway reference import medicines` takes.",
        parameters=(medicines.ON, medicines.FORMAT),
        replies=(
            Reply(200, "CSV with semicolons.", None, "text/csv"),
            Reply(200, "A workbook.", None, medicines.XLSX_TYPE),
            _NOT_MODIFIED,
        ),
        errors=_ERRORS,
    ),
    Route(
        method="GET",
        path="/v1/medicines/{code}",
        handler=medicines.show,
        name="getMedicine",
        tag=_TAG,
        summary="One medicine and what may replace it",
        parameters=(medicines.CODE, medicines.ON),
        replies=(Reply(200, "The medicine.", MedicineView, headers={"ETag": "Names the version."}), _NOT_MODIFIED),
        errors=_ERRORS,
    ),
)
