"""What the faults of a provider that keeps records mean."""

from __future__ import annotations

import pytest

from adapters.xroad.record_answers import of_provider_fault
from gateway.operations.model import Outcome


@pytest.mark.parametrize(
    ("code", "outcome", "detail"),
    [
        ("soap:Client", Outcome.REFUSED, "soap:Client"),
        ("soap:Server", Outcome.IN_DOUBT, "soap:Server"),
        ("foo:FOOCODE", Outcome.IN_DOUBT, "foo:FOOCODE"),
        ("Пациент Асанова", Outcome.IN_DOUBT, "unreadable code"),
        ("Server.20101199012345", Outcome.IN_DOUBT, "unreadable code"),
        ("", Outcome.IN_DOUBT, "unreadable code"),
    ],
)
def test_a_providers_own_faults(code: str, outcome: Outcome, detail: str):
    failure = of_provider_fault(code)
    assert (failure.outcome, failure.detail) == (outcome, detail)
