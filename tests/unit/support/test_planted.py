"""The search finds a planted value in whatever spelling and place, and nothing else."""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from gateway.rules.identifiers import check_pin, check_pin_agrees
from schemas.treated_case import Sex
from tests.builders import case_model
from tests.support import planted
from tests.support.planted import PlantedPerson, plant, search, search_bytes

PEOPLE = plant()
SOMEBODY = PEOPLE[317]
STRANGER = plant(1001)[-1]

SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "two bytes a letter": lambda value: value.encode("utf-16-le"),
    "two bytes a letter, big-endian": lambda value: value.encode("utf-16-be"),
    "JSON": lambda value: json.dumps({"x": value}).encode(),
    "JSON in JSON": lambda value: json.dumps(json.dumps(value)).encode(),
    "a quoted URL": lambda value: quote(value).encode(),
    "a small quoted URL": lambda value: quote(value).lower().encode(),
    "XML": lambda value: value.encode("ascii", "xmlcharrefreplace"),
    "hex": lambda value: ("\\x" + value.encode().hex()).encode(),
    "large hex": lambda value: value.encode().hex().upper().encode(),
    "a printed bytes object": lambda value: repr(b"\x00" + value.encode()).encode(),
    "a printed bytes object in JSON": lambda value: json.dumps(repr(value.encode())).encode(),
    **{
        f"base64 after {shift}": lambda value, shift=shift: base64.b64encode(b"\xff" * shift + value.encode() + b"\xfe")
        for shift in range(4)
    },
    "URL-safe base64": lambda value: base64.urlsafe_b64encode(b"\xff" + value.encode()),
    "base64 without end": lambda value: base64.b64encode(b"12" + value.encode()).rstrip(b"="),
    "capitals": lambda value: value.upper().encode(),
    "small letters in JSON": lambda value: json.dumps(value.lower()).encode(),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("field", ["pin", "family_name", "given_name"])
def test_every_spelling_is_found(spell: Callable[[str], bytes], field: str):
    value = getattr(SOMEBODY, field)
    data = secrets.token_bytes(1001) + spell(value) + secrets.token_bytes(1001)
    assert {hit.value for hit in search_bytes(data, PEOPLE)} == {value}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_who_was_not_planted_is_not_found(spell: Callable[[str], bytes]):
    words = (STRANGER.pin, STRANGER.family_name, STRANGER.given_name, SOMEBODY.pin[:13], SOMEBODY.family_name[:-1])
    assert search_bytes(b" ".join(map(spell, words)), PEOPLE) == []


def test_every_hit_is_told_with_its_place():
    hits = search_bytes(f"{SOMEBODY.pin} {SOMEBODY.pin}".encode(), PEOPLE, "the log")
    assert [(hit.place, hit.offset, hit.spelling) for hit in hits] == [
        ("the log", 0, "utf-8"),
        ("the log", 15, "utf-8"),
    ]


def test_planted_people_pass_for_patients():
    assert len({person.pin for person in PEOPLE}) == len({person.family_name for person in PEOPLE}) == 1000
    everything = "".join(f"{one.pin}{one.family_name}{one.given_name}" for one in PEOPLE)
    for written in (everything, everything.upper(), everything.lower()):
        in_base64 = b"".join(base64.b64encode(b"x" * shift + written.encode()) for shift in range(3))
        assert not set(in_base64) & set(b"+/"), "URL-safe base64 would read otherwise"
    longest = max(len(spell(SOMEBODY.family_name)) for spell in planted._SPELLINGS.values())
    assert longest < planted._LONGEST
    for person in PEOPLE:
        born = date.fromisoformat(person.as_patient()["birth_date"])
        assert check_pin(person.pin, "$") == check_pin_agrees(person.pin, "$", sex=Sex.MALE, birth_date=born) == ()
    assert case_model(patient=SOMEBODY.as_patient()).patient.pin == SOMEBODY.pin


def write_database(path: Path, person: PlantedPerson) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (x TEXT)")
    connection.execute("INSERT INTO t VALUES (?)", (f"a case of {person.pin}",))
    connection.commit()
    return connection


def test_databases_write_ahead_logs_and_folders_are_read(tmp_path: Path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "empty").touch()
    (tmp_path / "deep" / "er" / "log").write_text(SOMEBODY.given_name, encoding="utf-8")
    connection = write_database(tmp_path / "k.db", PEOPLE[0])
    found = {(Path(hit.place).name, hit.value) for hit in search([tmp_path], PEOPLE)}
    assert found == {("log", SOMEBODY.given_name), ("k.db-wal", PEOPLE[0].pin)}
    connection.close()
    found = {(Path(hit.place).name, hit.value) for hit in search([tmp_path / "k.db"], PEOPLE)}
    assert found == {("k.db", PEOPLE[0].pin)}


def test_a_value_where_two_windows_meet_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(planted, "_WINDOW", 1000)
    spelled = SOMEBODY.family_name.encode("utf-16-le")
    for offset in range(940, 1010, 3):
        file = tmp_path / str(offset)
        file.write_bytes(b"\xaa" * offset + spelled + b"\xaa" * 3000)
        assert [(hit.offset, hit.value) for hit in search([file], PEOPLE)] == [(offset, SOMEBODY.family_name)]


def test_a_large_file_is_searched_quickly(tmp_path: Path):
    part = secrets.token_bytes(500_000) + json.dumps({"level": "info", "pin": "20101199012345"}).encode() * 10_000
    file = tmp_path / "large"
    file.write_bytes(part * 20 + SOMEBODY.pin.encode())
    begun = time.perf_counter()
    assert len(search([file], PEOPLE)) == 1
    assert time.perf_counter() - begun < 10, file.stat().st_size
