"""The routes of settlement, for the table of routes."""

from __future__ import annotations

from typing import Final

from gateway.api import settlement, settlement_decisions, settlement_documents
from gateway.api.contract import BODY_ERRORS, SCHEMA_ERRORS, Reply, Route
from gateway.api.settlement_documents import PDF, XLSX
from gateway.api.settlement_requests import ACT_ID, CSV, DISPUTE_ID, LINE_ID, REPORT_ID
from gateway.middleware.body import JSON
from schemas.errors import ErrorCode
from schemas.settlement.requests import (
    ClawBack,
    DecideDispute,
    FileDispute,
    FormReport,
    MarkNotCompensable,
    PayAct,
    Reconcile,
    Recover,
    SignAct,
)
from schemas.settlement.views import (
    ActView,
    DisputePage,
    DisputeView,
    EntryView,
    ReconciliationView,
    ReportDetail,
    ReportPage,
    ReportView,
)

_TAG: Final = "Settlement"
_STORE: Final = (ErrorCode.STORE_UNAVAILABLE,)
_QUERY: Final = (ErrorCode.REQUEST_PARAMETER, *_STORE)
_COMMAND: Final = (*BODY_ERRORS, *SCHEMA_ERRORS, *_STORE)
_REPORT: Final = (*_QUERY, ErrorCode.REPORT_NOT_FOUND)
_ACT: Final = (*_QUERY, ErrorCode.ACT_NOT_FOUND)
_LINE: Final = (*_COMMAND, ErrorCode.REQUEST_PARAMETER, ErrorCode.LINE_NOT_FOUND, ErrorCode.LINE_STATE)
_UNREADABLE: Final = (ErrorCode.CONTENT_UNREADABLE,)
_FILES: Final = tuple(Reply(200, "The document.", None, media_type) for media_type in (PDF, XLSX, CSV))
_ONE_ACT: Final = (Reply(200, "The act as it stands now.", ActView),)

REPORTS: Final = (
    Route(
        method="GET",
        path="/v1/settlement/reports",
        handler=settlement.index,
        name="listSettlementReports",
        tag=_TAG,
        summary="Find monthly reports",
        parameters=settlement.FILTERS,
        replies=(Reply(200, "A page of reports.", ReportPage),),
        errors=_QUERY,
    ),
    Route(
        method="POST",
        path="/v1/settlement/reports",
        handler=settlement.form,
        name="formSettlementReport",
        tag=_TAG,
        summary="Form a monthly report",
        description=(
            "Reports are formed by themselves after the month has ended; this does it at once. The same again gives "
            "the same report."
        ),
        body=FormReport,
        replies=(Reply(200, "The report, formed.", ReportView, headers={"Location": "Where the report is."}),),
        errors=(*_COMMAND, ErrorCode.REPORT_PERIOD_OPEN),
    ),
    Route(
        method="GET",
        path="/v1/settlement/reports/{report_id}",
        handler=settlement.show,
        name="getSettlementReport",
        tag=_TAG,
        summary="Read a report and its lines",
        parameters=(REPORT_ID, *settlement.LINE_FILTERS),
        replies=(Reply(200, "The report with a page of lines.", ReportDetail),),
        errors=_REPORT,
    ),
    Route(
        method="GET",
        path="/v1/settlement/reports/{report_id}/document",
        handler=settlement_documents.report,
        name="getSettlementReportDocument",
        tag=_TAG,
        summary="Get a report as PDF, XLSX or CSV",
        parameters=(REPORT_ID, *settlement_documents.WISHES),
        replies=_FILES,
        errors=(*_REPORT, ErrorCode.REPORT_STATE),
    ),
    Route(
        method="POST",
        path="/v1/settlement/reports/{report_id}/submission",
        handler=settlement.submit,
        name="submitSettlementReport",
        tag=_TAG,
        summary="Submit a formed report",
        parameters=(REPORT_ID,),
        replies=(Reply(200, "The report; `findings` tell when it was late.", ReportView),),
        errors=(*_REPORT, ErrorCode.REPORT_STATE),
    ),
    Route(
        method="POST",
        path="/v1/settlement/reports/{report_id}/act",
        handler=settlement.draw,
        name="drawSettlementAct",
        tag=_TAG,
        summary="Draw the act of mutual settlement",
        description="There is one act a report; the same again gives the same act. It is never changed afterwards.",
        parameters=(REPORT_ID,),
        replies=(Reply(200, "The act.", ActView, headers={"Location": "Where the act is."}),),
        errors=(*_REPORT, ErrorCode.REPORT_STATE, ErrorCode.ACT_NOT_FOUND),
    ),
)

ACTS: Final = (
    Route(
        method="GET",
        path="/v1/settlement/acts/{act_id}",
        handler=settlement.show_act,
        name="getSettlementAct",
        tag=_TAG,
        summary="Read an act",
        parameters=(ACT_ID,),
        replies=_ONE_ACT,
        errors=_ACT,
    ),
    Route(
        method="GET",
        path="/v1/settlement/acts/{act_id}/document",
        handler=settlement_documents.act,
        name="getSettlementActDocument",
        tag=_TAG,
        summary="Get an act as PDF, XLSX or CSV",
        parameters=(ACT_ID, *settlement_documents.WISHES),
        replies=_FILES,
        errors=_ACT,
    ),
    Route(
        method="POST",
        path="/v1/settlement/acts/{act_id}/signatures",
        handler=settlement.sign,
        name="signSettlementAct",
        tag=_TAG,
        summary="Sign an act",
        description="For people only, signed in with an electronic signature or an ID card.",
        parameters=(ACT_ID,),
        body=SignAct,
        replies=_ONE_ACT,
        errors=(
            *_COMMAND,
            *_ACT,
            ErrorCode.ACT_CHANGED,
            ErrorCode.ACT_SIGNATURE_ROLE,
            ErrorCode.ACT_SAME_SIGNER,
            ErrorCode.ACT_SIGNED_ALREADY,
        ),
    ),
    Route(
        method="POST",
        path="/v1/settlement/acts/{act_id}/payment",
        handler=settlement.pay,
        name="paySettlementAct",
        tag=_TAG,
        summary="Write the payment of an act down",
        parameters=(ACT_ID,),
        body=PayAct,
        replies=_ONE_ACT,
        errors=(*_COMMAND, *_ACT, ErrorCode.ACT_NOT_SIGNED, ErrorCode.ACT_STATE),
    ),
)

DECISIONS: Final = (
    Route(
        method="POST",
        path="/v1/settlement/lines/{line_id}/not-compensable",
        handler=settlement_decisions.mark_not_compensable,
        name="markNotCompensable",
        tag=_TAG,
        summary="Refuse compensation of a line",
        description="What was dispensed is not what was prescribed. Only before the act is drawn.",
        parameters=(LINE_ID,),
        body=MarkNotCompensable,
        replies=(Reply(200, "What was decided.", EntryView),),
        errors=_LINE,
    ),
    Route(
        method="POST",
        path="/v1/settlement/clawbacks",
        handler=settlement_decisions.claw_back,
        name="clawBackCompensation",
        tag=_TAG,
        summary="Take compensation back by inspection act",
        description="One inspection act takes from a line once: the same again is answered as it was.",
        body=ClawBack,
        replies=(Reply(200, "What was decided.", EntryView),),
        errors=(*_LINE, ErrorCode.INSPECTION_ACT_REQUIRED, ErrorCode.CLAWBACK_TOO_LARGE),
    ),
    Route(
        method="POST",
        path="/v1/settlement/recoveries",
        handler=settlement_decisions.recover,
        name="recoverFromPrescriber",
        tag=_TAG,
        summary="Recover compensation from prescriber or organisation",
        body=Recover,
        replies=(Reply(200, "What was decided.", EntryView),),
        errors=(*_LINE, ErrorCode.INSPECTION_ACT_REQUIRED, ErrorCode.RECOVERY_TOO_LARGE),
    ),
    Route(
        method="GET",
        path="/v1/settlement/disputes",
        handler=settlement_decisions.index_disputes,
        name="listDisputes",
        tag=_TAG,
        summary="Find disputes",
        parameters=settlement_decisions.DISPUTE_FILTERS,
        replies=(Reply(200, "A page of disputes.", DisputePage),),
        errors=(*_QUERY, *_UNREADABLE),
    ),
    Route(
        method="POST",
        path="/v1/settlement/disputes",
        handler=settlement_decisions.file_dispute,
        name="fileDispute",
        tag=_TAG,
        summary="File a dispute on a dispense",
        body=FileDispute,
        replies=(Reply(201, "The dispute.", DisputeView),),
        errors=(*_LINE, *_UNREADABLE, ErrorCode.DISPUTE_TOO_LATE, ErrorCode.DISPUTE_STATE),
    ),
    Route(
        method="POST",
        path="/v1/settlement/disputes/{dispute_id}/decision",
        handler=settlement_decisions.decide_dispute,
        name="decideDispute",
        tag=_TAG,
        summary="Carry out the commission's decision",
        parameters=(DISPUTE_ID,),
        body=DecideDispute,
        replies=(Reply(200, "The dispute, decided.", DisputeView),),
        errors=(
            *_LINE,
            *_UNREADABLE,
            ErrorCode.DISPUTE_NOT_FOUND,
            ErrorCode.DISPUTE_STATE,
            ErrorCode.DISPUTE_AMOUNT,
            ErrorCode.COMMISSION_TOO_SMALL,
            ErrorCode.PROTOCOL_MISSING,
        ),
    ),
    Route(
        method="POST",
        path="/v1/settlement/reconciliations",
        handler=settlement_decisions.reconcile,
        name="reconcileSettlement",
        tag=_TAG,
        summary="Compare the pharmacy's list, ours and the fund's",
        description="Nothing is written. CSV has the columns dispense, receipt, sold_on and settled.",
        parameters=settlement_decisions.LIST_OF,
        body=Reconcile,
        body_types=(JSON, CSV),
        replies=(Reply(200, "The three columns and the differences.", ReconciliationView),),
        errors=(*_COMMAND, ErrorCode.REQUEST_PARAMETER, ErrorCode.RECONCILIATION_ROW),
    ),
)

SETTLEMENT_ROUTES: Final = (*REPORTS, *ACTS, *DECISIONS)
