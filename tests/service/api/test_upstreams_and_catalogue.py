from __future__ import annotations

import pytest

from schemas.api import Catalogue, CatalogueEntry, UpstreamList, UpstreamView
from schemas.errors import CATALOGUE
from tests.service.api.conftest import Gateway


async def test_upstreams_are_listed_paused_and_resumed(gateway: Gateway):
    listed = UpstreamList.model_validate_json((await gateway.get("/v1/upstreams")).body)
    paused = await gateway.command("/v1/upstreams/foms/pause", {"reason": "maintenance"})
    warned = await gateway.get("/health")
    resumed = await gateway.command("/v1/upstreams/foms/resume", {"reason": "done"})

    assert [upstream.name for upstream in listed.items] == ["foms"]
    assert UpstreamView.model_validate_json(paused.body).pause_reason == "sanarip: maintenance"
    assert warned.json["status"] == "warn"
    assert resumed.json["paused"] is False


async def test_unknown_upstreams(gateway: Gateway):
    for verb in ("pause", "resume"):
        reply = await gateway.command(f"/v1/upstreams/moon/{verb}", {"reason": "x"})
        assert (reply.status, reply.code) == (404, "UPSTREAM_NOT_FOUND")


async def test_only_operators_see_and_switch_upstreams(gateway: Gateway):
    replies = [
        await gateway.get("/v1/upstreams", sender="hospital"),
        await gateway.command("/v1/upstreams/foms/pause", {"reason": "x"}, sender="hospital"),
    ]

    assert {reply.code for reply in replies} == {"ACCESS_DENIED"}
    assert not gateway.dispatcher.status.paused


async def test_a_pause_needs_a_reason(gateway: Gateway):
    reply = await gateway.command("/v1/upstreams/foms/pause", {})

    assert (reply.status, reply.code) == (422, "REASON_REQUIRED")


async def test_the_catalogue_holds_every_code(gateway: Gateway):
    reply = await gateway.get("/v1/errors", headers={"Accept-Language": "ky"})

    catalogue = Catalogue.model_validate_json(reply.body)
    assert [row.code for row in catalogue.items] == list(CATALOGUE)
    assert reply.headers["Content-Language"] == "ky"


@pytest.mark.parametrize("code", ["KSF_LENGTH_16", "REQUEST_TOO_LARGE"])
async def test_one_code(gateway: Gateway, code: str):
    reply = await gateway.get(f"/v1/errors/{code}")

    assert CatalogueEntry.model_validate_json(reply.body).code == code


async def test_an_unknown_code(gateway: Gateway):
    reply = await gateway.get("/v1/errors/NO_SUCH_CODE")

    assert (reply.status, reply.code) == (404, "ROUTE_NOT_FOUND")
