from datetime import date, timedelta
from functools import partial

import pytest

from gateway.reference.medicine_register import MedicineRefresh, MedicinesInMemory
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from gateway.store.medicines import NewVersion, add_version, codes_of, load_versions, version_dates
from schemas.errors import ErrorCode
from schemas.medicines import Medicine
from tests.support.doubles import NOON, SettableClock
from tests.support.programme import TODAY, medicine


def version(*medicines: Medicine, valid_from: date = TODAY, today: date = TODAY) -> NewVersion:
    return NewVersion(
        medicines=medicines or (medicine(),),
        valid_from=valid_from,
        list_approved_on=valid_from,
        levels_set_on=valid_from,
        today=today,
        at=NOON,
        by="cli:somebody",
    )


@pytest.mark.clause("12", "43")
async def test_clause_43_a_version_ends_where_the_next_begins(store: Store) -> None:
    await store.write(partial(add_version, new=version(medicine(compensation={"amount": "5.00"}))))
    later = TODAY + timedelta(days=30)
    added = await store.write(partial(add_version, new=version(medicine(code="NEW"), valid_from=later)))
    assert added.number == 2
    first, second = await store.read(partial(load_versions, since=TODAY))
    assert (first.valid_from, first.valid_until) == (TODAY, later - timedelta(days=1))
    assert (second.valid_from, second.valid_until) == (later, None)
    register = MedicinesInMemory([first, second], await store.read(partial(version_dates, since=TODAY)))
    assert register.on(TODAY - timedelta(days=1)) is None
    assert register.on(later - timedelta(days=1)) is first
    assert register.on(later) is second
    assert register.version(1) is first
    assert register.version(3) is None
    assert await store.read(partial(codes_of, version=2)) == {"NEW"}


@pytest.mark.clause("12")
async def test_clause_12_an_overlap_changes_nothing(store: Store) -> None:
    await store.write(partial(add_version, new=version()))
    with pytest.raises(Refused) as refused:
        await store.write(partial(add_version, new=version(today=TODAY + timedelta(days=1))))
    assert [found.code for found in refused.value.findings] == [
        ErrorCode.MEDICINE_VERSION_OVERLAP,
        ErrorCode.MEDICINE_VERSION_PAST,
    ]
    [only] = await store.read(partial(version_dates, since=date.min))
    assert only.valid_until is None


async def test_every_field_comes_back(store: Store) -> None:
    full = medicine(
        controlled="psychotropic",
        largest_retail_price="120.50",
        special_designation={"indications": ["I10"], "largest_units": 90, "protocol_number": "1"},
    )
    await store.write(partial(add_version, new=version(full)))
    [loaded] = await store.read(partial(load_versions, since=TODAY))
    assert loaded.find(full.code) == full


async def test_running_gateways_take_a_new_version_over(store: Store) -> None:
    register = MedicinesInMemory()
    refresh = MedicineRefresh(store, SettableClock(NOON), register)
    await refresh.look()
    assert register.on(TODAY) is None
    await store.write(partial(add_version, new=version()))
    await refresh.look()
    held = register.on(TODAY)
    assert held is not None
    await refresh.look()
    assert register.on(TODAY) is held
    await store.write(partial(add_version, new=version(valid_from=TODAY + timedelta(days=1))))
    await refresh.look()
    assert register.version(2) is not None
