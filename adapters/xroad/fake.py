"""A provider that keeps records, in memory: what the fakes of such upstreams share. Shares no code with the client."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from gateway.operations.model import OutboundMessage, Outcome, Rejection, Result


@dataclass(frozen=True, slots=True)
class FakeRecord:
    """What is held of one revision."""

    record_number: str
    operation_key: str
    payload: bytes


class InMemoryRecordKeeper:
    """Stores every revision once and can be told how the next deliveries and questions end.

    ``numbers`` begins every record number.
    """

    def __init__(self, *, numbers: str) -> None:
        self._numbers = numbers
        self._deliveries: deque[tuple[Result, bool]] = deque()
        self._questions: deque[Result] = deque()
        self.revisions: dict[str, dict[int, FakeRecord]] = {}
        """What is held, by business key and revision."""
        self.times_stored: dict[tuple[str, int], int] = {}
        """How often each revision was stored."""

    def end_next_delivery(self, result: Result, *, stored: bool) -> None:
        """Let the next delivery end with ``result``, the message stored before or not."""
        self._deliveries.append((result, stored))

    def reject_next(self, code: str, message: str, path: str | None = None) -> None:
        """Let the next delivery end with a business refusal."""
        refusal = Result(outcome=Outcome.REJECTED, reason="FUND_REJECTED", rejections=(Rejection(code, message, path),))
        self.end_next_delivery(refusal, stored=False)

    def end_next_question(self, result: Result) -> None:
        """Let the next question end with ``result``."""
        self._questions.append(result)

    def against(self, message: OutboundMessage) -> Result | None:
        """Why a message that is new here is not stored; ``None`` when it is to be."""

    def review(self, business_key: str) -> str | None:
        """How the review of a record stands, where the provider has one."""

    async def deliver(self, message: OutboundMessage) -> Result:
        """See :meth:`gateway.ports.Upstream.deliver`."""
        if self._deliveries:
            result, stored = self._deliveries.popleft()
            if stored:
                self._store(message)
            return result
        known = self.revisions.get(message.business_key, {}).get(message.revision)
        if known is None:
            return self.against(message) or _delivered("FUND_ACCEPTED", self._store(message))
        if known.operation_key != str(message.operation_id):
            return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION")
        return _delivered("FUND_DUPLICATE", known)

    async def ask(self, message: OutboundMessage) -> Result:
        """See :meth:`gateway.ports.Upstream.ask`."""
        if self._questions:
            return self._questions.popleft()
        revisions = self.revisions.get(message.business_key)
        if revisions is None:
            return Result(outcome=Outcome.NOT_FOUND, reason="FUND_NOT_FOUND")
        newest = max(revisions)
        if newest < message.revision:
            return Result(outcome=Outcome.NOT_FOUND, reason="FUND_OLDER_REVISION")
        if newest == message.revision and revisions[newest].operation_key != str(message.operation_id):
            return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION")
        return _delivered("FUND_HAS_RECORD", revisions[newest], self.review(message.business_key))

    async def close(self) -> None:
        """Nothing to release."""

    def _store(self, message: OutboundMessage) -> FakeRecord:
        key = (message.business_key, message.revision)
        self.times_stored[key] = self.times_stored.get(key, 0) + 1
        revisions = self.revisions.setdefault(message.business_key, {})
        earlier = next(iter(revisions.values()), None)
        number = earlier.record_number if earlier else f"{self._numbers}-{len(self.revisions):08d}"
        return revisions.setdefault(message.revision, FakeRecord(number, str(message.operation_id), message.payload))


def _delivered(reason: str, record: FakeRecord, review: str | None = None) -> Result:
    return Result(outcome=Outcome.DELIVERED, reason=reason, record_number=record.record_number, review_state=review)
