"""``gateway ksf``: take КСФ numbers apart and form them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import JsonFlag, LanguageOption
from gateway.cli.output import print_json
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.rules.findings import Refused

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Take КСФ numbers (form 066/у) apart and form them."
)


@commands.command(epilog="Example: gateway ksf parse 00000011895017425")
def parse(
    number: Annotated[str, typer.Argument(help="17 digits; the spaced form of the order («0 0 0 …») is understood.")],
    *,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,  # noqa: ARG001 - the answer is one JSON object in both cases
) -> None:
    """Take a КСФ number apart: ordinal number, department, organisation, year of discharge (all as digits)."""
    from gateway.rules import ksf  # noqa: PLC0415 - commands import what they need
    from gateway.rules.findings import Refused  # noqa: PLC0415 - as above

    try:
        parsed = ksf.parse(ksf.normalise_input(number))
    except Refused as refused:
        raise _failure(refused, language) from None
    print_json(
        {
            "sequence": str(parsed)[: parsed.layout.sequence],
            "department": parsed.department,
            "organisation": parsed.organisation,
            "year": parsed.year,
        }
    )


@commands.command(
    epilog="Example: gateway ksf form --sequence 123 --department 05 --organisation 950174 --discharged 2026-01-03"
)
def form(
    *,
    sequence: Annotated[int, typer.Option(help="Ordinal number, 1 to 9999999.")],
    department: Annotated[str, typer.Option(help="Code of the department that forms the КСФ: two digits.")],
    organisation: Annotated[str, typer.Option(help="Code of its organisation: six digits.")],
    discharged: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Bishkek day of the discharge.")],
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Form a КСФ number. This takes no number from the gateway's counters."""
    from gateway.rules import ksf  # noqa: PLC0415 - commands import what they need
    from gateway.rules.findings import Refused  # noqa: PLC0415 - as above

    try:
        number = ksf.form(sequence, department, organisation, discharged.date())
    except Refused as refused:
        raise _failure(refused, language) from None
    if as_json:
        print_json({"ksf_number": str(number), "display": number.display})
    else:
        typer.echo(str(number))


def _failure(refused: Refused, language: Language) -> Failure:
    findings = [finding.as_json(language) for finding in refused.findings]
    problem = "\n".join(f"{finding['code']}: {finding['message']} [{finding['clause']}]" for finding in findings)
    return Failure(problem, " ".join(dict.fromkeys(finding["action"] for finding in findings)), code=ExitCode.REFUSED)
