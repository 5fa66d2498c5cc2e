"""``gateway submit FILE``: direct entry by organisations without technical means (order on Sanarip Clinic, clause 10).

One request a record: from the client named, which is one for direct entry, or from the sender ``direct-entry`` where
the gateway believes names.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.check import opened
from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import (
    DEFAULT_URL,
    Caller,
    ClientOption,
    JsonFlag,
    KeyFileOption,
    LanguageOption,
    UrlOption,
)
from gateway.cli.output import print_json, print_table
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.batch.records import Batch, Record
    from gateway.cli.remote import Remote

command = typer.Typer(add_completion=False)

_SENDER = "direct-entry"
_TRIES = 5
_TRY_AGAIN = frozenset({409, 429, 503})
"""Statuses after which the same request may be sent again, once Retry-After has passed."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of one record."""

    number: int
    place: str
    progress: int
    result: str
    """``accepted``, ``repeated`` (it had been accepted before) or ``refused``."""
    answer: dict[str, Any]

    def as_json(self) -> dict[str, object]:
        """For programs: the position, the result and the gateway's own answer."""
        return {"record": self.number, "place": self.place, "result": self.result, "answer": self.answer}


@command.command(epilog="Examples: gateway submit cases.xlsx --language ru · gateway submit cases.csv --wait 10")
def submit(
    file: Annotated[Path, typer.Argument(help="Cases as .json, .ndjson, .csv or .xlsx.", dir_okay=False)],
    *,
    wait: Annotated[int, typer.Option(min=0, max=25, help="Wait so many seconds for each delivery.")] = 0,
    url: UrlOption = DEFAULT_URL,
    client: ClientOption = None,
    key_file: KeyFileOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Submit cases by direct entry to the running gateway, for organisations that are not equipped yet (clause 10).

    The command may be repeated safely: a case already accepted is recognised and answered as before. Exits with 1 when
    a case was refused; correct those and submit the file again.
    """
    from gateway.cli.progress import with_progress  # noqa: PLC0415 - commands import what they need
    from gateway.cli.remote import Remote  # noqa: PLC0415 - as above

    counts: Counter[str] = Counter()
    rows: list[tuple[object, ...]] = []
    caller = Caller(url, language, client, key_file)
    with opened(file) as batch, Remote(caller, sender=_SENDER) as remote:
        for submitted in with_progress(_submit_all(batch, remote, wait), batch.total):
            counts[submitted.result] += 1
            if as_json:
                print_json(submitted.as_json())
            else:
                rows.append(_row(submitted))
    if as_json:
        print_json(dict(counts))
    else:
        print_table(str(file), ("where", "result", "КСФ number", "state", "record number", "why"), rows)
        typer.echo(", ".join(f"{count:,} {result}" for result, count in counts.items()) or "No cases.")
    if counts["refused"] or not counts:
        raise typer.Exit(ExitCode.REFUSED)


def idempotency_key(body: bytes) -> str:
    """The key of a record: the same content, the same key, wherever it stands and however often it is sent."""
    return f"file-{hashlib.sha256(body).hexdigest()}"


def _submit_all(batch: Batch, remote: Remote, wait: int) -> Iterator[Submitted]:
    for record in batch.records:
        yield _submit_one(record, remote, wait)


def _submit_one(record: Record, remote: Remote, wait: int) -> Submitted:
    from gateway.cli.remote import json_object  # noqa: PLC0415 - commands import what they need

    headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key(record.body)}
    if wait:
        headers["Prefer"] = f"wait={wait}"
    for attempt in range(1, _TRIES + 1):
        response = remote.exchange("POST", "/v1/treated-cases", content=record.body, headers=headers)
        if response.status_code not in _TRY_AGAIN or attempt == _TRIES:
            break
        time.sleep(_seconds(response.headers.get("Retry-After")))
    answer = json_object(response)
    if response.is_success:
        result = "repeated" if response.headers.get("Idempotency-Replayed") == "true" else "accepted"
    elif response.status_code in _TRY_AGAIN or response.is_server_error:
        raise Failure(
            f"{record.place}: the gateway does not take cases now ({answer.get('code', response.status_code)}).",
            "Run the command again later; what was accepted so far is not sent twice.",
            code=ExitCode.UNREACHABLE,
        )
    else:
        result = "refused"
    return Submitted(record.number, record.place, record.progress, result, answer)


def _seconds(retry_after: str | None) -> float:
    return min(float(retry_after), 30.0) if retry_after and retry_after.isdigit() else 1.0


def _row(submitted: Submitted) -> tuple[object, ...]:
    answer = submitted.answer
    operation = answer.get("operation") or {}
    why = "\n".join(
        f"{finding['code']} {finding['path']}: {finding['message']}"
        for finding in answer.get("findings", ())
        if finding["severity"] == "error"
    )
    number = answer.get("ksf_number")
    return (
        submitted.place,
        submitted.result,
        number,
        operation.get("state"),
        operation.get("record_number"),
        why or None,
    )
