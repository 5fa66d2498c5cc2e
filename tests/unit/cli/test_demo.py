import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gateway.cli.demo.texts import TEXTS

ROOT = Path(__file__).parents[3]


def test_every_sentence_stands_in_three_languages_with_the_same_values() -> None:
    for key, text in TEXTS.items():
        assert all(text), key
        names = [sorted(part.split("}")[0] for part in sentence.split("{")[1:]) for sentence in text]
        assert names[0] == names[1] == names[2], key


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "gateway.cli", "demo", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "NO_COLOR": "1"},
    )  # fmt: skip


@pytest.mark.slow
def test_the_day_ends_with_equal_numbers_and_nothing_left_behind(tmp_path) -> None:
    playing = start(tmp_path, "--cases", "60")
    output, _ = playing.communicate(timeout=90)
    assert playing.returncode == 0, output
    assert "00000011895017425" in output
    assert "Nothing was lost" in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_demo_leaves_nothing_running(tmp_path, number) -> None:
    playing = start(tmp_path)
    assert playing.stdout is not None
    while "/health" not in (line := playing.stdout.readline()) and "fund " not in line:
        assert line, "the demo ended too early"
    children = psutil.Process(playing.pid).children(recursive=True)
    assert children
    playing.send_signal(number)
    playing.communicate(timeout=30)
    assert playing.returncode == 130
    assert not any(child.is_running() for child in children)
    assert list(tmp_path.iterdir()) == []
