"""The books of the drug programme as they stand before the first prescription: who has put what into them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from gateway.audit.trail import AppendAudit
from gateway.cli.reference_tables import table_from, tell_findings
from gateway.cli.registers import operator
from gateway.cli.simulate import EXAMPLE_REGISTER
from gateway.ports import Clock, Ids, Sealer
from gateway.programme.budget.limit_setting import LimitSetting
from gateway.programme.budget.years import BudgetYears
from gateway.programme.contracts.applications import ApplicationDesk
from gateway.reference.medicines import parse_medicines
from gateway.rules.days import bishkek_day
from gateway.store.grouping import Store
from gateway.store.medicines import NewVersion, add_version
from schemas.budget import BudgetApproval, PatientLimitCommand, RegionInsured, RegionName
from schemas.contracts import ApplicationDecision, ContractApplication, ContractTerms, PharmacyLicence, TaxCheck
from schemas.errors.model import Language

EXAMPLE_MEDICINES: Final = EXAMPLE_REGISTER.with_name("medicines.csv")
EXAMPLE_PRIMARY_CARE: Final = EXAMPLE_REGISTER.with_name("primary_care.csv")
"""Nine invented family medicine centres, one in each row of the roll-out schedule."""

NORM: Final = Decimal("12.50")
"""Per-capita norm in som; 300 of them are the limit of a patient's year (clause 21(1))."""
MULTIPLIER: Final = 300
_INSURED: Final = 100_000
"""Insured people of each region."""
_REPORT_DEADLINE_DAYS: Final = 10


async def fill_books(
    store: Store, sealer: Sealer, clock: Clock, ids: Ids, audit: AppendAudit, *, pharmacy: str
) -> None:
    """The reference of medicines, the pharmacy's contract, the year's budget of every region, the patient's limit."""
    today = bishkek_day(clock.now())
    parsed = table_from(EXAMPLE_MEDICINES, parse_medicines)
    tell_findings(EXAMPLE_MEDICINES, parsed.findings, Language.EN)
    first_day = date(today.year, 1, 1)
    version = NewVersion(
        medicines=parsed.medicines,
        valid_from=first_day,
        list_approved_on=today,
        levels_set_on=today,
        today=today,
        at=clock.now(),
        by=operator().id,
    )
    await store.write(partial(add_version, new=version))
    await _conclude_contract(ApplicationDesk(store, sealer, clock, ids, audit), pharmacy, today)
    approval = BudgetApproval(
        year=today.year,
        norm=NORM,
        basis="1/Б",
        regions=tuple(RegionInsured(region=region, insured=_INSURED) for region in RegionName),
    )
    await BudgetYears(store, clock, ids, audit).approve(approval, by=operator())
    limit = PatientLimitCommand(norm=NORM, multiplier=MULTIPLIER, effective_on=today, reason="1/Л")
    await LimitSetting(store, clock, ids, audit).set(limit, by=operator())


async def _conclude_contract(desk: ApplicationDesk, pharmacy: str, today: date) -> None:
    """The pharmacy applies in the fund's form, and the fund concludes a contract for a year (clauses 27 to 29)."""
    form = ContractApplication(
        pharmacy=pharmacy,
        legal_name="ОсОО «Үлгү Дары»",
        inn="00101199910013",
        licence=PharmacyLicence(number="ФД-0001"),
        head="Дарыбеков Үлгү",
        chief_accountant="Текшерүүчү Тест",
        email="pharmacy@example.kg",
        phone="+996700000103",
        form_signed=True,
    )
    filed = await desk.file(form, by=operator(), within=None)
    terms = ContractTerms(number="1/Д", starts_on=today, report_deadline_days=_REPORT_DEADLINE_DAYS)
    check = TaxCheck(checked_on=today, source="Салык кызматы (имитация)", reference="1", debt=Decimal(0))
    decision = ApplicationDecision(contract=terms, tax_check=check)
    await desk.decide(filed.stored.id, decision, by=operator())
