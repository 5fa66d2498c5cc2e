"""``gateway reference``: reference data, kept in the gateway's own store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.configuration import settings_or_failure
from gateway.cli.options import ConfigOption, JsonFlag, LanguageOption
from gateway.cli.output import print_json, print_table
from gateway.cli.reference_medicines import export_medicines, import_medicines, list_medicines
from gateway.cli.reference_tables import table_from, tell_findings
from gateway.cli.stores import in_store
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.ports import Organisation

commands = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Reference data: the register of organisations, the reference of medicines.",
)
import_commands = typer.Typer(add_completion=False, no_args_is_help=True, help="Take reference data over from a file.")
list_commands = typer.Typer(add_completion=False, no_args_is_help=True, help="Show reference data.")
export_commands = typer.Typer(add_completion=False, no_args_is_help=True, help="Write reference data into a file.")
commands.add_typer(import_commands, name="import")
commands.add_typer(list_commands, name="list")
commands.add_typer(export_commands, name="export")
import_commands.command(
    "medicines", epilog="Example: gateway reference import medicines config/examples/medicines.csv"
)(import_medicines)
list_commands.command("medicines", epilog="Example: gateway reference list medicines --json")(list_medicines)
export_commands.command("medicines", epilog="Example: gateway reference export medicines medicines.xlsx")(
    export_medicines
)


@import_commands.command(
    "organisations", epilog="Example: gateway reference import organisations config/examples/organisations.csv"
)
def import_organisations(
    file: Annotated[Path, typer.Argument(help="The register as .csv or .xlsx.", dir_okay=False)],
    *,
    language: LanguageOption = Language.EN,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take the register of organisations over: known codes are replaced, others stay. With any error nothing is taken.

    Columns: code, name, row (of the roll-out schedule), inn, okpo, equipped (yes or no), equipped_since, departments
    («18=Терапия;05=Хирургия»). On SQLite the gateway must not be running meanwhile.
    """
    from gateway.store.organisations import replace_organisations  # noqa: PLC0415 - commands import what they need

    settings = settings_or_failure(config)
    organisations = organisations_from(file, language)
    in_store(settings, lambda store: store.write(partial(replace_organisations, rows=organisations)))
    if as_json:
        print_json({"imported": len(organisations)})
    else:
        typer.echo(f"{len(organisations)} organisations are in the register now.")


@list_commands.command("organisations", epilog="Example: gateway reference list organisations --json")
def list_organisations(*, config: ConfigOption = None, as_json: JsonFlag = False) -> None:
    """Show the register. On SQLite the gateway must not be running meanwhile."""
    from gateway.store.organisations import load_organisations  # noqa: PLC0415 - commands import what they need

    organisations = in_store(settings_or_failure(config), lambda store: store.read(load_organisations))
    if as_json:
        for organisation in organisations:
            print_json({name: getattr(organisation, name) for name in _FIELDS})
        return
    rows = (
        [*(getattr(organisation, name) for name in _SHOWN), len(organisation.departments)]
        for organisation in organisations
    )
    print_table("Organisations", ("code", "name", "row", "equipped", "since", "departments"), rows)


_FIELDS = ("code", "name", "region", "inn", "okpo", "equipped", "equipped_since", "departments")
_SHOWN = ("code", "name", "region", "equipped", "equipped_since")


def organisations_from(file: Path, language: Language) -> Sequence[Organisation]:
    """The register in a file. Prints every mistake to standard error; raises :class:`Failure` if one is an error."""
    from gateway.reference.organisations import parse_organisations  # noqa: PLC0415 - commands import what they need

    parsed = table_from(file, parse_organisations)
    tell_findings(file, parsed.findings, language)
    return parsed.organisations
