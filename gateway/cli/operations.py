"""``gateway operations``: look at operations and decide what only a person can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from gateway.cli.failures import ExitCode, Failure
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
    add_completion=False, no_args_is_help=True, help="Look at operations and decide what only a person can."
)

OperationId = Annotated[UUID, typer.Argument(help="The operation's id, as «gateway operations list» shows it.")]


class StateName(StrEnum):
    """States an operation can be looked for by."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in-doubt"
    PARKED = "parked"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class EndName(StrEnum):
    """How a person may end an operation."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


@commands.command("list", epilog="Example: gateway operations list --state parked --organisation 950174")
def list_operations(
    *,
    state: Annotated[StateName | None, typer.Option(help="Only those in this state.")] = None,
    number: Annotated[str | None, typer.Option("--number", help="Only those of this КСФ number.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Only those of this organisation (six digits).")] = None,
    accepted_from: Annotated[datetime | None, typer.Option(help="Accepted at this time or later (local time).")] = None,
    accepted_before: Annotated[datetime | None, typer.Option(help="Accepted before this time (local time).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Show no more than this many.")] = 100,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """List operations in the order they were accepted. With --json one object a line."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    wanted: dict[str, str | int | None] = {
        "state": state.value if state else None,
        "business_key": number,
        "organisation": organisation,
        "accepted_from": _instant(accepted_from),
        "accepted_before": _instant(accepted_before),
    }
    parameters = {name: value for name, value in wanted.items() if value is not None}
    with Remote(Caller(url, language, client, key_file)) as remote:
        found = remote.pages("/v1/operations", parameters, limit)
        if as_json:
            for operation in found:
                print_json(operation)
            return
        columns = ("id", "КСФ number", "revision", "state", "attempts", "reason", "record number")
        print_table("Operations", columns, (_row(operation) for operation in found))


@commands.command(epilog="Example: gateway operations show 01990000-0000-7000-8000-000000000000")
def show(
    operation_id: OperationId,
    *,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Show one operation with its attempts."""
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    with Remote(Caller(url, language, client, key_file)) as remote:
        operation = remote.get(f"/v1/operations/{operation_id}")
    if as_json:
        print_json(operation)
        return
    _print(operation)
    columns = ("no.", "step", "started", "finished", "outcome", "reason", "message id")
    fields = ("number", "step", "started_at", "finished_at", "outcome", "reason", "message_id")
    print_table("Attempts", columns, ([attempt[name] for name in fields] for attempt in operation["history"]))


@commands.command(epilog='Example: gateway operations retry 0199… --reason "access was granted"')
def retry(
    operation_id: OperationId,
    *,
    reason: ReasonOption,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Take a parked or rejected operation up again."""
    _command(operation_id, "retry", {"reason": reason}, Caller(url, language, client, key_file), as_json=as_json)


@commands.command(epilog='Example: gateway operations park 0199… --reason "asked the fund by phone"')
def park(
    operation_id: OperationId,
    *,
    reason: ReasonOption,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Put a queued or doubtful operation aside for a person."""
    _command(operation_id, "park", {"reason": reason}, Caller(url, language, client, key_file), as_json=as_json)


@commands.command(
    epilog='Example: gateway operations resolve 019… --state delivered --record-number F-17 --reason "the fund has it"'
)
def resolve(
    operation_id: OperationId,
    *,
    state: Annotated[EndName, typer.Option(help="How it ended, by the evidence found.")],
    reason: ReasonOption,
    record_number: Annotated[
        str | None, typer.Option(help="The fund's record number; needed with --state delivered.")
    ] = None,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """End a parked or doubtful operation by hand."""
    if (state is EndName.DELIVERED) != (record_number is not None):
        problem = "A record number goes with --state delivered, and only with it."
        raise Failure(problem, "Give the fund's --record-number as evidence.", code=ExitCode.USAGE)
    body = {"reason": reason, "state": state.value, "record_number": record_number}
    _command(operation_id, "resolve", body, Caller(url, language, client, key_file), as_json=as_json)


def _command(operation_id: UUID, name: str, body: Mapping[str, str | None], caller: Caller, *, as_json: bool) -> None:
    from gateway.cli.remote import Remote  # noqa: PLC0415 - commands import what they need

    given = {key: value for key, value in body.items() if value is not None}
    with Remote(caller) as remote:
        operation = remote.post(f"/v1/operations/{operation_id}/{name}", given)
    if as_json:
        print_json(operation)
    else:
        _print(operation)


def _print(operation: Mapping[str, Any]) -> None:
    for name in ("id", "business_key", "revision", "organisation", "state", "accepted_at", "updated_at", "due_at",
                 "outcome", "reason", "record_number"):  # fmt: skip
        if operation[name] is not None:
            typer.echo(f"{name.replace('_', ' ')}: {operation[name]}")
    for rejection in operation["rejections"]:
        typer.echo(f"rejected: {rejection['code']} {rejection['message']}")


def _row(operation: Mapping[str, Any]) -> list[object]:
    names = ("id", "business_key", "revision", "state", "attempts", "reason", "record_number")
    return [operation[name] for name in names]


def _instant(given: datetime | None) -> str | None:
    return given.astimezone().isoformat() if given is not None else None
