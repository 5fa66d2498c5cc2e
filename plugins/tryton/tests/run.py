"""All tests of the module, each suite in a process and a folder of its own: ``python plugins/tryton/tests/run.py``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

SUITES = ("test_till", "test_crash", "test_module")


def main() -> int:
    """The number of suites that failed."""
    failed = 0
    for suite in sys.argv[1:] or SUITES:
        with TemporaryDirectory(prefix="tryton-till-") as folder:
            command = [sys.executable, "-m", "unittest", suite]
            environment = os.environ | {"TRYTOND_DATABASE__PATH": folder}
            ended = subprocess.run(command, cwd=Path(__file__).parent, env=environment, check=False)
            failed += ended.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
