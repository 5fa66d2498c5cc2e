"""Ways of tampering with an audit, each with the place where it must be found."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from gateway.audit.chain import BreakKind, Link, Row, extend

HEAD_EVERY = 7


class Head(NamedTuple):
    position: int
    digest: bytes


class Tampered(NamedTuple):
    rows: list[Row]
    kind: BreakKind
    within: tuple[int, int]
    """The found range must be one that holds all of this one, and be no wider than a head to the next."""


def dice(seed: str) -> Random:
    """The same throws for the same seed."""
    return Random(seed)  # noqa: S311 - not a secret


def subject_of(number: int) -> bytes | None:
    return None if number % 5 == 0 else bytes([number % 251]) * 32


def chain(length: int) -> list[Row]:
    contents = [
        (1_768_456_800_000_000 + 1000 * n, subject_of(n), b'{"action":"case-read","actor":"a%d"}' % n)
        for n in range(1, length + 1)
    ]
    return extend(Link(), contents)


def heads_of(rows: list[Row]) -> list[Head]:
    signed = [Head(row.position, row.digest) for row in rows if row.position % HEAD_EVERY == 0]
    return signed if rows[-1].position % HEAD_EVERY == 0 else [*signed, Head(rows[-1].position, rows[-1].digest)]


def head_from(position: int, length: int) -> int:
    """The position of the first head that covers an entry."""
    return min(-(-position // HEAD_EVERY) * HEAD_EVERY, length)


def flip_a_bit(rows: list[Row], random: Random) -> Tampered:
    n = random.randrange(len(rows))
    row = rows[n]
    field = random.choice(("at", "subject", "entry", "digest"))
    if field == "at":
        changed = row._replace(at=row.at ^ 1 << random.randrange(50))
    elif field == "subject" and row.subject is None:
        changed = row._replace(subject=random.choice((b"", bytes(32))))
    else:
        flipped = bytearray(getattr(row, field))
        flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
        changed = row._replace(**{field: bytes(flipped)})
    return Tampered([*rows[:n], changed, *rows[n + 1 :]], BreakKind.CHANGED, (row.position, row.position))


def drop_a_subject(rows: list[Row], random: Random) -> Tampered:
    n = random.choice([n for n, row in enumerate(rows) if row.subject is not None])
    place = rows[n].position
    changed = rows[n]._replace(subject=random.choice((None, b"")))
    return Tampered([*rows[:n], changed, *rows[n + 1 :]], BreakKind.CHANGED, (place, place))


def delete(rows: list[Row], random: Random) -> Tampered:
    first = random.randrange(len(rows) - 1)
    end = random.randrange(first + 1, min(first + 4, len(rows)))
    within = (rows[first].position, rows[end - 1].position)
    return Tampered(rows[:first] + rows[end:], BreakKind.MISSING, within)


def cut_the_tail(rows: list[Row], random: Random) -> Tampered:
    left = random.randrange(len(rows))
    return Tampered(rows[:left], BreakKind.CUT, (left + 1, len(rows)))


def exchange_two(rows: list[Row], random: Random) -> Tampered:
    """Two entries change places and take their digests along."""
    a, b = sorted(random.sample(range(len(rows)), 2))
    moved = list(rows)
    moved[a] = rows[b]._replace(position=rows[a].position)
    moved[b] = rows[a]._replace(position=rows[b].position)
    return Tampered(moved, BreakKind.CHANGED, (a + 1, a + 1))


def exchange_contents(rows: list[Row], random: Random) -> Tampered:
    """Two entries change places, the digests stay where they were."""
    a, b = sorted(random.sample(range(len(rows)), 2))
    moved = list(rows)
    moved[a] = rows[b]._replace(position=rows[a].position, digest=rows[a].digest)
    moved[b] = rows[a]._replace(position=rows[b].position, digest=rows[b].digest)
    return Tampered(moved, BreakKind.CHANGED, (a + 1, a + 1))


def exchange_subjects(rows: list[Row], random: Random) -> Tampered:
    a = random.randrange(len(rows))
    b = random.choice([n for n, row in enumerate(rows) if row.subject != rows[a].subject])
    moved = list(rows)
    moved[a] = rows[a]._replace(subject=rows[b].subject)
    moved[b] = rows[b]._replace(subject=rows[a].subject)
    place = min(a, b) + 1
    return Tampered(moved, BreakKind.CHANGED, (place, place))


def put_one_in(rows: list[Row], random: Random) -> Tampered:
    """A false entry with a right digest: a head there gives it away, or else the next one, pushed on as it is."""
    n = random.randrange(len(rows))
    after = Link(n, rows[n - 1].digest) if n else Link()
    false = extend(after, [(1_768_456_800_000_000, b"\xff" * 32, b'{"action":"case-read","actor":"nobody"}')])
    pushed = [row._replace(position=row.position + 1) for row in rows[n:]]
    if head_from(n + 1, len(rows)) == n + 1:
        return Tampered([*rows[:n], *false, *pushed], BreakKind.REWRITTEN, (n + 1, n + 1))
    return Tampered([*rows[:n], *false, *pushed], BreakKind.CHANGED, (n + 2, n + 2))


def rewrite_from(rows: list[Row], random: Random) -> Tampered:
    """One entry is changed and every digest from there on made anew: only a head can tell."""
    n = random.randrange(len(rows))
    contents = [(row.at, row.subject, row.entry) for row in rows[n:]]
    contents[0] = (contents[0][0], b"\xfe" * 32, contents[0][2])
    after = Link(n, rows[n - 1].digest) if n else Link()
    return Tampered(rows[:n] + extend(after, contents), BreakKind.REWRITTEN, (n + 1, n + 1))


def leave_one_out_and_rewrite(rows: list[Row], random: Random) -> Tampered:
    n = random.randrange(len(rows) - HEAD_EVERY)
    contents = [(row.at, row.subject, row.entry) for row in rows[n + 1 :]]
    after = Link(n, rows[n - 1].digest) if n else Link()
    return Tampered(rows[:n] + extend(after, contents), BreakKind.REWRITTEN, (n + 1, n + 1))


WAYS: tuple[Callable[[list[Row], Random], Tampered], ...] = (
    flip_a_bit,
    drop_a_subject,
    delete,
    cut_the_tail,
    exchange_two,
    exchange_contents,
    exchange_subjects,
    put_one_in,
    rewrite_from,
    leave_one_out_and_rewrite,
)
