"""What prescribing and dispensing share: who asks, what is opened, and how a request is answered once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy.exc import IntegrityError

from gateway.audit.actions import Action, Purpose
from gateway.ports import AuditEvent, BlindIndex, Sealer
from gateway.programme.prescribing.records import KeptPrescription, PrescriptionRow, open_prescription
from gateway.rules.findings import Refused
from gateway.sealing.errors import CannotOpen
from gateway.sealing.payloads import is_erased
from gateway.store.grouping import BatchFunction, Store
from schemas.errors import ErrorCode

log = structlog.get_logger(__name__)

FUND: Final = "drug-programme"
"""The upstream that dispenses are delivered to."""
MEDICINES_DATABASE: Final = "knmdb"
"""The upstream that sold boxes are declared to."""

_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as the audit names it. ``client`` is the client's id, or the person's id in our register."""

    client: str
    actor_kind: str
    request_id: str | None = None
    traceparent: str | None = None

    def event(
        self, action: Action, *, pharmacy: str, subject: bytes, target: str | None, refused: ErrorCode | None = None
    ) -> AuditEvent:
        """What the audit is told: ``subject`` is the patient's blind index, ``target`` an id of ours."""
        return AuditEvent(
            action=action,
            actor=self.client,
            actor_kind=self.actor_kind,
            outcome="success" if refused is None else "refused",
            organisation=pharmacy,
            subject=subject,
            target=target,
            purpose=Purpose.TREATMENT,
            code=None if refused is None else refused.value,
            request_id=self.request_id,
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A prescription that ПИН and number have opened, with all that was ordered."""

    row: PrescriptionRow
    kept: KeptPrescription


def opened(sealer: Sealer, row: PrescriptionRow) -> Opened:
    """Open a row; raises ``Refused``: CONTENT_ERASED when its time of keeping has ended, CONTENT_UNREADABLE."""
    if is_erased(row.payload):
        raise Refused.because(ErrorCode.CONTENT_ERASED)
    try:
        return Opened(row, open_prescription(sealer, row.id, row.payload))
    except CannotOpen as error:
        log.error("payload_unreadable", alarm=True, operation_id=str(row.operation_id))  # noqa: TRY400 - says it all
        raise Refused.because(ErrorCode.CONTENT_UNREADABLE) from error


def keyed_idempotency(index: BlindIndex, client: str, key: str) -> str:
    """An Idempotency-Key as it is kept: whoever chose it may have put anything in."""
    return index.of("idempotency-key", f"{client}\0{key}").hex()


async def submit(store: Store, function: BatchFunction, item: Any) -> Any:
    """Have a batch function run; again when another node was quicker with the same key, which is visible then."""
    for _ in range(_TRIES - 1):
        try:
            return await store.submit(function, item)
        except IntegrityError:
            continue
    return await store.submit(function, item)


class UnderWay:
    """Requests being answered in this process, by client and idempotency key."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()

    @contextmanager
    def alone(self, client: str, key: str) -> Iterator[None]:
        """Stand around one; raises ``Refused`` (IDEMPOTENCY_IN_PROGRESS) while its twin is under way."""
        name = (client, key)
        if name in self._keys:
            raise Refused.because(ErrorCode.IDEMPOTENCY_IN_PROGRESS, retry_after=1)
        self._keys.add(name)
        try:
            yield
        finally:
            self._keys.discard(name)
