"""``gateway config``: whether the configuration is usable, and what it comes to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import ConfigOption, JsonFlag
from gateway.cli.output import print_json

if TYPE_CHECKING:
    from config.settings import Settings

commands = typer.Typer(add_completion=False, no_args_is_help=True, help="Check and show the configuration.")


def settings_or_failure(path: Path | None) -> Settings:
    """The settings; raises :class:`Failure` with every problem when they cannot be used."""
    from config.problems import ConfigInvalid  # noqa: PLC0415 - commands import what they need
    from config.settings import load_settings  # noqa: PLC0415 - as above

    try:
        return load_settings(path)
    except ConfigInvalid as invalid:
        raise Failure.of_configuration(invalid.problems) from None


@commands.command(epilog="Example: gateway config check --config /etc/kopuro/gateway.toml")
def check(*, config: ConfigOption = None, as_json: JsonFlag = False) -> None:
    """Look for every problem that would keep «gateway serve» from starting, and name all of them at once."""
    from config.readiness import problems_of  # noqa: PLC0415 - commands import what they need

    problems = problems_of(config)
    if as_json:
        print_json({"usable": not problems, "problems": [problem.as_json() for problem in problems]})
    elif not problems:
        typer.echo("The configuration can be used.")
    else:
        for problem in problems:
            typer.echo(f"{problem.source}: {problem.key}\n    {problem.problem}\n    What to do: {problem.advice}")
    if problems:
        raise typer.Exit(ExitCode.USAGE)


@commands.command(epilog="Example: GATEWAY_SERVER__PORT=9000 gateway config show")
def show(*, config: ConfigOption = None, as_json: JsonFlag = False) -> None:
    """Print the settings in force, with the file, the environment and the defaults put together. Holds no secrets."""
    content = settings_or_failure(config).model_dump(mode="json")
    if as_json:
        print_json(content)
        return
    for section, values in content.items():
        for key, value in _flat(section, values):
            typer.echo(f"{key} = {value}")


def _flat(prefix: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict) and value:
        return [pair for name, part in value.items() for pair in _flat(f"{prefix}.{name}", part)]
    return [(prefix, value)]
