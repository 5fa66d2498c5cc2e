"""``gateway prescription``: check an order, look at a prescription, cancel it, print its sheet."""

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
from gateway.cli.output import print_json
from schemas.errors.model import Language

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Check orders, look at prescriptions, cancel and print them."
)

PrescriptionId = Annotated[UUID, typer.Argument(help="The prescription's id, as it was answered when it was issued.")]

_PATH = "/v1/prescriptions"


class SheetLanguage(StrEnum):
    """Languages of the sheet."""

    KY = "ky"
    RU = "ru"


@commands.command(epilog="Example: gateway prescription check order.json --language ru")
def check(
    file: Annotated[Path, typer.Argument(help="One order as .json.", dir_okay=False)],
    *,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Tell everything that would be said of an order now; nothing is issued.

    The gateway asks the insurer about the patient. Exits with 1 when the order would be refused.
    """
    from gateway.cli.remote import Remote, accepted, json_object  # noqa: PLC0415 - commands import what they need

    try:
        body = file.read_bytes()
    except OSError as error:
        raise Failure.of_file(error) from None
    with Remote(Caller(url, language, client, key_file)) as remote:
        headers = {"Content-Type": "application/json"}
        checked = json_object(accepted(remote.exchange("POST", f"{_PATH}/check", content=body, headers=headers)))
    if as_json:
        print_json(checked)
    else:
        _print_check(checked)
    if not checked["accepted"]:
        raise typer.Exit(ExitCode.REFUSED)


@commands.command(epilog="Example: gateway prescription show 01990000-0000-7000-8000-000000000000")
def show(
    prescription_id: PrescriptionId,
    *,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Show a prescription as it stands. Text for people leaves out who the patient is; --json has everything."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(Caller(url, language, client, key_file)) as remote:
        found = remote.get(f"{_PATH}/{prescription_id}")
    _print(found, as_json=as_json)


@commands.command(epilog='Example: gateway prescription cancel 0199… --reason "wrong strength"')
def cancel(
    prescription_id: PrescriptionId,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; the fund is told.", show_default=False)],
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Cancel a prescription of which nothing is dispensed."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(Caller(url, language, client, key_file)) as remote:
        cancelled = remote.post(f"{_PATH}/{prescription_id}/cancellation", {"reason": reason})
    _print(cancelled, as_json=as_json)


@commands.command(epilog="Example: gateway prescription sheet 0199… --output sheet.pdf --requested-by-patient")
def sheet(
    prescription_id: PrescriptionId,
    *,
    output: Annotated[Path, typer.Option("--output", help="File to write (PDF).", dir_okay=False, show_default=False)],
    sheet_language: Annotated[SheetLanguage, typer.Option(help="Language of the sheet.")] = SheetLanguage.KY,
    requested_by_patient: Annotated[
        bool, typer.Option("--requested-by-patient", help="The patient asks for it on paper now (clause 15).")
    ] = False,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
) -> None:
    """Print a prescription at the patient's demand. Every sheet after the first is marked as a copy."""
    from gateway.cli.remote import Remote, accepted  # noqa: PLC0415 - commands import what they need

    asked = {"language": sheet_language.value, "requested_by_patient": "true" if requested_by_patient else "false"}
    with Remote(Caller(url, language, client, key_file)) as remote:
        response = remote.exchange("GET", f"{_PATH}/{prescription_id}/sheet", parameters=asked)
        if response.headers.get("Content-Type") != "application/pdf":
            accepted(response)
            raise Failure(f"What answers at {url} is no sheet.", "Check --url.", code=ExitCode.UNREACHABLE)
    try:
        output.write_bytes(response.content)
    except OSError as error:
        raise Failure.of_file(error) from None
    typer.echo(f"{output}: {len(response.content):,} bytes")


def _print_check(checked: Mapping[str, Any]) -> None:
    typer.secho("would be issued" if checked["accepted"] else "WOULD BE REFUSED", bold=True)
    for name in ("course_dose", "dose_unit", "valid_until", "expected_compensation"):
        if checked[name] is not None:
            typer.echo(f"{name.replace('_', ' ')}: {checked[name]}")
    if checked["limit"] is not None:
        limit = checked["limit"]
        typer.echo(f"limit of the year: {limit['limit']}, used {limit['used']}, set aside {limit['reserved']} som")
    _print_findings(checked)


def _print(prescription: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(prescription)
        return
    typer.echo(f"medicine: {prescription['medicine']['code']} {prescription['medicine']['trade_name']}")
    for name in ("id", "display_number", "state", "issued_on", "valid_until", "course_dose", "dispensed_dose",
                 "dose_unit", "fills", "held_until", "ended_at", "printed_at", "operation"):  # fmt: skip
        if prescription[name] is not None:
            typer.echo(f"{name.replace('_', ' ')}: {prescription[name]}")
    _print_findings(prescription)


def _print_findings(told: Mapping[str, Any]) -> None:
    for finding in told["findings"]:
        colour = {"error": "red", "warning": "yellow"}.get(finding["severity"])
        typer.secho(f"{finding['severity']} {finding['code']} at {finding['path']}", fg=colour)
        typer.echo(f"  {finding['message']}" + (f" ({finding['clause']})" if finding["clause"] else ""))
        typer.echo(f"  → {finding['action']}")
