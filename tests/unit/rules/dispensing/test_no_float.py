"""No binary floating point comes near money or doses: looked up in the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.money import from_tyiyn, to_som, to_tyiyn

ROOT = Path(__file__).parents[4]
MONEY = (
    "gateway/rules",
    "gateway/programme",
    "schemas/amounts.py",
    "schemas/medicines",
    "schemas/prescriptions",
    "schemas/dispensing",
    "schemas/programme",
    "schemas/contracts",
    "schemas/budget",
    "schemas/settlement",
    "gateway/cli/quote.py",
)
"""Where sums and doses are reckoned or told."""


def files() -> list[Path]:
    places = [ROOT / place for place in MONEY]
    found = [path for place in places for path in ([place] if place.suffix else place.rglob("*.py"))]
    assert len(found) > 50
    return found


def floats(tree: ast.AST) -> Iterator[int]:
    """Lines with a float's literal or name, or a column type that the database hands back as one."""
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        name = isinstance(node, ast.Name) and node.id in {"float", "Float", "REAL"}
        attribute = isinstance(node, ast.Attribute) and node.attr in {"Float", "REAL", "fsum", "fmean"}
        if literal or name or attribute:
            yield node.lineno


def offences(source: str) -> list[str]:
    """Lines with a float. A duration is no sum, and says so by the word «seconds» in its line."""
    lines = source.splitlines()
    return [lines[at - 1].strip() for at in floats(ast.parse(source)) if "seconds" not in lines[at - 1].casefold()]


def test_no_float_where_money_is():
    found = {str(path.relative_to(ROOT)): offences(path.read_text(encoding="utf-8")) for path in files()}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source", ["x = 0.1", "x = float('1')", "def f(x: float): ...", "y = 1e3", "Column('a', Float)"]
)
def test_a_float_would_be_found(source):
    assert offences(source)


@given(st.integers(-(10**17), 10**17))
def test_sums_go_into_the_store_and_back_unchanged(tyiyn):
    assert to_tyiyn(from_tyiyn(tyiyn)) == tyiyn
    assert from_tyiyn(tyiyn).as_tuple().exponent == -2


@given(st.decimals(-(10**10), 10**10, places=2))
def test_and_the_other_way_round(som):
    assert from_tyiyn(to_tyiyn(som)) == som


@given(st.fractions(-(10**12), 10**12))
def test_a_fraction_is_rounded_to_the_nearest_tyiyn(value):
    assert abs(Fraction(to_som(value)) - value) <= Fraction(1, 200)
    assert to_som(-value) == -to_som(value)


@given(st.decimals(-(10**10), 10**10, places=5))
def test_fractions_and_decimals_are_rounded_alike_half_up(value):
    assert to_som(value) == to_som(Fraction(value)) == value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def test_parts_of_a_tyiyn_are_no_sum():
    with pytest.raises(ValueError, match="parts of a tyiyn"):
        to_tyiyn(Decimal("0.001"))
