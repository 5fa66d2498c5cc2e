"""Where a scenario is played: the simulator on one side, the till under test on the other, and what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from kopuro_pos.agent.contract import Finding, ReversalReason
from kopuro_pos.agent.texts import Language, Text
from kopuro_pos.certify.checks import Check, CheckId
from kopuro_pos.certify.driver import Driver, HarnessFailed
from kopuro_pos.certify.harness import (
    Action,
    Choose,
    EnterPrescription,
    Resume,
    Reverse,
    SaleShown,
    Screen,
    Sell,
    Start,
)
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.shelf import DISPLAY_NUMBER, PIN
from kopuro_pos.certify.simulator import Simulator

RECEIPT: Final = "000123/7"
PHARMACIST: Final = "Өмүрзакова Ң."
_RESUMES: Final = 3
"""How often «try again» is pressed before a sale counts as never finished."""
_QUIET: Final = {CheckId.CONTRACT, CheckId.TOKEN_SENT, CheckId.PIN_KEPT}


@dataclass(frozen=True, slots=True)
class Words:
    """What happens in a scenario and what a right till does."""

    title: Text
    happens: Text
    right: Text


@dataclass(frozen=True, slots=True)
class Scenario:
    """One of the thirty."""

    id: str
    words: Words
    clause: Text | None
    play: Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in seconds; tests go faster than a certification."""

    answer_within: float = 3.0
    """How long the till waits for an answer."""
    look_up_gives_up: float = 2.0
    """After how long the agent gives a look-up up."""


@dataclass(slots=True)
class Stage:
    """One scenario under way."""

    agent: Simulator
    till: Driver
    pace: Pace
    language: Language = Language.RU
    steps: list[tuple[str, Screen]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    # ---------------------------------------------------------------------------------------------------------- actions

    async def do(self, action: Action) -> Screen:
        """Perform it, and remember the screen."""
        screen = await self.till.perform(action)
        self.steps.append((action.action, screen))
        return screen

    async def begin(self, language: Language = Language.RU) -> Screen:
        """An empty till, speaking this language."""
        self.language = language
        return await self.do(
            Start(
                agent=self.agent.origin,
                token=self.agent.token,
                language=language.value,
                pharmacist=PHARMACIST,
                answer_within_seconds=self.pace.answer_within,
            )
        )

    async def look_up(self) -> Screen:
        """The synthetic patient's ПИН and number."""
        return await self.do(EnterPrescription(pin=PIN, number=DISPLAY_NUMBER))

    async def quoted(self, medicine: str = "EX-C01", *, packs: int | None = 1, tablets: int | None = None) -> Screen:
        """Begin, look up and choose."""
        await self.begin(self.language)
        await self.look_up()
        return await self.do(Choose(medicine=medicine, packs=None if tablets else packs, tablets=tablets))

    async def sell(self, receipt: str = RECEIPT) -> Screen:
        """Press «sell»."""
        return await self.do(Sell(receipt_number=receipt))

    async def reverse(self, reason: ReversalReason, receipt: str = RECEIPT) -> Screen:
        """Take the sale back."""
        return await self.do(Reverse(receipt_number=receipt, reason=reason))

    async def finished(self, screen: Screen) -> Screen:
        """«Try again» is pressed until the sale has an end, three times at most."""
        for _ in range(_RESUMES):
            if screen.sale in {SaleShown.RECORDED, SaleShown.REFUSED}:
                break
            screen = await self.do(Resume())
        return screen

    async def meanwhile(self, action: Action, then: Callable[[], Awaitable[None]]) -> None:
        """Start an action whose answer the agent holds; do ``then`` while it is held; let the answer go.

        What the till shows of the first action is of no matter here: a till that was stopped in it shows nothing.
        """
        running = asyncio.ensure_future(self.till.perform(action))
        held = asyncio.ensure_future(self.agent.held.wait())
        await asyncio.wait({running, held}, return_when=asyncio.FIRST_COMPLETED)
        held.cancel()
        try:
            await then()
        finally:
            self.agent.let_go()
            with suppress(HarnessFailed):
                self.steps.append((action.action, await running))

    # ----------------------------------------------------------------------------------------------------------- checks

    def must(self, check: CheckId, right: object, **seen: object) -> None:
        """Write down whether it was right, and what was seen."""
        told = ", ".join(f"{name}={value}" for name, value in seen.items())
        self.checks.append(Check(check, bool(right), told))

    def must_show(self, screen: Screen, *findings: Finding) -> None:
        """Every finding with its words, its clause and its advice."""
        for found in findings:
            self.must(CheckId.FINDING_SHOWN, shows(screen, found.message), code=found.code, texts=len(screen.texts))
            if found.clause is not None:
                self.must(CheckId.CLAUSE_SHOWN, shows(screen, found.clause), code=found.code, clause=found.clause)
            if found.action is not None:
                self.must(CheckId.ADVICE_SHOWN, shows(screen, found.action), code=found.code)

    def must_be_recorded(self, screen: Screen) -> None:
        """The sale is at the agent once, is shown so, and the goods are handed over."""
        self.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.RECORDED, shown=screen.sale, wanted="recorded")
        self.must(CheckId.GOODS_HANDED_OVER, screen.handed_over, handed_over=screen.handed_over)
        self.must_be_one_sale()

    def must_be_one_sale(self) -> None:
        """One key, one order, one sale."""
        journal = self.agent.journal
        keys = journal.keys(Route.SELL)
        self.must(CheckId.ONE_KEY, len(keys) == 1, keys=len(keys), tries=len(journal.to(Route.SELL)))
        self.must(CheckId.SAME_ORDER, not journal.written_twice(Route.SELL))
        sales = [sale for sale in self.agent.world.sales.values() if sale.reversal_of is None]
        self.must(CheckId.ONE_SALE, len(sales) == 1, sales=len(sales))

    def must_keep(self, screen: Screen) -> None:
        """The goods are not handed over."""
        self.must(CheckId.GOODS_KEPT, not screen.handed_over, handed_over=screen.handed_over, sale=screen.sale)

    def must_follow_the_contract(self) -> None:
        """What holds in every scenario: contract, token, ПИН."""
        journal = self.agent.journal
        strangers = [call.told() for call in journal.against_contract()]
        self.must(CheckId.CONTRACT, not strangers, calls=strangers or len(journal.calls))
        refused = [call for call in journal.calls if call.problem == "TOKEN_REQUIRED" and call.fault is None]
        self.must(CheckId.TOKEN_SENT, not refused, refused=len(refused))
        spoken = [
            call
            for call in journal.calls
            if PIN in call.target or (call.route not in {Route.LOOK_UP, Route.SCAN} and PIN in str(call.body))
        ]
        self.must(CheckId.PIN_KEPT, not spoken, calls=len(spoken))

    def right(self) -> bool:
        """Whether every check was, and there was something to look at beside what always is."""
        return all(check.right for check in self.checks) and any(check.id not in _QUIET for check in self.checks)


def shows(screen: Screen, wanted: str) -> bool:
    """Whether these words can be read; blanks and breaks of lines do not count."""
    return _flat([wanted]) in _flat(screen.texts)


def _flat(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())
