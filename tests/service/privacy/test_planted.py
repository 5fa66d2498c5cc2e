"""Planted people go through everything the gateway does, and none of them is found where it left traces.

There are 250 of them; ``make planted`` sends a thousand.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from tests.service.access_api.browser import Browser
from tests.service.privacy.work import HOSPITAL, Day, working
from tests.support.planted import Hit, PlantedPerson, plant, search, search_bytes
from tests.support.processes import GATEWAY, Process

PEOPLE = plant(int(os.environ.get("KOPURO_PLANTED", "250")))
OTHERS = plant(10_000)[9000:9003]
"""Left in clear to show that they are found: others than those of whom nothing may be found on the same server."""

REFUSED_BY_THE_FUND, REVIEWED, READ, MISUSED, STAFF, STRANGERS = 100, 20, 100, 10, 40, 5


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str | None:
    """The URL of a PostgreSQL database; nothing for SQLite."""
    url: str | None = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    return url


async def test_nobody_is_found_in_what_a_gateway_leaves_behind(tmp_path: Path, database: str | None):
    staff, strangers = PEOPLE[:STAFF], PEOPLE[-STRANGERS:]
    async with working(tmp_path, known_to_esi=[*staff[:2], *strangers], postgres_url=database) as day:
        await work(day)
        await manage_staff(day, staff)
        for person in strangers:
            assert (await day.sign_in(person))[1] == 403
        found = await traces_of_a_running_gateway(day, database)
        code, _ = await day.built.nodes[0].terminate()
        assert code == 0
        await export_the_audit(day)
        found += search(day.files, PEOPLE)
    assert found == []


async def work(day: Day) -> None:
    """Cases accepted, delivered, refused by the fund, reviewed, read; and everything refused that can be."""
    await day.order("refusals", {"card_number_prefix": "Q", "code": "INSURANCE_NOT_CONFIRMED", "names_patient": True})
    numbers = await day.accept(PEOPLE, refused_by_fund=REFUSED_BY_THE_FUND)
    assert len(set(numbers)) == len(PEOPLE)
    await day.settle()
    await the_fund_named_its_patient(day, numbers[0], PEOPLE[0])
    reviewed = slice(REFUSED_BY_THE_FUND, REFUSED_BY_THE_FUND + REVIEWED)
    await day.review(numbers[reviewed], PEOPLE[reviewed])
    await day.each(lambda _, number: day.get(f"/v1/treated-cases/{number}"), numbers[:READ])
    for path in ("/v1/operations?limit=500", "/v1/operations?state=rejected", "/v1/events?limit=500"):
        await day.get(path)
    for person in PEOPLE[:MISUSED]:
        assert (await day.post("/v1/audit/subject-report", {"pin": person.pin})).json()["items"]
    await day.refuse(PEOPLE[:MISUSED])
    assert {400, 401, 403, 404, 405, 415, 422} <= day.statuses.keys()
    assert not day.statuses.keys() & {429, 500, 503}
    assert search_bytes(b"\n".join(day.acceptances), PEOPLE, "acceptances") == []


async def the_fund_named_its_patient(day: Day, number: str, person: PlantedPerson) -> None:
    """The hospital whose case it is reads the fund's own words; otherwise nothing would be tried here."""
    operation = (await day.get(f"/v1/treated-cases/{number}")).json()["operation"]
    assert operation["state"] == "rejected"
    assert person.pin in operation["rejections"][0]["message"]


async def manage_staff(day: Day, staff: Sequence[PlantedPerson]) -> None:
    """Put people on the list; let the first two sign in and one of them leave."""
    for person in staff:
        name = f"{person.family_name} {person.given_name}"
        granting = {"pin": person.pin, "name": name, "role": "hospital-clerk", "organisation": HOSPITAL}
        answer = await day.post("/v1/staff", granting | {"valid_from": "2026-01-01"})
        assert answer.status_code == 201, answer.json()
    listed = (await day.get("/v1/staff?limit=500")).json()["items"]
    assert len(listed) == len(staff)
    revoked = listed[-1]["id"]
    assert (await day.post(f"/v1/staff/{revoked}/revoke", {"reason": "has left"})).status_code == 200
    for number, person in enumerate(staff[:2]):
        browser, status = await day.sign_in(person)
        assert status == 303
        await use(browser, leave=number == 0)


async def use(browser: Browser, *, leave: bool) -> None:
    session = (await browser.get("/v1/session")).json
    assert session["roles"]
    browser.forgery_token = session["forgery_token"]
    assert (await browser.get("/v1/operations")).status == 200
    if leave:
        assert (await browser.post("/sign-out")).status == 200


async def traces_of_a_running_gateway(day: Day, database: str | None) -> list[Hit]:
    """What is found in its files while it runs, in a backup, in metrics, and in every refusal it has given."""
    metrics, audit = await day.get("/metrics"), await day.get("/v1/audit?limit=500", Accept="application/fhir+json")
    assert b"gateway_accepted_total" in metrics.content
    assert b"AuditEvent" in audit.content
    assert b"request_refused" in day.built.nodes[0].stderr().encode()
    told = {"metrics": metrics.content, "audit": audit.content, "refusals": b"\n".join(day.refusals)}
    found = [hit for place, content in told.items() for hit in search_bytes(content, PEOPLE, place)]
    if database is None:
        back_up(day.built.folder)
        assert (day.built.folder / "kopuro.db-wal").stat().st_size > 0
        assert (day.built.folder / "kopuro.db-shm").exists()
    else:
        found += search(await files_of_the_cluster(database), PEOPLE)
    assert (day.built.folder / "heads.jsonl").stat().st_size > 0
    return found + search(day.files, PEOPLE)


def back_up(folder: Path) -> None:
    """A copy of the database as an operator makes it, beside it."""
    with sqlite3.connect(f"file:{folder / 'kopuro.db'}?mode=ro", uri=True) as connection:
        connection.execute("VACUUM INTO ?", (str(folder / "backup.db"),))
    connection.close()
    assert (folder / "backup.db").stat().st_size > 1_000_000


async def files_of_the_cluster(database: str) -> list[Path]:
    """Heap and TOAST of the database, the write-ahead log and the server's own log, all written out."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("CHECKPOINT")
        cluster = Path(await connection.fetchval("SHOW data_directory"))
        own = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    finally:
        await connection.close()
    return files_of(cluster, str(own))


def files_of(cluster: Path, own: str) -> list[Path]:
    if not (cluster / "base" / own).is_dir():
        pytest.skip("the files of this PostgreSQL server are not on this machine")
    logs = [path for path in cluster.iterdir() if path.is_file()]
    return [cluster / "base" / own, cluster / "global", cluster / "pg_wal", *logs]


async def export_the_audit(day: Day) -> None:
    """As an operator does; what is printed lies beside the rest."""
    config = ("--config", "node-0.toml")
    for name, words in (
        ("verify", ("audit", "verify", "--heads", "heads.jsonl", *config)),
        ("export", ("audit", "export", "--format", "fhir", *config)),
    ):
        process = Process(name, (GATEWAY, *words), day.built.folder)
        process.start()
        assert await process.ended() == 0, process.tail()
    lines = (day.built.folder / "export.1.out").read_bytes().splitlines()
    assert sum(b"case-accepted" in line for line in lines) == len(PEOPLE)


async def test_somebody_is_found_once_the_masks_are_off(tmp_path: Path, database: str | None):
    unsealed = "tests.service.privacy.unsealed"
    async with working(tmp_path, postgres_url=database, module=unsealed) as day:
        await day.accept(OTHERS)
        store = (
            [path for path in day.files if path.name.startswith("kopuro.db")]
            if database is None
            else await files_of_the_cluster(database)
        )
        stored, logged = search(store, OTHERS), search_bytes(day.built.nodes[0].stderr().encode(), OTHERS, "log")
    assert {hit.value for hit in logged} == {person.pin for person in OTHERS}
    assert {person.pin for person in OTHERS} <= {hit.value for hit in stored}
