"""A sale and its return in Tryton with a subsidised prescription, through a real agent, gateway and fund.

``python -m tests.campaigns.tryton_sale`` starts the demo's world, enrols the counter, and lets a point of sale in
Tryton (in its own environment, which ``make tryton`` makes) sell a box of 30 tablets and take it back. It then compares
what Tryton has booked with what the gateway recorded and the fund has; the exit code is 1 when they differ.
"""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
from rich.console import Console

from gateway.cli.demo.access import PHARMACY_TILL, agent_folder, proofs_of
from tests.campaigns.counter_tour import Pharmacy, open_pharmacy

ROOT: Final = Path(__file__).parents[2]
PYTHON: Final = ROOT / ".venv-tryton" / "bin" / "python"
_SUMS: Final = {"retail": Decimal("450.00"), "compensation": Decimal("180.00"), "patient": Decimal("270.00")}
_FUND_SECONDS: Final = 30.0
show = Console(highlight=False)


async def main() -> int:
    async with open_pharmacy(prescriptions=1) as pharmacy:
        told = await play(pharmacy)
        show.print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        dispenses = await recorded(pharmacy, told)
        fund = await at_the_fund(pharmacy, len(dispenses))
    wrong = list(differences(told, dispenses, fund))
    for one in wrong:
        show.print(f"[bold red]{one}[/]")
    show.print(f"Tryton, gateway and fund {'differ' if wrong else 'agree'}: {len(dispenses)} dispenses.")
    return int(bool(wrong))


async def play(pharmacy: Pharmacy) -> dict[str, Any]:
    """The scenario in Tryton's own environment; number and ПИН go in on standard input."""
    rx, folder = await pharmacy.another(), pharmacy.world.folder
    process = await asyncio.create_subprocess_exec(
        str(PYTHON), str(ROOT / "plugins" / "tryton" / "tests" / "scenario.py"),
        "--agent", str(pharmacy.world.counter), "--token-file", str(agent_folder(folder) / "token"),
        "--medicine", "EX-C01", "--name", "Лизотау", "--pack-size", "30", "--pack-price", "450.00", "--tablets", "30",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate(f"{rx.number} {rx.pin}\n".encode())
    assert process.returncode == 0, "Tryton's scenario failed"
    told: dict[str, Any] = orjson.loads(output.splitlines()[-1])
    return told


async def recorded(pharmacy: Pharmacy, told: dict[str, Any]) -> list[dict[str, Any]]:
    """What the gateway has of the sale and its return."""
    world = pharmacy.world
    proofs = proofs_of(PHARMACY_TILL, world.folder, world.gateway)
    async with httpx.AsyncClient(base_url=world.gateway, trust_env=False, auth=proofs) as gateway:
        answer = (await gateway.get("/v1/dispenses")).raise_for_status().json()
    items: list[dict[str, Any]] = answer["items"]
    assert {told["sale"]["dispense"], told["return"]["dispense"]} == {one["id"] for one in items}
    return items


async def at_the_fund(pharmacy: Pharmacy, wanted: int) -> list[dict[str, Any]]:
    """The fund's own records of dispenses, once they are all there."""
    async with httpx.AsyncClient(trust_env=False) as control, asyncio.timeout(_FUND_SECONDS):
        while True:
            told = (await control.get(f"{pharmacy.world.programme}/simulator/records")).json()
            records = [one for one in told["records"] if one["fill"]]
            if sum(one["revision"] for one in records) >= wanted:
                return [*records, *([{"doubles": told["doubles"]}] if told["doubles"] else [])]
            await asyncio.sleep(0.2)


def differences(told: dict[str, Any], dispenses: list[dict[str, Any]], fund: list[dict[str, Any]]) -> list[str]:
    """What does not agree, in words."""
    wrong = []
    sold, returned = sorted(dispenses, key=lambda one: one["reversal_of"] is not None)
    for name, amount in _SUMS.items():
        if Decimal(sold[name]) != amount or Decimal(returned[name]) != -amount:
            wrong.append(f"{name}: the gateway has {sold[name]} and {returned[name]} instead of {amount}")
        if name in told["quoted"] and Decimal(told["quoted"][name]) != amount:
            wrong.append(f"{name}: Tryton was quoted {told['quoted'][name]}")
    if any(Decimal(amount) for amount in told["booked_after_return"].values()):
        wrong.append(f"the return leaves {told['booked_after_return']} in Tryton's books")
    if told["pin_in_database"]:
        wrong.append("the ПИН lies in Tryton's database")
    if any("doubles" in one for one in fund):
        wrong.append("the fund has something twice")
    return wrong


if __name__ == "__main__":
    if not PYTHON.exists():
        sys.exit("Tryton's environment is not there: make tryton")
    sys.exit(asyncio.run(main()))
