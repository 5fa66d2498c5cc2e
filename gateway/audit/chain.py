"""The hash chain: each digest covers an entry, its place, and the digest before. Pure.

    digest(n) = SHA-256(tag ‖ n ‖ digest(n-1) ‖ at ‖ length of subject ‖ subject ‖ entry)

Numbers are big-endian. Positions run from 1 without gaps, and before the first stands :data:`GENESIS`. The chain alone
shows a change only to the end of the change: who can write to the database can compute digests, too. What stops them
is a *head*, a position and digest that was signed and kept elsewhere: the chain must pass through every one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from operator import attrgetter
from struct import Struct
from typing import NamedTuple, Protocol

GENESIS = bytes(32)
"""Stands where the digest before the first entry's would be."""

_TAG = b"kopuro audit 1\0"
"""Keeps these digests apart from any others; a later form of entry gets another."""
_PLACE = Struct(">q32sqh")
_NO_SUBJECT = -1


class Row(NamedTuple):
    """One entry as it is kept.

    ``at`` is in microseconds since 1970 (UTC). ``subject`` is a blind index of at most 32,767 bytes, or ``None``.
    """

    position: int
    at: int
    subject: bytes | None
    entry: bytes
    digest: bytes


class Link(NamedTuple):
    """The end of a chain, to which the next entry is tied."""

    position: int = 0
    digest: bytes = GENESIS


def digest_of(after: Link, at: int, subject: bytes | None, entry: bytes) -> bytes:
    """The digest, 32 bytes, of the entry that follows ``after``."""
    length = _NO_SUBJECT if subject is None else len(subject)
    place = _PLACE.pack(after.position + 1, after.digest, at, length)
    return sha256(b"".join((_TAG, place, subject or b"", entry))).digest()


def extend(after: Link, contents: Iterable[tuple[int, bytes | None, bytes]]) -> list[Row]:
    """Tie entries, given as (at, subject, entry), to the end of a chain."""
    rows = []
    for at, subject, entry in contents:
        digest = digest_of(after, at, subject, entry)
        after = Link(after.position + 1, digest)
        rows.append(Row(after.position, at, subject, entry, digest))
    return rows


class BreakKind(StrEnum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    """The entry is not the one its digest was made for: it was changed, moved here, or put in."""
    MISSING = "missing"
    """Entries are not there, and later ones are."""
    OUT_OF_ORDER = "out-of-order"
    """An entry comes again, or after a later one."""
    CUT = "cut"
    """The last entries, which a head covers, are not there."""
    REWRITTEN = "rewritten"
    """The digests agree with each other and not with a head: all of it was made anew."""
    HEAD_INVALID = "head-invalid"
    """A head does not carry a valid signature of the gateway, or not over what it says."""
    HEAD_MISSING = "head-missing"
    """A head that was exported is not in the table of heads."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold: the positions from ``first`` to ``last``.

    One position, unless entries are missing, or a head shows only that the error lies after the head before it.
    """

    kind: BreakKind
    first: int
    last: int


class Signed(Protocol):
    """A head, as far as the chain is concerned: the digest that was signed at a position."""

    @property
    def position(self) -> int:
        """A position."""
        ...

    @property
    def digest(self) -> bytes:
        """The digest of the entry there."""
        ...


class ChainCheck:
    """Checks a chain fed in pieces, in order, from its beginning, against signed heads."""

    def __init__(self, heads: Iterable[Signed] = ()) -> None:
        self.end = Link()
        """How far the chain has been found to hold."""
        self._heads: Sequence[Signed] = sorted(heads, key=attrgetter("position"))
        self._next_head = 0
        self._vouched = 0

    def feed(self, rows: Iterable[Row]) -> Break | None:
        """Go on with these rows; the first break ends the check."""
        head_at = self._position_of_next_head()
        for row in rows:
            expected = self.end.position + 1
            if row.position != expected:
                return self._misplaced(expected, row.position)
            if row.digest != digest_of(self.end, row.at, row.subject, row.entry):
                return Break(BreakKind.CHANGED, expected, expected)
            self.end = Link(expected, row.digest)
            if expected == head_at:
                if (broken := self._pass_heads()) is not None:
                    return broken
                head_at = self._position_of_next_head()
        return None

    def finish(self) -> Break | None:
        """All rows have been fed: whether heads speak of more."""
        if self._next_head < len(self._heads):
            return Break(BreakKind.CUT, self.end.position + 1, self._heads[-1].position)
        return None

    def _position_of_next_head(self) -> int:
        return self._heads[self._next_head].position if self._next_head < len(self._heads) else 0

    def _pass_heads(self) -> Break | None:
        while self._position_of_next_head() == self.end.position:
            if self._heads[self._next_head].digest != self.end.digest:
                return Break(BreakKind.REWRITTEN, self._vouched + 1, self.end.position)
            self._next_head += 1
        self._vouched = self.end.position
        return None

    @staticmethod
    def _misplaced(expected: int, found: int) -> Break:
        if found > expected:
            return Break(BreakKind.MISSING, expected, found - 1)
        return Break(BreakKind.OUT_OF_ORDER, expected, expected)
