"""Commands that work on the gateway's own store, without the running gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from gateway.cli.failures import ExitCode, Failure

if TYPE_CHECKING:
    from config.settings import Settings
    from gateway.store.grouping import Store

Answer = TypeVar("Answer")


def in_store(settings: Settings, work: Callable[[Store], Awaitable[Answer]]) -> Answer:
    """Run the work on the open store; trouble with the store becomes a :class:`Failure`."""
    from gateway.rules.findings import Refused  # noqa: PLC0415 - commands import what they need
    from gateway.store.opening import store_for  # noqa: PLC0415 - as above
    from gateway.store.sqlite import AlreadyInUse  # noqa: PLC0415 - as above

    async def session() -> Answer:
        store = store_for(settings.store.sqlite_path, settings.store.postgresql_url)
        await store.open()
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(session())
    except AlreadyInUse:
        problem = "The gateway is running on this SQLite database, which takes one process."
        raise Failure(problem, "Stop the gateway, run this again, start it.", code=ExitCode.UNREACHABLE) from None
    except (Refused, OSError) as error:
        problem = f"The store cannot be used ({error})."
        raise Failure(problem, "Check [store] in the configuration.", code=ExitCode.UNREACHABLE) from None
