"""The comparison at the end of the day: what hospitals were promised, what the journal says, what the fund has."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import httpx
import orjson

from gateway.cli.demo.access import OPERATOR, proofs_of
from gateway.cli.demo.stage import Stage
from gateway.cli.demo.story import Ledger
from gateway.cli.demo.world import World

_CALLBACK_SECONDS = 5.0


async def reckon(world: World, ledger: Ledger, stage: Stage) -> bool:
    """Compare and show; true only if nothing was lost and nothing was delivered twice."""
    async with httpx.AsyncClient(trust_env=False, timeout=30.0) as client:
        journal = await _journal(client, world)
        fund = await _json(client, f"{world.fund}/simulator/records")
        heard = await _heard(client, world, at_least=len(journal))
    states = Counter(operation["state"] for operation in journal.values())
    accepted, delivered = len(ledger.accepted), states["delivered"]
    rejected, parked = states["rejected"], states["parked"]
    stored = {record["ksfNumber"]: record["recordNumber"] for record in fund["records"]}
    promised = {
        operation["business_key"]: operation["record_number"]
        for operation in journal.values()
        if operation["state"] == "delivered"
    }
    missing = sum(stored.get(number) != record for number, record in promised.items())
    stage.heading("compare")
    stage.facts(
        (
            ("refused", ledger.refused),
            ("accepted", accepted),
            ("delivered", delivered),
            ("rejected_count", rejected),
            ("parked", parked),
            ("open", len(journal) - delivered - rejected - parked),
            ("at_fund", fund["cases"]),
            ("doubles", fund["doubles"]),
            ("missing", missing),
            ("heard", heard),
        )
    )
    agrees = (
        ledger.accepted.keys() == journal.keys()
        and accepted == delivered + rejected + parked
        and stored.keys() == promised.keys()
        and not missing
        and not fund["doubles"]
    )
    key = "equal" if agrees else "unequal"
    stage.verdict(key, good=agrees, accepted=accepted, delivered=delivered, rejected=rejected, parked=parked)
    return agrees


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
