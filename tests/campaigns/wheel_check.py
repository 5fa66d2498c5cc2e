"""Install the plugin's wheel into an empty environment, as a pharmacy does, and start what is in it.

``python -m tests.campaigns.wheel_check dist`` takes the newest wheel of the folder; the exit code is 1 when it is of no
use. Only the locked requirements of ``requirements/pos.txt`` go in beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).parents[2]
show = Console(highlight=False)
BARE = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
_PATIENCE_SECONDS = 20.0


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    wheel = max(folder.glob("kopuro_pos-*.whl"), key=lambda path: path.stat().st_mtime).resolve()
    with tempfile.TemporaryDirectory(prefix="kopuro-wheel-") as temporary:
        home = Path(temporary) / "venv"
        show.print(f"{wheel.name}: installing into an empty environment …")
        venv.create(home, with_pip=True)
        pip = [home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "pos.txt")
        run(*pip, "--no-deps", wheel)
        command = home / "bin" / "kopuro-pos"
        show.print(run(command, "--version").strip())
        run(command, "certify", "--reference", "--only", "S01")
        serves(command, Path(temporary) / "state")
    show.print("The wheel works.")
    return 0


def run(*words: object) -> str:
    """What a command says; raises when it fails. Nothing of this checkout is on its path."""
    done = subprocess.run([str(word) for word in words], cwd="/", env=BARE, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def serves(command: Path, state: Path) -> None:
    """The agent starts, shows its page, and asks for a token."""
    agent = subprocess.Popen(
        [str(command), "agent", "--port", "0", "--state", str(state)],
        cwd="/", env=BARE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert agent.stdout is not None
        url = json.loads(agent.stdout.readline())["url"]
        with urllib.request.urlopen(url, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - our own loopback
            page = answer.read().decode()
        assert "kopuro-counter" in page, "the wheel has no page"
        told = run(command, "status", "--json", "--state", state)
        assert json.loads(told)["terminal"]["enrolled"] is False
        show.print(f"The agent serves its page at {url}.")
    finally:
        agent.terminate()
        agent.wait(_PATIENCE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
