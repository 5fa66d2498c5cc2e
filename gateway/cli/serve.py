"""``gateway serve``: run the service."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.configuration import settings_or_failure
from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import ConfigOption

command = typer.Typer(add_completion=False)


@command.command(epilog="Examples: gateway serve · gateway serve --config /etc/kopuro/gateway.toml --port 9000")
def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Listen here instead of server.host.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Listen on this port instead of server.port; 0 means any free.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Run the gateway until SIGTERM or Ctrl-C; requests and deliveries under way are ended first.

    Until [access] is configured the service listens on this machine's loopback only.
    """
    from config.readiness import serving_problems  # noqa: PLC0415 - commands import what they need
    from config.settings import config_path  # noqa: PLC0415 - as above

    settings = settings_or_failure(config)
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=given)})
    path = config_path(config)
    if problems := serving_problems(settings, str(path) if path is not None else "built-in defaults"):
        raise Failure.of_configuration(problems)

    from gateway.app import CannotStart  # noqa: PLC0415 - heavy, and only useful once the settings are
    from gateway.app import serve as run  # noqa: PLC0415 - as above

    try:
        run(settings)
    except CannotStart as error:
        raise Failure(str(error), error.advice, code=ExitCode.UNREACHABLE) from error
