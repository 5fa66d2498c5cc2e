"""Dispensing (regulation on the additional drug programme, clauses 31 to 44): recording sales, finding them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection

from gateway.operations.model import OperationKind
from gateway.operations.signals import work
from gateway.programme.common import FUND, MEDICINES_DATABASE, Caller, UnderWay, keyed_idempotency, submit
from gateway.programme.dispensing.boxes import ask_boxes
from gateway.programme.dispensing.model import Surroundings
from gateway.programme.dispensing.opening import PrescriptionDesk
from gateway.programme.dispensing.recording import SaleRecorder
from gateway.programme.dispensing.records import (
    DispenseFilter,
    DispenseRecord,
    find_dispense,
    list_dispenses,
    original_record,
    read_record,
    read_records,
)
from gateway.programme.dispensing.sales import Dispensed, SaleMade
from gateway.programme.dispensing.sold_boxes import whole_boxes
from gateway.programme.outbound import answered_before
from gateway.rules.findings import Refused
from gateway.sealing.index import keyed_digest
from schemas.dispensing import DispenseOrder


class Dispensing:
    """Records sales on prescriptions, each once, and tells of those that are recorded."""

    def __init__(self, surroundings: Surroundings, desk: PrescriptionDesk) -> None:
        self._around = surroundings
        self._desk = desk
        self._recorder = SaleRecorder(surroundings)
        self._under_way = UnderWay()

    async def dispense(self, order: DispenseOrder, key: str, caller: Caller) -> Dispensed:
        """Record a sale durably; on return it is committed, charged and on its way to the fund.

        ``key`` is the Idempotency-Key: the same request again gets the first answer. Raises ``Refused`` with everything
        that stands against it, IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, and as :meth:`PrescriptionDesk.open`.
        """
        with self._under_way.alone(caller.client, key):
            answer = await self._dispense(order, key, caller)
        if not answer.repeated:
            self._around.signals.fire(work(FUND))
            if answer.record.row.sale_operation_id is not None:
                self._around.signals.fire(work(MEDICINES_DATABASE))
        return answer

    async def _dispense(self, order: DispenseOrder, key: str, caller: Caller) -> Dispensed:
        around = self._around
        keyed = keyed_idempotency(around.index, caller.client, key)
        fingerprint = keyed_digest(around.index, "dispense", sha256(order.model_dump_json().encode()).digest())
        # A repeat is answered before anything is asked or counted: its answer may have been lost on the way.
        earlier = await around.store.read(
            partial(self._answered, client=caller.client, key=keyed, fingerprint=fingerprint)
        )
        if earlier is None:
            opened = await self._desk.open(order.prescription, order.pharmacy, caller)
            sale = SaleMade(
                id=around.ids.new(),
                operation=around.ids.new(),
                declaration=around.ids.new() if order.sale.boxes and around.boxes is not None else None,
                standings=await ask_boxes(around.boxes, order.sale),
                boxes=whole_boxes(around.index, order.sale),
                at=around.clock.now(),
                order=order,
                caller=caller,
                opened=opened,
                key=keyed,
                fingerprint=fingerprint,
            )
            earlier = await submit(around.store, self._recorder.record, sale)
        if isinstance(earlier, Refused):
            raise earlier
        return earlier

    def _answered(
        self, connection: Connection, client: str, key: str, fingerprint: bytes
    ) -> Dispensed | Refused | None:
        answered = answered_before(connection, [(client, key)]).get((client, key))
        if answered is None:
            return None
        found = original_record(connection, self._around.sealer, answered, OperationKind.SUBMIT_DISPENSE, fingerprint)
        return Dispensed(found, repeated=True) if isinstance(found, DispenseRecord) else found

    async def find(self, dispense: UUID, *, within: Collection[str] | None) -> DispenseRecord | None:
        """One dispense or reversal of the pharmacies ``within``, as it stands; others' are not there.

        Raises ``Refused`` (CONTENT_UNREADABLE).
        """

        def query(connection: Connection) -> DispenseRecord | None:
            row = find_dispense(connection, dispense)
            if row is None or (within is not None and row.pharmacy not in within):
                return None
            return read_record(connection, self._around.sealer, row)

        return await self._around.store.read(query)

    async def list(self, wanted: DispenseFilter) -> Sequence[DispenseRecord]:
        """Dispenses and reversals by day of sale and then in the order they were recorded."""

        def query(connection: Connection) -> list[DispenseRecord]:
            return read_records(connection, self._around.sealer, list_dispenses(connection, wanted))

        return await self._around.store.read(query)
