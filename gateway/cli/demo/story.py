"""The day, act by act. What the gateway answered is remembered in the ledger."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import orjson

from adapters.sanarip.generator import Case, CaseGenerator
from adapters.sanarip.mistakes import Mistake, spoil
from adapters.sanarip.stays import STAYS
from gateway.cli.demo.access import (
    CLINIC,
    DIRECT_ENTRY,
    HOSPITAL,
    MACHINES,
    OPERATOR,
    PHARMACY_TILL,
    SANARIP,
    proofs_of,
)
from gateway.cli.demo.admission import Admission
from gateway.cli.demo.arithmetic import show_arithmetic
from gateway.cli.demo.counter import CounterAct
from gateway.cli.demo.dispensing import Dispensing
from gateway.cli.demo.ledger import Ledger
from gateway.cli.demo.prescribing import Prescribing
from gateway.cli.demo.sender import Sender
from gateway.cli.demo.stage import Stage
from gateway.cli.demo.world import World
from gateway.cli.failures import Failure
from schemas.errors.model import Language

EXAMPLE_NUMBER = "00000011895017425"
"""The example of the order on Sanarip Clinic, Annex 3."""

_SENDERS = 16
"""Hospitals sending at the same time."""
_SETTLE_SECONDS = 60.0


class Story:
    """Plays the day against a running world."""

    def __init__(self, world: World, stage: Stage, language: Language) -> None:
        self._world = world
        self._stage = stage
        self._client = httpx.AsyncClient(
            base_url=world.gateway,
            trust_env=False,
            timeout=30.0,
            headers={"Accept-Language": language.value},
            limits=httpx.Limits(max_connections=_SENDERS),
        )
        self._proofs = {machine.id: proofs_of(machine.id, world.folder, world.gateway) for machine in MACHINES}
        self._control = httpx.AsyncClient(trust_env=False, timeout=10.0)
        today = datetime.now(ZoneInfo("Asia/Bishkek")).date()
        self._equipped = [organisation for organisation in world.organisations if organisation.equipped]
        self._generator = CaseGenerator(self._equipped, seed=20251220, until=today)
        self._keys = itertools.count(1)
        self._language = language
        self.ledger = Ledger()
        self.half_dispensed: str | None = None
        """The number of the prescription of which the counter has left half."""
        self.admission = Admission(world.gateway, stage, language)

    async def play(self, cases: int) -> None:
        """The whole day, with this many cases in it."""
        async with self._client, self._control:
            await self._example()
            await self._day(cases * 5 // 10)
            await self._mistakes()
            await self._lost_replies(cases * 2 // 10)
            await self._refusals_of_the_fund()
            await self._closed_fund(cases * 3 // 10)
            await self._programme()
        await self.admission.play(self.ledger.accepted)

    async def _example(self) -> None:
        self._stage.heading("example")
        hospital = next(one for one in self._world.organisations if one.code == HOSPITAL)
        case = self._generator.case_of(STAYS[0], hospital, "18")
        moved = _moved_to(case, datetime(2025, 12, 20, 12, 0, tzinfo=ZoneInfo("Asia/Bishkek")))
        began = time.monotonic()
        answer = await self._accepted(moved, wait=15)
        operation = answer["operation"]
        if answer["ksf_number"] != EXAMPLE_NUMBER or operation["state"] != "delivered":
            raise Failure(f"The order's example became {answer['ksf_number']}, {operation['state']}.")
        self._stage.facts(
            (
                ("number", answer["ksf_number"]),
                ("state", operation["state"]),
                ("record", operation["record_number"]),
                ("took", f"{time.monotonic() - began:.2f} s"),
            )
        )

    async def _day(self, count: int) -> None:
        self._stage.heading("day", count=count)
        cases = list(self._generator.cases(count))
        await self._send_all(cases)
        rows = {organisation.code: organisation.region for organisation in self._equipped}
        by_region = Counter(rows[case["organisation"]] for case in cases)
        named = ((self._stage.text(f"row.{row}"), count) for row, count in sorted(by_region.items()))
        self._stage.table(("region", "cases"), named)

    async def _mistakes(self) -> None:
        self._stage.heading("mistakes")
        for mistake, case in zip(Mistake, self._generator.cases(len(Mistake)), strict=True):
            problem = await self._refused(spoil(case, mistake))
            self._stage.finding(problem["findings"][0])
        await self._direct_entry()

    async def _direct_entry(self) -> None:
        """Clause 10: direct entry is for organisations without technical means, and only for them."""
        unequipped = next(one for one in self._world.organisations if not one.equipped)
        await self._accepted(self._generator.case(unequipped), sender=DIRECT_ENTRY)
        await self._refused(self._generator.case(self._equipped[0]), sender=DIRECT_ENTRY)
        self._stage.say("direct")

    async def _lost_replies(self, count: int) -> None:
        self._stage.heading("lost")
        await self._settled()
        faults = f"{self._world.security_server}/simulator/faults"
        order = {"id": "lost-reply-after-store", "probability": 0.3, "seed": 1, "operation": "SubmitTreatedCase"}
        await self._order(faults, order)
        operations = await self._send_all(list(self._generator.cases(count)))
        await self._settled()
        (await self._control.delete(faults)).raise_for_status()
        in_doubt = [operation for operation in operations if await self._was_in_doubt(operation)]
        self._stage.say("doubt", count=len(in_doubt))

    async def _refusals_of_the_fund(self) -> None:
        """Some cases the fund rejects by its own rules; one meets a security server that denies access."""
        cases = list(self._generator.cases(4))
        codes = ("INSURANCE_NOT_CONFIRMED", "TARIFF_NOT_FOUND", "PERIOD_CLOSED")
        for case, code in zip(cases, codes, strict=False):
            case["card_number"] = f"REJECT-{code}"
        await self._send_all(cases[:3])
        await self._settled()
        order = {"id": "access-denied", "count": 1, "operation": "SubmitTreatedCase"}
        await self._order(f"{self._world.security_server}/simulator/faults", order)
        await self._send_all(cases[3:])
        await self._settled()
        self._stage.say("rejected", count=len(codes))

    async def _closed_fund(self, count: int) -> None:
        self._stage.heading("closed")
        await self._order(f"{self._world.fund}/simulator/pause", {"kind": "refuse"})
        await self._send_all(list(self._generator.cases(count)))
        self._stage.say("waiting", count=await self._open())
        await self._order(f"{self._world.fund}/simulator/resume", {})
        began = time.monotonic()
        await self._settled()
        self._stage.say("drained", seconds=f"{time.monotonic() - began:.1f}")

    async def _programme(self) -> None:
        """The additional drug programme: what the doctor prescribes, the pharmacy dispenses."""
        clinic, till = (Sender(self._client, self._proofs[name], name) for name in (CLINIC, PHARMACY_TILL))
        prescribing = Prescribing(clinic, self._stage, self.ledger)
        number = await prescribing.play()
        await Dispensing(till, self._stage, self.ledger, self._settled, self._operation).play(number)
        await show_arithmetic(self._world.folder, self._stage)
        if self._world.counter is None:
            self._stage.say("counter-missing")
            return
        act = CounterAct(
            folder=self._world.folder,
            gateway=self._world.gateway,
            agent=self._world.counter,
            till=till,
            prescribing=prescribing,
            stage=self._stage,
            ledger=self.ledger,
            settled=self._settled,
            language=self._language,
        )
        self.half_dispensed = await act.play()

    async def _operation(self, operation_id: str) -> dict[str, Any]:
        return await self._looked_up(f"/v1/operations/{operation_id}")

    async def _send_all(self, cases: Sequence[Case]) -> list[str]:
        """Send valid cases, several hospitals at a time; the operations' ids."""
        waiting: Iterator[Case] = iter(cases)
        operations: list[str] = []

        async def hospital() -> None:
            for case in waiting:
                answer = await self._accepted(case)
                operations.append(answer["operation"]["id"])

        async with asyncio.TaskGroup() as hospitals:
            for _ in range(_SENDERS):
                hospitals.create_task(hospital())
        return operations

    async def _accepted(self, case: Case, *, wait: int = 0, sender: str = SANARIP) -> dict[str, Any]:
        response = await self._post(case, wait, sender)
        if not response.is_success:
            raise Failure(f"A valid case was answered with {response.status_code}: {response.text[:500]}")
        answer: dict[str, Any] = orjson.loads(response.content)
        self.ledger.accepted[answer["operation"]["id"]] = answer["ksf_number"]
        return answer

    async def _refused(self, case: Case, *, sender: str = SANARIP) -> dict[str, Any]:
        response = await self._post(case, 0, sender)
        if response.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
            raise Failure(f"A wrong case was answered with {response.status_code}: {response.text[:500]}")
        self.ledger.refused += 1
        problem: dict[str, Any] = orjson.loads(response.content)
        return problem

    async def _post(self, case: Case, wait: int, sender: str) -> httpx.Response:
        body = orjson.dumps(case)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"{next(self._keys)}-{hashlib.sha256(body).hexdigest()[:16]}",
        }
        if wait:
            headers["Prefer"] = f"wait={wait}"
        return await self._client.post("/v1/treated-cases", content=body, headers=headers, auth=self._proofs[sender])

    async def _was_in_doubt(self, operation_id: str) -> bool:
        operation = await self._operation(operation_id)
        return any(attempt["outcome"] == "in-doubt" for attempt in operation["history"])

    async def _settled(self) -> None:
        """Wait until nothing is under way any more."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while await self._open():
            if time.monotonic() > deadline:
                raise Failure(f"{await self._open()} operations are still open after {_SETTLE_SECONDS:.0f} s.")
            await asyncio.sleep(0.1)

    async def _open(self) -> int:
        upstreams = (await self._looked_up("/v1/upstreams"))["items"]
        return sum(int(upstream["open_operations"]) for upstream in upstreams)

    async def _looked_up(self, path: str) -> dict[str, Any]:
        """What the operator's command line is told."""
        response = await self._client.get(path, auth=self._proofs[OPERATOR])
        response.raise_for_status()
        found: dict[str, Any] = orjson.loads(response.content)
        return found

    async def _order(self, url: str, order: dict[str, Any]) -> None:
        (await self._control.post(url, json=order)).raise_for_status()


def _moved_to(case: Case, discharged: datetime) -> Case:
    """The same stay, ending at another instant. Its patient is grown up and stays so."""
    shift = discharged - datetime.fromisoformat(case["discharge"]["at"])

    def moved(text: str) -> str:
        return (datetime.fromisoformat(text) + shift).isoformat()

    case["discharge"]["at"] = moved(case["discharge"]["at"])
    case["admission"]["at"] = moved(case["admission"]["at"])
    for movement in case["movements"]:
        movement.update(entered_at=moved(movement["entered_at"]), left_at=moved(movement["left_at"]))
    return case
