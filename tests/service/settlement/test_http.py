"""Settlement over HTTP, on SQLite: what is asked, what is answered, and to whom."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import aiohttp
import openpyxl
import pytest
from aiohttp import web

from gateway.access.principal import PrincipalKind
from gateway.api.application import PROGRAMME, build_application, make_runner
from gateway.api.settlement_requests import SETTLEMENT
from gateway.operations.model import Channel, State
from gateway.programme.ports import FundDispense
from gateway.programme.settlement.service import Settlement
from gateway.services import NamedSenders, Sender
from gateway.store.sqlite import SqliteStore
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
from tests.service.api.conftest import Gateway, Reply, make_services
from tests.support.doubles import ListedAudit
from tests.support.journal import INDEX
from tests.support.programme import References
from tests.support.settlement import ACCOUNTANT, HEAD, OTHER_PHARMACY, PHARMACY, Sale, Settled, noon

PEOPLE = {"head": HEAD, "accountant": ACCOUNTANT}
SENDERS = {
    "fund": Sender(name="fund", organisations=None, channel=Channel.SYSTEM),
    "pharmacy": Sender(name="pharmacy", organisations=frozenset({PHARMACY}), channel=Channel.SYSTEM),
    "stranger": Sender(name="stranger", organisations=frozenset({OTHER_PHARMACY}), channel=Channel.SYSTEM),
    **{
        name: Sender(
            name=str(person),
            organisations=frozenset({PHARMACY}),
            channel=Channel.SYSTEM,
            kind=PrincipalKind.PERSON,
        )
        for name, person in PEOPLE.items()
    },
}
MONTH = {"pharmacy": PHARMACY, "month": "2026-01"}


def receipt_key(pharmacy: str, number: str) -> bytes:
    return INDEX.of("receipt", f"{pharmacy}\0{number}")


class Fund:
    """A fund's ledger that answers as it is told."""

    def __init__(self) -> None:
        self.answer: Sequence[FundDispense] | None = ()

    async def dispenses(self, pharmacy: str, first: date, last: date) -> Sequence[FundDispense] | None:
        assert (pharmacy, first, last) == (PHARMACY, date(2026, 1, 1), date(2026, 1, 31))
        return self.answer


class Office:
    """The gateway and what is behind it."""

    def __init__(self, gateway: Gateway, settled: Settled, fund: Fund, audit: ListedAudit) -> None:
        self.gateway = gateway
        self.settled = settled
        self.fund = fund
        self.audit = audit

    async def get(self, path: str, sender: str = "pharmacy") -> Reply:
        return await self.gateway.get(f"/v1/settlement/{path}", sender=sender)

    async def post(self, path: str, body=None, sender: str = "pharmacy", **given) -> Reply:
        return await self.gateway.command(
            f"/v1/settlement/{path}", {} if body is None else body, sender=sender, **given
        )

    async def formed(self, *sales: Sale) -> str:
        await self.settled.put(*sales)
        return (await self.post("reports", MONTH, "fund")).json["id"]

    async def drawn(self, *sales: Sale) -> ActView:
        report = await self.formed(*sales)
        await self.post(f"reports/{report}/submission")
        return ActView.model_validate_json((await self.post(f"reports/{report}/act")).body)

    async def sign(self, act: ActView, who: str, role: str) -> Reply:
        return await self.post(f"acts/{act.id}/signatures", {"role": role, "digest": act.digest}, who)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    settled, fund, audit = Settled(store), Fund(), ListedAudit()
    services = make_services(access=NamedSenders(SENDERS, "pharmacy"), audit=audit)
    application = build_application(services)
    application[PROGRAMME] = True
    application[SETTLEMENT] = Settlement.over(
        settled.around, medicines=References(), fund=fund, receipt_key=receipt_key
    )
    runner = make_runner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession(auto_decompress=True) as session:
        yield Office(Gateway(services, session, runner.addresses[0][1]), settled, fund, audit)
    await runner.cleanup()
    await store.close()


@pytest.mark.clause("41", "45", "51")
async def test_clause_45_from_the_report_to_the_payment(office: Office):
    sale = office.settled.sale(date(2026, 1, 5))
    await office.settled.put(sale)
    formed = ReportView.model_validate_json((await office.post("reports", MONTH, "fund")).body)
    detail = ReportDetail.model_validate_json((await office.get(f"reports/{formed.id}")).body)
    submitted = ReportView.model_validate_json((await office.post(f"reports/{formed.id}/submission")).body)
    act = ActView.model_validate_json((await office.post(f"reports/{formed.id}/act")).body)
    too_early = await office.post(f"acts/{act.id}/payment", {"reference": "ПП-7"}, "fund")
    head = ActView.model_validate_json((await office.sign(act, "head", "pharmacy-head")).body)
    both = ActView.model_validate_json((await office.sign(act, "accountant", "chief-accountant")).body)
    paid = ActView.model_validate_json(
        (await office.post(f"acts/{act.id}/payment", {"reference": "ПП-7"}, "fund")).body
    )

    assert (formed.state, submitted.state, act.state, head.state, both.state, paid.state) == (
        "formed",
        "submitted",
        "act-draft",
        "act-draft",
        "act-signed",
        "paid",
    )
    assert [(line.dispense, str(line.settled), line.late) for line in detail.items] == [(sale.id, "360.00", False)]
    assert (formed.payable, act.total) == (Decimal("360.00"), Decimal("360.00"))
    assert too_early.code == "ACT_NOT_SIGNED"
    assert [(one.role, one.person) for one in paid.signatures] == [
        ("pharmacy-head", HEAD),
        ("chief-accountant", ACCOUNTANT),
    ]
    assert ActView.model_validate_json((await office.get(f"acts/{act.id}")).body) == paid
    assert (
        ReportPage.model_validate_json((await office.get("reports?state=paid&month=2026-01")).body).items[0].lines == 1
    )


async def test_lines_come_in_pages(office: Office):
    sales = [office.settled.sale(date(2026, 1, 1 + day % 28)) for day in range(7)]
    report = await office.formed(*sales)
    seen, after = [], ""
    while True:
        page = ReportDetail.model_validate_json((await office.get(f"reports/{report}?limit=3{after}")).body)
        seen += [line.dispense for line in page.items]
        if page.next is None:
            break
        after = f"&after={page.next}"
    assert seen == [sale.id for sale in sorted(sales, key=lambda sale: (sale.sold_on, sale.id))]


@pytest.mark.clause("45")
async def test_a_machine_has_no_hand_to_sign_with(office: Office):
    act = await office.drawn(office.settled.sale(date(2026, 1, 5)))
    reply = await office.sign(act, "pharmacy", "pharmacy-head")
    assert (reply.status, reply.code) == (403, "ACT_SIGNATURE_ROLE")
    assert (await office.sign(act, "head", "chief-accountant")).code == "ACT_SIGNATURE_ROLE"


async def test_a_strangers_answers_are_those_of_what_is_not_there(office: Office):
    act = await office.drawn(office.settled.sale(date(2026, 1, 5)))
    unknown = office.settled.ids.new()
    for path in ("reports/{}", "reports/{}/document", "acts/{}", "acts/{}/document"):
        mine = act.id if path.startswith("acts") else act.report
        foreign, missing = [await office.get(path.format(one), "stranger") for one in (mine, unknown)]
        assert (foreign.status, foreign.json["findings"]) == (404, missing.json["findings"])
    for path in ("reports/{}/submission", "reports/{}/act"):
        assert (await office.post(path.format(act.report), sender="stranger")).code == "REPORT_NOT_FOUND"
    assert (await office.get("reports", "stranger")).json["items"] == []


@pytest.mark.clause("51")
async def test_clause_51_an_open_month_has_no_report(office: Office):
    reply = await office.post("reports", MONTH | {"month": "2026-02"}, "fund")
    assert (reply.status, reply.code) == (409, "REPORT_PERIOD_OPEN")
    assert reply.json["findings"][0]["parameters"] == {"month": "2026-02", "ends": "2026-03-01"}


@pytest.mark.clause("23", "46", "47")
async def test_decisions_on_lines(office: Office):
    first, second = office.settled.sale(date(2026, 1, 5)), office.settled.sale(date(2026, 1, 6))
    report = await office.formed(first, second)
    marked = await office.post(f"lines/{first.id}/not-compensable", {"source": "survey"}, "fund")
    act = {"number": "А-1", "on": "2026-02-01"}
    clawed = {"dispense": str(second.id), "amount": "60.00", "inspection_act": act}
    entry = EntryView.model_validate_json((await office.post("clawbacks", clawed, "fund")).body)
    order = clawed | {"liable": ["organisation", "prescriber"]}
    recovered = EntryView.model_validate_json((await office.post("recoveries", order, "fund")).body)
    too_much = await office.post("clawbacks", clawed | {"amount": "300.01", "inspection_act": None}, "fund")

    assert EntryView.model_validate_json(marked.body).amount == Decimal("-360.00")
    assert (entry.kind, entry.amount, entry.document.number) == ("clawback", Decimal("-60.00"), "А-1")
    assert (recovered.kind, recovered.liable) == ("prescriber-recovery", ("organisation", "prescriber"))
    assert too_much.codes == ["INSPECTION_ACT_REQUIRED", "CLAWBACK_TOO_LARGE"]
    assert too_much.json["findings"][1]["parameters"] == {"left": "240.00"}
    detail = ReportDetail.model_validate_json((await office.get(f"reports/{report}")).body)
    assert [[one.kind for one in line.entries] for line in detail.items] == [
        ["not-compensable"],
        ["clawback", "prescriber-recovery"],
    ]


@pytest.mark.clause("48", "49", "50")
async def test_a_dispute_is_filed_and_decided(office: Office):
    sale = office.settled.sale(date(2026, 1, 5), settled=30_000)
    await office.settled.put(sale)
    office.settled.clock.at = noon(date(2026, 1, 20))
    filed = await office.post("disputes", {"dispense": str(sale.id), "statement": "Чек туура эмес"})
    office.settled.clock.at = noon(date(2026, 2, 3))
    ruling = {
        "decision": "upheld",
        "amount": "360.00",
        "members": ["Асанова Г.", "Бекова Ж."],
        "protocol": {"number": "П-1", "on": "2026-02-02"},
    }
    path = f"disputes/{filed.json['id']}/decision"
    small = await office.post(path, ruling, "fund")
    ruling["members"].append("Токтосунов Э.")
    decided = DisputeView.model_validate_json((await office.post(path, ruling, "fund")).body)

    assert filed.status == 201
    assert small.codes == ["COMMISSION_TOO_SMALL"]
    assert (decided.state, decided.amount, len(decided.members)) == ("upheld", Decimal("360.00"), 3)
    assert DisputePage.model_validate_json((await office.get("disputes?state=upheld")).body).items == (decided,)
    assert (await office.get("disputes", "stranger")).json["items"] == []


async def test_everything_wrong_with_a_body_is_told_at_once(office: Office):
    reply = await office.post("clawbacks", {"dispense": "x", "amount": 5, "more": 1}, "fund")
    assert sorted(reply.codes) == ["SCHEMA_TYPE", "SCHEMA_TYPE", "SCHEMA_UNKNOWN_FIELD"]
    assert (await office.get("reports?month=2026-13")).code == "REQUEST_PARAMETER"


@pytest.mark.parametrize("language", ["ky", "ru"])
async def test_documents_of_a_report(office: Office, language: str):
    sales = [office.settled.sale(date(2026, 1, 5)) for _ in range(3)]
    report = await office.formed(*sales)
    files = {
        kind: await office.get(f"reports/{report}/document?format={kind}&language={language}")
        for kind in ("pdf", "xlsx", "csv")
    }
    assert files["pdf"].body.startswith(b"%PDF")
    assert (await office.get(f"reports/{report}/document?language={language}")).body == files["pdf"].body
    assert zipfile.is_zipfile(io.BytesIO(files["xlsx"].body))
    rows = list(csv.reader(io.StringIO(files["csv"].body.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == [str(sale.id) for sale in sales]
    assert {row[-2] for row in rows[1:]} == {"360.00"}
    assert rows[1][4].startswith("Эналаприл-Ала-Тоо")
    assert f"report-{PHARMACY}-2026-01.csv" in files["csv"].headers["Content-Disposition"]
    assert ("Дары" in rows[0]) is (language == "ky")


async def test_documents_of_an_act(office: Office):
    act = await office.drawn(office.settled.sale(date(2026, 1, 5)))
    await office.sign(act, "head", "pharmacy-head")
    sheet = openpyxl.load_workbook(io.BytesIO((await office.get(f"acts/{act.id}/document?format=xlsx")).body)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert cells[0] == f"№ {act.number} өз ара эсептешүү актысы"
    assert 360 in cells
    assert any(str(HEAD) in str(cell) for cell in cells)
    assert (await office.get(f"acts/{act.id}/document")).body.startswith(b"%PDF")


async def test_reading_is_audited(office: Office):
    report = await office.formed(office.settled.sale(date(2026, 1, 5)))
    await office.get(f"reports/{report}")
    await office.get(f"reports/{report}/document")
    seen = [(event.action, event.actor, event.organisation, event.target) for event in office.audit.events]
    assert seen == [("settlement-read", "pharmacy", PHARMACY, report)] * 2


def fund_record(sale: Sale, **changes) -> FundDispense:
    given = {
        "dispense": sale.id,
        "record_number": f"F-{sale.id.hex[-8:]}",
        "sold_on": sale.sold_on,
        "compensation": Decimal(sale.compensation) / 100,
        "settled": Decimal(sale.settled) / 100,
        "reversed": False,
    }
    return FundDispense(**(given | changes))


async def test_three_way_reconciliation_by_json_and_csv(office: Office):
    make = partial(office.settled.sale, date(2026, 1, 5))
    good, by_receipt, other_sum, unlisted, late = (
        make(),
        make(receipt=receipt_key(PHARMACY, "Ч-9")),
        make(),
        make(),
        make(),
    )
    back, reversal = office.settled.reversal(make())
    await office.settled.put(good, by_receipt, other_sum, unlisted, back, reversal)
    await office.settled.put(late, state=State.QUEUED)
    office.fund.answer = [fund_record(sale) for sale in (good, by_receipt, other_sum, back)]
    unknown = office.settled.ids.new()
    rows = [
        {"dispense": str(good.id), "settled": "360.00"},
        {"receipt": "Ч-9", "sold_on": "2026-01-05", "settled": "360.00"},
        {"dispense": str(other_sum.id), "settled": "361.00"},
        {"dispense": str(late.id), "settled": "360.00"},
        {"dispense": str(unknown), "settled": "1.00"},
        {"dispense": str(good.id), "settled": "360.00"},
    ]
    by_json = await office.post("reconciliations", MONTH | {"rows": rows})
    table = io.StringIO()
    writer = csv.DictWriter(table, ["receipt", "sold_on", "settled", "dispense"], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    by_csv = await office.gateway.call(
        "POST",
        f"/v1/settlement/reconciliations?pharmacy={PHARMACY}&month=2026-01",
        data=table.getvalue().encode("utf-8-sig"),
        headers={"Content-Type": "text/csv"},
        sender="pharmacy",
    )
    found = ReconciliationView.model_validate_json(by_json.body)

    assert by_csv.json == by_json.json
    assert (found.pharmacy.count, found.gateway.count, found.fund.count) == (6, 5, 4)
    assert (found.pharmacy.settled, found.gateway.settled) == (Decimal("1802.00"), Decimal("1800.00"))
    assert {(one.kind, one.dispense, one.party) for one in found.differences} == {
        ("listed-twice", good.id, "pharmacy"),
        ("missing-at-gateway", unknown, "pharmacy"),
        ("sum-differs", other_sum.id, "pharmacy"),
        ("missing-at-pharmacy", unlisted.id, "pharmacy"),
        ("missing-at-fund", unlisted.id, "fund"),
        ("undelivered", late.id, "fund"),
        ("reversed-only-here", back.id, "fund"),
    }
    office.fund.answer = None
    assert (await office.post("reconciliations", MONTH | {"rows": rows})).json["fund"] is None
    assert (await office.post("reconciliations", MONTH | {"rows": rows}, "stranger")).code == "ACCESS_DENIED"


async def test_bad_rows_of_a_list_are_told_by_their_number(office: Office):
    body = "dispense,settled,sold_on,receipt\n,360.00,2026-01-05,Ч-1\nx,360.00,,\n,1e3,2026-01-05,Ч-1\n,1.00,,Ч-1\n"
    reply = await office.gateway.call(
        "POST",
        f"/v1/settlement/reconciliations?pharmacy={PHARMACY}&month=2026-01",
        data=body.encode(),
        headers={"Content-Type": "text/csv; charset=utf-8"},
        sender="pharmacy",
    )
    found = [(one["parameters"]["row"], one["parameters"]["column"]) for one in reply.json["findings"]]
    assert found == [(2, "dispense"), (3, "settled"), (4, "dispense | receipt, sold_on")]
