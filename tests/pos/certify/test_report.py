"""The report: JSON that can be read again, a page that stands alone, and nothing in it that a till could smuggle."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kopuro_pos.certify.harness import Choose, Screen
from kopuro_pos.certify.kit import certify, chosen, contract_digest
from kopuro_pos.certify.page import draw_page
from kopuro_pos.certify.reference import Till
from kopuro_pos.certify.report import Outcome, Report
from kopuro_pos.certify.shelf import PIN
from tests.pos.certify.reference_till import QUICK, harnessed
from tests.pos.certify.wrong_tills import NewKeyForEveryTry

EVIL = "<script>alert(1)</script><img src=https://example.org/x>"


class Smuggler(Till):
    async def choose(self, action: Choose) -> Screen:
        screen = await super().choose(action)
        return self.show(screen.model_copy(update={"texts": [EVIL]}))


class Tags(HTMLParser):
    """Every tag with its attributes, and whether each was closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def report_of(folder: Path, kind: type[Till], *only: str) -> Report:
    async with harnessed(folder, kind) as url:
        return await certify(url, chosen(only), pace=QUICK)


async def test_json_can_be_read_again(tmp_path: Path) -> None:
    report = await report_of(tmp_path, Till, "S01", "S04")
    assert Report.model_validate_json(report.model_dump_json()) == report
    assert (report.passed, report.played, report.of, report.certified) == (2, 2, 30, False)
    assert report.contract == contract_digest()
    assert re.fullmatch(r"[0-9a-f]{12}", report.contract)


async def test_it_names_calls_and_screens_but_no_pin(tmp_path: Path) -> None:
    report = await report_of(tmp_path, Till, "S04", "S26")
    assert report.scenarios[0].calls[2].startswith("POST /api/sales → 201 fault=lost-answer key=")
    assert report.scenarios[0].calls[2].split("key=")[1] == report.scenarios[0].calls[3].split("key=")[1]
    assert PIN not in report.model_dump_json()


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
async def test_the_page_stands_alone_in_each_language(language: str, tmp_path: Path) -> None:
    report = await report_of(tmp_path, NewKeyForEveryTry, "S01", "S04")
    page = draw_page(report, language)
    tags = Tags()
    tags.feed(page.replace("</html>", ""))
    assert [tag for tag in tags.open if tag != "html"] == []
    names = {name for name, _ in tags.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "form"}
    links = {attributes["href"] for name, attributes in tags.tags if name == "a"}
    assert links == {"#S01", "#S04"}
    assert not re.search(r"url\(|@import|//(?!127\.0\.0\.1)", page)
    failed = next(one for one in report.scenarios if one.outcome is Outcome.FAILED)
    for check in failed.checks:
        if check.mend is not None:
            assert getattr(check.mend, language) in page


async def test_what_a_till_says_stays_text(tmp_path: Path) -> None:
    page = draw_page(await report_of(tmp_path, Smuggler, "S01"), "ru")
    assert EVIL not in page
    assert "&lt;script&gt;" in page


async def test_a_harness_that_is_not_there_is_no_failure_of_the_till() -> None:
    report = await certify("http://127.0.0.1:9", chosen(["S01"]), pace=QUICK)
    [played] = report.scenarios
    assert played.outcome is Outcome.NOT_PLAYED
    assert played.checks[0].seen == "start: no answer (ConnectError)"


def test_scenarios_are_chosen_in_their_order() -> None:
    assert [scenario.id for scenario in chosen(["s17", " S03 ", ""])] == ["S03", "S17"]
    assert len(chosen([])) == 30
    with pytest.raises(KeyError, match="S31"):
        chosen(["S31"])
