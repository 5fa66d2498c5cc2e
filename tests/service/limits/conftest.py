"""What depends on the transports of the event loop is tested on both: the service runs on uvloop where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

_ON_BOTH = frozenset({"test_connections.py", "test_tls.py"})


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    factories: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.SelectorEventLoop}
    if item.path.name in _ON_BOTH:
        factories["uvloop"] = uvloop.new_event_loop
    return factories
