"""The Tryton module in Tryton itself, where its environment has been made (``make tryton`` makes it)."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TRYTON = ROOT / ".venv-tryton"


@pytest.mark.slow
@pytest.mark.skipif(not (TRYTON / ".ready").exists(), reason="needs Tryton's environment: make .venv-tryton/.ready")
def test_subsidised_sales_in_tryton_with_every_fault():
    """The suite of the till; «make tryton» runs the others, killed in the middle too, and a real agent and gateway."""
    suites = [str(TRYTON / "bin" / "python"), str(ROOT / "plugins" / "tryton" / "tests" / "run.py")]
    ended = subprocess.run([*suites, "test_till"], capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == 0, ended.stderr
