"""What commands on the registers of clients and staff share: who changes something, and how refusals are told."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from gateway.cli.failures import Failure

if TYPE_CHECKING:
    from gateway.access.authors import Author
    from schemas.errors.model import Language

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
