"""Verifying the audit as it is kept: every entry, against every signed head, stored and exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, text

from gateway.audit.chain import Break, BreakKind, ChainCheck, Row
from gateway.audit.head_file import HeadExport
from gateway.audit.heads import Head, HeadKeys, read_heads
from gateway.store.access_tables import audit_entries, signing_keys
from gateway.store.grouping import Store

_PAGE = 5000
_NOTHING_EXPORTED = HeadExport((), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found.

    ``entries`` hold up to the first break, ``digest`` is the last one's. ``heads`` were confirmed; ``unchecked`` heads
    were signed by a key that is not at hand: what they say is compared, but who said it is not known.
    ``unreadable_lines`` are those of export files.
    """

    broken: Break | None
    entries: int
    digest: bytes
    heads: int
    unchecked: int
    unreadable_lines: Sequence[int]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None and not self.unreadable_lines

    def as_json(self) -> dict[str, Any]:
        """The form for programs."""
        broken = self.broken
        return {
            "sound": self.sound,
            "entries": self.entries,
            "digest": self.digest.hex(),
            "heads": self.heads,
            "heads_unchecked": self.unchecked,
            "unreadable_lines": list(self.unreadable_lines),
            "break": {"kind": broken.kind.value, "first": broken.first, "last": broken.last} if broken else None,
        }


async def verify(
    store: Store,
    exported: HeadExport = _NOTHING_EXPORTED,
    progress: Callable[[int], None] = lambda _position: None,
) -> Verdict:
    """Check the whole audit; ``progress`` is told the position reached. Raises ``StoreUnavailable``.

    Keys are those of the export, then the store's own: whoever can write to the store can put a key there.
    """
    stored = await store.read(read_heads)  # before the entries, so that no head speaks of entries not yet read
    keys = HeadKeys([*exported.keys, *await store.read(_stored_keys)])
    every = [*exported.heads, *stored]
    invalid = {head for head in every if keys.know(head) and not keys.confirm(head)}
    good = [head for head in every if head not in invalid]
    check = ChainCheck(good)
    broken = await _check_entries(store, check, progress)
    faults = [*_faults_of_heads(invalid, exported.heads, stored), *([broken] if broken is not None else [])]
    return Verdict(
        broken=min(faults, key=attrgetter("first"), default=None),
        entries=check.end.position,
        digest=check.end.digest,
        heads=sum(keys.know(head) for head in good),
        unchecked=sum(not keys.know(head) for head in good),
        unreadable_lines=exported.unreadable,
    )


async def count_entries(store: Store) -> int:
    """The last position there is; for telling how far a verification has come."""
    last = await store.read(lambda connection: connection.execute(select(func.max(audit_entries.c.position))).scalar())
    return last or 0


async def _check_entries(store: Store, check: ChainCheck, progress: Callable[[int], None]) -> Break | None:
    reached = 0
    while rows := await store.read(partial(_rows, after=reached)):
        if (broken := check.feed(rows)) is not None:
            return broken
        reached = check.end.position
        progress(reached)
    return check.finish()


def _faults_of_heads(invalid: Iterable[Head], exported: Iterable[Head], stored: Iterable[Head]) -> list[Break]:
    faults = [Break(BreakKind.HEAD_INVALID, head.position, head.position) for head in invalid]
    missing = {head.position for head in exported} - {head.position for head in stored}
    return faults + [Break(BreakKind.HEAD_MISSING, position, position) for position in missing]


# As plain integers and bytes, whatever may stand there: tampered values must be compared, not trip the conversion.
_SQLITE_ROWS = (
    "SELECT CAST(position AS INTEGER), CAST(at AS INTEGER), CAST(subject AS BLOB), CAST(entry AS BLOB), "
    "CAST(digest AS BLOB) FROM audit_entries WHERE position > :after ORDER BY position LIMIT :page"
)
_POSTGRES_ROWS = (
    "SELECT position, CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000000)::bigint ELSE 0 END, "
    "subject, entry, digest "
    "FROM audit_entries WHERE position > :after ORDER BY position LIMIT :page"
)


def _rows(connection: Connection, after: int) -> list[Row]:
    query = _POSTGRES_ROWS if connection.dialect.name == "postgresql" else _SQLITE_ROWS
    return [Row._make(row) for row in connection.execute(text(query), {"after": after, "page": _PAGE})]


def _stored_keys(connection: Connection) -> list[Mapping[str, Any]]:
    return [orjson.loads(public) for public in connection.execute(select(signing_keys.c.public)).scalars()]
