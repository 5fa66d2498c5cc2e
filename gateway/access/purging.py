"""Forgetting rows whose time is over, a few at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, delete, select


def purge(connection: Connection, *, ends: Column[Any], before: datetime, limit: int) -> int:
    """Delete at most ``limit`` rows of a table whose ``ends`` is earlier than ``before``; returns how many.

    Rows that another node deletes at the same moment are left to it. The table has a key of one column.
    """
    table = ends.table
    (key,) = table.primary_key.columns
    over = select(key).where(ends < before).limit(limit).with_for_update(skip_locked=True)
    return connection.execute(delete(table).where(key.in_(over))).rowcount
