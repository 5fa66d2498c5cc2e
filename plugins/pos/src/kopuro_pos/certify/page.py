"""The report as one page of HTML that stands alone: nothing is fetched, and it prints on A4."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import Final

from kopuro_pos.agent.texts import Text
from kopuro_pos.certify import page_words as words
from kopuro_pos.certify.report import CheckReport, Outcome, Report, ScenarioReport, ThreeLanguages

_STYLE: Final = """
:root { color-scheme: light; --line: #c9ced6; --quiet: #4a5361; --good: #10602f; --bad: #9c1c1c; --soft: #f4f6f8; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.5rem 4rem; color: #14181f; background: #fff;
  font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; }
h3 { font-size: .85rem; color: var(--quiet); margin: 1rem 0 .25rem; }
.subtitle { color: var(--quiet); margin: .25rem 0 1.5rem; }
.verdict { border: 2px solid; border-radius: .5rem; padding: 1rem 1.25rem; display: flex; gap: 1.25rem;
  align-items: center; flex-wrap: wrap; }
.verdict strong { font-size: 1.15rem; flex: 1 1 20rem; }
.verdict .count { font-size: 1.6rem; font-weight: 700; white-space: nowrap; }
.passed { color: var(--good); }
.failed, .not-played { color: var(--bad); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 1.25rem 0 2rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2.5rem; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; }
td a { color: inherit; }
section { border: 1px solid var(--line); border-left-width: .4rem; border-radius: .4rem; padding: 1rem 1.25rem;
  margin-bottom: 1rem; break-inside: avoid; }
section.passed { border-left-color: var(--good); }
section.failed, section.not-played { border-left-color: var(--bad); }
section > * { color: #14181f; }
section header { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
section .outcome { font-weight: 700; white-space: nowrap; }
.passed > header .outcome { color: var(--good); }
.failed > header .outcome, .not-played > header .outcome { color: var(--bad); }
p { margin: .35rem 0; }
.mend { background: #fdf3f2; border-radius: .3rem; margin: 0; padding: .6rem .9rem .6rem 1.7rem; }
.mend li { margin: .3rem 0; }
code, pre { font: .85rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
.mend code { display: block; color: var(--quiet); overflow-wrap: anywhere; }
pre { background: var(--soft); border-radius: .3rem; padding: .6rem .9rem; margin: .25rem 0 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
footer { color: var(--quiet); margin-top: 2rem; }
@media print {
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  section.passed pre, section.passed h3.traces { display: none; }
  @page { size: A4; margin: 15mm; }
}
"""


def draw_page(report: Report, language: str) -> str:
    """The whole page in ``ky``, ``ru`` or ``en``. What came from the till is escaped; there is no script."""
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{language}">',
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{_said(words.TITLE, language)}</title>",
            f"<style>{_STYLE}</style>",
            *_head(report, language),
            *_overview(report, language),
            *(part for scenario in report.scenarios for part in _scenario(scenario, language)),
            f"<footer>{_said(words.SYNTHETIC, language)}</footer>",
            "</html>",
            "",
        )
    )


def _head(report: Report, language: str) -> Iterable[str]:
    verdict = words.CERTIFIED if report.certified else words.NOT_CERTIFIED
    if not report.certified and report.passed == report.played:
        verdict = words.NOT_ALL_PLAYED
    count = words.PASSED_OF.of(language).format(passed=report.passed, of=report.of)
    yield f"<h1>{_said(words.TITLE, language)}</h1>"
    yield f'<p class="subtitle">{_said(words.SUBTITLE, language)}</p>'
    yield f'<div class="verdict {"passed" if report.certified else "failed"}">'
    yield f'<span class="count">{escape(count)}</span><strong>{_said(verdict, language)}</strong></div>'
    facts = (
        (words.TILL, report.till),
        (words.AT, report.at.strftime("%Y-%m-%d %H:%M:%S")),
        (words.KIT, f"kopuro-pos {report.kit}"),
        (words.CONTRACT, report.contract),
    )
    yield '<dl class="facts">'
    yield from (f"<dt>{_said(name, language)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    yield "</dl>"


def _overview(report: Report, language: str) -> Iterable[str]:
    yield f'<table><thead><tr><th scope="col">№</th><th scope="col">{_said(words.SCENARIO, language)}</th>'
    yield f'<th scope="col">{_said(words.OUTCOME, language)}</th></tr></thead><tbody>'
    for scenario in report.scenarios:
        yield f'<tr><td><a href="#{scenario.id}">{scenario.id}</a></td><td>{_said(scenario.title, language)}</td>'
        yield f'<td class="{scenario.outcome}">{_outcome(scenario.outcome, language)}</td></tr>'
    yield "</tbody></table>"


def _scenario(scenario: ScenarioReport, language: str) -> Iterable[str]:
    yield f'<section id="{scenario.id}" class="{scenario.outcome}"><header>'
    yield f"<h2>{scenario.id} · {_said(scenario.title, language)}</h2>"
    yield f'<span class="outcome">{_outcome(scenario.outcome, language)}</span></header>'
    yield f"<p><b>{_said(words.HAPPENS, language)}:</b> {_said(scenario.happens, language)}</p>"
    yield f"<p><b>{_said(words.RIGHT, language)}:</b> {_said(scenario.right, language)}</p>"
    if scenario.clause is not None:
        yield f"<p><b>{_said(words.CLAUSE, language)}:</b> {_said(scenario.clause, language)}</p>"
    yield from _mending([check for check in scenario.checks if not check.right], language)
    for name, lines in ((words.CALLS, scenario.calls), (words.SCREENS, scenario.screens)):
        if lines:
            yield f'<h3 class="traces">{_said(name, language)}</h3>'
            yield f"<pre>{escape(chr(10).join(lines))}</pre>"
    yield "</section>"


def _mending(wrong: list[CheckReport], language: str) -> Iterable[str]:
    """Each advice once, with everything that was seen."""
    if not wrong:
        return
    yield f'<h3>{_said(words.MEND, language)}</h3><ul class="mend">'
    for check, several in groupby(sorted(wrong, key=lambda one: one.check), key=lambda one: one.check):
        found = list(several)
        advice = "" if found[0].mend is None else _said(found[0].mend, language)
        yield f"<li>{advice}"
        yield from (f"<code>{check}: {escape(one.seen)}</code>" for one in found)
        yield "</li>"
    yield "</ul>"


def _outcome(outcome: Outcome, language: str) -> str:
    return f"{words.MARKS[outcome]} {_said(words.OUTCOMES[outcome], language)}"


def _said(text: Text | ThreeLanguages, language: str) -> str:
    return escape(str(getattr(text, language)))
