"""Checks a batch record by record and counts; nothing is written, and nothing is kept of a record once it is told."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from gateway.batch.records import Record
from gateway.rules.findings import Finding, errors
from gateway.rules.treated_case import CaseFacts, check_json
from schemas.errors import ErrorCode, Severity

_CHUNK = 250
"""Records handed to a worker at a time: large enough that this costs little, small enough for steady progress."""


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """One record and everything that is to be said of it."""

    number: int
    place: str
    progress: int
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        """Whether the service would take it."""
        return not errors(self.findings)


@dataclass(slots=True)
class Tally:
    """The counts of a batch so far."""

    records: int = 0
    accepted: int = 0
    with_warnings: int = 0
    by_code: Counter[ErrorCode] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """Records with at least one error."""
        return self.records - self.accepted

    def add(self, record: CheckedRecord) -> None:
        """Count one more record."""
        self.records += 1
        self.accepted += record.accepted
        self.with_warnings += any(finding.severity is Severity.WARNING for finding in record.findings)
        self.by_code.update(finding.code for finding in record.findings)


def check_here(records: Iterable[Record], facts: CaseFacts) -> Iterator[CheckedRecord]:
    """Check the records one after the other in this process."""
    for record in records:
        yield CheckedRecord(record.number, record.place, record.progress, check_json(record.body, facts).findings)


def check_in_processes(records: Iterable[Record], facts: CaseFacts, workers: int) -> Iterator[CheckedRecord]:
    """The same in several processes, in the order of the file; memory stays bounded by the chunks under way."""
    iterator = iter(records)
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare, initargs=(facts,)) as pool:
        under_way: deque[tuple[list[Record], Future[_Stored]]] = deque()
        while chunk := list(itertools.islice(iterator, _CHUNK)):
            under_way.append((chunk, pool.submit(_check_chunk, [record.body for record in chunk])))
            if len(under_way) > 2 * workers:
                yield from _told(*under_way.popleft())
        while under_way:
            yield from _told(*under_way.popleft())


_Stored = list[tuple[dict[str, object], ...]]
"""The findings of a chunk in the form that travels between processes."""

_facts: CaseFacts | None = None
"""What the rules are told, in a worker process."""


def _prepare(facts: CaseFacts) -> None:
    global _facts  # noqa: PLW0603 - a worker process serves one batch, and its pool offers no other place
    _facts = facts


def _check_chunk(bodies: list[bytes]) -> _Stored:
    facts = _prepared()
    return [tuple(finding.as_stored() for finding in check_json(body, facts).findings) for body in bodies]


def _prepared() -> CaseFacts:
    if _facts is None:
        raise RuntimeError("a worker was given records before its facts")
    return _facts


def _told(chunk: list[Record], checked: Future[_Stored]) -> Iterator[CheckedRecord]:
    for record, stored in zip(chunk, checked.result(), strict=True):
        findings = tuple(Finding.from_stored(finding) for finding in stored)
        yield CheckedRecord(record.number, record.place, record.progress, findings)
