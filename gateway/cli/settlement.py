"""``gateway settlement``: reports and acts of pharmacies, their documents, and reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import (
    DEFAULT_URL,
    Caller,
    ClientOption,
    JsonFlag,
    KeyFileOption,
    LanguageOption,
    UrlOption,
)
from gateway.cli.output import print_json, print_table
from schemas.errors.model import Language
from schemas.settlement.terms import ReportStateName

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Settlement with pharmacies: reports, acts, reconciliation."
)

_REPORTS = "/v1/settlement/reports"
_REPORT_COLUMNS = ("id", "pharmacy", "month", "state", "lines", "late", "retail", "patient", "compensation", "payable")
_REPORT_FIELDS = (
    "id", "pharmacy", "month", "state", "lines", "late_lines", "retail", "patient", "compensation", "payable"
)  # fmt: skip
_LINE_COLUMNS = ("dispense", "sold on", "prescription", "medicine", "units", "retail", "patient", "payable", "marks")

ReportId = Annotated[UUID, typer.Argument(help="The report's id, as «gateway settlement list» shows it.")]
PharmacyOption = Annotated[str, typer.Option(help="Code of the pharmacy (six digits).")]
MonthOption = Annotated[str, typer.Option(help="The month, 2026-01.")]


class FileKind(StrEnum):
    """Kinds of documents."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


class DocumentLanguage(StrEnum):
    """Languages of documents."""

    KY = "ky"
    RU = "ru"


class Subject(StrEnum):
    """What a document is of."""

    REPORT = "report"
    ACT = "act"


@commands.command("list", epilog="Example: gateway settlement list --month 2026-01 --state formed")
def list_reports(
    *,
    pharmacy: Annotated[str | None, typer.Option(help="Only those of this pharmacy (six digits).")] = None,
    month: Annotated[str | None, typer.Option(help="Only those of this month, 2026-01.")] = None,
    state: Annotated[ReportStateName | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Show no more than this many.")] = 100,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """List monthly reports. With --json one object a line."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    wanted = {"pharmacy": pharmacy, "month": month, "state": state.value if state else None}
    parameters: dict[str, str | int] = {name: value for name, value in wanted.items() if value is not None}
    with Remote(Caller(url, language, client, key_file)) as remote:
        found = remote.pages(_REPORTS, parameters, limit)
        if as_json:
            for report in found:
                print_json(report)
            return
        print_table("Reports", _REPORT_COLUMNS, ([report[name] for name in _REPORT_FIELDS] for report in found))


@commands.command(epilog="Example: gateway settlement show 01990000-0000-7000-8000-000000000000")
def show(
    report_id: ReportId,
    *,
    lines: Annotated[int, typer.Option(min=0, max=100_000, help="Show no more lines than this.")] = 100,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Show a report with its lines, and its act once that is drawn."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    path = f"{_REPORTS}/{report_id}"
    with Remote(Caller(url, language, client, key_file)) as remote:
        report = remote.get(path, {"limit": 1})
        act = None if report["act"] is None else remote.get(f"/v1/settlement/acts/{report['act']}")
        items = list(remote.pages(path, {}, lines))
    if as_json:
        print_json({**report, "items": items, "next": None, "act": act})
        return
    _print(report)
    print_table("Lines", _LINE_COLUMNS, (_line_row(line) for line in items))
    if act is not None:
        _print_act(act)


@commands.command(epilog="Example: gateway settlement form --pharmacy 700001 --month 2026-01")
def form(
    *,
    pharmacy: PharmacyOption,
    month: MonthOption,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Form a report now. Forming it again changes nothing."""
    body = {"pharmacy": pharmacy, "month": month}
    _report_command(_REPORTS, body, Caller(url, language, client, key_file), as_json=as_json)


@commands.command(epilog="Example: gateway settlement submit 01990000-0000-7000-8000-000000000000")
def submit(
    report_id: ReportId,
    *,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Submit a formed report to the fund."""
    path = f"{_REPORTS}/{report_id}/submission"
    _report_command(path, {}, Caller(url, language, client, key_file), as_json=as_json)


@commands.command(epilog="Example: gateway settlement draw 01990000-0000-7000-8000-000000000000")
def draw(
    report_id: ReportId,
    *,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Draw the act of mutual settlement on a submitted report."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(Caller(url, language, client, key_file)) as remote:
        act = remote.post(f"{_REPORTS}/{report_id}/act", {})
    if as_json:
        print_json(act)
    else:
        _print_act(act)


@commands.command(epilog="Example: gateway settlement document report 0199… --format pdf --output report.pdf")
def document(
    subject: Annotated[Subject, typer.Argument(help="What the document is of.")],
    identifier: Annotated[UUID, typer.Argument(help="Id of the report or act.", metavar="ID")],
    *,
    output: Annotated[Path, typer.Option(help="File to write.", dir_okay=False)],
    kind: Annotated[FileKind, typer.Option("--format", help="What kind of file.")] = FileKind.PDF,
    document_language: Annotated[DocumentLanguage, typer.Option(help="Language of the file.")] = DocumentLanguage.KY,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
) -> None:
    """Get a report or an act as a document."""
    from gateway.cli.remote import Remote, accepted  # noqa: PLC0415 - commands import what they need

    wishes = {"format": kind.value, "language": document_language.value}
    with Remote(Caller(url, language, client, key_file)) as remote:
        path = f"/v1/settlement/{subject.value}s/{identifier}/document"
        response = accepted(remote.exchange("GET", path, parameters=wishes))
    try:
        output.write_bytes(response.content)
    except OSError as error:
        raise Failure.of_file(error) from None
    typer.echo(f"{output}: {len(response.content):,} bytes", err=True)


@commands.command(epilog="Example: gateway settlement reconcile sales.csv --pharmacy 700001 --month 2026-01")
def reconcile(
    listed: Annotated[Path, typer.Argument(help="The pharmacy's own list: CSV.", metavar="FILE", dir_okay=False)],
    *,
    pharmacy: PharmacyOption,
    month: MonthOption,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Compare a pharmacy's own list with ours and the fund's. Exit code 1 when there are differences.

    The file is CSV with the columns settled and dispense, or receipt and sold_on.
    """
    from gateway.cli.remote import Remote, accepted, json_object  # noqa: PLC0415 - commands import what they need

    try:
        content = listed.read_bytes()
    except OSError as error:
        raise Failure.of_file(error) from None
    with Remote(Caller(url, language, client, key_file)) as remote:
        response = remote.exchange(
            "POST",
            "/v1/settlement/reconciliations",
            parameters={"pharmacy": pharmacy, "month": month},
            content=content,
            headers={"Content-Type": "text/csv"},
        )
        found = json_object(accepted(response))
    if as_json:
        print_json(found)
    else:
        _print_reconciliation(found)
    if found["differences"]:
        raise typer.Exit(ExitCode.REFUSED)


def _report_command(path: str, body: Mapping[str, str], caller: Caller, *, as_json: bool) -> None:
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(caller) as remote:
        report = remote.post(path, body)
    if as_json:
        print_json(report)
    else:
        _print(report)


def _print(report: Mapping[str, Any]) -> None:
    for name in (*_REPORT_FIELDS, "settled", "outside_contract", "formed_at", "due_on", "submitted_at", "digest"):
        if report[name] is not None:
            typer.echo(f"{name.replace('_', ' ')}: {report[name]}")
    for finding in report["findings"]:
        typer.echo(f"{finding['severity']}: {finding['code']} {finding['message']}")


def _print_act(act: Mapping[str, Any]) -> None:
    for name in ("id", "number", "state", "settled", "total", "digest", "payment_reference", "paid_at"):
        if act[name] is not None:
            typer.echo(f"{'act ' if name == 'id' else ''}{name.replace('_', ' ')}: {act[name]}")
    columns = ("kind", "dispense", "amount", "document", "on")
    rows = (
        (one["kind"], one["dispense"], one["amount"], *((one["document"] or {}).get(key) for key in ("number", "on")))
        for one in act["entries"]
    )
    print_table("Entries", columns, rows)
    signed = ((one["role"], one["person"], one["signed_at"]) for one in act["signatures"])
    print_table("Signatures", ("role", "person", "signed"), signed)


def _print_reconciliation(found: Mapping[str, Any]) -> None:
    sides = ("pharmacy", "gateway", "fund")
    columns = [found[side] or {"count": None, "settled": None} for side in sides]
    rows = [[name, *(column[name] for column in columns)] for name in ("count", "settled")]
    print_table("Sums", ("", *sides), rows)
    fields = ("kind", "party", "dispense", "row", *sides)
    print_table("Differences", fields, ([one[name] for name in fields] for one in found["differences"]))


def _line_row(line: Mapping[str, Any]) -> list[object]:
    marks = [entry["kind"] for entry in line["entries"]]
    marks += ["late"] * line["late"] + ["reversal"] * (line["reversal_of"] is not None)
    names = ("dispense", "sold_on", "prescription_ending", "medicine", "units", "retail", "patient", "payable")
    return [*(line[name] for name in names), ", ".join(marks) or None]
