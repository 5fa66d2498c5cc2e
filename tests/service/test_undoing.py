"""What takes an operation back is not sent where that operation came to nothing."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest

from gateway.operations.model import OperationFilter, OperationKind, Outcome, Rejection, Result, State
from gateway.operations.undoing import NOTHING_TO_UNDO
from gateway.programme.outbound import Outbound, insert_outbound, sealed_payload
from gateway.store.grouping import Store
from tests.support.doubles import ScriptedUpstream, SystemClock, SystemIds
from tests.support.house import house
from tests.support.journal import SEALER

REJECTED = Result(outcome=Outcome.REJECTED, reason="X", rejections=(Rejection("X", "no"),))
DELIVERED = Result(outcome=Outcome.DELIVERED, reason="ACCEPTED", record_number="R-1")


def outbound(kind: OperationKind, revision: int, upstream: str) -> Outbound:
    operation_id: UUID = SystemIds().new()
    return Outbound(
        id=operation_id,
        kind=kind,
        upstream=upstream,
        client="till-1",
        business_key="482177305516/1",
        revision=revision,
        organisation="700001",
        payload=sealed_payload(SEALER, operation_id, b"{}"),
        fingerprint=b"",
        at=SystemClock().now(),
    )


@pytest.mark.parametrize(("first", "second"), [(REJECTED, State.CANCELLED), (DELIVERED, State.DELIVERED)])
async def test_a_reversal_is_only_sent_after_a_dispense_that_was_taken(store: Store, first: Result, second: State):
    upstream = ScriptedUpstream()
    upstream.script = lambda message, _step: first if message.revision == 1 else None
    async with house(store, upstream=upstream) as at_work:
        rows = [
            outbound(OperationKind.SUBMIT_DISPENSE, 1, upstream.name),
            outbound(OperationKind.REVERSE_DISPENSE, 2, upstream.name),
        ]
        await store.write(partial(insert_outbound, rows=rows))
        reversal = await at_work.journal.wait_for_end(rows[1].id, 10)
        assert reversal is not None
        assert reversal.state is second
        if second is State.CANCELLED:
            assert reversal.reason == NOTHING_TO_UNDO
            assert reversal.attempts == 0
            events = await at_work.journal.events(0, 10)
            assert [event.type for event in events] == ["operation.rejected", "operation.cancelled"]
        assert len(await at_work.journal.operations(OperationFilter())) == 2
