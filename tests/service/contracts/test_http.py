"""The routes of contracts, budget, limit and prices, over HTTP and a real store: what is answered, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from pydantic import BaseModel

from gateway.api.application import PROGRAMME, build_application, make_runner
from gateway.api.budget import BUDGETS, PATIENT_LIMIT
from gateway.api.budget_routes import BUDGET_ROUTES
from gateway.api.contract import Route
from gateway.api.contract_routes import CONTRACT_ROUTES
from gateway.api.contracts import APPLICATIONS, CONTRACTS
from gateway.api.monitoring import PRICES
from gateway.api.openapi import document
from gateway.operations.model import Channel
from gateway.services import SENDER_HEADER, NamedSenders, Sender
from gateway.store.grouping import Store
from schemas.budget import BudgetYearView, PatientLimitView, PriceStatisticsView
from schemas.contracts import ApplicationPage, ApplicationView, ContractPage, ContractView, DecidedApplication
from tests.service.api.conftest import make_services
from tests.service.contracts.desk import OTHER_PHARMACY, PHARMACY, FundDesk, form
from tests.service.contracts.sales import Sale, add_version, sell
from tests.support.doubles import ListedAudit
from tests.support.programme import medicine

OURS = (*CONTRACT_ROUTES, *BUDGET_ROUTES)
SENDERS = {
    "fund": Sender(name="fund", organisations=None, channel=Channel.SYSTEM),
    "pharmacy": Sender(name="pharmacy", organisations=frozenset({PHARMACY}), channel=Channel.SYSTEM),
    "other": Sender(name="other", organisations=frozenset({OTHER_PHARMACY}), channel=Channel.SYSTEM),
}
FORM = orjson.loads(form().model_dump_json())


class Reply:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def codes(self) -> list[str]:
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return [finding["code"] for finding in self.json["findings"]]

    def read(self, model: type[BaseModel], status: int = 200) -> Any:
        """The body, which is what the description promises."""
        assert self.status == status, self.body
        return model.model_validate_json(self.body)


class Fund:
    """The HTTP layer over a desk."""

    def __init__(self, desk: FundDesk, session: aiohttp.ClientSession, origin: str, audit: ListedAudit) -> None:
        self.desk, self._session, self._origin, self.audit = desk, session, origin, audit

    async def call(self, method: str, path: str, body: Any = None, *, sender: str = "fund") -> Reply:
        headers = {SENDER_HEADER: sender, "Accept-Language": "ky"}
        given: dict[str, Any] = {}
        if body is not None:
            given["data"], headers["Content-Type"] = orjson.dumps(body), "application/json"
        async with self._session.request(method, self._origin + path, headers=headers, **given) as answer:
            reply = Reply(answer.status, answer.headers, await answer.read())
        if reply.headers.get("Content-Type") == "application/problem+json":
            documented = _route(method, path).all_errors
            assert set(reply.codes[:1]) <= {code.value for code in documented}, (path, reply.codes)
        return reply

    async def get(self, path: str, *, sender: str = "fund") -> Reply:
        return await self.call("GET", path, sender=sender)

    async def post(self, path: str, body: Any = None, *, sender: str = "fund") -> Reply:
        return await self.call("POST", path, body, sender=sender)


def _route(method: str, path: str) -> Route:
    parts = path.partition("?")[0].split("/")
    fitting = [
        route
        for route in OURS
        if route.method == method
        and len(route.path.split("/")) == len(parts)
        and all(want.startswith("{") or want == got for want, got in zip(route.path.split("/"), parts, strict=True))
    ]
    return min(fitting, key=lambda route: route.path.count("{"))


@pytest.fixture
async def fund(store: Store) -> AsyncIterator[Fund]:
    desk, audit = FundDesk(store), ListedAudit()
    built = build_application(make_services(access=NamedSenders(SENDERS, "fund"), clock=desk.clock, audit=audit))
    built[PROGRAMME] = True
    built[APPLICATIONS], built[CONTRACTS] = desk.applications, desk.contracts
    built[BUDGETS], built[PATIENT_LIMIT], built[PRICES] = desk.budgets, desk.limit, desk.prices
    runner = make_runner(built)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Fund(desk, session, f"http://127.0.0.1:{runner.addresses[0][1]}", audit)
    await runner.cleanup()


def decision(day: date, **contract: Any) -> dict[str, Any]:
    return {
        "contract": {"number": "ДА-1", "starts_on": day.isoformat(), "report_deadline_days": 10} | contract,
        "tax_check": {"checked_on": day.isoformat(), "source": "ГНС", "reference": "55-1", "debt": "0.00"},
    }


@pytest.mark.clause("28", "29", "30")
async def test_clause_29_a_pharmacy_applies_and_the_fund_concludes(fund: Fund):
    filed = (await fund.post("/v1/contract-applications", FORM, sender="pharmacy")).read(ApplicationView, 201)
    assert (filed.state, filed.due_on, filed.overdue) == ("filed", date(2026, 1, 18), False)
    path = f"/v1/contract-applications/{filed.id}/decision"
    refused = await fund.post(path, decision(fund.desk.today) | {"tax_check": None})
    assert (refused.status, refused.codes) == (422, ["TAX_CHECK_REQUIRED"])
    decided = (await fund.post(path, decision(fund.desk.today))).read(DecidedApplication)
    assert decided.contract is not None
    assert (decided.contract.state, decided.contract.in_force) == ("active", True)
    assert decided.contract.ends_on == date(2027, 1, 14)
    assert (await fund.post(path, decision(fund.desk.today))).codes == ["APPLICATION_STATE"]
    page = (await fund.get("/v1/contracts", sender="pharmacy")).read(ContractPage)
    assert [one.number for one in page.items] == ["ДА-1"]


@pytest.mark.clause("30")
async def test_clause_30_a_late_refusal_is_answered_with_its_warning(fund: Fund):
    filed = (await fund.post("/v1/contract-applications", FORM, sender="pharmacy")).read(ApplicationView, 201)
    path = f"/v1/contract-applications/{filed.id}/decision"
    assert (await fund.post(path, {"refusal": {"reasons": []}})).codes == ["REFUSAL_REASON_REQUIRED"]
    fund.desk.clock.move(days=4)
    overdue = (await fund.get("/v1/contract-applications?overdue=true")).read(ApplicationPage)
    assert [one.id for one in overdue.items] == [filed.id]
    decided = (await fund.post(path, {"refusal": {"reasons": ["Лицензия жок"]}})).read(DecidedApplication)
    assert (decided.application.state, decided.application.reasons) == ("refused", ("Лицензия жок",))
    assert [finding.code for finding in decided.findings] == ["REFUSAL_LATE"]
    assert decided.findings[0].message.startswith("Баш тартуу кечикти")
    listed = (await fund.get("/v1/contract-applications?state=refused", sender="pharmacy")).read(ApplicationPage)
    assert [one.id for one in listed.items] == [filed.id]


@pytest.mark.clause("29", "53")
async def test_clause_29_claims_prolongation_and_termination(fund: Fund):
    contract = await fund.desk.contracted()
    path = f"/v1/contracts/{contract.id}"
    filed = (await fund.post(f"{path}/claims", {"party": "fund", "substance": "Отчёт"})).read(ContractView, 201)
    refused = await fund.post(f"{path}/prolongation")
    assert (refused.status, refused.codes) == (409, ["CONTRACT_CLAIMS_OPEN"])
    settled = await fund.post(f"/v1/contract-claims/{filed.claims[0].id}/settlement", {"settlement": "Сдан"})
    assert settled.read(ContractView).claims[0].settlement == "Сдан"
    longer = (await fund.post(f"{path}/prolongation")).read(ContractView)
    assert (longer.state, longer.ends_on) == ("prolonged", date(2028, 1, 14))
    assert (await fund.post(f"{path}/termination", {"from_day": "2026-02-01"})).codes == ["REASON_REQUIRED"]
    ended = (await fund.post(f"{path}/termination", {"from_day": "2026-02-01", "reason": "По заявлению"})).read(
        ContractView
    )
    assert (ended.terminated_from, ended.in_force) == (date(2026, 2, 1), True)


@pytest.mark.clause("3(3)")
async def test_clause_3_3_a_pharmacy_sees_and_does_only_what_is_its_own(fund: Fund):
    await fund.desk.contracted()
    assert (await fund.get("/v1/contracts", sender="other")).read(ContractPage).items == ()
    assert (await fund.get("/v1/contract-applications", sender="other")).read(ApplicationPage).items == ()
    assert (await fund.get(f"/v1/contracts?pharmacy={PHARMACY}", sender="other")).codes == ["ACCESS_DENIED"]
    assert (await fund.post("/v1/contract-applications", FORM, sender="other")).codes == ["ACCESS_DENIED"]


async def test_who_reads_the_applications_of_pharmacies_is_audited(fund: Fund):
    await fund.desk.file()
    for sender in ("fund", "pharmacy"):
        (await fund.get("/v1/contract-applications", sender=sender)).read(ApplicationPage)
    seen = [(event.action, event.actor, event.purpose) for event in fund.audit.events]
    assert seen == [("contract-applications-listed", sender, "payment") for sender in ("fund", "pharmacy")]


@pytest.mark.clause("28")
async def test_clause_28_everything_missing_in_a_form_is_answered_at_once(fund: Fund):
    refused = await fund.post("/v1/contract-applications", {"pharmacy": PHARMACY}, sender="pharmacy")
    assert refused.codes == ["APPLICATION_INCOMPLETE"] * 8
    malformed = FORM | {"email": "nowhere", "extra": 1, "pharmacy": "1"}
    refused = await fund.post("/v1/contract-applications", malformed, sender="pharmacy")
    assert sorted(refused.codes) == ["SCHEMA_PATTERN", "SCHEMA_PATTERN", "SCHEMA_UNKNOWN_FIELD"]


@pytest.mark.clause("7", "8", "9")
async def test_clause_7_to_9_a_year_of_budgets(fund: Fund):
    regions = [{"region": "osh", "insured": 10}, {"region": "chui", "insured": 20}]
    approval = {"year": 2026, "norm": "12.50", "basis": "П-1", "regions": regions}
    approved = (await fund.post("/v1/budgets", approval)).read(BudgetYearView, 201)
    assert [(one.region, str(one.total)) for one in approved.regions] == [("chui", "250.00"), ("osh", "125.00")]
    transfer = {"year": 2026, "source": "osh", "target": "chui", "amount": "25.00"}
    refused = await fund.post("/v1/budgets/transfers", transfer)
    assert (refused.status, refused.codes) == (422, ["BUDGET_ANALYSIS_REQUIRED"])
    moved = (await fund.post("/v1/budgets/transfers", transfer | {"analysis": "А-3"})).read(BudgetYearView, 201)
    assert [str(one.transferred) for one in moved.regions] == ["25.00", "-25.00"]
    assert (str(moved.totals.total), len(moved.transfers)) == ("375.00", 1)
    refused = await fund.post("/v1/budgets/2026/closing")
    assert (refused.status, refused.codes) == (409, ["BUDGET_YEAR_OPEN"])
    fund.desk.clock.move(days=365)
    closed = (await fund.post("/v1/budgets/2026/closing")).read(BudgetYearView)
    assert (closed.closed, str(closed.totals.lapsed), str(closed.totals.remaining)) == (True, "375.00", "0.00")
    assert (await fund.post("/v1/budgets/2026/closing")).body == (await fund.get("/v1/budgets/2026")).body
    assert (await fund.get("/v1/budgets/2025")).read(BudgetYearView).regions == ()
    assert (await fund.get("/v1/budgets/26")).codes == ["REQUEST_PARAMETER"]


@pytest.mark.clause("21(1)")
async def test_clause_21_1_the_limit_is_read_and_set(fund: Fund):
    assert (await fund.get("/v1/patient-limit")).read(PatientLimitView).current is None
    command = {"norm": "12.50", "effective_on": "2026-01-15", "reason": "План 2026"}
    found = (await fund.post("/v1/patient-limit", command)).read(PatientLimitView, 201)
    assert found.current is not None
    assert (str(found.current.limit), found.current.multiplier) == ("3750.00", 300)
    past = command | {"effective_on": "2026-01-14"}
    assert (await fund.post("/v1/patient-limit", past)).codes == ["MULTIPLIER_DATE"]
    del command["reason"]
    assert (await fund.post("/v1/patient-limit", command)).codes == ["REASON_REQUIRED"]


@pytest.mark.parametrize("amount", ["-1.00", "1.001", "0.00", 1, "x"])
async def test_a_sum_that_is_none_is_refused_by_its_shape(fund: Fund, amount: object):
    command = {"norm": amount, "effective_on": "2026-01-15", "reason": "x"}
    assert (await fund.post("/v1/patient-limit", command)).codes == ["SCHEMA_TYPE"]


@pytest.mark.clause("56")
async def test_clause_56_prices_as_json_csv_and_picture(fund: Fund):
    await add_version(fund.desk.store, 1, date(2025, 1, 1), [medicine()])
    await sell(
        fund.desk.store,
        [Sale(medicine=medicine().code, sold_on=date(2026, 1, 9), pack_price=price) for price in (30000, 45000)],
    )
    found = (await fund.get("/v1/price-statistics?month=2026-01&by=medicine")).read(PriceStatisticsView)
    (row,) = found.items
    assert (found.dispenses, str(found.retail), row.dispenses) == (2, "750.00", 2)
    assert (row.unit_price.median, row.share_above_reference) == ("12.5000", "0.5000")
    assert (await fund.get("/v1/price-statistics?month=2026-01&inn=other")).read(PriceStatisticsView).items == ()
    table = await fund.get("/v1/price-statistics?month=2026-01&by=region&format=csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"] == 'attachment; filename="prices-2026-01-region.csv"'
    assert b"2026-01;enalapril;;;osh;2;60;" in table.body
    picture = await fund.get("/v1/price-statistics/chart?inn=enalapril&from=2025-12&to=2026-02")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Content-Language"] == "ky"
    assert "2026-01: эң төмөнкү 10.00, ортоңку 12.50, эң жогорку 15.00." in picture.body.decode()


@pytest.mark.parametrize(
    "query",
    [
        *("", "?month=2026-13", "?month=2026-1", "?month=2026-01&by=x", "?month=2026-01&format=pdf"),
        *("/chart", "/chart?inn=x&from=2026-02&to=2026-01", "/chart?inn=x&from=2020-01&to=2023-01"),
    ],
)
async def test_what_cannot_be_asked_is_refused(fund: Fund, query: str):
    assert set((await fund.get(f"/v1/price-statistics{query}")).codes) == {"REQUEST_PARAMETER"}


async def test_what_concerns_the_country_is_not_for_a_pharmacy(fund: Fund):
    for path in ("/v1/budgets/2026", "/v1/patient-limit", "/v1/price-statistics?month=2026-01"):
        assert (await fund.get(path, sender="pharmacy")).codes == ["ACCESS_DENIED"]


def test_the_routes_can_be_described():
    described = orjson.loads(document(OURS))
    assert len(described["paths"]) == 14
