"""``gateway quote``: what a sale comes to, by the arithmetic of the programme alone."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import typer

from gateway.cli.failures import ExitCode
from gateway.cli.options import LanguageOption
from gateway.cli.output import print_json
from schemas.errors import ErrorCode, Language

if TYPE_CHECKING:
    from gateway.rules.compensation import Reckoning
    from gateway.rules.findings import Finding
    from schemas.dispensing.reckoning import SaleToReckon

command = typer.Typer(add_completion=False)

_PATHS: Final = {
    "$.sale.units": "$.sold_units",
    "$.sale.pack_price": "$.product.pack_price",
    "$.sale.medicine": "$.product.strength_unit",
    "$.receipt.amount": "$.receipt",
}
"""Where the fields of a dispense order stand in the input of this command."""


@command.command(
    epilog='Example input: {"course":{"dose":"10","dose_unit":"mg","units":"60"},"compensated_before":"0",'
    '"product":{"strength":"10","strength_unit":"mg","pack_price":"450.00","pack_size":30,'
    '"compensation":{"per":"unit","amount":"6.00"}},"sold_units":60,"receipt":"540.00"}'
)
def quote(*, language: LanguageOption = Language.EN) -> None:
    """Reckon a sale on a subsidised prescription: JSON on standard input, JSON on standard output.

    Tells how many units the course allows, and what the fund and the patient pay. Sums and doses are decimal numbers
    in strings, sums in som. Several sales may be given, one a line; each is answered on a line. What cannot be reckoned
    is answered by its findings alone. Exits with 2 when some input is wrong, with 1 when a rule refuses a sale.
    """
    worst = ExitCode.FINE
    for number, document in enumerate(_documents(sys.stdin.buffer.read()), start=1):
        answer, found, code = _answer(document)
        said = [finding.as_json(language) for finding in found]
        print_json(answer | {"findings": said})
        if code is not ExitCode.FINE:
            _explain(number, said)
        worst = max(worst, code)
    if worst is not ExitCode.FINE:
        raise typer.Exit(worst)


def _documents(given: bytes) -> Iterator[bytes]:
    """The input is one JSON document, or one on every line when its first line is one by itself."""
    from pydantic_core import from_json  # noqa: PLC0415 - commands import what they need

    lines = [line for line in given.splitlines() if line.strip()]
    try:
        from_json(lines[0] if lines else b"")
    except ValueError:
        yield given
    else:
        yield from lines


def _answer(document: bytes) -> tuple[dict[str, object], tuple[Finding, ...], ExitCode]:
    """What the sale comes to, nothing if that cannot be told, and all there is to say of it."""
    from gateway.rules.findings import Finding, errors  # noqa: PLC0415 - commands import what they need
    from gateway.rules.shape import read_message  # noqa: PLC0415 - as above
    from schemas.dispensing.reckoning import ReckonedSale, SaleToReckon  # noqa: PLC0415 - as above

    sale = read_message(document, SaleToReckon)
    wrong = sale if isinstance(sale, tuple) else _wrong_course(sale)
    if isinstance(sale, tuple) or wrong:
        return {}, wrong, ExitCode.USAGE
    reckoned = _reckoned(sale)
    if isinstance(reckoned, Finding):
        return {}, (_in_input(reckoned),), ExitCode.REFUSED
    sums = ReckonedSale(**{name: getattr(reckoned, name) for name in ReckonedSale.model_fields})
    found = tuple(map(_in_input, reckoned.findings))
    return sums.model_dump(mode="json"), found, ExitCode.REFUSED if errors(found) else ExitCode.FINE


def _wrong_course(sale: SaleToReckon) -> tuple[Finding, ...]:
    """Units are counted, and the contract can tell a course dose of nine digits before the point."""
    from gateway.rules.findings import Finding  # noqa: PLC0415 - commands import what they need
    from gateway.rules.prescribing.forming import LARGEST_COURSE  # noqa: PLC0415 - as above

    course = sale.course
    if course.units != course.units.to_integral_value():
        return (Finding(ErrorCode.SCHEMA_VALUE, "$.course.units", {"allowed": "1, 2, 3, …"}),)
    if course.dose * course.units > LARGEST_COURSE:
        return (Finding(ErrorCode.SCHEMA_VALUE, "$.course", {"allowed": f"dose × units ≤ {LARGEST_COURSE}"}),)
    return ()


def _reckoned(sale: SaleToReckon) -> Reckoning | Finding:
    from gateway.rules.compensation import Course, Product, reckon  # noqa: PLC0415 - commands import what they need

    return reckon(
        Course(
            dose=sale.course.dose * sale.course.units, unit=sale.course.dose_unit, dispensed=sale.compensated_before
        ),
        Product(
            strength=sale.product.strength,
            strength_unit=sale.product.strength_unit,
            pack_size=sale.product.pack_size,
            pack_price=sale.product.pack_price,
            compensation=sale.product.compensation,
        ),
        sale.sold_units,
        sale.receipt,
    )


def _in_input(finding: Finding) -> Finding:
    return replace(finding, path=_PATHS[finding.path])


def _explain(number: int, said: Iterable[Mapping[str, Any]]) -> None:
    """The findings for people, on standard error."""
    for finding in said:
        typer.echo(f"gateway: sale {number}: {finding['code']} at {finding['path']}: {finding['message']}", err=True)
        typer.echo(f"What to do: {finding['action']}", err=True)
