"""The client of the fund's service: an :class:`gateway.ports.Upstream` and :class:`gateway.ports.ReviewSource`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapters.foms.mapping import CaseAcknowledgement, CaseInquiry, Decisions, submission_values
from adapters.foms.settings import FomsSettings
from adapters.xroad.codec import Values
from adapters.xroad.record_keeper import NotMappable, RecordKeeper, open_record_keeper
from adapters.xroad.settings import XRoadSettings
from gateway.operations.model import OutboundMessage, Result
from gateway.ports import Ids, ReviewDecision
from schemas.foms import MESSAGES, WSDL

SUBMIT: Final = "SubmitTreatedCase"
GET: Final = "GetTreatedCase"
LIST_DECISIONS: Final = "ListReviewDecisions"


class FomsClient:
    """Delivers treated cases, asks for them by КСФ number and reads review decisions."""

    name: Final = "foms"

    def __init__(self, keeper: RecordKeeper) -> None:
        self._keeper = keeper

    async def deliver(self, message: OutboundMessage) -> Result:
        """Send one operation once. See :meth:`gateway.ports.Upstream.deliver`."""
        try:
            values = submission_values(message)
        except NotMappable as error:
            return error.result()
        return await self._keeper.submit(SUBMIT, values, message, CaseAcknowledgement)

    async def ask(self, message: OutboundMessage) -> Result:
        """Ask by КСФ number. See :meth:`gateway.ports.Upstream.ask`."""
        return await self._keeper.inquire(GET, {"ksfNumber": message.business_key}, message, CaseInquiry)

    async def review_decisions(self, after: str | None, limit: int) -> Sequence[ReviewDecision] | None:
        """Decisions of expert control after the cursor. See :meth:`gateway.ports.ReviewSource.review_decisions`."""
        values: Values = {"limit": limit} if after is None else {"since": after, "limit": limit}
        found = await self._keeper.read(LIST_DECISIONS, values, Decisions)
        return None if found is None else [decision.as_review_decision() for decision in found.decisions]

    async def close(self) -> None:
        """Release connections."""
        await self._keeper.close()


def open_foms_client(foms: FomsSettings, xroad: XRoadSettings, ids: Ids) -> FomsClient:
    """A client ready for use. Raises ``OSError`` for unusable TLS files. Close it in the event loop that used it."""
    return FomsClient(open_record_keeper(foms, xroad, ids, wsdl=WSDL, messages=MESSAGES))
