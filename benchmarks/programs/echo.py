"""An aiohttp server that reads a body and answers with a short one: the other end of the transports' comparison."""

from __future__ import annotations

import asyncio

import orjson
import uvloop
from aiohttp import web

_ANSWER = b"<answer>" + b"x" * 1000 + b"</answer>"


async def _post(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=_ANSWER, headers={"Content-Type": "text/xml; charset=UTF-8"})


async def _main() -> None:
    application = web.Application()
    application.router.add_post("/", _post)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    print(orjson.dumps({"ready": True, "url": url}).decode(), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_main())
