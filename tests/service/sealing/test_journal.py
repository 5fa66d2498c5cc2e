"""What the journal keeps can be read with its keys, and not without them."""

from __future__ import annotations

import pytest

from gateway.operations.journal import Journal
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from schemas.errors import ErrorCode
from tests.support.doubles import SystemClock
from tests.support.journal import make_journal, submission
from tests.support.sealing import make_sealer


async def test_a_case_is_read_with_its_key_and_refused_without(store: Store):
    journal = make_journal(store, clock=SystemClock())
    accepted = await journal.submit_case(submission("a"))
    number = accepted.operation.business_key
    case = await journal.case(number)
    assert case is not None
    assert case.payload == submission("a").payload
    await _without_its_key(journal, number)


async def _without_its_key(journal: Journal, number: str) -> None:
    journal._sealer = make_sealer()
    with pytest.raises(Refused) as refused:
        await journal.case(number)
    assert [finding.code for finding in refused.value.findings] == [ErrorCode.CONTENT_UNREADABLE]
