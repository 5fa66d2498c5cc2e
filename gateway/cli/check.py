"""``gateway check FILE``: what would be refused, before anything is sent."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.configuration import settings_or_failure
from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import ConfigOption, JsonFlag, LanguageOption
from gateway.cli.output import print_json
from gateway.operations.model import Channel
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.batch.checking import CheckedRecord, Tally
    from gateway.batch.records import Batch
    from gateway.rules.treated_case import CaseFacts

command = typer.Typer(add_completion=False)

_KIBIBYTE = 1024


@command.command(epilog="Examples: gateway check cases.xlsx --language ru · gateway check day.ndjson --json > protocol")
def check(
    file: Annotated[Path, typer.Argument(help="Cases as .json, .ndjson, .csv or .xlsx.", dir_okay=False)],
    *,
    organisations: Annotated[
        Path | None,
        typer.Option(help="Register of organisations (.csv, .xlsx) to check codes against.", dir_okay=False),
    ] = None,
    channel: Annotated[
        Channel, typer.Option(help="How the cases would come in: from Sanarip Clinic, or direct entry (clause 10).")
    ] = Channel.SYSTEM,
    show: Annotated[int, typer.Option(min=0, help="Show the findings of so many records; 0 shows all.")] = 50,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Check in so many processes.")] = 1,
    language: LanguageOption = Language.EN,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Check treated cases against the contract and every rule; writes nothing, sends nothing.

    Prints a protocol: each record with all its findings, where they are, the clause and what to do. With --json one
    object a record and a summary as the last line. Exits with 1 when a record would be refused.
    """
    from gateway.batch.checking import Tally, check_here, check_in_processes  # noqa: PLC0415 - as needed
    from gateway.cli.progress import with_progress  # noqa: PLC0415 - as above

    facts = _facts(config, organisations, channel)
    began = time.monotonic()
    tally, shown = Tally(), 0
    with opened(file) as batch:
        if workers == 1:
            checked = check_here(batch.records, facts)
        else:
            checked = check_in_processes(batch.records, facts, workers)
        for record in with_progress(checked, batch.total):
            tally.add(record)
            if as_json:
                print_json(_as_json(record, language))
            elif record.findings and (show == 0 or shown < show):
                shown += 1
                _print_record(record, language)
    _print_summary(tally, time.monotonic() - began, as_json=as_json)
    if tally.refused or not tally.records:
        raise typer.Exit(ExitCode.REFUSED)


@contextmanager
def opened(file: Path) -> Iterator[Batch]:
    """The batch in ``file``; whatever keeps it from being read becomes a :class:`Failure`."""
    from adapters.sanarip.mapping import Columns  # noqa: PLC0415 - commands import what they need
    from gateway.batch.opening import open_batch  # noqa: PLC0415 - as above
    from gateway.batch.records import BatchUnreadable  # noqa: PLC0415 - as above

    try:
        yield open_batch(file, Columns)
    except BatchUnreadable as error:
        raise Failure(f"{file}: {error}", error.advice, code=ExitCode.UNREACHABLE) from None
    except OSError as error:
        raise Failure.of_file(error) from None


def _facts(config: Path | None, organisations: Path | None, channel: Channel) -> CaseFacts:
    from gateway.cli.reference import organisations_from  # noqa: PLC0415 - commands import what they need
    from gateway.reference.organisations import AnyOrganisation, OrganisationsInMemory  # noqa: PLC0415 - as above
    from gateway.rules.ksf import KsfLayout  # noqa: PLC0415 - as above
    from gateway.rules.treated_case import CaseFacts  # noqa: PLC0415 - as above

    settings = settings_or_failure(config)
    if organisations is None:
        typer.echo("Organisation codes are not checked: name a register with --organisations.", err=True)
    return CaseFacts(
        now=datetime.now(UTC),
        sender_organisations=None,
        channel=channel,
        register=(
            AnyOrganisation(equipped=channel is Channel.SYSTEM)
            if organisations is None
            else OrganisationsInMemory(organisations_from(organisations, Language.EN))
        ),
        layout=KsfLayout.parse(settings.ksf.layout),
        pilot_until=settings.case.pilot_until,
        clock_tolerance=settings.case.clock_tolerance,
    )


def _as_json(record: CheckedRecord, language: Language) -> dict[str, object]:
    return {
        "record": record.number,
        "place": record.place,
        "accepted": record.accepted,
        "findings": [finding.as_json(language) for finding in record.findings],
    }


def _print_record(record: CheckedRecord, language: Language) -> None:
    typer.secho(f"{record.place}: {'accepted' if record.accepted else 'REFUSED'}", bold=True)
    for finding in record.findings:
        said = finding.as_json(language)
        colour = {"error": "red", "warning": "yellow"}.get(said["severity"])
        typer.secho(f"  {said['severity']} {said['code']} at {said['path']}", fg=colour)
        typer.echo(f"    {said['message']}" + (f" ({said['clause']})" if said["clause"] else ""))
        typer.echo(f"    → {said['action']}")


def _print_summary(tally: Tally, seconds: float, *, as_json: bool) -> None:
    speed = round(tally.records / seconds) if seconds else tally.records
    memory = _peak_memory_mib()
    if as_json:
        print_json(
            {
                "records": tally.records,
                "accepted": tally.accepted,
                "refused": tally.refused,
                "with_warnings": tally.with_warnings,
                "findings": {code.value: count for code, count in tally.by_code.most_common()},
                "seconds": round(seconds, 3),
                "records_per_second": speed,
                "peak_memory_mib": memory,
            }
        )
        return
    typer.echo("")
    for code, count in tally.by_code.most_common():
        typer.echo(f"{count:>9,} × {code.value}")
    typer.secho(
        f"{tally.records:,} cases: {tally.accepted:,} would be accepted, {tally.refused:,} refused, "
        f"{tally.with_warnings:,} with warnings.",
        bold=True,
    )
    typer.echo(f"{speed:,} cases per second, {seconds:.1f} s, peak memory {memory} MiB.")


def _peak_memory_mib() -> int:
    """Peak resident memory of this process and of the largest worker, in MiB (Linux counts in KiB)."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest_worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + largest_worker) // _KIBIBYTE
