"""The fund's desk in a store: contracts, budgets, limit and prices, with a clock to move."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from gateway.access.authors import Author
from gateway.audit.actions import ActorKind
from gateway.audit.entries import read_entries
from gateway.audit.trail import AppendAudit, ChainedTrail
from gateway.programme.budget.limit_setting import LimitSetting
from gateway.programme.budget.years import BudgetYears
from gateway.programme.contracts.applications import ApplicationDesk, Decided, FiledApplication
from gateway.programme.contracts.office import ContractOffice
from gateway.programme.contracts.records import StoredContract
from gateway.programme.monitoring.months import PriceMonitoring
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from schemas.budget import BudgetApproval, RegionInsured, RegionName
from schemas.contracts import (
    ApplicationDecision,
    ContractApplication,
    ContractTerms,
    PharmacyLicence,
    RefusalTerms,
    TaxCheck,
)
from schemas.errors import ErrorCode
from tests.support.doubles import SettableClock, SystemIds
from tests.support.journal import SEALER

ADMINISTRATOR = Author("01990000-0000-7000-8000-000000000007", ActorKind.PERSON)
HEAD = Author("01990000-0000-7000-8000-000000000008", ActorKind.PERSON)
PHARMACY, OTHER_PHARMACY = "700001", "700002"
DAY = timedelta(days=1)


class FundDesk:
    """Everything over one store and one clock."""

    def __init__(self, store: Store, audit: AppendAudit | None = None) -> None:
        self.store = store
        self.clock = SettableClock()
        sealer, ids, audit = SEALER, SystemIds(), audit or ChainedTrail(store, self.clock).append
        self.applications = ApplicationDesk(store, sealer, self.clock, ids, audit)
        self.contracts = ContractOffice(store, sealer, self.clock, ids, audit)
        self.budgets = BudgetYears(store, self.clock, ids, audit)
        self.limit = LimitSetting(store, self.clock, ids, audit)
        self.prices = PriceMonitoring(store)

    @property
    def today(self) -> date:
        return bishkek_day(self.clock.at)

    async def file(self, pharmacy: str = PHARMACY, **changes: Any) -> FiledApplication:
        return await self.applications.file(form(pharmacy, **changes), by=HEAD, within=frozenset({pharmacy}))

    async def decide(self, application: UUID, decision: ApplicationDecision) -> Decided:
        return await self.applications.decide(application, decision, by=ADMINISTRATOR)

    def contract(self, number: str = "ДА-1", **changes: Any) -> ApplicationDecision:
        terms = ContractTerms(number=number, starts_on=self.today, report_deadline_days=10)
        check = TaxCheck(checked_on=self.today, source="ГНС", reference="55-1", debt=Decimal("0.00"))
        return ApplicationDecision(contract=terms.model_copy(update=changes), tax_check=check)

    async def contracted(self, pharmacy: str = PHARMACY, number: str = "ДА-1", **changes: Any) -> StoredContract:
        filed = await self.file(pharmacy)
        decided = await self.decide(filed.stored.id, self.contract(number, **changes))
        assert decided.contract is not None
        return decided.contract

    async def approve(self, year: int, *insured: tuple[RegionName, int], norm: str = "1.00") -> None:
        listed = tuple(RegionInsured(region=region, insured=number) for region, number in insured)
        approval = BudgetApproval(year=year, norm=Decimal(norm), basis="П-1", regions=listed)
        await self.budgets.approve(approval, by=ADMINISTRATOR)

    async def actions(self) -> list[str]:
        """What the audit has, in order."""
        return [entry.event.action for entry in await self.store.read(lambda c: read_entries(c, after=0, limit=1000))]


def form(pharmacy: str = PHARMACY, **changes: Any) -> ContractApplication:
    """A complete application."""
    complete = ContractApplication(
        pharmacy=pharmacy,
        legal_name="ОсОО «Шипаа»",
        inn="01505201010001",
        licence=PharmacyLicence(number="Л-77", valid_until=date(2030, 6, 30)),
        head="Өмүрова Үмүт",
        chief_accountant="Эңсегенов Өскөн",
        email="apteka@example.kg",
        phone="+996 312 000000",
        form_signed=True,
    )
    return complete.model_copy(update=changes)


REFUSAL = ApplicationDecision(refusal=RefusalTerms(reasons=("Лицензия токтотулган",)))


async def codes_of(doing: Any) -> list[ErrorCode]:
    """What a refused change was refused for."""
    with pytest.raises(Refused) as refused:
        await doing
    return [finding.code for finding in refused.value.findings]
