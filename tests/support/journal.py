"""A journal on a given store, and submissions for it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from gateway.audit.trail import ChainedTrail
from gateway.operations.acceptance import CaseAcceptance
from gateway.operations.journal import Journal
from gateway.operations.model import CaseSubmission, Channel
from gateway.operations.numbering import CounterScope
from gateway.operations.signals import Signals
from gateway.ports import Clock, Ids
from gateway.store.grouping import Store
from tests.support.doubles import SettableClock, SystemIds
from tests.support.sealing import make_index, make_sealer

SEALER, INDEX = make_sealer(), make_index()
"""Of all journals and houses in one test process."""


def form_number(sequence: int, department: str, organisation: str, year: int) -> str:
    return f"{sequence:07d}{department}{organisation}{year % 100:02d}"


def make_journal(
    store: Store,
    *,
    clock: Clock | None = None,
    signals: Signals | None = None,
    scope: CounterScope = CounterScope.ORGANISATION_YEAR,
    ids: Ids | None = None,
) -> Journal:
    clock = clock or SettableClock()
    return Journal(
        store=store,
        acceptance=CaseAcceptance(
            upstream="foms", scope=scope, form_number=form_number, audit=ChainedTrail(store, clock).append
        ),
        signals=signals or Signals(),
        clock=clock,
        ids=ids or SystemIds(),
        sealer=SEALER,
        index=INDEX,
    )


def submission(mark: object, **changes: Any) -> CaseSubmission:
    """A submission; the same ``mark`` means the same stay, body and key."""
    digest = hashlib.sha256(str(mark).encode()).digest()
    plain = CaseSubmission(
        client="sanarip",
        idempotency_key=f"key-{mark}",
        channel=Channel.SYSTEM,
        organisation="950174",
        department="18",
        discharge_year=2025,
        ksf_number=None,
        correction_of=None,
        stay_key=digest,
        fingerprint=digest,
        payload=b'{"mark": "' + str(mark).encode() + b'"}',
        pilot=True,
        findings=(),
    )
    return replace(plain, **changes)
