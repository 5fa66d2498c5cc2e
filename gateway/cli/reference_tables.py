"""What commands that take reference data over from a table share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from gateway.cli.failures import ExitCode, Failure
from schemas.errors.model import Severity

if TYPE_CHECKING:
    from gateway.batch.records import Cell
    from gateway.rules.findings import Finding
    from schemas.errors.model import Language

Parsed = TypeVar("Parsed")


def table_from(file: Path, parse: Callable[[Iterable[Sequence[Cell]]], Parsed]) -> Parsed:
    """What a CSV or XLSX file comes to. Raises :class:`Failure` when it cannot be read at all."""
    from gateway.batch.records import BatchUnreadable  # noqa: PLC0415 - commands import what they need
    from gateway.batch.tables import read_table  # noqa: PLC0415 - as above

    try:
        rows, _ = read_table(file)
        return parse(row for row, _ in rows)
    except BatchUnreadable as error:
        raise Failure(f"{file}: {error}", error.advice, code=ExitCode.UNREACHABLE) from None
    except OSError as error:
        raise Failure.of_file(error) from None


def tell_findings(file: Path, findings: Sequence[Finding], language: Language) -> None:
    """Print everything that was found to standard error; raises :class:`Failure` if any of it is an error."""
    for finding in findings:
        said = finding.as_json(language)
        typer.echo(f"{file} {said['path']}: {said['severity']} {said['code']}: {said['message']}", err=True)
    wrong = sum(finding.severity is Severity.ERROR for finding in findings)
    if wrong:
        raise Failure(f"{file}: {wrong} errors; nothing was taken over.", "Correct them all and try again.")
