"""``/v1/budgets`` and ``/v1/patient-limit``: what the drug programme and each of its patients may cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from gateway.api.access_services import author_of, request_id_of
from gateway.api.answers import answer
from gateway.api.commands import read_command
from gateway.api.parameters import Parameter
from gateway.programme.budget.limit_setting import LimitHistory, LimitSet, LimitSetting
from gateway.programme.budget.years import BudgetYear, BudgetYears, RegionBudget
from gateway.rules.money import from_tyiyn
from schemas.amounts import som
from schemas.budget import BudgetApproval, BudgetTransfer, PatientLimitCommand

BUDGETS: Final = web.AppKey("budgets", BudgetYears)
PATIENT_LIMIT: Final = web.AppKey("patient_limit", LimitSetting)


def _parse_year(sent: str) -> int:
    if len(sent) != 4 or not (sent.isascii() and sent.isdigit()) or not 2020 <= int(sent) <= 2199:
        raise ValueError("year")
    return int(sent)


YEAR: Final = Parameter(
    name="year",
    place="path",
    description="The calendar year.",
    schema={"type": "integer", "minimum": 2020, "maximum": 2199},
    expected="2020-2199",
    parse=_parse_year,
    required=True,
)


async def show_budget(request: web.Request) -> web.Response:
    """``GET /v1/budgets/{year}``: how the budgets of a year stand."""
    return answer(year_view(await request.app[BUDGETS].year(YEAR.of_path(request))))


async def approve(request: web.Request) -> web.Response:
    """``POST /v1/budgets``: approve the budgets of regions."""
    approval = await read_command(request, BudgetApproval)
    year = await request.app[BUDGETS].approve(approval, by=author_of(request), request_id=request_id_of(request))
    return answer(year_view(year), status=201)


async def transfer(request: web.Request) -> web.Response:
    """``POST /v1/budgets/transfers``: move funds from one region to another."""
    wanted = await read_command(request, BudgetTransfer)
    year = await request.app[BUDGETS].transfer(wanted, by=author_of(request), request_id=request_id_of(request))
    return answer(year_view(year), status=201)


async def close(request: web.Request) -> web.Response:
    """``POST /v1/budgets/{year}/closing``: close a year."""
    year = YEAR.of_path(request)
    closed = await request.app[BUDGETS].close(year, by=author_of(request), request_id=request_id_of(request))
    return answer(year_view(closed))


async def show_limit(request: web.Request) -> web.Response:
    """``GET /v1/patient-limit``: the limit of a patient's year, and its history."""
    return answer(limit_view(await request.app[PATIENT_LIMIT].history()))


async def set_limit(request: web.Request) -> web.Response:
    """``POST /v1/patient-limit``: set it anew from a day on."""
    command = await read_command(request, PatientLimitCommand)
    history = await request.app[PATIENT_LIMIT].set(command, by=author_of(request), request_id=request_id_of(request))
    return answer(limit_view(history), status=201)


def year_view(year: BudgetYear) -> dict[str, Any]:
    """``BudgetYearView``."""
    return {
        "year": year.year,
        "closed": year.closed,
        "regions": [_region_view(one) for one in year.regions],
        "totals": {name: som(from_tyiyn(sum(map(amount, year.regions)))) for name, amount in _TOTALS.items()},
        "transfers": [
            {
                "id": one.id,
                "source": one.source,
                "target": one.target,
                "amount": som(from_tyiyn(one.amount)),
                "analysis": one.analysis,
                "made_at": one.made_at,
            }
            for one in year.transfers
        ],
    }


_TOTALS: Final[dict[str, Callable[[RegionBudget], int]]] = {
    "approved": lambda one: one.state.approved or 0,
    "total": lambda one: one.state.total or 0,
    "carried": lambda one: one.state.carried,
    "charged": lambda one: one.state.charged,
    "remaining": lambda one: one.state.remaining,
    "overrun": lambda one: one.overrun,
    "unbudgeted": lambda one: one.state.unbudgeted,
    "lapsed": lambda one: one.lapsed or 0,
}


def _region_view(one: RegionBudget) -> dict[str, Any]:
    state = one.state
    return {
        "region": one.region,
        "insured": one.insured,
        "norm": None if one.norm is None else som(one.norm),
        "approved": _som_or_none(state.approved),
        "basis": one.basis,
        "transferred": som(from_tyiyn(state.transferred)),
        "total": _som_or_none(state.total),
        "carried": som(from_tyiyn(state.carried)),
        "charged": som(from_tyiyn(state.charged)),
        "remaining": som(from_tyiyn(state.remaining)),
        "overrun": som(from_tyiyn(one.overrun)),
        "unbudgeted": som(from_tyiyn(state.unbudgeted)),
        "lapsed": _som_or_none(one.lapsed),
        "closed_at": one.closed_at,
    }


def _som_or_none(tyiyn: int | None) -> str | None:
    return None if tyiyn is None else som(from_tyiyn(tyiyn))


def limit_view(history: LimitHistory) -> dict[str, Any]:
    """``PatientLimitView``."""
    return {
        "current": None if history.current is None else _setting_view(history.current),
        "history": [_setting_view(one) for one in history.settings],
    }


def _setting_view(one: LimitSet) -> dict[str, Any]:
    return {
        "id": one.id,
        "effective_on": one.effective_on,
        "norm": som(one.norm),
        "multiplier": one.multiplier,
        "limit": som(one.limit),
        "reason": one.reason,
        "set_at": one.set_at,
        "set_by": one.set_by,
    }
