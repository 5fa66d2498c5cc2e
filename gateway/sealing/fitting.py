"""Whether a key ring belongs to a store: under another index key, doubles would pass and nothing would be found."""

from __future__ import annotations

import hmac
from typing import Final

from sqlalchemy import Connection, select, update

from gateway.ports import BlindIndex
from gateway.sealing.errors import KeyRingUnusable
from gateway.store import cursors
from gateway.store.tables import cursors as cursors_table

_NAME: Final = "index-key"


def fit_index(connection: Connection, index: BlindIndex) -> None:
    """Note in a new store which index key it belongs to, as an index of a constant, which tells nothing of the key.

    Raises :class:`gateway.sealing.errors.KeyRingUnusable` when the store belongs to another one.
    """
    mark = index.of(_NAME, "").hex()
    connection.execute(cursors.ENSURE, {"name": _NAME})
    here = cursors_table.c.name == _NAME
    connection.execute(update(cursors_table).where(here, cursors_table.c.value.is_(None)).values(value=mark))
    noted = connection.execute(select(cursors_table.c.value).where(here)).scalar_one()
    if not hmac.compare_digest(noted, mark):
        raise KeyRingUnusable(
            "The store was written with another index key.", "Bring back the keys that belong to this store."
        )
