"""The command line: ``kopuro-pos …``. Commands import what they need when they run, so that a small one is quick.

Exit codes: 0 fine, 1 refused, 2 wrong usage or settings, 3 a file, the agent or the gateway cannot be reached.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kopuro_pos import __version__
from kopuro_pos.agent.failures import Failure
from kopuro_pos.agent.settings import STATE_VARIABLE, load_settings, state_folder

if TYPE_CHECKING:
    from kopuro_pos.agent.terminal.enrolment import Enrolled

StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        envvar=STATE_VARIABLE,
        help="Folder with the settings, the key and the queue. Without it the user's own folder for data of programs.",
        file_okay=False,
    ),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]


class Commands(TyperGroup):
    """The root. Turns a :class:`Failure` into its message and exit code, and imports «certify» only when it is used."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of help."""
        return [*super().list_commands(ctx), "certify"]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name."""
        if cmd_name != "certify":
            return super().get_command(ctx, cmd_name)
        from kopuro_pos.certify.cli import certify_app  # noqa: PLC0415 - only makers of tills need it

        found = typer.main.get_command(certify_app)
        found.name = cmd_name
        return found

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            typer.echo(f"kopuro-pos: {failure}", err=True)
            if failure.advice:
                typer.echo(f"What to do: {failure.advice}", err=True)
            raise typer.Exit(failure.code) from None


application = typer.Typer(
    name="kopuro-pos",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
    epilog="Exit codes: 0 fine, 1 refused, 2 wrong usage or settings, 3 cannot reach or read.",
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - called by the library
    if wanted:
        typer.echo(f"kopuro-pos {__version__}")
        raise typer.Exit


@application.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What runs at the pharmacy: the local agent of the Köpürö gateway, and its counter page."""


@application.command(epilog="Examples: kopuro-pos agent · kopuro-pos agent --port 0 --state /srv/kopuro-pos")
def agent(
    *,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Listen here instead of the settings' port; 0 means any free.")
    ] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
    state: StateOption = None,
) -> None:
    """Run the agent on 127.0.0.1 until SIGTERM or Ctrl-C. What is being sent is ended first; what waits, waits.

    Prints one JSON line {"ready": true, "url": …} when it can be called; its log goes to standard error.
    """
    from kopuro_pos.agent.storage.private_files import private_folder  # noqa: PLC0415 - commands import what they need
    from kopuro_pos.agent.web.logs import configure_logging  # noqa: PLC0415 - as above

    folder = private_folder(state_folder(state))
    settings = load_settings(folder)
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    try:
        configure_logging(log_level)
    except ValueError:
        raise typer.BadParameter("must be debug, info, warning or error", param_hint="--log-level") from None
    from kopuro_pos.agent.composing import run  # noqa: PLC0415 - heavy, and only useful once the settings are

    run(folder, settings)


@application.command(epilog="Example: kopuro-pos enrol ABCD-EFGH-JKMN-PQRS --gateway https://gateway.example")
def enrol(
    code: Annotated[str, typer.Argument(help="The one-time code of the gateway's operator.", metavar="CODE")],
    *,
    gateway: Annotated[
        str | None, typer.Option(help="The gateway's address; without it the settings', or the one before.")
    ] = None,
    state: StateOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make this computer a terminal of the gateway: a key is made here, and never leaves.

    The same code may be repeated when no answer came. A running agent takes note by itself.
    """
    from kopuro_pos.agent.commands import enrol_terminal  # noqa: PLC0415 - as above

    folder = state_folder(state)
    _tell_terminal(enrol_terminal(folder, load_settings(folder), code, gateway), as_json=as_json)


@application.command()
def change_key(*, state: StateOption = None, as_json: JsonFlag = False) -> None:
    """Give the terminal a new key now; it does so by itself every 90 days. The old one goes once the gateway agrees."""
    from kopuro_pos.agent.commands import change_terminal_key  # noqa: PLC0415 - as above

    folder = state_folder(state)
    _tell_terminal(change_terminal_key(folder, load_settings(folder)), as_json=as_json)


@application.command()
def counter(
    *,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it, or only print the address.")] = True,
    state: StateOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open the counter page of the running agent. The address works once, within ten minutes."""
    from kopuro_pos.agent.commands import counter_address  # noqa: PLC0415 - as above

    address = counter_address(state_folder(state))
    if as_json:
        _print_json({"url": address})
    else:
        typer.echo(address)
    if browser and not as_json:
        import webbrowser  # noqa: PLC0415 - as above

        webbrowser.open(address)


@application.command()
def status(*, state: StateOption = None, as_json: JsonFlag = False) -> None:
    """How the running agent is: terminal, gateway, clock, queue and stock."""
    from kopuro_pos.agent.commands import agent_state, lines_of  # noqa: PLC0415 - as above

    told = agent_state(state_folder(state))
    if as_json:
        _print_json(told.model_dump(mode="json"))
        return
    for name, value, well in lines_of(told):
        typer.echo(f"{name:<9} ", nl=False)
        typer.echo(value if well else typer.style(value, fg="red"))


def main() -> None:
    """Entry point of the ``kopuro-pos`` command."""
    application()


def _tell_terminal(terminal: Enrolled, *, as_json: bool) -> None:
    if as_json:
        _print_json(terminal.model_dump(mode="json"))
        return
    name = f" ({terminal.pharmacy_name})" if terminal.pharmacy_name else ""
    typer.echo(f"This is the terminal {terminal.client} of pharmacy {terminal.pharmacy}{name} at {terminal.gateway}.")
    typer.echo(f"Key {terminal.kid}, made {terminal.key_changed_at:%Y-%m-%d %H:%M} UTC.")


def _print_json(value: object) -> None:
    import orjson  # noqa: PLC0415 - as above

    sys.stdout.write(orjson.dumps(value).decode() + "\n")
