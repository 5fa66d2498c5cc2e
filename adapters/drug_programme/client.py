"""The client of the fund's information system: a :class:`gateway.ports.Upstream` and a ``FundLedger``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from adapters.drug_programme.mapping import (
    DispensePage,
    ListedDispense,
    key_values,
    service_of,
    submission_values,
)
from adapters.drug_programme.settings import DrugProgrammeSettings
from adapters.xroad.codec import Values
from adapters.xroad.record_keeper import NotMappable, RecordKeeper, open_record_keeper
from adapters.xroad.settings import XRoadSettings
from gateway.operations.model import OutboundMessage, Result
from gateway.ports import Ids
from gateway.programme.ports import FundDispense
from schemas.drug_programme import MESSAGES, WSDL

LIST_DISPENSES: Final = "ListDispenses"


class DrugProgrammeClient:
    """Delivers prescriptions and dispenses, asks for them by business key, and lists a pharmacy's dispenses."""

    name: Final = "drug-programme"

    def __init__(self, *, settings: DrugProgrammeSettings, keeper: RecordKeeper) -> None:
        self._settings = settings
        self._keeper = keeper

    async def deliver(self, message: OutboundMessage) -> Result:
        """Send one operation once. See :meth:`gateway.ports.Upstream.deliver`.

        What the fund defers, because the prescription or dispense it speaks of has not arrived there, is *not sent*:
        certainly not stored, and to be sent again later.
        """
        try:
            service, values = service_of(message), submission_values(message)
        except NotMappable as error:
            return error.result()
        return await self._keeper.submit(service.name, values, message, service.subject.acknowledgement)

    async def ask(self, message: OutboundMessage) -> Result:
        """Ask by number, or number and ordinal number. See :meth:`gateway.ports.Upstream.ask`.

        A cancellation or reversal is there once the fund holds its revision, and with it the state it brings.
        """
        try:
            subject, values = service_of(message).subject, key_values(message)
        except NotMappable as error:
            return error.result()
        return await self._keeper.inquire(subject.inquire, values, message, subject.inquiry)

    async def dispenses(self, pharmacy: str, first: date, last: date) -> Sequence[FundDispense] | None:
        """All of a pharmacy sold within the days. See :class:`gateway.programme.ports.FundLedger`.

        A list that cannot be read to its end is none: half of it would look like missing dispenses.
        """
        asked: Values = {"pharmacy": pharmacy, "firstDay": first.isoformat(), "lastDay": last.isoformat()}
        found: list[ListedDispense] = []
        cursors: set[str] = set()
        for _ in range(self._settings.most_pages):
            page = await self._keeper.read(LIST_DISPENSES, {**asked, "limit": self._settings.page_size}, DispensePage)
            if page is None or (page.pharmacy, page.first_day, page.last_day) != (pharmacy, first, last):
                return None
            found += page.dispenses
            if page.cursor is None:
                return [one.as_fund_dispense() for one in found]
            if page.cursor in cursors:
                return None
            cursors.add(page.cursor)
            asked = {**asked, "cursor": page.cursor}
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._keeper.close()


def open_drug_programme_client(
    drug_programme: DrugProgrammeSettings, xroad: XRoadSettings, ids: Ids
) -> DrugProgrammeClient:
    """A client ready for use. Raises ``OSError`` for unusable TLS files. Close it in the event loop that used it."""
    keeper = open_record_keeper(
        drug_programme,
        xroad,
        ids,
        wsdl=WSDL,
        messages=MESSAGES,
        deferred_seconds=drug_programme.deferred_seconds,
    )
    return DrugProgrammeClient(settings=drug_programme, keeper=keeper)
