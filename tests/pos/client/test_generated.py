"""What is written from the gateway's catalogue is not stale, and nothing is missing in it."""

from __future__ import annotations

import pytest

from kopuro_pos.client import CATALOGUE, ErrorCode, Refused, Retry, Severity
from kopuro_pos.client.refusals import BY_CODE
from schemas.errors import CATALOGUE as THE_GATEWAYS
from schemas.errors import ErrorCode as TheirCode
from tests.pos.client.generate import CLIENT, class_name, generated


@pytest.mark.parametrize("name", ["codes.py", "catalogue.json", "refusals.py"])
def test_it_is_fresh(name: str):
    assert (CLIENT / name).read_text(encoding="utf-8") == generated()[name], "run python -m tests.pos.client.generate"


def test_every_code_says_what_the_gateway_says():
    assert len(CATALOGUE) == len(THE_GATEWAYS)
    for code, entry in CATALOGUE.items():
        theirs = THE_GATEWAYS[TheirCode(code.value)]
        told = (entry.status, entry.severity, entry.actor, entry.retry, entry.clause, entry.message, entry.action)
        assert told == (
            theirs.status,
            theirs.severity,
            theirs.actor,
            theirs.retry,
            theirs.clause,
            theirs.message,
            theirs.action,
        )


def test_every_code_that_refuses_is_a_class_of_its_own():
    refusing = {code for code, entry in CATALOGUE.items() if entry.severity is Severity.ERROR}
    assert BY_CODE.keys() == refusing
    for code, kind in BY_CODE.items():
        assert issubclass(kind, Refused)
        assert (kind.__name__, kind.entry) == (class_name(TheirCode(code.value)), CATALOGUE[code])
        refusal = kind(status=CATALOGUE[code].status, code=code)
        assert (refusal.retry, refusal.severity) == (CATALOGUE[code].retry, Severity.ERROR)


def test_a_text_is_in_the_language_asked_for():
    message = CATALOGUE[ErrorCode.RX_HELD].message
    assert [message.in_language(one) for one in ("ky", "ru", "en", "de")] == [*message, message.en]
    assert CATALOGUE[ErrorCode.RX_HELD].retry is Retry.SAME_KEY_LATER
