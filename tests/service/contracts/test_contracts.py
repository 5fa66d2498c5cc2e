"""Contracts on both engines: applied for, concluded, refused, prolonged, claimed on, terminated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from gateway.programme.contracts.book import Contracts
from gateway.rules.contracts import ApplicationState, ContractState
from gateway.rules.findings import Refused
from gateway.store.contract_tables import contract_applications, contract_claims, pharmacy_contracts
from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from schemas.contracts import FileClaimCommand, Party, SettleClaimCommand, TerminateContractCommand
from schemas.errors import ErrorCode
from tests.service.contracts.desk import ADMINISTRATOR, DAY, OTHER_PHARMACY, PHARMACY, REFUSAL, FundDesk, codes_of
from tests.support.doubles import SystemIds


@pytest.fixture
def desk(store: Store) -> FundDesk:
    return FundDesk(store)


async def in_force(desk: FundDesk, pharmacy: str, day: date) -> bool:
    return await desk.store.read(lambda connection: Contracts().in_force(connection, pharmacy, day))


async def deadline(desk: FundDesk, pharmacy: str, day: date) -> int | None:
    return await desk.store.read(lambda connection: Contracts().report_deadline_days(connection, pharmacy, day))


@pytest.mark.clause("3(3)", "27", "28", "29")
async def test_clause_29_an_application_becomes_a_contract_for_a_year(desk: FundDesk):
    filed = await desk.file()
    assert not await in_force(desk, PHARMACY, desk.today)
    desk.clock.move(days=2)
    decided = await desk.decide(filed.stored.id, desk.contract())
    assert decided.findings == ()
    assert decided.application.stored.state is ApplicationState.CONTRACTED
    contract = decided.contract
    assert contract is not None
    assert (contract.pharmacy, contract.concluded_on, contract.days.starts_on) == (PHARMACY, desk.today, desk.today)
    assert contract.days.ends_on == date(2027, 1, 16)
    assert (contract.tax_source, contract.tax_reference) == ("ГНС", "55-1")
    assert await desk.actions() == ["contract-changed"] * 2


@pytest.mark.clause("53")
async def test_clause_53_the_first_and_the_last_day_are_within_the_contract(desk: FundDesk):
    contract = await desk.contracted(starts_on=desk.today + 3 * DAY)
    first, last = contract.days.starts_on, contract.days.ends_on
    days = {first - DAY: False, first: True, last: True, last + DAY: False}
    assert {day: await in_force(desk, PHARMACY, day) for day in days} == days
    assert not await in_force(desk, OTHER_PHARMACY, first)


@pytest.mark.clause("52")
async def test_clause_52_the_deadline_of_reports_is_the_contracts(desk: FundDesk):
    contract = await desk.contracted(report_deadline_days=7)
    assert await deadline(desk, PHARMACY, desk.today - DAY) is None
    assert await deadline(desk, PHARMACY, desk.today) == 7
    assert await deadline(desk, PHARMACY, contract.days.ends_on + 40 * DAY) == 7
    assert await deadline(desk, OTHER_PHARMACY, desk.today) is None


@pytest.mark.clause("28")
async def test_clause_28_an_incomplete_application_changes_nothing(desk: FundDesk):
    assert await codes_of(desk.file(head=None, phone=None)) == [ErrorCode.APPLICATION_INCOMPLETE] * 2
    assert await desk.applications.applications(within=None) == []
    assert await desk.actions() == []


@pytest.mark.clause("28")
async def test_clause_28_a_pharmacy_has_one_application_under_consideration(desk: FundDesk):
    answers = await asyncio.gather(*(desk.file() for _ in range(5)), return_exceptions=True)
    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.findings[0].code for one in refused] == [ErrorCode.APPLICATION_STATE] * 4
    await desk.file(OTHER_PHARMACY)
    (filed,) = await desk.applications.applications(within=frozenset({PHARMACY}))
    await desk.decide(filed.stored.id, REFUSAL)
    await desk.file()


async def test_nobody_applies_for_another_pharmacy(desk: FundDesk):
    doing = desk.applications.file((await desk.file()).form, by=ADMINISTRATOR, within=frozenset({OTHER_PHARMACY}))
    assert await codes_of(doing) == [ErrorCode.ACCESS_DENIED]


@pytest.mark.clause("30")
async def test_clause_30_a_refusal_keeps_its_reasons(desk: FundDesk):
    filed = await desk.file()
    desk.clock.move(days=3)
    decided = await desk.decide(filed.stored.id, REFUSAL)
    assert (decided.contract, decided.findings) == (None, ())
    stored = decided.application.stored
    assert (stored.state, stored.reasons) == (ApplicationState.REFUSED, ("Лицензия токтотулган",))
    assert not stored.overdue(desk.today)
    assert await codes_of(desk.decide(filed.stored.id, desk.contract())) == [ErrorCode.APPLICATION_STATE]


@pytest.mark.clause("30")
async def test_clause_30_what_is_overdue_is_listed_and_a_late_refusal_recorded_with_a_warning(desk: FundDesk):
    filed = await desk.file()
    # 17:59:59 UTC of the third day is still that day in Bishkek; a second later it is the fourth.
    desk.clock.move(days=3, hours=11, minutes=59, seconds=59)
    assert await desk.applications.applications(within=None, overdue=True) == []
    desk.clock.move(seconds=1)
    (late,) = await desk.applications.applications(within=None, overdue=True)
    assert late.stored.id == filed.stored.id
    decided = await desk.decide(filed.stored.id, REFUSAL)
    assert [finding.code for finding in decided.findings] == [ErrorCode.REFUSAL_LATE]
    assert decided.application.stored.state is ApplicationState.REFUSED
    assert decided.application.stored.overdue(desk.today)
    assert await desk.applications.applications(within=None, overdue=True) == []


@pytest.mark.clause("29")
async def test_clause_29_all_that_stands_against_a_contract_is_told_at_once_and_changes_nothing(desk: FundDesk):
    await desk.contracted()
    filed = await desk.file()
    decision = desk.contract(starts_on=desk.today - DAY).model_copy(update={"tax_check": None})
    assert await codes_of(desk.decide(filed.stored.id, decision)) == [
        ErrorCode.CONTRACT_DATES,
        ErrorCode.TAX_CHECK_REQUIRED,
        ErrorCode.CONTRACT_NUMBER,
        ErrorCode.CONTRACT_OVERLAP,
    ]
    assert len(await desk.contracts.contracts(within=None)) == 1
    (again,) = await desk.applications.applications(within=None, state=ApplicationState.FILED)
    assert again.stored.id == filed.stored.id


@pytest.mark.clause("29")
async def test_clause_29_a_new_contract_may_follow_the_old_one(desk: FundDesk):
    first = await desk.contracted()
    follows = first.days.ends_on + DAY
    second = await desk.contracted(number="ДА-2", starts_on=follows)
    assert second.days.starts_on == follows
    filed = await desk.contracts.contracts(within=frozenset({PHARMACY}), pharmacy=PHARMACY)
    assert [one.number for one in filed] == ["ДА-1", "ДА-2"]


@pytest.mark.clause("29")
async def test_clause_29_a_contract_is_prolonged_without_open_claims_only(desk: FundDesk):
    contract = await desk.contracted()
    claim = FileClaimCommand(party=Party.PHARMACY, substance="Өткөн айдын төлөмү кечикти")
    (filed,) = (await desk.contracts.file_claim(contract.id, claim, by=ADMINISTRATOR)).claims
    assert await codes_of(desk.contracts.prolong(contract.id, by=ADMINISTRATOR)) == [ErrorCode.CONTRACT_CLAIMS_OPEN]
    settlement = SettleClaimCommand(settlement="Төлөндү")
    settled = await desk.contracts.settle_claim(filed.id, settlement, by=ADMINISTRATOR)
    assert settled.open_claims == 0
    text = desk.contracts.claim_text(settled.claims[0])
    assert (text.substance, text.settlement) == ("Өткөн айдын төлөмү кечикти", "Төлөндү")
    longer = await desk.contracts.prolong(contract.id, by=ADMINISTRATOR)
    assert longer.days.ends_on == date(2028, 1, 14)
    assert longer.days.state(desk.today) is ContractState.PROLONGED
    assert await in_force(desk, PHARMACY, date(2028, 1, 14))
    assert not await in_force(desk, PHARMACY, date(2028, 1, 15))
    again = desk.contracts.settle_claim(filed.id, settlement, by=ADMINISTRATOR)
    assert await codes_of(again) == [ErrorCode.CLAIM_NOT_FOUND]


@pytest.mark.clause("29")
async def test_clause_29_prolonging_twice_at_once_prolongs_by_one_year(desk: FundDesk):
    contract = await desk.contracted()
    answers = await asyncio.gather(
        *(desk.contracts.prolong(contract.id, by=ADMINISTRATOR) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, Refused) for one in answers) == 3
    (kept,) = await desk.contracts.contracts(within=None)
    assert (kept.days.prolongations, kept.days.ends_on) == (1, date(2028, 1, 14))


@pytest.mark.clause("29")
async def test_clause_29_a_prolonged_contract_meets_no_other(desk: FundDesk):
    first = await desk.contracted()
    await desk.contracted(number="ДА-2", starts_on=first.days.ends_on + 200 * DAY)
    assert await codes_of(desk.contracts.prolong(first.id, by=ADMINISTRATOR)) == [ErrorCode.CONTRACT_OVERLAP]


@pytest.mark.clause("53")
async def test_clause_53_a_terminated_contract_counts_until_the_day_before(desk: FundDesk):
    contract = await desk.contracted()
    from_day = desk.today + 10 * DAY
    command = TerminateContractCommand(from_day=from_day, reason="Лицензия кайтарылды")
    ended = await desk.contracts.terminate(contract.id, command, by=ADMINISTRATOR)
    assert (ended.days.terminated_from, ended.termination_reason) == (from_day, "Лицензия кайтарылды")
    assert await in_force(desk, PHARMACY, from_day - DAY)
    assert not await in_force(desk, PHARMACY, from_day)
    again = desk.contracts.terminate(contract.id, command, by=ADMINISTRATOR)
    assert await codes_of(again) == [ErrorCode.CONTRACT_STATE]
    follows = await desk.contracted(number="ДА-2", starts_on=from_day)
    assert await in_force(desk, PHARMACY, follows.days.starts_on)


@pytest.mark.parametrize("action", ["prolong", "terminate", "claim", "settle", "decide"])
async def test_what_is_not_there_is_not_changed(desk: FundDesk, action: str):
    nobody: UUID = SystemIds().new()
    command = TerminateContractCommand(from_day=desk.today, reason="x")
    doing, code = {
        "prolong": (lambda: desk.contracts.prolong(nobody, by=ADMINISTRATOR), ErrorCode.CONTRACT_NOT_FOUND),
        "terminate": (
            lambda: desk.contracts.terminate(nobody, command, by=ADMINISTRATOR),
            ErrorCode.CONTRACT_NOT_FOUND,
        ),
        "claim": (
            lambda: desk.contracts.file_claim(
                nobody, FileClaimCommand(party=Party.FUND, substance="x"), by=ADMINISTRATOR
            ),
            ErrorCode.CONTRACT_NOT_FOUND,
        ),
        "settle": (
            lambda: desk.contracts.settle_claim(nobody, SettleClaimCommand(settlement="x"), by=ADMINISTRATOR),
            ErrorCode.CLAIM_NOT_FOUND,
        ),
        "decide": (lambda: desk.decide(nobody, REFUSAL), ErrorCode.APPLICATION_NOT_FOUND),
    }[action]
    assert await codes_of(doing()) == [code]
    assert await desk.actions() == []


async def test_pages_follow_each_other(desk: FundDesk):
    pharmacies = [f"{n:06d}" for n in range(700001, 700006)]
    for n, pharmacy in enumerate(pharmacies):
        await desk.contracted(pharmacy, number=f"ДА-{n}")
    seen: list[str] = []
    after = None
    while page := await desk.contracts.contracts(within=None, after=after, limit=2):
        seen += [contract.pharmacy for contract in page]
        after = page[-1].id
    assert seen == pharmacies
    own = await desk.contracts.contracts(within=frozenset({pharmacies[1], pharmacies[3]}))
    assert [contract.pharmacy for contract in own] == [pharmacies[1], pharmacies[3]]


async def test_who_stands_behind_a_pharmacy_is_not_readable_in_the_store(desk: FundDesk):
    contract = await desk.contracted()
    claim = FileClaimCommand(party=Party.FUND, substance="Өмүрова боюнча доо")
    await desk.contracts.file_claim(contract.id, claim, by=ADMINISTRATOR)

    def everything(connection: Connection) -> str:
        tables = (contract_applications, pharmacy_contracts, contract_claims)
        return repr([connection.execute(select(table)).all() for table in tables])

    written = await desk.store.read(everything)
    for secret in ("Өмүрова", "Эңсегенов", "01505201010001", "996 312", "apteka@"):
        assert secret not in written
        assert repr(secret.encode())[2:-1] not in written


@pytest.fixture
async def nodes(postgres_url: str) -> AsyncIterator[list[FundDesk]]:
    """Two nodes of one database."""
    stores = [PostgresStore(postgres_url), PostgresStore(postgres_url)]
    for node in stores:
        await node.open()
    yield [FundDesk(node) for node in stores]
    for node in stores:
        await node.close()


def refusals(answers: Sequence[object]) -> list[ErrorCode]:
    """What those were refused for that were; anything else that went wrong is raised."""
    found = []
    for one in answers:
        if isinstance(one, Refused):
            found.append(one.findings[0].code)
        elif isinstance(one, BaseException):
            raise one
    return found


@pytest.mark.postgres
@pytest.mark.clause("29")
async def test_clause_29_two_nodes_conclude_one_contract(nodes: list[FundDesk]):
    filed = await nodes[0].file()
    answers = await asyncio.gather(
        *(desk.decide(filed.stored.id, desk.contract(number=f"ДА-{n}")) for n in range(4) for desk in nodes),
        return_exceptions=True,
    )
    assert refusals(answers) == [ErrorCode.APPLICATION_STATE] * 7
    assert len(await nodes[1].contracts.contracts(within=None)) == 1


@pytest.mark.postgres
@pytest.mark.clause("29")
async def test_clause_29_what_one_node_prolongs_the_other_does_not_conclude_over(nodes: list[FundDesk]):
    one, other = nodes
    for n in range(8):
        pharmacy = f"70001{n}"
        first = await one.contracted(pharmacy, number=f"ДА-{n}")
        filed = await one.file(pharmacy)
        follows = other.contract(number=f"ДБ-{n}", starts_on=first.days.ends_on + DAY)
        answers = await asyncio.gather(
            one.contracts.prolong(first.id, by=ADMINISTRATOR),
            other.decide(filed.stored.id, follows),
            return_exceptions=True,
        )
        assert refusals(answers) == [ErrorCode.CONTRACT_OVERLAP]
