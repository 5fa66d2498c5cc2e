"""Codes are of 80 bits, and read however people type them."""

from __future__ import annotations

import hashlib
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from gateway.access.enrolment_codes import code_digest, draw_code

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODES = st.lists(st.sampled_from(SYMBOLS), min_size=16, max_size=16).map("".join)


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, 16, 4))


def test_every_symbol_is_drawn_by_itself_out_of_thirty_two():
    asked: list[int] = []
    counter = count()

    def below(limit: int) -> int:
        asked.append(limit)
        return next(counter) % limit

    assert [draw_code(below), draw_code(below)] == ["0123-4567-89AB-CDEF", "GHJK-MNPQ-RSTV-WXYZ"]
    assert asked == [32] * 32


def test_no_code_is_drawn_twice():
    assert len({draw_code() for _ in range(1000)}) == 1000


@given(code=CODES)
def test_the_digest_is_that_of_the_symbols(code: str):
    assert code_digest(grouped(code)) == hashlib.sha256(code.encode()).digest()


@given(code=CODES, data=st.data())
def test_it_does_not_matter_how_a_code_is_typed(code: str, data: st.DataObject):
    alike = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        data.draw(st.sampled_from(alike.get(symbol, symbol + symbol.lower())))
        + data.draw(st.sampled_from(("", "-", " ", " - ", "\u2013", "\u00a0")))
        for symbol in code
    )
    assert code_digest(typed) == code_digest(code)


@given(code=CODES, other=CODES)
def test_other_codes_have_other_digests(code: str, other: str):
    assert (code_digest(code) == code_digest(other)) == (code == other)


@given(typed=st.text(st.characters(), max_size=64))
def test_anything_typed_has_a_digest(typed: str):
    assert len(code_digest(typed)) == 32
