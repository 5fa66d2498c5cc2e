"""The line to the gateway: whether it answers, whether it knows us, and what time it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from kopuro_pos import client
from kopuro_pos.agent.contract import ClockState, GatewayState, TerminalState
from kopuro_pos.agent.counter.refusing import is_signed_out, problem_of, said_by_gateway
from kopuro_pos.agent.ports import Clock, CounterSettings, GatewayPort, Terminal
from kopuro_pos.agent.problems import AgentProblem, ProblemCode

Answer = TypeVar("Answer")

_STEADY = timedelta(seconds=2)
"""The clock is measured to about a second: what differs less from before, or from being right, is the same."""


class Line:
    """Every question to the gateway goes through here. ``moved`` is called when what :meth:`state` says is another."""

    def __init__(self, clock: Clock, settings: CounterSettings, moved: Callable[[], None]) -> None:
        self._clock = clock
        self._settings = settings
        self._moved = moved
        self._gateway: GatewayPort | None = None
        self._terminal: Terminal | None = None
        self._reachable: bool | None = None
        self._last_answer_at: datetime | None = None
        self._offline_since: datetime | None = None
        self._offset: timedelta | None = None
        self._signed_out = False

    @property
    def connected(self) -> bool:
        """Whether this terminal is enrolled."""
        return self._gateway is not None

    @property
    def terminal(self) -> Terminal:
        """Who we are; raises NOT_ENROLLED."""
        if self._terminal is None:
            raise AgentProblem(ProblemCode.NOT_ENROLLED)
        return self._terminal

    @property
    def reachable(self) -> bool | None:
        """Whether the last question was answered."""
        return self._reachable

    @property
    def offset(self) -> timedelta | None:
        """How far this computer's clock is ahead."""
        return self._offset

    @property
    def tolerance(self) -> timedelta:
        """How far it may be."""
        return self._settings.largest_clock_offset

    @property
    def blocked(self) -> bool:
        """Whether it is further ahead or behind."""
        return self._offset is not None and abs(self._offset) > self.tolerance

    def connect(self, gateway: GatewayPort, terminal: Terminal) -> None:
        """Ask this gateway from now on, as this terminal."""
        self._gateway, self._terminal = gateway, terminal
        self._signed_out = False
        self._moved()

    def remember(self, offset_seconds: float | None) -> None:
        """What the clock was like before the agent was stopped."""
        if self._offset is None and offset_seconds is not None:
            self._offset = timedelta(seconds=offset_seconds)

    def now(self) -> datetime:
        """The present instant by the gateway's clock, as well as it is known."""
        return self._clock.now() - (self._offset or timedelta())

    def check_clock(self) -> None:
        """Raises CLOCK_WRONG."""
        if self.blocked:
            raise AgentProblem(ProblemCode.CLOCK_WRONG)

    async def ask(self, question: Callable[[GatewayPort], Awaitable[Answer]], language: str, within: float) -> Answer:
        """Put a question that somebody waits for; raises ``AgentProblem`` for whatever stands in the way.

        That is NOT_ENROLLED, CLOCK_WRONG, ENROL_AGAIN, GATEWAY_UNREACHABLE, or GATEWAY_REFUSED with its findings. A
        clock that was wrong may have been set meanwhile: the answer shows.
        """
        try:
            async with asyncio.timeout(within):
                answer = await self.call(question)
        except TimeoutError:
            self._not_answered()
            raise AgentProblem(ProblemCode.GATEWAY_UNREACHABLE) from None
        except (client.Refused, client.Unreachable) as error:
            self.check_clock()
            raise problem_of(error, language) from error
        self.check_clock()
        return answer

    async def call(self, question: Callable[[GatewayPort], Awaitable[Answer]]) -> Answer:
        """Put a question and take note of how it went; raises NOT_ENROLLED or what the client raises."""
        if self._gateway is None:
            raise AgentProblem(ProblemCode.NOT_ENROLLED)
        gateway = self._gateway
        try:
            answer = await question(gateway)
        except client.CallFailed as error:
            said = said_by_gateway(error)
            if said is None:
                self._not_answered()
            else:
                self._answered(gateway, signed_out=is_signed_out(said))
            raise
        self._answered(gateway, signed_out=False)
        return answer

    def terminal_state(self) -> TerminalState:
        """Who we are, for the state."""
        if self._terminal is None:
            return TerminalState(enrolled=False)
        terminal = self._terminal
        return TerminalState(
            enrolled=True,
            client=terminal.client,
            pharmacy=terminal.pharmacy,
            pharmacy_name=terminal.pharmacy_name,
            key_changed_at=terminal.key_changed_at,
            must_enrol_again=self._signed_out,
        )

    def gateway_state(self) -> GatewayState:
        """How the gateway is, for the state."""
        return GatewayState(
            origin=None if self._terminal is None else self._terminal.origin,
            reachable=self._reachable,
            last_answer_at=self._last_answer_at,
            offline_since=self._offline_since,
        )

    def clock_state(self) -> ClockState:
        """How the clock is, for the state."""
        offset = self._offset
        return ClockState(offset_seconds=None if offset is None else offset.total_seconds(), blocked=self.blocked)

    def _answered(self, gateway: GatewayPort, *, signed_out: bool) -> None:
        before = (self._reachable, self._signed_out, self.blocked)
        known = self._offset
        if gateway.clock is not None:
            measured, before_it = timedelta(seconds=gateway.clock.seconds), known or timedelta()
            self._offset = measured if abs(measured - before_it) > _STEADY else before_it
        if gateway is self._gateway:  # what a former key is told, says nothing of this one
            # A token is refused to a clock that is far off, too: then it is not the key.
            self._signed_out = signed_out and not self.blocked
        self._reachable, self._offline_since = True, None
        self._last_answer_at = self.now()
        if (self._reachable, self._signed_out, self.blocked) != before or self._offset != known:
            self._moved()

    def _not_answered(self) -> None:
        if self._reachable is not False:
            self._reachable, self._offline_since = False, self.now()
            self._moved()
