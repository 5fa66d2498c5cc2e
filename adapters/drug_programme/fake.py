"""A fund in memory: the same ports as the client, without a network. For unit tests of what stands before the ports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from adapters.xroad.fake import InMemoryRecordKeeper
from gateway.operations.model import OperationKind, OutboundMessage, Outcome, Result
from gateway.programme.ports import FundDispense
from schemas.programme.messages import DispensedMedicine


class InMemoryDrugProgramme(InMemoryRecordKeeper):
    """Stores every revision once and can be told how deliveries and questions end.

    What speaks of a prescription or dispense that it does not have is deferred, as the contract says.
    """

    name: Final = "drug-programme"

    def __init__(self, *, retry_after: float = 1.0) -> None:
        super().__init__(numbers="DP")
        self._retry_after = retry_after

    def against(self, message: OutboundMessage) -> Result | None:
        """Deferred, when what it speaks of has not arrived, or stands in its way."""
        missing = self._missing(message)
        if missing is None:
            return None
        return Result(outcome=Outcome.NOT_SENT, reason="FUND_DEFERRED", detail=missing, retry_after=self._retry_after)

    async def dispenses(self, pharmacy: str, first: date, last: date) -> Sequence[FundDispense] | None:
        """See :class:`gateway.programme.ports.FundLedger`."""
        listed = []
        for key, revisions in self.revisions.items():
            if not _is_dispense(key):
                continue
            sold = DispensedMedicine.model_validate_json(revisions[1].payload)
            if sold.pharmacy == pharmacy and first <= sold.sold_on <= last:
                listed.append(
                    FundDispense(
                        dispense=sold.dispense,
                        record_number=revisions[1].record_number,
                        sold_on=sold.sold_on,
                        compensation=sold.compensation,
                        settled=sold.settled,
                        reversed=2 in revisions,
                    )
                )
        return listed

    def _missing(self, message: OutboundMessage) -> str | None:
        number = message.business_key.partition("/")[0]
        match message.kind:
            case OperationKind.REVERSE_DISPENSE if message.business_key not in self.revisions:
                return "DISPENSE_UNKNOWN"
            case OperationKind.SUBMIT_DISPENSE | OperationKind.CANCEL_PRESCRIPTION if number not in self.revisions:
                return "PRESCRIPTION_UNKNOWN"
            case OperationKind.CANCEL_PRESCRIPTION if self._a_dispense_stands(number):
                return "DISPENSE_STANDS"
        return None

    def _a_dispense_stands(self, number: str) -> bool:
        return any(
            _is_dispense(key) and key.partition("/")[0] == number and 2 not in revisions
            for key, revisions in self.revisions.items()
        )


def _is_dispense(business_key: str) -> bool:
    return "/" in business_key
