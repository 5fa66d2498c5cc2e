from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.services import Limits
from schemas.api import Health
from tests.service.api.conftest import Gateway, make_services, serve

PATHS = ("/health", "/health/live", "/health/ready", "/health/startup")


@pytest.mark.parametrize("path", PATHS)
async def test_all_is_well(gateway: Gateway, path: str):
    reply = await gateway.get(path)

    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/health+json")
    assert Health.model_validate_json(reply.body).status.value == "pass"


@pytest.mark.parametrize(
    ("trouble", "failing"),
    [({"writable": False}, "store:writable"), ({"migrated": False}, "store:migrations"),
     ({"disk_free_fraction": 0.05}, "disk:free")],
)  # fmt: skip
async def test_our_own_store_and_disk_decide_readiness(gateway: Gateway, trouble: dict[str, object], failing: str):
    gateway.probe.health = replace(gateway.probe.health, **trouble)
    ready, alive = await gateway.get("/health/ready"), await gateway.get("/health/live")

    assert ready.status == 503
    assert ready.json["checks"][failing][0]["status"] == "fail"
    assert alive.status == 200


async def test_a_disk_that_fills_is_a_warning_first(gateway: Gateway):
    gateway.probe.health = replace(gateway.probe.health, disk_free_fraction=0.15)
    reply = await gateway.get("/health/ready")

    assert (reply.status, reply.json["status"]) == (200, "warn")


async def test_a_store_without_a_disk_of_ours_has_no_disk_check(gateway: Gateway):
    gateway.probe.health = replace(gateway.probe.health, disk_free_fraction=None)

    assert "disk:free" not in (await gateway.get("/health/ready")).json["checks"]


@pytest.mark.parametrize("trouble", [{"breaker": "open"}, {"breaker": "half-open"}, {"paused": True}])
async def test_an_upstream_that_is_down_is_a_warning_and_we_stay_ready(gateway: Gateway, trouble: dict[str, object]):
    gateway.dispatcher.status = replace(gateway.dispatcher.status, **trouble)
    everything, ready = await gateway.get("/health"), await gateway.get("/health/ready")

    assert (everything.status, everything.json["status"]) == (200, "warn")
    assert (ready.status, ready.json["status"]) == (200, "pass")
    assert "foms" not in everything.body.decode()


async def test_who_drains_is_not_ready(gateway: Gateway):
    gateway.services.lifecycle.drain()

    assert (await gateway.get("/health/ready")).status == 503
    assert (await gateway.get("/health/live")).status == 200


async def test_startup_waits_for_migrations(gateway: Gateway):
    gateway.probe.health = replace(gateway.probe.health, migrated=False)

    assert (await gateway.get("/health/startup")).status == 503


async def test_results_are_kept_and_found_out_once_for_all_who_ask():
    async for gateway in serve(make_services(limits=Limits(health_seconds=60))):
        gateway.probe.hold = asyncio.Event()
        asked = [asyncio.create_task(gateway.get("/health/ready")) for _ in range(5)]
        async with asyncio.timeout(5):
            while gateway.probe.tried == 0:
                await asyncio.sleep(0)
            gateway.probe.hold.set()
            replies = await asyncio.gather(*asked)
        await gateway.get("/health/ready")

        assert {reply.status for reply in replies} == {200}
        assert gateway.probe.tried == 1


async def test_a_store_that_says_nothing_counts_as_failing(gateway: Gateway, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.api.health.PROBE_SECONDS", 0.05)
    gateway.probe.hold = asyncio.Event()
    reply = await gateway.get("/health/ready")

    assert reply.status == 503


async def test_metrics_show_the_queue(gateway: Gateway):
    gateway.dispatcher.status = replace(gateway.dispatcher.status, breaker="open", open_operations=7, in_doubt=2)
    text = (await gateway.get("/metrics")).body.decode()

    assert 'gateway_queue_depth{upstream="foms"} 7.0' in text
    assert 'gateway_in_doubt{upstream="foms"} 2.0' in text
    assert 'gateway_breaker_state{upstream="foms"} 2.0' in text


async def test_metrics_never_name_a_path_as_sent(gateway: Gateway):
    await gateway.get("/v1/treated-cases/00000011895017425")
    await gateway.get("/somewhere/20101199012345")
    await gateway.call("PATCH", "/v1/errors")
    text = (await gateway.get("/metrics")).body.decode()

    assert 'route="/v1/treated-cases/{ksf_number}"' in text
    assert 'method="OTHER"' in text
    assert "00000011895017425" not in text
    assert "20101199012345" not in text
