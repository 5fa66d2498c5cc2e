"""``gateway upstreams``: how the systems we deliver to stand; pause and resume them."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.options import (
    DEFAULT_URL,
    Caller,
    ClientOption,
    JsonFlag,
    KeyFileOption,
    LanguageOption,
    ReasonOption,
    UrlOption,
)
from gateway.cli.output import print_json, print_table
from schemas.errors.model import Language

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="How the systems we deliver to stand; pause and resume them."
)

UpstreamName = Annotated[str, typer.Argument(help="Its name, for example foms.")]


@commands.command("list", epilog="Example: gateway upstreams list --json")
def list_upstreams(
    *,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """List the upstreams with what is waiting for them."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(Caller(url, language, client, key_file)) as remote:
        answer = remote.get("/v1/upstreams")
    if as_json:
        print_json(answer)
        return
    names = ("name", "paused", "pause_reason", "breaker", "open_operations", "in_doubt", "parked", "last_success_at")
    columns = ("name", "paused", "why", "breaker", "open", "in doubt", "parked", "last success")
    print_table("Upstreams", columns, ([upstream[name] for name in names] for upstream in answer["items"]))


@commands.command(epilog='Example: gateway upstreams pause foms --reason "maintenance until 18:00"')
def pause(
    name: UpstreamName,
    *,
    reason: ReasonOption,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Stop delivering to an upstream; cases are still accepted and wait."""
    _switch(name, "pause", reason, Caller(url, language, client, key_file), as_json=as_json)


@commands.command(epilog='Example: gateway upstreams resume foms --reason "maintenance is over"')
def resume(
    name: UpstreamName,
    *,
    reason: ReasonOption,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Deliver again."""
    _switch(name, "resume", reason, Caller(url, language, client, key_file), as_json=as_json)


def _switch(name: str, action: str, reason: str, caller: Caller, *, as_json: bool) -> None:
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(caller) as remote:
        upstream = remote.post(f"/v1/upstreams/{name}/{action}", {"reason": reason})
    if as_json:
        print_json(upstream)
    else:
        typer.echo(f"{upstream['name']}: {'paused' if upstream['paused'] else 'delivering'}")
