"""``gateway audit``: whether the record of who did what is whole; exporting it; what was done with a patient's data."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from gateway.cli.configuration import settings_or_failure
from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import ConfigOption, JsonFlag, LanguageOption
from gateway.cli.output import print_json, print_table
from gateway.cli.stores import in_store
from schemas.errors.model import Language

if TYPE_CHECKING:
    from config.settings import Settings
    from gateway.audit.head_file import HeadExport
    from gateway.audit.report import Look
    from gateway.audit.verification import Verdict
    from gateway.ports import BlindIndex
    from gateway.store.grouping import Store

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="The record of who did what: verify, export, report."
)

SinceOption = Annotated[datetime | None, typer.Option(help="Only what was at this time or later (local time).")]
BeforeOption = Annotated[datetime | None, typer.Option(help="Only what was before this time (local time).")]


class ExportFormat(StrEnum):
    """The forms the audit can be exported in."""

    FHIR = "fhir"


@commands.command(epilog="Example: gateway audit verify --heads /mnt/audit/heads.jsonl")
def verify(
    *,
    heads: Annotated[
        list[Path] | None,
        typer.Option("--heads", help="File of exported heads; may be given several times.", dir_okay=False),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Check every entry and every signed head, and tell where the first break is.

    Without exported heads, a record that was rewritten together with its heads looks whole.
    On SQLite the gateway must not be running meanwhile.
    """
    exported = _exported(heads or [])
    verdict = in_store(settings_or_failure(config), lambda store: _verified(store, exported))
    if as_json:
        print_json(verdict.as_json())
    else:
        _print_verdict(verdict, compared=bool(heads))
    if not verdict.sound:
        raise typer.Exit(ExitCode.REFUSED)


@commands.command(epilog="Example: gateway audit export --format fhir --since 2026-01-01 > audit.ndjson")
def export(
    *,
    form: Annotated[ExportFormat, typer.Option("--format", help="fhir: FHIR R4 AuditEvent, one a line.")],
    observer: Annotated[str, typer.Option(help="Name of this gateway in the export.")] = "kopuro",
    since: SinceOption = None,
    before: BeforeOption = None,
    config: ConfigOption = None,
) -> None:
    """Print the entries as NDJSON, oldest first. The export itself leaves an entry.

    On SQLite the gateway must not be running meanwhile.
    """
    assert form is ExportFormat.FHIR
    settings = settings_or_failure(config)
    in_store(settings, lambda store: _export(store, observer, _aware(since), _aware(before)))


@commands.command(epilog="Example: gateway audit report --language ky < pin.txt")
def report(
    *,
    since: SinceOption = None,
    before: BeforeOption = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Show no more than this many.")] = 1000,
    language: LanguageOption = Language.EN,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show who looked at a patient's data: who did what, when, for which organisation and why, newest first.

    The ПИН is asked for, or read from standard input; it is never an argument, which other users of the machine could
    see. The report itself leaves an entry. On SQLite the gateway must not be running meanwhile.
    """
    settings = settings_or_failure(config)
    index = _index(settings)
    pin = _read_pin(language)
    looks = in_store(settings, lambda store: _report(store, index, pin, _aware(since), _aware(before), limit))
    if as_json:
        for look in looks:
            print_json(look.as_json(language))
        return
    shown = [look.as_json(language) for look in looks]
    columns = ("at", "who", "id", "organisation", "what", "why", "outcome")
    names = ("at", "actor_kind_title", "actor", "organisation", "action_title", "purpose_title", "outcome_title")
    print_table("Who looked", columns, ([line[name] for name in names] for line in shown))


def _exported(files: list[Path]) -> HeadExport:
    from gateway.audit.head_file import read_export  # noqa: PLC0415 - commands import what they need

    try:
        return read_export(files)
    except OSError as error:
        raise Failure.of_file(error) from None


async def _verified(store: Store, exported: HeadExport) -> Verdict:
    from gateway.audit.verification import count_entries, verify  # noqa: PLC0415 - commands import what they need

    with _progress(await count_entries(store)) as advance:
        return await verify(store, exported, advance)


async def _export(store: Store, observer: str, since: datetime | None, before: datetime | None) -> None:
    from gateway.audit.actions import Action, ActorKind, Purpose  # noqa: PLC0415 - commands import what they need
    from gateway.audit.export import export_fhir  # noqa: PLC0415 - as above
    from gateway.audit.trail import ChainedTrail  # noqa: PLC0415 - as above
    from gateway.ports import AuditEvent  # noqa: PLC0415 - as above
    from gateway.system import SystemClock  # noqa: PLC0415 - as above

    event = AuditEvent(
        action=Action.AUDIT_EXPORTED,
        actor=_operator(),
        actor_kind=ActorKind.OPERATOR,
        purpose=Purpose.ADMINISTRATION,
    )
    await ChainedTrail(store, SystemClock()).record(event)
    async for line in export_fhir(store, observer, since=since, before=before):
        sys.stdout.buffer.write(line)
    sys.stdout.flush()


async def _report(
    store: Store, index: BlindIndex, pin: str, since: datetime | None, before: datetime | None, limit: int
) -> list[Look]:
    from gateway.audit.actions import ActorKind  # noqa: PLC0415 - commands import what they need
    from gateway.audit.report import Asker, SubjectReports  # noqa: PLC0415 - as above
    from gateway.audit.trail import ChainedTrail  # noqa: PLC0415 - as above
    from gateway.store.organisations import load_organisations  # noqa: PLC0415 - as above
    from gateway.system import SystemClock  # noqa: PLC0415 - as above

    names = {one.code: one.name for one in await store.read(load_organisations)}
    reports = SubjectReports(store, ChainedTrail(store, SystemClock()), index, names.get)
    asker = Asker(actor=_operator(), actor_kind=ActorKind.OPERATOR)
    return list(await reports.who_looked(pin, asker, since=since, before=before, limit=limit))


def _index(settings: Settings) -> BlindIndex:
    from gateway.sealing.errors import KeyRingUnusable  # noqa: PLC0415 - commands import what they need
    from gateway.sealing.index import HmacIndex  # noqa: PLC0415 - as above

    try:
        return HmacIndex(settings.sealing.source().load().index)
    except KeyRingUnusable as error:
        raise Failure(str(error), error.advice, code=ExitCode.UNREACHABLE) from None


def _read_pin(language: Language) -> str:
    """The ПИН from a prompt that does not show it, or from standard input."""
    from gateway.rules.identifiers import check_pin  # noqa: PLC0415 - commands import what they need

    pin = getpass.getpass("ПИН: ") if sys.stdin.isatty() else sys.stdin.readline()
    pin = pin.strip()
    for finding in check_pin(pin, "$"):
        said = finding.as_json(language)
        raise Failure(said["message"], said["action"], code=ExitCode.USAGE)
    return pin


def _operator() -> str:
    return f"cli:{quote(getpass.getuser(), safe='')}"


def _aware(given: datetime | None) -> datetime | None:
    return given.astimezone() if given is not None else None


def _print_verdict(verdict: Verdict, *, compared: bool) -> None:
    from gateway.audit.chain import BreakKind  # noqa: PLC0415 - commands import what they need

    said = {
        BreakKind.CHANGED: "was changed, moved or put in",
        BreakKind.MISSING: "missing",
        BreakKind.OUT_OF_ORDER: "out of order",
        BreakKind.CUT: "cut off at the end, though a signed head covers them",
        BreakKind.REWRITTEN: "rewritten: a signed head says otherwise",
        BreakKind.HEAD_INVALID: "has a head whose signature is not valid",
        BreakKind.HEAD_MISSING: "has an exported head that the store does not have",
    }
    typer.echo(f"Entries that hold: {verdict.entries:,}; signed heads confirmed: {verdict.heads:,}")
    if verdict.unchecked:
        typer.echo(f"Heads whose key is not at hand, only compared: {verdict.unchecked:,}")
    for line in verdict.unreadable_lines:
        typer.echo(f"BROKEN: line {line} of the exported heads cannot be read.")
    if (broken := verdict.broken) is not None:
        many = broken.first != broken.last
        place = f"entries {broken.first}–{broken.last}" if many else f"entry {broken.first}"
        typer.echo(f"BROKEN: {place}: {said[broken.kind]}.")
    elif verdict.sound:
        typer.echo(f"The audit is whole. Its last digest: {verdict.digest.hex()}")
    if not compared:
        typer.echo("No exported heads were given (--heads), so a rewriting of everything would not be seen.")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, if somebody watches; yields what tells it the position reached."""
    if not sys.stderr.isatty():
        yield lambda _position: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415 - as above

    columns = (MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as progress:
        task = progress.add_task("", total=total)
        yield lambda position: progress.update(task, completed=position)
