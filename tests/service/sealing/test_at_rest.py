"""What lies on the disk: with sealing no planted person is found in it, without it they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from gateway.ports import Sealer
from gateway.rules.treated_case import canonical_payload
from gateway.store.grouping import Store
from gateway.store.sqlite import SqliteStore
from tests.builders import case_model
from tests.service.sealing.rows import add, operation_row
from tests.support.planted import plant, search
from tests.support.sealing import ClearSealer, make_sealer

SEALED, CLEAR = make_sealer(), ClearSealer()
PEOPLE = {SEALED: plant(40), CLEAR: plant(10_000)[-40:]}
"""Others are left in clear than are sealed: what a server keeps of the one test must not be found by the other."""


async def accept(store: Store, sealer: Sealer) -> None:
    payloads = [canonical_payload(case_model(patient=person.as_patient())) for person in PEOPLE[sealer]]
    await store.write(partial(add, rows=[operation_row(sealer, payload) for payload in payloads]))


@pytest.mark.parametrize("sealer", [SEALED, CLEAR], ids=["sealed", "clear"])
async def test_nobody_is_found_in_a_sqlite_file_and_its_log(tmp_path: Path, sealer: Sealer):
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    await accept(store, sealer)
    found = {hit.value for hit in search([tmp_path / "kopuro.db-wal"], PEOPLE[sealer])}
    await store.close()
    found_later = {hit.value for hit in search([tmp_path], PEOPLE[sealer])}
    everything = {value for one in PEOPLE[CLEAR] for value in (one.pin, one.family_name, one.given_name)}
    assert found == found_later == (everything if sealer is CLEAR else set())


def _files_of_the_database(connection: Connection) -> list[Path]:
    """Heap and TOAST of this database, and the cluster's write-ahead log, after all has been written out."""
    connection.execute(text("CHECKPOINT"))
    cluster = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    own = text("SELECT oid FROM pg_database WHERE datname = current_database()")
    return [cluster / "base" / str(connection.execute(own).scalar_one()), cluster / "pg_wal"]


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.parametrize("sealer", [SEALED, CLEAR], ids=["sealed", "clear"])
async def test_nobody_is_found_in_a_postgres_cluster(store: Store, sealer: Sealer):
    await accept(store, sealer)
    files = await store.read(_files_of_the_database)
    if not all(file.is_dir() for file in files):
        pytest.skip("the files of this PostgreSQL server are not on this machine")
    for place in files:
        assert bool(search([place], PEOPLE[sealer])) is (sealer is CLEAR), place.name
