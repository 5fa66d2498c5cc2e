"""The act about money: the month ends, its report is formed and submitted, the act is signed by two and paid.

Nobody waits for a month to end: the gateway stands still, and its own settlement code works on its store by a clock
that is set to the first day of the next month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from gateway.audit.actions import ActorKind
from gateway.audit.trail import ChainedTrail
from gateway.cli.demo.access import FUND_OFFICE, PHARMACY, PHARMACY_TILL
from gateway.cli.demo.stage import Stage
from gateway.cli.failures import Failure
from gateway.programme.budget.years import BudgetYears
from gateway.programme.contracts.book import Contracts
from gateway.programme.settlement.acts import Acts
from gateway.programme.settlement.appointments import StaffAppointments
from gateway.programme.settlement.duty import GATEWAY
from gateway.programme.settlement.forming import ReportForming
from gateway.programme.settlement.ports import Requester, Surroundings
from gateway.programme.settlement.records import Act, Report
from gateway.rules.days import BISHKEK
from gateway.rules.findings import Finding, Refused
from gateway.rules.money import from_tyiyn
from gateway.rules.settlement.months import following, month_of
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.sources import KeyDirectory
from gateway.store.grouping import Store
from gateway.store.sqlite import SqliteStore
from gateway.system import TimeOrderedIds
from schemas.amounts import som
from schemas.errors.codes import ErrorCode
from schemas.errors.model import Language
from schemas.settlement.terms import SignerRole

_MORNING: Final = time(9)
_PAYMENT: Final = "П-0001"
_REGION: Final = "bishkek"
"""Where the patient is registered, so whose budget is charged (clause 8)."""

_TILL: Final = Requester(name=PHARMACY_TILL, kind=ActorKind.MACHINE, within=frozenset({PHARMACY}))
_FUND: Final = Requester(name=FUND_OFFICE, kind=ActorKind.MACHINE)


@dataclass(slots=True)
class SetClock:
    """A :class:`gateway.ports.Clock` that shows what it is set to."""

    at: datetime

    def now(self) -> datetime:
        """The instant it is set to."""
        return self.at

    def forward(self, by: timedelta) -> None:
        """Set it forward."""
        self.at += by


class Closing:
    """Plays the act on the store of a gateway that does not run. ``sales`` are all dispenses and reversals."""

    def __init__(self, folder: Path, stage: Stage, language: Language, sales: Sequence[Mapping[str, Any]]) -> None:
        self._folder = folder
        self._stage = stage
        self._language = language
        self._sales = sales

    async def play(self, signers: Mapping[SignerRole, UUID]) -> UUID:
        """Close the month; the id of the act. ``signers`` are persons of the gateway's register.

        Raises :class:`Failure` when a sum is not what the pharmacy was answered, sale by sale.
        """
        month = month_of(date.fromisoformat(self._sales[-1]["sold_on"]))
        clock = SetClock(datetime.combine(following(month), _MORNING, BISHKEK).astimezone(UTC))
        self._stage.heading("closing")
        self._stage.say("clock-set", day=f"{following(month):%d.%m.%Y}")
        store = SqliteStore(self._folder / "kopuro.db")
        await store.open()
        try:
            around = _surroundings(store, self._folder, clock)
            report = await self._reported(around, month)
            act = await self._settled(around, report, signers, clock)
            await self._charged(around, month.year)
        finally:
            await store.close()
        return act.id

    async def _reported(self, around: Surroundings, month: date) -> Report:
        """The report is formed as the gateway's own duty does it; the pharmacy hands it in (clauses 41 and 51)."""
        report = await ReportForming(around).form(PHARMACY, month, GATEWAY)
        totals = report.totals
        sums = tuple(map(from_tyiyn, (totals.retail, totals.compensation, totals.patient, totals.settled)))
        wanted = tuple(map(self._sum, ("retail", "compensation", "patient", "settled")))
        if (totals.lines, sums) != (len(self._sales), wanted):
            raise Failure(f"The report has {totals.lines} lines of {sums} instead of {len(self._sales)} of {wanted}.")
        keys = ("report.retail", "report.fund", "report.patient", "report.settled")
        self._stage.facts(
            (
                ("report.month", f"{report.month:%m.%Y}"),
                ("report.lines", totals.lines),
                *zip(keys, map(som, sums), strict=True),
            )
        )
        return await Acts(around).submit(report.id, _TILL)

    async def _settled(
        self, around: Surroundings, report: Report, signers: Mapping[SignerRole, UUID], clock: SetClock
    ) -> Act:
        """The act is drawn and signed by both; it cannot be paid before that (clause 45)."""
        acts = Acts(around)
        act = await acts.draw(report.id, _TILL)
        for role in SignerRole:
            early = await _refused_payment(acts, act.id)
            clock.forward(timedelta(minutes=30))
            person = signers[role]
            signer = Requester(name=str(person), kind=ActorKind.PERSON, within=frozenset({PHARMACY}))
            act = await acts.sign(act.id, role, act.digest, person, signer)
        self._stage.say("act.early")
        self._stage.finding(early.as_json(self._language))
        clock.forward(timedelta(hours=2))
        act = await acts.pay(act.id, _PAYMENT, _FUND)
        paid = self._stage.text("act.payment", amount=som(from_tyiyn(act.total)), reference=act.payment_reference)
        self._stage.facts(
            (("act.number", act.number), ("act.signed", self._stage.text("act.signers")), ("act.paid", paid))
        )
        return act

    async def _charged(self, around: Surroundings, year: int) -> None:
        """The budget of the patient's region was charged with what is settled (clause 8)."""
        budgets = await BudgetYears(around.store, around.clock, around.ids, around.audit).year(year)
        state = next(one.state for one in budgets.regions if one.region == _REGION)
        charged, wanted = from_tyiyn(state.charged), self._sum("settled")
        if charged != wanted:
            raise Failure(f"The budget was charged with {charged} instead of {wanted}.")
        sums = {"charged": som(charged), "approved": som(from_tyiyn(state.approved or 0))}
        self._stage.say("budget", region=self._stage.text(f"row.{_REGION}"), **sums)

    def _sum(self, name: str) -> Decimal:
        return sum((Decimal(sale[name]) for sale in self._sales), Decimal("0.00"))


async def _refused_payment(acts: Acts, act_id: UUID) -> Finding:
    """Why an act cannot be paid yet; raises :class:`Failure` when it could, or for another reason."""
    try:
        await acts.pay(act_id, _PAYMENT, _FUND)
    except Refused as refused:
        finding = refused.findings[0]
        if finding.code is not ErrorCode.ACT_NOT_SIGNED:
            raise Failure(f"Paying an unsigned act was refused with {finding.code}.") from None
        return finding
    raise Failure("An act was paid that two have not signed.")


def _surroundings(store: Store, folder: Path, clock: SetClock) -> Surroundings:
    """Settlement as the gateway composes it, by another clock."""
    contracts = Contracts()
    return Surroundings(
        store=store,
        contracts=contracts,
        deadlines=contracts,
        appointments=StaffAppointments(),
        sealer=KeyKeeper(KeyDirectory(folder / "keys"), clock).sealer,
        audit=ChainedTrail(store, clock).append,
        clock=clock,
        ids=TimeOrderedIds(),
    )
