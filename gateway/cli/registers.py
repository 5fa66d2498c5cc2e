"""What commands on the registers of clients and staff share: who changes something, and how refusals are told."""

from __future__ import annotations

import getpass
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from gateway.cli.configuration import settings_or_failure
from gateway.cli.failures import Failure
from gateway.cli.stores import in_store

if TYPE_CHECKING:
    from gateway.access.authors import Author
    from gateway.access.client_register import ClientRegister
    from gateway.access.enrolments import Enrolments
    from gateway.store.grouping import Store
    from schemas.errors.model import Language

Answer = TypeVar("Answer")

_LONGEST_ACTOR = 80


def operator() -> Author:
    """Whoever runs the command, by the name the machine knows them by."""
    from gateway.access.authors import Author  # noqa: PLC0415 - commands import what they need
    from gateway.audit.actions import ActorKind  # noqa: PLC0415 - as above

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user that has no name
        name = str(os.getuid())
    return Author(f"cli:{quote(name, safe='')}"[:_LONGEST_ACTOR], ActorKind.OPERATOR)


@contextmanager
def refusals_told(language: Language) -> Iterator[None]:
    """A refusal by a register becomes a :class:`Failure`; that the store is unavailable is told elsewhere."""
    from gateway.rules.findings import Refused  # noqa: PLC0415 - commands import what they need
    from gateway.store.grouping import StoreUnavailable  # noqa: PLC0415 - as above

    try:
        yield
    except StoreUnavailable:
        raise
    except Refused as refused:
        told = [finding.as_json(language) for finding in refused.findings]
        problem = "\n".join(f"{one['path']}: {one['code']}: {one['message']}" for one in told)
        raise Failure(problem, told[0]["action"]) from None


def in_client_register(
    config: Path | None, language: Language, work: Callable[[ClientRegister, Enrolments], Awaitable[Answer]]
) -> Answer:
    """Work on the register of clients in the gateway's own store; refusals become a :class:`Failure`."""
    settings = settings_or_failure(config)

    async def session(store: Store) -> Answer:
        from gateway.access.client_register import ClientRegister  # noqa: PLC0415 - commands import what they need
        from gateway.access.enrolments import Enrolments  # noqa: PLC0415 - as above
        from gateway.audit.trail import ChainedTrail  # noqa: PLC0415 - as above
        from gateway.system import SystemClock  # noqa: PLC0415 - as above

        clock = SystemClock()
        audit = ChainedTrail(store, clock).append
        register = ClientRegister(store, clock, audit, allow_unbound=settings.access.unbound_clients)
        await register.refresh()
        with refusals_told(language):
            return await work(register, Enrolments(store, clock, audit, register))

    return in_store(settings, session)
