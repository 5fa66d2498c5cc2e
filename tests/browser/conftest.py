"""The HTTP layer of the service tests, for browsers; one browser for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.api.conftest import gateway
from tests.support.chromium import Browser, running_browser

__all__ = ["browser", "gateway"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium in which every test gets a tab that knows of no other."""
    with running_browser(tmp_path_factory.mktemp("browser")) as running:
        yield running
