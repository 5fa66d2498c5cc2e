"""``gateway client enrol``: a one-time code by which a pharmacy's terminal registers a key that it makes itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

import typer

from gateway.cli.options import Caller, ClientOption, ConfigOption, JsonFlag, KeyFileOption, LanguageOption
from gateway.cli.output import print_json
from gateway.cli.registers import in_client_register, operator
from schemas.errors.model import Language

EPILOG: Final = "Example: gateway client enrol till-1 --hours 2 --url https://gateway.example"

ClientId = Annotated[str, typer.Argument(help="The client's id: small letters, digits and hyphens.", metavar="ID")]


def enrol(
    client_id: ClientId,
    *,
    hours: Annotated[int, typer.Option(min=1, max=72, help="For how long the code is good.")] = 24,
    url: Annotated[
        str | None,
        typer.Option(envvar="GATEWAY_URL", help="Address of the gateway, where it is running.", metavar="URL"),
    ] = None,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    config: ConfigOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Give a pharmacy's terminal a one-time code, for a new terminal or one that has lost its key.

    The code given before ends at once, the terminal's keys and tokens when the code is used. With --url the running
    gateway gives it; without, it is written into the store, and on SQLite the gateway must not be running meanwhile.
    """
    if url is None:
        _enrol_here(client_id, hours, config, language, as_json=as_json)
        return
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(Caller(url, language, client, key_file)) as remote:
        opened = remote.post(f"/v1/clients/{quote(client_id, safe='')}/enrolment", {"hours": hours})
    show(opened["client"], opened["code"], datetime.fromisoformat(opened["expires_at"]), as_json=as_json)


def _enrol_here(client_id: str, hours: int, config: Path | None, language: Language, *, as_json: bool) -> None:
    opened = in_client_register(
        config,
        language,
        lambda _, enrolments: enrolments.open(client_id, by=operator(), valid=timedelta(hours=hours)),
    )
    show(opened.client.id, opened.code, opened.expires_at, as_json=as_json)


def show(client_id: str, code: str, expires_at: datetime, *, as_json: bool) -> None:
    """Print a code: alone on standard output, what it is for beside it."""
    from gateway.rules.days import bishkek_time  # noqa: PLC0415 - commands import what they need

    if as_json:
        print_json({"client": client_id, "code": code, "expires_at": expires_at})
        return
    typer.echo(
        f"{client_id} enrols with this code, once, until {bishkek_time(expires_at)}. It is not kept here.", err=True
    )
    typer.echo(code)
