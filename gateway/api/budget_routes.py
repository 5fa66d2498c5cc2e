"""The routes of the programme's budget, the patient's limit and the monitoring of prices, for the table of routes."""

from __future__ import annotations

from typing import Final

from gateway.api import budget, monitoring
from gateway.api.contract import BODY_ERRORS, SCHEMA_ERRORS, Reply, Route
from schemas.budget import (
    BudgetApproval,
    BudgetTransfer,
    BudgetYearView,
    PatientLimitCommand,
    PatientLimitView,
    PriceStatisticsView,
)
from schemas.errors import ErrorCode

_TAG: Final = "Drug programme"
_STORE: Final = (ErrorCode.STORE_UNAVAILABLE,)
_ASKED: Final = (ErrorCode.REQUEST_PARAMETER, *_STORE)
_COMMAND: Final = (*BODY_ERRORS, *SCHEMA_ERRORS, *_STORE)

BUDGET_ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/budgets/{year}",
        handler=budget.show_budget,
        name="getBudget",
        tag=_TAG,
        summary="Read the budgets of a year",
        parameters=(budget.YEAR,),
        replies=(Reply(200, "How they stand, region by region.", BudgetYearView),),
        errors=_ASKED,
    ),
    Route(
        method="POST",
        path="/v1/budgets",
        handler=budget.approve,
        name="approveBudget",
        tag=_TAG,
        summary="Approve budgets",
        description="Insured × norm for each region. What was sold before is charged to it already.",
        body=BudgetApproval,
        replies=(Reply(201, "The budgets of the year.", BudgetYearView),),
        errors=(*_COMMAND, ErrorCode.BUDGET_EXISTS, ErrorCode.BUDGET_CLOSED),
    ),
    Route(
        method="POST",
        path="/v1/budgets/transfers",
        handler=budget.transfer,
        name="transferBudget",
        tag=_TAG,
        summary="Move funds between regions",
        description="Within the current year, after an analysis, and nothing that is spent. The sum of both stays.",
        body=BudgetTransfer,
        replies=(Reply(201, "The budgets of the year.", BudgetYearView),),
        errors=(
            *_COMMAND,
            ErrorCode.BUDGET_ANALYSIS_REQUIRED,
            ErrorCode.BUDGET_TRANSFER_YEAR,
            ErrorCode.BUDGET_TRANSFER_REGIONS,
            ErrorCode.BUDGET_TRANSFER_COMMITTED,
            ErrorCode.BUDGET_NOT_FOUND,
            ErrorCode.BUDGET_CLOSED,
        ),
    ),
    Route(
        method="POST",
        path="/v1/budgets/{year}/closing",
        handler=budget.close,
        name="closeBudgetYear",
        tag=_TAG,
        summary="Close a year",
        description=(
            "What remains lapses; what no budget covers is left to the next year. Closing again changes nothing."
        ),
        parameters=(budget.YEAR,),
        replies=(Reply(200, "The budgets of the year.", BudgetYearView),),
        errors=(*_ASKED, ErrorCode.BUDGET_YEAR_OPEN, ErrorCode.BUDGET_NOT_FOUND),
    ),
    Route(
        method="GET",
        path="/v1/patient-limit",
        handler=budget.show_limit,
        name="getPatientLimit",
        tag=_TAG,
        summary="Read the limit of a patient's year",
        replies=(Reply(200, "What counts today, and all that was ever set.", PatientLimitView),),
        errors=_STORE,
    ),
    Route(
        method="POST",
        path="/v1/patient-limit",
        handler=budget.set_limit,
        name="setPatientLimit",
        tag=_TAG,
        summary="Set the limit of a patient's year",
        description="Multiplier × per-capita norm, from today or a later day on.",
        body=PatientLimitCommand,
        replies=(Reply(201, "The limit and its history.", PatientLimitView),),
        errors=(*_COMMAND, ErrorCode.REASON_REQUIRED, ErrorCode.MULTIPLIER_DATE),
    ),
    Route(
        method="GET",
        path="/v1/price-statistics",
        handler=monitoring.statistics,
        name="getPriceStatistics",
        tag=_TAG,
        summary="Read price statistics",
        description="What pharmacies asked in a month. Dispenses that were taken back are left out.",
        parameters=monitoring.STATISTICS,
        replies=(
            Reply(200, "The statistics.", PriceStatisticsView),
            Reply(200, "With `format=csv`: the same as a table.", None, monitoring.CSV),
        ),
        errors=_ASKED,
    ),
    Route(
        method="GET",
        path="/v1/price-statistics/chart",
        handler=monitoring.chart,
        name="getPriceChart",
        tag=_TAG,
        summary="See how prices went",
        parameters=monitoring.CHART,
        replies=(Reply(200, "A picture, which says the same in words.", None, monitoring.SVG),),
        errors=_ASKED,
    ),
)
