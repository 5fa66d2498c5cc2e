"""The programme's budget, the patient's limit and the monitoring of prices: contract v1."""

from schemas.budget.budgets import (
    BudgetApproval,
    BudgetTotals,
    BudgetTransfer,
    BudgetTransferView,
    BudgetYearView,
    RegionBudgetView,
    RegionInsured,
    RegionName,
)
from schemas.budget.limits import PatientLimitCommand, PatientLimitSetting, PatientLimitView
from schemas.budget.prices import PriceRange, PriceRow, PriceStatisticsView

__all__ = [
    "BudgetApproval",
    "BudgetTotals",
    "BudgetTransfer",
    "BudgetTransferView",
    "BudgetYearView",
    "PatientLimitCommand",
    "PatientLimitSetting",
    "PatientLimitView",
    "PriceRange",
    "PriceRow",
    "PriceStatisticsView",
    "RegionBudgetView",
    "RegionInsured",
    "RegionName",
]
