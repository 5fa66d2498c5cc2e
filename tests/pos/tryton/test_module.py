"""The Tryton module in Tryton itself, where its environment has been made (``make tryton`` makes it)."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TRYTON = ROOT / ".venv-tryton"
SALE_AND_RETURN = "test_till.SubsidisedSale.test_cash_is_the_patients_share_and_the_fund_owes_the_compensation"
"""Quoted, dispensed, reversed, and accounted right each time."""


@pytest.mark.slow
@pytest.mark.skipif(not (TRYTON / ".ready").exists(), reason="needs Tryton's environment: make .venv-tryton/.ready")
def test_a_subsidised_sale_in_tryton():
    """The short form; «make tryton» runs all suites, killed in the middle too, and a real agent, gateway and fund."""
    suites = [str(TRYTON / "bin" / "python"), str(ROOT / "plugins" / "tryton" / "tests" / "run.py")]
    ended = subprocess.run([*suites, SALE_AND_RETURN], capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == 0, ended.stderr
