"""What a finding says: days and fractions as people write them, and as machines do in its parameters."""

from __future__ import annotations

import pytest

from gateway.rules.findings import Finding
from schemas.errors import ErrorCode, Language


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.KY, "22.12.2026"),
        (Language.RU, "22.12.2026"),
        (Language.EN, "2026-12-22"),
    ],
)
def test_days_are_written_as_people_do(language: Language, told: str):
    shown = Finding(ErrorCode.RX_EXPIRES_SOON, "$", {"last_day": "2026-12-22", "days": 3}).as_json(language)
    assert told in shown["message"]
    assert shown["parameters"] == {"last_day": "2026-12-22", "days": 3}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.KY, "(-1234,50 сом)"),
        (Language.RU, "(-1234,50 сома)"),
        (Language.EN, "-1234.50 som"),
    ],
)
def test_fractions_are_written_as_people_do(language: Language, told: str):
    shown = Finding(ErrorCode.PRICE_ABOVE_MAX, "$", {"largest": "-1234.50"}).as_json(language)
    assert told in shown["message"]
    assert shown["parameters"] == {"largest": "-1234.50"}


@pytest.mark.parametrize("name", ["1.2.3", "2026-12", "12.", "950174", "05", "v1.0", "2026-12-22T06:00:00Z"])
def test_anything_else_is_left_as_it_is(name: str):
    shown = Finding(ErrorCode.ORG_UNKNOWN, "$", {"organisation": name}).as_json(Language.RU)
    assert name in shown["message"]
