"""The least a service of this form does: aiohttp reads, pydantic validates. Tells how quick the machine is."""

from __future__ import annotations

import asyncio
import gc

import orjson
import uvloop
from aiohttp import web

from schemas.treated_case import TreatedCase


async def _validate(request: web.Request) -> web.Response:
    case = TreatedCase.model_validate_json(await request.read())
    return web.Response(
        status=202, body=orjson.dumps({"card": case.card_number}), headers={"Content-Type": "application/json"}
    )


async def _serve() -> None:
    application = web.Application()
    application.router.add_post("/v1/treated-cases", _validate)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1000)
    print(orjson.dumps({"ready": True, "port": runner.addresses[0][1]}).decode(), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve())
