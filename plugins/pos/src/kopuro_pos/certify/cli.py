"""``kopuro-pos certify``: the conformance kit on the command line. Progress goes to stderr, results into files."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple
from urllib.parse import urlsplit

import typer

from kopuro_pos.agent.failures import ExitCode, Failure
from kopuro_pos.agent.texts import Language
from kopuro_pos.certify.page import draw_page
from kopuro_pos.certify.page_words import MARKS, OUTCOMES
from kopuro_pos.certify.report import Outcome, Report, ScenarioReport

if TYPE_CHECKING:
    from kopuro_pos.certify.stage import Scenario

certify_app = typer.Typer(add_completion=False)

_COLOURS: Final = {
    Outcome.PASSED: typer.colors.GREEN,
    Outcome.FAILED: typer.colors.RED,
    Outcome.NOT_PLAYED: typer.colors.YELLOW,
}


class CannotWrite(Failure):
    """A file of the report cannot be written."""

    code = ExitCode.UNREACHABLE


@certify_app.command(
    epilog="Examples: kopuro-pos certify --reference · kopuro-pos certify --url http://127.0.0.1:9000 --html page.html"
)
def certify(
    *,
    url: Annotated[str, typer.Option("--url", help="Where the harness before your till listens.")] = "",
    only: Annotated[str, typer.Option("--only", help="Only these scenarios: S03,S17.")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report as JSON to this file.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the report as a page to this file.")] = None,
    language: Annotated[Language, typer.Option("--language", help="Of the page and of the progress.")] = Language.RU,
    agent_port: Annotated[
        int, typer.Option("--agent-port", min=0, max=65535, help="Port of the kit's own agent; 0 takes a free one.")
    ] = 0,
    origin: Annotated[
        list[str] | None, typer.Option("--origin", help="A page that may call the agent, for a till in a browser.")
    ] = None,
    reference: Annotated[bool, typer.Option("--reference", help="Play against the reference till instead.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="Name the scenarios, and play none.")] = False,
) -> None:
    """Prove that a till works rightly with the agent: thirty scenarios, faults included.

    The kit plays the agent and drives your till through a small harness that you put before it. No agent, no gateway
    and no network is needed; all people and prescriptions are invented. docs/pos-certify.md says how to begin.

    Exits with 0 only when all thirty scenarios were played and passed (with --only: all that were asked for).
    """
    scenarios = _wanted(only)
    if listing:
        for scenario in scenarios:
            typer.echo(f"{scenario.id}  {scenario.words.title.of(language)}")
        return
    settings = _Settings(agent_port, frozenset(origin or ()), language)
    report = asyncio.run(_played(scenarios, _harness(url, reference=reference), settings))
    for file, text in ((json_file, report.model_dump_json(indent=2)), (html_file, draw_page(report, language))):
        if file is not None:
            _write(file, text)
    typer.echo(f"{report.passed} / {report.played}", err=True)
    if report.passed != report.played:
        raise typer.Exit(ExitCode.REFUSED)


def _wanted(only: str) -> Sequence[Scenario]:
    from kopuro_pos.certify.kit import chosen  # noqa: PLC0415 - it brings the web server along

    try:
        return chosen(only.split(","))
    except KeyError as unknown:
        raise typer.BadParameter(f"there is no {unknown.args[0]}, see --list", param_hint="--only") from None


def _harness(url: str, *, reference: bool) -> str | None:
    """The harness's address; ``None`` for the reference till."""
    if reference:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problem = "must name your harness, as http://127.0.0.1:9000 (--reference shows a run without one)"
        raise typer.BadParameter(problem, param_hint="--url")
    return url


class _Settings(NamedTuple):
    agent_port: int
    origins: frozenset[str]
    language: Language


async def _played(scenarios: Sequence[Scenario], url: str | None, settings: _Settings) -> Report:
    from kopuro_pos.certify.kit import certify as play  # noqa: PLC0415 - as above
    from kopuro_pos.certify.reference_harness import reference_till  # noqa: PLC0415 - as above

    def told(report: ScenarioReport) -> None:
        _tell(report, settings.language)

    async def against(harness: str) -> Report:
        port, origins = settings.agent_port, settings.origins
        return await play(harness, scenarios, agent_port=port, origins=origins, progress=told)

    if url is not None:
        return await against(url)
    with TemporaryDirectory() as folder:
        async with reference_till(Path(folder)) as harness:
            return await against(harness)


def _tell(report: ScenarioReport, language: Language) -> None:
    """One line for a scenario; below it whatever was wrong."""
    coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    mark = f"{MARKS[report.outcome]} {OUTCOMES[report.outcome].of(language)}"
    mark = typer.style(mark, fg=_COLOURS[report.outcome]) if coloured else mark
    typer.echo(f"{report.id}  {mark}  {getattr(report.title, language)}", err=True)
    for check in report.checks:
        if not check.right and check.mend is not None:
            typer.echo(f"     {getattr(check.mend, language)} ({check.seen})", err=True)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{file}: {error.strerror}.", "Check the path and its permissions.") from None
