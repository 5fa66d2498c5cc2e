from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest

from adapters.sanarip.callback import SanaripCallback
from adapters.sanarip.settings import SanaripSettings
from adapters.sanarip.simulator import run_hospital
from config.secret import SecretReference
from gateway.operations.model import Event, Rejection, State
from gateway.ports import Organisation

HOSPITAL = Organisation(
    code="950174", name="Больница", region="bishkek", inn=None, okpo=None, equipped=True, equipped_since=None,
    departments={"18": "Терапия"},
)  # fmt: skip


def event(position: int, number: str = "00000011895017425", state: State = State.DELIVERED) -> Event:
    return Event(
        position=position, type="treated-case.delivered", at=datetime(2026, 1, 5, tzinfo=UTC),
        operation_id=UUID(int=position), organisation="950174", business_key=number, revision=1, state=state,
        record_number="PS-1" if state is State.DELIVERED else None,
        rejections=(Rejection("X", "нет"),) if state is State.REJECTED else (),
    )  # fmt: skip


@pytest.fixture
async def hospital():
    running = await run_hospital(organisations=[HOSPITAL], until=date(2026, 1, 5), token="secret")  # noqa: S106 - synthetic
    yield running
    await running.close()


@pytest.fixture
async def callback(hospital, monkeypatch):
    monkeypatch.setenv("KOPURO_TEST_TOKEN", "secret")
    settings = SanaripSettings(
        callback_url=hospital.url, callback_token=SecretReference(environment="KOPURO_TEST_TOKEN"), batch=2,
        total_seconds=0.5, connect_seconds=0.5,
    )  # fmt: skip
    sink = SanaripCallback(settings)
    yield sink
    await sink.close()


async def status(hospital) -> dict:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{hospital.control_url}/simulator/status")).json()


async def order(hospital, fault: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        (await client.post(f"{hospital.control_url}/simulator/faults", json={"id": fault})).raise_for_status()


async def test_events_arrive_in_batches(callback, hospital) -> None:
    assert await callback.publish(
        [event(1, state=State.QUEUED), event(2), event(3, "00000021895017425", State.REJECTED)]
    )
    known = await status(hospital)
    assert known["events"] == 3
    assert known["states"] == {"delivered": 1, "rejected": 1}


async def test_repeats_are_recognised_by_position(callback, hospital) -> None:
    assert await callback.publish([event(1)])
    assert await callback.publish([event(1), event(2)])
    known = await status(hospital)
    assert (known["events"], known["repeats"]) == (2, 1)


@pytest.mark.parametrize("fault", ["status-500", "lost-reply", "hang"])
async def test_a_failed_callback_is_not_taken_for_done(callback, hospital, fault) -> None:
    await order(hospital, fault)
    assert not await callback.publish([event(1)])
    assert await callback.publish([event(1)])
    assert (await status(hospital))["events"] == 1


async def test_a_wrong_token_is_not_taken_for_done(callback, monkeypatch) -> None:
    monkeypatch.setenv("KOPURO_TEST_TOKEN", "other")
    assert not await callback.publish([event(1)])


async def test_a_token_that_cannot_be_read_keeps_the_events(callback, monkeypatch) -> None:
    monkeypatch.delenv("KOPURO_TEST_TOKEN")
    assert not await callback.publish([event(1)])


async def test_nobody_listens(callback, hospital) -> None:
    await hospital.close()
    assert not await callback.publish([event(1)])


def test_without_an_address_there_is_no_callback() -> None:
    with pytest.raises(ValueError, match="callback URL"):
        SanaripCallback(SanaripSettings())
