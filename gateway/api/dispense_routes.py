"""The routes of dispensing."""

from __future__ import annotations

from typing import Final

from gateway.api import dispenses
from gateway.api.contract import BODY_ERRORS, KEY_ERRORS, SCHEMA_ERRORS, Reply, Route
from gateway.middleware.idempotency import idempotency_key
from schemas.dispensing import DispenseOrder, LookUp, QuoteRequest, ReversalOrder
from schemas.dispensing.views import DispensePage, DispenseView, FoundPrescription, QuoteView, ReleasedHold
from schemas.errors import CATALOGUE, ErrorCode, Severity, dispensing

_TAG: Final = "Dispensing"
_STORE: Final = (ErrorCode.STORE_UNAVAILABLE,)
_BODY: Final = (*BODY_ERRORS, *SCHEMA_ERRORS, *_STORE)
_OPENING: Final = (
    ErrorCode.RX_NOT_FOUND,
    ErrorCode.LOOKUP_THROTTLED,
    ErrorCode.LOOKUP_FACTOR_REQUIRED,
    ErrorCode.PHARMACY_NOT_CONTRACTED,
    ErrorCode.CONTENT_ERASED,
    ErrorCode.CONTENT_UNREADABLE,
)
_AFTERWARDS: Final = (ErrorCode.DISPENSE_NOT_FOUND, ErrorCode.DISPENSE_REPORTED, ErrorCode.DISPENSE_REVERSED)
_SALE: Final = (
    *(code for code in dispensing.ENTRIES if CATALOGUE[code].severity is Severity.ERROR and code not in _AFTERWARDS),
    ErrorCode.NOT_IN_REFERENCE,
    ErrorCode.DOSE_NOT_COMPARABLE,
    ErrorCode.RESTRICTED_DRUG,
    ErrorCode.PROTOCOL_REQUIRED,
    ErrorCode.PATIENT_LIMIT_EXCEEDED,
)
"""What the rules may have against a sale."""

_REPEAT: Final = {
    "Location": "Where the dispense is.",
    "Idempotency-Replayed": "`true` when this repeats an earlier answer.",
}

DISPENSE_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/prescriptions/lookup",
        handler=dispenses.look_up,
        name="lookUpPrescription",
        tag=_TAG,
        summary="Open a prescription by ПИН and number",
        description=(
            "Both must match; whatever does not is answered alike. Failures are counted by client, pharmacy and "
            "patient: after too many with one ПИН the patient's family name is asked for as well. The answer holds all "
            "trade names of the generic group, with the prices of `stock` where they are named (clause 36)."
        ),
        body=LookUp,
        replies=(Reply(200, "The prescription, and what may be given on it.", FoundPrescription),),
        errors=(*_OPENING, *_BODY),
    ),
    Route(
        method="POST",
        path="/v1/dispenses/quote",
        handler=dispenses.quote,
        name="quoteDispense",
        tag=_TAG,
        summary="What a sale would come to",
        description=(
            "With `hold` no other pharmacy can dispense the prescription for half an hour; asking again renews it. "
            "Versions and a digest of the input are kept, so that it can be reckoned again."
        ),
        body=QuoteRequest,
        replies=(Reply(201, "The sums, and the hold.", QuoteView),),
        errors=(*_OPENING, *_SALE, *_BODY),
    ),
    Route(
        method="POST",
        path="/v1/holds/{hold_id}/release",
        handler=dispenses.release,
        name="releaseHold",
        tag=_TAG,
        summary="Let others dispense again",
        description="Doing it again changes nothing.",
        parameters=(dispenses.HOLD_ID,),
        replies=(Reply(200, "It is held no more.", ReleasedHold),),
        errors=(ErrorCode.HOLD_NOT_FOUND, ErrorCode.REQUEST_PARAMETER, *_STORE),
    ),
    Route(
        method="POST",
        path="/v1/dispenses",
        handler=dispenses.dispense,
        middlewares=(idempotency_key,),
        name="commitDispense",
        tag=_TAG,
        summary="Record a sale",
        description=(
            "Everything is judged again and recorded before the answer; delivery to the fund, and the declaration of "
            "sold boxes, go on by themselves. A repeat with the same `Idempotency-Key` gets the same answer again."
        ),
        body=DispenseOrder,
        replies=(Reply(201, "Durably recorded.", DispenseView, headers=_REPEAT),),
        errors=(*KEY_ERRORS, *_OPENING, *_SALE, *_BODY),
    ),
    Route(
        method="GET",
        path="/v1/dispenses",
        handler=dispenses.index,
        name="listDispenses",
        tag=_TAG,
        summary="List a pharmacy's dispenses",
        description=(
            "By day of sale and then in the order they were recorded, reversals among them. A reversal has the day of "
            "the sale that it takes back: what happened on a day is found by `recorded_from` and `recorded_to`."
        ),
        parameters=dispenses.FILTERS,
        replies=(Reply(200, "A page.", DispensePage),),
        errors=(ErrorCode.REQUEST_PARAMETER, ErrorCode.CONTENT_ERASED, ErrorCode.CONTENT_UNREADABLE, *_STORE),
    ),
    Route(
        method="GET",
        path="/v1/dispenses/{dispense_id}",
        handler=dispenses.show,
        name="getDispense",
        tag=_TAG,
        summary="Read a dispense",
        description="As it stands, with the operations that carry it. Another pharmacy's is unknown.",
        parameters=(dispenses.DISPENSE_ID,),
        replies=(Reply(200, "The dispense or reversal.", DispenseView),),
        errors=(
            ErrorCode.DISPENSE_NOT_FOUND,
            ErrorCode.REQUEST_PARAMETER,
            ErrorCode.CONTENT_ERASED,
            ErrorCode.CONTENT_UNREADABLE,
            *_STORE,
        ),
    ),
    Route(
        method="POST",
        path="/v1/dispenses/{dispense_id}/reversal",
        handler=dispenses.reverse,
        middlewares=(idempotency_key,),
        name="reverseDispense",
        tag=_TAG,
        summary="Take a sale back",
        description=(
            "Exactly, by the same pharmacy, once, and before it is in a monthly report; later it is corrected in next "
            "month's act."
        ),
        parameters=(dispenses.DISPENSE_ID,),
        body=ReversalOrder,
        replies=(Reply(201, "The reversal, with the sums' exact negatives.", DispenseView, headers=_REPEAT),),
        errors=(
            *KEY_ERRORS,
            *_AFTERWARDS,
            ErrorCode.REQUEST_PARAMETER,
            ErrorCode.CONTENT_ERASED,
            ErrorCode.CONTENT_UNREADABLE,
            *_BODY,
        ),
    ),
)
