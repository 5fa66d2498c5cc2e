"""``gateway schemas``: renew the committed copies of everything generated from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.failures import Failure
from gateway.cli.options import JsonFlag
from gateway.cli.output import print_json

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="OpenAPI, JSON Schema and the pages on errors and access as files."
)


@commands.command(epilog="Example: gateway schemas write .")
def write(
    folder: Annotated[Path, typer.Argument(help="The project's folder.", file_okay=False)] = Path(),
    *,
    as_json: JsonFlag = False,
) -> None:
    """Write the OpenAPI document, the JSON Schema of the treated case, and the pages on errors and access."""
    from gateway.api.generated import write_schemas  # noqa: PLC0415 - commands import what they need

    try:
        written = write_schemas(folder)
    except OSError as error:
        raise Failure.of_file(error) from None
    if as_json:
        print_json({"written": [str(path) for path in written]})
        return
    for path in written:
        typer.echo(str(path))
