from __future__ import annotations

import pytest

from gateway.store.grouping import Store
from tests.support.settlement import Settled


@pytest.fixture
def settled(store: Store) -> Settled:
    """Settlement on a store of each engine in turn; it is 3 February."""
    return Settled(store)
