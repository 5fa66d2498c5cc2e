"""A fund in memory: the same port as the client, without a network. For unit tests of what stands before the port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from adapters.xroad.fake import InMemoryRecordKeeper
from gateway.ports import ReviewDecision


class InMemoryFund(InMemoryRecordKeeper):
    """Stores every revision once and can be told how deliveries and questions end, and how expert control decides."""

    name: Final = "foms"

    def __init__(self) -> None:
        super().__init__(numbers="PS")
        self._states: dict[str, str] = {}
        self._decisions: list[ReviewDecision] = []

    def decide(self, ksf_number: str, state: str, reason: str | None, amount: str | None, at: datetime) -> None:
        """Let expert control decide on the newest revision of a case that the fund holds."""
        self._states[ksf_number] = state
        self._decisions.append(
            ReviewDecision(
                position=str(len(self._decisions) + 1),
                ksf_number=ksf_number,
                revision=max(self.revisions[ksf_number]),
                state=state,
                reason=reason,
                amount=amount,
                decided_at=at,
            )
        )

    def review(self, business_key: str) -> str:
        """How expert control stands to a case."""
        return self._states.get(business_key, "pending")

    async def review_decisions(self, after: str | None, limit: int) -> Sequence[ReviewDecision] | None:
        """See :meth:`gateway.ports.ReviewSource.review_decisions`."""
        start = int(after) if after else 0
        return self._decisions[start : start + limit]
