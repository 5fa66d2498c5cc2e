from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.middleware.language import preferred_language
from schemas.errors import Language


@pytest.mark.parametrize(
    ("header", "language"),
    [(None, "en"), ("", "en"), ("*", "en"), ("ky-KG", "ky"), ("KY", "ky"), ("ru;q=0", "en"), ("de, ru;q=0.1", "ru"),
     ("en;q=0.5,ky;q=0.5", "en"), ("ru" + " " * 300, "en")],
)  # fmt: skip
def test_preferred_language(header: str | None, language: str):
    assert preferred_language(header) is Language(language)


@given(header=st.text(max_size=80))
def test_any_header_gives_a_language(header: str):
    assert preferred_language(header) in Language
