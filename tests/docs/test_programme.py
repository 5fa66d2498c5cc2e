"""The page of the drug programme: its table of columns, and everything it says was run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from gateway.reference.medicines import COLUMNS, parse_medicines
from gateway.rules.days import bishkek_day
from tests.docs.pages import ROOT, blocks, read, rows
from tests.docs.programme import programme_gateway

PAGE = ROOT / "docs" / "programme.md"
SHOWN_DAY = date(2026, 11, 22)
"""The day on which the page was written."""
LEFT_OUT = "…"
_VARIES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an identifier
    r"|[0-9]{12}|[0-9]{4} [0-9]{4} [0-9]{4}"  # the number of a prescription
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"  # an instant
)


class Exchange(NamedTuple):
    request: str
    headers: dict[str, str]
    body: str
    status: int
    answer: Any


def exchanges(text: str) -> Iterator[Exchange]:
    """The requests of the page, each with the answer that follows it."""
    shown = [block.text for block in blocks(text) if block.language == "http"]
    assert len(shown) % 2 == 0
    for request, answer in zip(shown[::2], shown[1::2], strict=True):
        head, _, body = request.partition("\n\n")
        first, *fields = head.strip().splitlines()
        status, _, content = answer.partition("\n\n")
        headers = dict(field.split(": ", 1) for field in fields)
        yield Exchange(first, headers, body, int(status.removeprefix("HTTP/1.1 ")), json.loads(content))


class Names:
    """What the page calls by the names of another day: identifiers, numbers, instants; days are moved."""

    def __init__(self, today: date) -> None:
        self.of_today = {
            (SHOWN_DAY + timedelta(days=days)).isoformat(): (today + timedelta(days=days)).isoformat()
            for days in (0, 3, 30)
        }
        self.of_today[f'{SHOWN_DAY:%Y-%m}"'] = f'{today:%Y-%m}"'
        self.of_today["2027-11-21"] = (today.replace(year=today.year + 1) - timedelta(days=1)).isoformat()
        self.of_today["/2026"], self.of_today['"year": 2026'] = f"/{today.year}", f'"year": {today.year}'

    def today(self, text: str) -> str:
        """The same text, with today's names."""
        for shown, actual in self.of_today.items():
            text = text.replace(shown, actual)
        return text

    def differences(self, shown: Any, actual: Any, path: str = "$") -> Iterator[str]:
        """Where an answer is not as shown."""
        if isinstance(shown, dict) and isinstance(actual, dict):
            yield from self._of_object(shown, actual, path)
        elif isinstance(shown, list) and isinstance(actual, list):
            yield from self._of_list(shown, actual, path)
        elif not self._same(shown, actual):
            yield f"{path}: {actual}"

    def _of_object(self, shown: dict[str, Any], actual: dict[str, Any], path: str) -> Iterator[str]:
        wanted = shown.keys() - {LEFT_OUT}
        if wanted - actual.keys() or (LEFT_OUT not in shown and actual.keys() - wanted):
            yield f"{path}: {sorted(actual)}"
        for name in wanted & actual.keys():
            yield from self.differences(shown[name], actual[name], f"{path}.{name}")

    def _of_list(self, shown: list[Any], actual: list[Any], path: str) -> Iterator[str]:
        wanted = shown[:-1] if shown[-1:] == [LEFT_OUT] else shown
        if len(actual) < len(wanted) or (wanted is shown and len(actual) > len(wanted)):
            yield f"{path}: {len(actual)} items"
        for number, (one, other) in enumerate(zip(wanted, actual, strict=False)):
            yield from self.differences(one, other, f"{path}[{number}]")

    def _same(self, shown: Any, actual: Any) -> bool:
        if not isinstance(shown, str):
            return bool(shown == actual)
        if _VARIES.fullmatch(shown) and _VARIES.fullmatch(str(actual)):
            return self.of_today.setdefault(shown, actual) == actual
        return self.today(shown) == actual


async def test_every_request_of_the_page_is_answered_as_shown(tmp_path: Path):
    names = Names(bishkek_day(datetime.now(UTC)))
    asked = 0
    async with programme_gateway(tmp_path) as client:
        for exchange in exchanges(read(PAGE)):
            method, path = names.today(exchange.request).split(" ")
            headers = {**exchange.headers, "Content-Type": "application/json"}
            answer = await client.request(method, path, content=names.today(exchange.body).encode(), headers=headers)
            assert answer.status_code == exchange.status, (exchange.request, answer.text)
            assert list(names.differences(exchange.answer, answer.json())) == [], exchange.request
            asked += 1
    assert asked > 12


def test_what_is_reckoned_comes_to_what_is_shown():
    shown = [block.text for block in blocks(read(PAGE)) if block.language == "json"]
    assert len(shown) == 4
    for given, answer in zip(shown[::2], shown[1::2], strict=True):
        done = subprocess.run(
            [sys.executable, "-m", "gateway.cli", "quote"], input=given.encode(), capture_output=True, check=True
        )
        said = list(Names(SHOWN_DAY).differences(json.loads(answer), json.loads(done.stdout)))
        assert said == []


def test_the_table_of_columns_is_that_of_the_importer():
    listed = [
        (cells[0].strip("`"), tuple(re.findall(r"`([^`]+)`", cells[1])), cells[2] == "yes")
        for cells in rows(read(PAGE), 4)
        if cells[2] in {"yes", "no"}
    ]
    assert [(name, others) for name, others, _ in listed] == list(COLUMNS.items())
    for name, _, required in listed:
        heading = [column for column in COLUMNS if column != name]
        paths = [finding.path for finding in parse_medicines([heading]).findings]
        assert (f"$[1].{name}" in paths) is required, name
