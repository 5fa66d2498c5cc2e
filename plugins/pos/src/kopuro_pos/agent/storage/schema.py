"""The tables of the agent's database, and how an older one is brought up to date.

Nothing personal is readable in them: ПИН, number, names and sums are in the sealed columns. What an order needs to be
sent (``sealed_order``) is erased when the sale is recorded, or refused and seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

_VERSION_1: Final = """
CREATE TABLE entries (
    id           TEXT PRIMARY KEY,
    sequence     INTEGER NOT NULL UNIQUE,
    kind         TEXT NOT NULL CHECK (kind IN ('dispense', 'reversal')),
    key          TEXT NOT NULL UNIQUE,
    fingerprint  BLOB NOT NULL,
    sent_key     TEXT NOT NULL,
    language     TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'recorded', 'refused')),
    kept         INTEGER NOT NULL DEFAULT 0,
    unseen       INTEGER NOT NULL DEFAULT 0,
    made_offline INTEGER NOT NULL DEFAULT 0,
    at           TEXT NOT NULL,
    on_day       TEXT NOT NULL,
    last_day     TEXT NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    in_doubt     INTEGER NOT NULL DEFAULT 0,
    last_problem TEXT,
    quote        TEXT,
    hold         TEXT,
    hold_since   TEXT,
    reversal_of  TEXT REFERENCES entries (id),
    dispense     TEXT,
    fund         TEXT CHECK (fund IN ('under-way', 'taken', 'refused')),
    fund_record  TEXT,
    sealed_order BLOB,
    sealed_sale  BLOB NOT NULL,
    sealed_seen  BLOB
) STRICT;
CREATE INDEX entries_waiting ON entries (sequence) WHERE state = 'waiting';
CREATE INDEX entries_unseen ON entries (sequence) WHERE unseen = 1;
CREATE INDEX entries_day ON entries (on_day, sequence);
CREATE INDEX entries_quote ON entries (quote);
CREATE INDEX entries_hold ON entries (hold);
CREATE INDEX entries_reversal ON entries (reversal_of);
CREATE INDEX entries_fund ON entries (on_day) WHERE state = 'recorded' AND fund = 'under-way';
CREATE TABLE quotes (
    id           TEXT PRIMARY KEY,
    lookup       TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    sealed       BLOB NOT NULL
) STRICT;
CREATE INDEX quotes_lookup ON quotes (lookup);
CREATE INDEX quotes_made ON quotes (made_at);
CREATE TABLE notes (
    name         TEXT PRIMARY KEY,
    value        TEXT NOT NULL
) STRICT;
"""

MIGRATIONS: Final[Sequence[str]] = (_VERSION_1,)
"""Step by step; ``PRAGMA user_version`` says how many are done. A released step is never changed."""


class DatabaseTooNew(Exception):
    """A newer agent has written this database: start that one again."""


def migrate(connection: sqlite3.Connection, steps: Sequence[str] = MIGRATIONS) -> None:
    """Bring the database up to date, each step whole or not at all; raises :class:`DatabaseTooNew`."""
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(steps):
        raise DatabaseTooNew
    for number, step in enumerate(steps[done:], done + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in step.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:  # it is raised again: a step is done whole or not at all
            connection.execute("ROLLBACK")
            raise
