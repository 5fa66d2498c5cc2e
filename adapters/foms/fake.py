"""A fund in memory: the same port as the client, without a network. For unit tests of what stands before the port."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.operations.model import OutboundMessage, Outcome, Rejection, Result
from gateway.ports import ReviewDecision


@dataclass(frozen=True, slots=True)
class FakeRecord:
    """What the fund holds of one revision."""

    record_number: str
    operation_key: str


class InMemoryFund:
    """Stores every revision once and can be told how the next deliveries and questions end."""

    name: Final = "foms"

    def __init__(self, *, can_be_asked: bool = True, recognises_repeats: bool = True) -> None:
        self._can_be_asked = can_be_asked
        self._recognises_repeats = recognises_repeats
        self._revisions: dict[str, dict[int, FakeRecord]] = {}
        self._states: dict[str, str] = {}
        self._decisions: list[ReviewDecision] = []
        self._deliveries: deque[tuple[Result, bool]] = deque()
        self._questions: deque[Result] = deque()
        self.times_stored: dict[tuple[str, int], int] = {}
        """How often each revision was stored."""

    def end_next_delivery(self, result: Result, *, stored: bool) -> None:
        """Let the next delivery end with ``result``, the case stored before or not."""
        self._deliveries.append((result, stored))

    def end_next_question(self, result: Result) -> None:
        """Let the next question end with ``result``."""
        self._questions.append(result)

    def decide(self, ksf_number: str, state: str, reason: str | None, amount: str | None, at: datetime) -> None:
        """Let expert control decide on the newest revision of a case that the fund holds."""
        self._states[ksf_number] = state
        self._decisions.append(
            ReviewDecision(
                position=str(len(self._decisions) + 1),
                ksf_number=ksf_number,
                revision=max(self._revisions[ksf_number]),
                state=state,
                reason=reason,
                amount=amount,
                decided_at=at,
            )
        )

    async def deliver(self, message: OutboundMessage) -> Result:
        """See :meth:`gateway.ports.Upstream.deliver`."""
        if self._deliveries:
            result, stored = self._deliveries.popleft()
            if stored:
                self._store(message)
            return result
        known = self._revisions.get(message.business_key, {}).get(message.revision)
        if known is None or not self._recognises_repeats:
            return _delivered("FUND_ACCEPTED", self._store(message))
        if known.operation_key != str(message.operation_id):
            return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION")
        return _delivered("FUND_DUPLICATE", known)

    async def ask(self, message: OutboundMessage) -> Result:
        """See :meth:`gateway.ports.Upstream.ask`."""
        if not self._can_be_asked:
            if self._recognises_repeats:
                return Result(outcome=Outcome.NOT_FOUND, reason="FUND_RECOGNISES_REPEATS")
            return Result(outcome=Outcome.CANNOT_ASK, reason="FUND_CANNOT_BE_ASKED")
        if self._questions:
            return self._questions.popleft()
        revisions = self._revisions.get(message.business_key)
        if revisions is None:
            return Result(outcome=Outcome.NOT_FOUND, reason="FUND_NOT_FOUND")
        newest = max(revisions)
        if newest < message.revision:
            return Result(outcome=Outcome.NOT_FOUND, reason="FUND_OLDER_REVISION")
        if newest == message.revision and revisions[newest].operation_key != str(message.operation_id):
            return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION")
        state = self._states.get(message.business_key, "pending")
        return _delivered("FUND_HAS_RECORD", revisions[newest], state)

    async def review_decisions(self, after: str | None, limit: int) -> Sequence[ReviewDecision] | None:
        """See :meth:`gateway.ports.ReviewSource.review_decisions`."""
        start = int(after) if after else 0
        return self._decisions[start : start + limit]

    async def close(self) -> None:
        """Nothing to release."""

    def _store(self, message: OutboundMessage) -> FakeRecord:
        key = (message.business_key, message.revision)
        self.times_stored[key] = self.times_stored.get(key, 0) + 1
        revisions = self._revisions.setdefault(message.business_key, {})
        earlier = next(iter(revisions.values()), None)
        number = earlier.record_number if earlier else f"PS-{len(self._revisions):08d}"
        return revisions.setdefault(message.revision, FakeRecord(number, str(message.operation_id)))


def rejected(code: str, message: str, path: str | None = None) -> Result:
    """A business refusal, for :meth:`InMemoryFund.end_next_delivery`."""
    return Result(outcome=Outcome.REJECTED, reason="FUND_REJECTED", rejections=(Rejection(code, message, path),))


def _delivered(reason: str, record: FakeRecord, review_state: str | None = None) -> Result:
    return Result(
        outcome=Outcome.DELIVERED, reason=reason, record_number=record.record_number, review_state=review_state
    )
