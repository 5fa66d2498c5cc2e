"""The Tryton module in Tryton itself, where its environment has been made (``make tryton`` makes it)."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TRYTON = ROOT / ".venv-tryton"


@pytest.mark.slow
@pytest.mark.skipif(not (TRYTON / ".ready").exists(), reason="needs Tryton's environment: make .venv-tryton/.ready")
def test_a_subsidised_sale_in_tryton():
    """The short form; «make tryton» kills it in the middle as well, and goes on to a real agent, gateway and fund."""
    suites = [str(TRYTON / "bin" / "python"), "-B", str(ROOT / "plugins" / "tryton" / "tests" / "run.py")]
    ended = subprocess.run([*suites, "test_till"], capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == 0, ended.stderr
