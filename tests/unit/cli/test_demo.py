import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest
from joserfc.jwk import ECKey

from gateway.cli.demo.access import MACHINES, key_file, register
from gateway.cli.demo.record import HEADS_FILE, show_record
from gateway.cli.demo.stage import Stage
from gateway.cli.demo.texts import TEXTS
from gateway.cli.reference import organisations_from
from gateway.cli.simulate import EXAMPLE_REGISTER
from schemas.errors.model import Language

ROOT = Path(__file__).parents[3]


def test_every_sentence_stands_in_three_languages_with_the_same_values() -> None:
    for key, text in TEXTS.items():
        assert all(text), key
        names = [sorted(part.split("}")[0] for part in sentence.split("{")[1:]) for sentence in text]
        assert names[0] == names[1] == names[2], key


@pytest.fixture
def registered(tmp_path) -> Path:
    """A folder with the demo's registers, and no signed heads yet."""
    asyncio.run(register(tmp_path, organisations_from(EXAMPLE_REGISTER, Language.EN)))
    (tmp_path / HEADS_FILE).touch()
    return tmp_path


def shown(folder: Path) -> bool:
    return asyncio.run(show_record(folder, Stage(Language.EN), Language.EN, {}))


def test_each_machine_has_a_key_that_only_its_owner_can_read(registered) -> None:
    files = [key_file(registered, machine.id) for machine in MACHINES]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert len({ECKey.import_key(json.loads(file.read_text())).thumbprint() for file in files}) == len(MACHINES)


def test_the_record_tells_what_was_done_and_that_it_is_whole(registered, capsys) -> None:
    assert shown(registered)
    told = capsys.readouterr().out
    assert re.search(r"Client added +│ 7 ", told)
    assert re.search(r"Enrolment code given out +│ 1 ", told)
    assert re.search(r"Staff member authorised +│ 4 ", told)
    assert re.search(r"Pharmacy contract changed +│ 2 ", told)
    assert "16 entries verified" in told


def test_a_record_that_was_tampered_with_fails_the_demo(registered, capsys) -> None:
    with sqlite3.connect(registered / "kopuro.db") as database:
        database.execute("UPDATE audit_entries SET at = at + 1 WHERE position = 3")
    database.close()
    assert not shown(registered)
    assert "The audit is broken: 2 entries hold" in capsys.readouterr().out


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "gateway.cli", "demo", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "NO_COLOR": "1", "COLUMNS": "200"},
    )  # fmt: skip


@pytest.mark.slow
def test_the_day_ends_with_equal_numbers_and_nothing_left_behind(tmp_path) -> None:
    playing = start(tmp_path, "--cases", "60")
    output, _ = playing.communicate(timeout=150)
    assert playing.returncode == 0, output
    assert "00000011895017425" in output
    assert "Nothing was lost" in output
    rows = [tuple(cell.strip() for cell in line.split("│")[1:-1]) for line in output.splitlines() if "│" in line]
    answers = {(who, what): answer for who, what, answer in (row for row in rows if len(row) == 3)}
    assert answers["somebody unknown", "operations, with login and password"] == (
        "403 · AUTH_PASSWORD_FORBIDDEN · order on ESI, clause 3(2)"
    )
    assert "STAFF_NOT_AUTHORISED" in answers["a stranger whom ESI knows", "sign-in through ESI"]
    assert answers["Hospital clerk, 950174", "a case of her own hospital"] == "200"
    assert "CASE_NOT_FOUND" in answers["Hospital clerk, 950174", "a case of another hospital"]
    accepted = {who: int(count) for (who, what), count in answers.items() if what == "Treated case accepted"}
    assert set(accepted) == {"system sanarip", "system direct-entry"}
    sides = {row[0]: [int(count) for count in row[1:]] for row in rows if len(row) == 4 and row[1].isdigit()}
    assert sides["Accepted"] == [sum(accepted.values()), 7, 5]
    assert sides["Delivered"] == [sides["Stored there"][0], 7, 5]
    assert sides["Stored there"][1:] == [7, 5]
    assert sides["Stored there twice"] == sides["Missing there"] == sides["Unfinished"] == [0, 0, 0]
    assert f"{sum(sides['Accepted'])} = " in output
    assert "The audit is whole" in output
    assert re.search(r"set aside, som +360\.00 of the year's limit 3750\.00", output)
    refusals = ("PATIENT_NOT_INSURED", "RX_DUPLICATE_OPEN", "CARD_ENTRY_DATE", "RX_NOT_FOUND", "ACT_NOT_SIGNED")
    assert all(f"   {code} $" in output for code in refusals)
    assert ("reversal 2", "Лизотау", "-30", "-480.00", "-180.00", "-300.00", "300 mg") in rows
    sold_at_counter = ("1", "450.00", "180.00", "270.00")
    assert [row for row in rows if row[1:] == sold_at_counter] == [
        (who, *sold_at_counter) for who in ("counter", "gateway", "fund")
    ]
    counter = {what: count for (who, what), count in answers.items() if who == "system counter"}
    assert (counter["Terminal enrolled with its key"], counter["Medicine dispensed"]) == ("1", "1")
    assert answers["Head of the pharmacy, 700001", "sign-in with an electronic signature"] == "200"
    facts = dict(re.findall(r"^   (\S.*?\S) {2,}(\S.*)$", output, re.MULTILINE))
    assert (facts["Retail value, som"], facts["Fund's part, som"], facts["Patient's part, som"]) == (
        "1019.99", "410.00", "609.99",
    )  # fmt: skip
    assert facts["Number of the act"].startswith("700001-")
    assert "410.00 som charged" in output
    assert answers["system fund", "Settlement act paid"] == "1"
    assert re.fullmatch(r" +The counter page: http://127\.0\.0\.1:[0-9]+/#enter=\S+", output.splitlines()[-1])
    assert list(tmp_path.iterdir()) == []


def read_until(playing: subprocess.Popen[str], wanted: str) -> str:
    """Its output up to the line with what is wanted."""
    assert playing.stdout is not None
    output = ""
    while wanted not in (line := playing.stdout.readline()):
        assert line, output
        output += line
    return output + line


def stop(playing: subprocess.Popen[str], number: signal.Signals, folder: Path) -> None:
    children = psutil.Process(playing.pid).children(recursive=True)
    assert children
    playing.send_signal(number)
    playing.communicate(timeout=30)
    assert playing.returncode == 130
    assert not any(child.is_running() for child in children)
    assert list(folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_stopped_in_the_middle_leaves_nothing_running(tmp_path, number) -> None:
    playing = start(tmp_path)
    read_until(playing, "fund ")
    stop(playing, number, tmp_path)


def remaining_at(page: str, number: str, pin: str) -> int:
    """How many tablets the counter page finds left of a prescription, when a browser opens the page's address."""
    agent, _, code = page.partition("/#enter=")
    with httpx.Client(base_url=agent, trust_env=False, headers={"X-Kopuro-Counter": "1"}) as browser:
        assert "<script" in browser.get("/").raise_for_status().text
        browser.post("/api/enter", json={"code": code}).raise_for_status()
        found = browser.post("/api/lookup", json={"number": number, "pin": pin}).raise_for_status().json()
    left: int = found["remaining_units"]
    return left


@pytest.mark.slow
def test_a_kept_demo_tells_how_people_and_machines_get_in(tmp_path) -> None:
    playing = start(tmp_path, "--cases", "50", "--keep")
    output = read_until(playing, "--key-file")
    command = output.splitlines()[-1].split()
    assert command[:3] == ["gateway", "operations", "list"]
    asked = subprocess.run(
        [sys.executable, "-m", "gateway.cli", *command[1:], "--state", "parked", "--json"],
        check=True, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert len(asked.stdout.splitlines()) == 1
    acts = [Path(file).read_bytes() for file in re.findall(r"^ +(\S+/act-(?:ky|ru)\.pdf)$", output, re.MULTILINE)]
    assert [act[:5] for act in acts] == [b"%PDF-"] * 2
    sign_in = re.findall(r"^ +sign in +(\S+)", output, re.MULTILINE)[-1]
    at_esi = httpx.get(sign_in, trust_env=False).headers["Location"]
    assert httpx.get(at_esi, trust_env=False, follow_redirects=True).status_code == 200
    at_counter = read_until(playing, "The counter page:")
    number, pin = re.findall(r"prescription ([0-9]{12}), ПИН ([0-9]{14}), 30 tablets are left", at_counter)[0]
    assert remaining_at(at_counter.split()[-1], number, pin) == 30
    stop(playing, signal.SIGINT, tmp_path)
