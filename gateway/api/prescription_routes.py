"""The routes of prescribing."""

from __future__ import annotations

from typing import Final

from gateway.api import prescriptions
from gateway.api.contract import BODY_ERRORS, KEY_ERRORS, SCHEMA_ERRORS, Reply, Route
from gateway.middleware.idempotency import idempotency_key
from gateway.middleware.prescription_validation import prescription_order
from schemas.errors import ErrorCode, Severity, prescribing
from schemas.prescriptions import (
    Cancellation,
    IssuedPrescriptionView,
    PrescriptionCheck,
    PrescriptionOrder,
    PrescriptionView,
)

_STORE: Final = (ErrorCode.STORE_UNAVAILABLE,)
_UNREADABLE: Final = (ErrorCode.CONTENT_ERASED, ErrorCode.CONTENT_UNREADABLE)
_OWN: Final = (ErrorCode.RX_NOT_FOUND, ErrorCode.REQUEST_PARAMETER)
_ORDER: Final = (
    ErrorCode.PIN_FORMAT,
    ErrorCode.PIN_DATE,
    ErrorCode.ICD_UNKNOWN,
    *(
        code
        for code, row in prescribing.ENTRIES.items()
        if row.severity is Severity.ERROR
        and code not in {ErrorCode.RX_NOT_FOUND, ErrorCode.RX_STATE, ErrorCode.PAPER_NOT_REQUESTED}
    ),
)
"""What the rules may have against an order."""

_TAG: Final = "Prescriptions"

PRESCRIPTION_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/prescriptions",
        handler=prescriptions.issue,
        middlewares=(idempotency_key, prescription_order),
        name="issuePrescription",
        tag=_TAG,
        summary="Issue a subsidised prescription",
        description=(
            "The order is checked against every rule of clauses 4, 5, 15 to 26; the patient's insurance is confirmed "
            "on the day. Number, course dose and last day are formed here, and the prescription is durable before the "
            "answer. A repeat with the same `Idempotency-Key` gets the same answer again."
        ),
        body=PrescriptionOrder,
        replies=(
            Reply(
                201,
                "Issued; its delivery to the fund goes on by itself.",
                IssuedPrescriptionView,
                headers={
                    "Location": "Where the prescription is.",
                    "Idempotency-Replayed": "`true` when this repeats an earlier answer.",
                },
            ),
        ),
        errors=(*KEY_ERRORS, *BODY_ERRORS, *SCHEMA_ERRORS, *_ORDER, *_UNREADABLE, *_STORE),
    ),
    Route(
        method="POST",
        path="/v1/prescriptions/check",
        handler=prescriptions.check,
        name="checkPrescription",
        tag=_TAG,
        summary="Check an order",
        description=(
            "Tells everything that would be said of an order now, and issues nothing. The insurer is asked about the "
            "patient, which is audited; what it confirms is kept for the day."
        ),
        body=PrescriptionOrder,
        replies=(Reply(200, "What would be said of the order.", PrescriptionCheck),),
        errors=(*BODY_ERRORS, ErrorCode.PRESCRIBER_ORGANISATION, *_STORE),
    ),
    Route(
        method="GET",
        path="/v1/prescriptions/{prescription_id}",
        handler=prescriptions.show,
        name="getPrescription",
        tag=_TAG,
        summary="Read a prescription",
        description="One of one's own organisation, as it stands. Any other is answered as if it were not there.",
        parameters=(prescriptions.PRESCRIPTION_ID,),
        replies=(Reply(200, "The prescription.", PrescriptionView),),
        errors=(*_OWN, *_UNREADABLE, *_STORE),
    ),
    Route(
        method="POST",
        path="/v1/prescriptions/{prescription_id}/cancellation",
        handler=prescriptions.cancel,
        name="cancelPrescription",
        tag=_TAG,
        summary="Cancel a prescription",
        description=(
            "While nothing of it is dispensed and no pharmacy holds it. What it set aside of the patient's limit is "
            "given back. One that is cancelled already stays so, and is answered alike."
        ),
        parameters=(prescriptions.PRESCRIPTION_ID,),
        body=Cancellation,
        replies=(Reply(200, "The cancelled prescription.", PrescriptionView),),
        errors=(
            *BODY_ERRORS,
            *SCHEMA_ERRORS,
            *_OWN,
            ErrorCode.RX_STATE,
            ErrorCode.RX_HELD,
            *_UNREADABLE,
            *_STORE,
        ),
    ),
    Route(
        method="GET",
        path="/v1/prescriptions/{prescription_id}/sheet",
        handler=prescriptions.sheet,
        name="getPrescriptionSheet",
        tag=_TAG,
        summary="Print a prescription",
        description=(
            "A sheet for the patient, at the patient's demand only (clause 15): recorded in the order, or now. Every "
            "sheet after the first one is marked as a copy."
        ),
        parameters=(prescriptions.PRESCRIPTION_ID, *prescriptions.SHEET_PARAMETERS),
        replies=(Reply(200, "The sheet.", None, prescriptions.PDF),),
        errors=(*_OWN, ErrorCode.RX_STATE, ErrorCode.PAPER_NOT_REQUESTED, *_UNREADABLE, *_STORE),
    ),
)
