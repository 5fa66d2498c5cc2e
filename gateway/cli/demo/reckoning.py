"""The comparison at the end of the day: what was promised, what the journal says, what the other systems have."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import httpx
import orjson

from gateway.cli.demo.access import OPERATOR, proofs_of
from gateway.cli.demo.ledger import Ledger
from gateway.cli.demo.prescribing import FUND
from gateway.cli.demo.stage import Stage
from gateway.cli.demo.world import World

_CASES: Final = "foms"
_KNMDB: Final = "knmdb"
_CALLBACK_SECONDS = 5.0


class Kept(NamedTuple):
    """What a system has: record numbers by business key and revision, and how many it has more than once."""

    records: Mapping[tuple[str, int], str]
    doubles: int


@dataclass(frozen=True, slots=True)
class Side:
    """One upstream: the operations that its senders were promised, those of the journal, and what it has itself."""

    upstream: str
    promised: frozenset[str]
    journal: Mapping[str, Mapping[str, Any]]
    kept: Kept

    @property
    def states(self) -> Counter[str]:
        """How many operations are in each state."""
        return Counter(operation["state"] for operation in self.journal.values())

    @property
    def unfinished(self) -> int:
        """Operations that are neither delivered nor rejected nor waiting for a person."""
        return len(self.journal) - sum(self.states[state] for state in ("delivered", "rejected", "parked"))

    @property
    def missing(self) -> int:
        """Deliveries that the journal tells of and the system does not have under that record number."""
        return sum(self.kept.records.get(key) != record for key, record in self._delivered().items())

    @property
    def agrees(self) -> bool:
        """Whether nothing was lost, and nothing is there twice or unasked."""
        return (
            self.promised == self.journal.keys()
            and not self.unfinished
            and not self.missing
            and self.kept.records.keys() == self._delivered().keys()
            and not self.kept.doubles
        )

    def _delivered(self) -> Mapping[tuple[str, int], str]:
        return {
            (operation["business_key"], operation["revision"]): operation["record_number"]
            for operation in self.journal.values()
            if operation["state"] == "delivered"
        }


async def reckon(world: World, ledger: Ledger, stage: Stage) -> bool:
    """Compare and show; true only if nothing was lost and nothing was delivered twice, on any side."""
    async with httpx.AsyncClient(trust_env=False, timeout=30.0) as client:
        journal = await _journal(client, world)
        kept = {
            _CASES: _cases(await _json(client, f"{world.fund}/simulator/records")),
            FUND: _programme(await _json(client, f"{world.programme}/simulator/records")),
            _KNMDB: _boxes(await _json(client, f"{world.knmdb}/simulator/records"), journal.values()),
        }
        cases = sum(operation["upstream"] == _CASES for operation in journal.values())
        heard = await _heard(client, world, at_least=cases)
    promised = dict.fromkeys(ledger.accepted, _CASES) | ledger.programme
    sides = [
        Side(
            upstream,
            frozenset(operation for operation, one in promised.items() if one == upstream),
            {id_: operation for id_, operation in journal.items() if operation["upstream"] == upstream},
            records,
        )
        for upstream, records in kept.items()
    ]
    agrees = sum(len(side.journal) for side in sides) == len(journal) and all(side.agrees for side in sides)
    _show(stage, sides, ledger, heard)
    totals = sum((side.states for side in sides), Counter[str]())
    stage.verdict(
        "equal" if agrees else "unequal",
        good=agrees,
        accepted=len(promised),
        delivered=totals["delivered"],
        rejected=totals["rejected"],
        parked=totals["parked"],
    )
    return agrees


def _show(stage: Stage, sides: Sequence[Side], ledger: Ledger, heard: int) -> None:
    """The same facts of each system, a column each."""
    stage.heading("compare")
    rows: Iterable[tuple[str, Sequence[object]]] = (
        ("accepted", [len(side.promised) for side in sides]),
        ("delivered", [side.states["delivered"] for side in sides]),
        ("rejected_count", [side.states["rejected"] for side in sides]),
        ("parked", [side.states["parked"] for side in sides]),
        ("open", [side.unfinished for side in sides]),
        ("at-other-side", [len(side.kept.records) for side in sides]),
        ("doubles", [side.kept.doubles for side in sides]),
        ("missing", [side.missing for side in sides]),
    )
    headings = ("operations", *(f"upstream.{side.upstream}" for side in sides))
    stage.table(headings, ((stage.text(key), *counts) for key, counts in rows))
    stage.facts((("refused", ledger.refused), ("refused-programme", ledger.programme_refused), ("heard", heard)))


def _cases(fund: Mapping[str, Any]) -> Kept:
    """A case has one record, however often it was corrected; in the demo nothing is."""
    return Kept({(one["ksfNumber"], 1): one["recordNumber"] for one in fund["records"]}, fund["doubles"])


def _programme(fund: Mapping[str, Any]) -> Kept:
    """Ordinal number 0 is the prescription itself."""
    records = {
        (f"{one['number']}/{one['fill']}" if one["fill"] else one["number"], one["revision"]): one["recordNumber"]
        for one in fund["records"]
    }
    return Kept(records, fund["doubles"])


def _boxes(knmdb: Mapping[str, Any], journal: Iterable[Mapping[str, Any]]) -> Kept:
    """The database knows no key of ours: its own numbers lead to the operations, or stand for themselves."""
    ours = {
        operation["record_number"]: (operation["business_key"], operation["revision"])
        for operation in journal
        if operation["upstream"] == _KNMDB
    }
    numbers = [
        str(one[name]) for one in knmdb["declarations"] for name in ("declarationId", "cancelledBy") if one[name]
    ]
    return Kept({ours.get(number, (number, 0)): number for number in numbers}, knmdb["doubles"])


async def _journal(client: httpx.AsyncClient, world: World) -> dict[str, dict[str, Any]]:
    """Every operation of the journal by its id."""
    found: dict[str, dict[str, Any]] = {}
    parameters: dict[str, str | int] = {"limit": 500}
    proofs = proofs_of(OPERATOR, world.folder, world.gateway)
    while True:
        page = await _json(client, f"{world.gateway}/v1/operations", parameters, proofs)
        found |= {operation["id"]: operation for operation in page["items"]}
        if page["next"] is None:
            return found
        parameters["after"] = page["next"]


async def _heard(client: httpx.AsyncClient, world: World, *, at_least: int) -> int:
    """How many status events reached the hospital's callback; the last ones may take a moment."""
    deadline = time.monotonic() + _CALLBACK_SECONDS
    while True:
        events: int = (await _json(client, f"{world.hospital}/simulator/status"))["events"]
        if events >= at_least or time.monotonic() > deadline:
            return events
        await asyncio.sleep(0.1)


async def _json(
    client: httpx.AsyncClient,
    url: str,
    parameters: dict[str, str | int] | None = None,
    proofs: httpx.Auth | None = None,
) -> dict[str, Any]:
    response = await client.get(url, params=parameters, auth=proofs)
    response.raise_for_status()
    content: dict[str, Any] = orjson.loads(response.content)
    return content
