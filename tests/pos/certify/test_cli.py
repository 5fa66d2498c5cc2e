"""``kopuro-pos certify`` as a maker calls it: a process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from kopuro_pos.certify.reference_harness import reference_till
from tests.pos.certify.wrong_tills import ComputesSums


def certify(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kopuro_pos", "certify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_against_the_reference_till(tmp_path: Path) -> None:
    json_file, page = tmp_path / "report.json", tmp_path / "report.html"
    run = certify("--reference", "--only", "S01,S25", "--json", json_file, "--html", page, "--language", "ky")
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.splitlines() == ["S01  ✓ өттү  Кадимки сатуу", "S25  ✓ өттү  Таңгак эмес, таблетка", "2 / 2"]
    assert json.loads(json_file.read_text(encoding="utf-8"))["passed"] == 2
    assert page.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="ky">')


async def test_a_wrong_till_is_told_what_to_mend_and_exits_with_one(tmp_path: Path) -> None:
    async with reference_till(tmp_path, ComputesSums(tmp_path)) as url:
        command = [sys.executable, "-m", "kopuro_pos", "certify", "--url", url, "--only", "S23", "--language", "en"]
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        _, told = await process.communicate()
    assert process.returncode == 1
    assert "S23  ✗ failed  Sums of the quote" in told.decode()
    assert "Take the three sums from the quote" in told.decode()
    assert "\x1b[" not in told.decode()


def test_usage_and_files_that_cannot_be_written(tmp_path: Path) -> None:
    assert certify().returncode == 2
    assert certify("--url", "ftp://127.0.0.1").returncode == 2
    unknown = certify("--reference", "--only", "S01,S99")
    assert (unknown.returncode, "S99" in unknown.stderr) == (2, True)
    nowhere = certify("--reference", "--only", "S01", "--json", tmp_path / "none" / "report.json")
    assert nowhere.returncode == 3
    assert "Traceback" not in nowhere.stderr


def test_the_list_names_all_thirty() -> None:
    run = certify("--list", "--language", "en")
    lines = run.stdout.splitlines()
    assert (run.returncode, len(lines), lines[3]) == (0, 30, "S04  The answer is lost")
