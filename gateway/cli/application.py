"""All commands in one application. A command's module is imported only when it is used or help is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gateway import __version__
from gateway.cli.failures import Failure

_MODULES = {
    "serve": "gateway.cli.serve",
    "demo": "gateway.cli.demo.command",
    "check": "gateway.cli.check",
    "submit": "gateway.cli.submit",
    "ksf": "gateway.cli.ksf",
    "quote": "gateway.cli.quote",
    "operations": "gateway.cli.operations",
    "upstreams": "gateway.cli.upstreams",
    "reference": "gateway.cli.reference",
    "prescription": "gateway.cli.prescription",
    "settlement": "gateway.cli.settlement",
    "client": "gateway.cli.client",
    "staff": "gateway.cli.staff",
    "keys": "gateway.cli.keys",
    "audit": "gateway.cli.audit",
    "simulate": "gateway.cli.simulate",
    "schemas": "gateway.cli.schemas",
    "config": "gateway.cli.configuration",
}
"""Modules by command, in the order of help. Each offers one ``command`` or a group of ``commands``."""


class Commands(TyperGroup):
    """The root of all commands. Turns a :class:`Failure` into its message and exit code, in one place."""

    def list_commands(self, _: Any) -> list[str]:
        """The names, in the order of help."""
        return list(_MODULES)

    def get_command(self, _: Any, cmd_name: str) -> Any:
        """The command of this name, imported now."""
        if cmd_name not in _MODULES:
            return None
        module = import_module(_MODULES[cmd_name])
        if hasattr(module, "command"):
            found: Any = typer.main.get_command(module.command)
        else:
            found = typer.main.get_group(module.commands)
        found.name = cmd_name
        return found

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            typer.echo(f"gateway: {failure}", err=True)
            if failure.advice:
                typer.echo(f"What to do: {failure.advice}", err=True)
            raise typer.Exit(failure.code) from None


def build() -> typer.Typer:
    """The application with every command."""
    application = typer.Typer(
        name="gateway",
        cls=Commands,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_show_locals=False,
        epilog="Exit codes: 0 fine, 1 findings or refusals, 2 wrong usage or configuration, 3 cannot reach or read.",
    )
    application.callback()(_root)
    return application


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - called by the library
    if wanted:
        typer.echo(f"Köpürö {__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Köpürö: the integration gateway of Kyrgyz health care.

    Takes treated cases (form 066/у, КСФ) from Sanarip Clinic and delivers them to the fund over X-Road.
    """
