"""What is written of a sale or reversal. What is personal is sealed; what the queue needs to know is not."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from kopuro_pos.agent.contract import FundState, HoldState, Sale, SaleState
from kopuro_pos.agent.ports import Sealer


class EntryKind(StrEnum):
    """What is to be sent."""

    DISPENSE = "dispense"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sale or reversal before it is written. Its id and key are the sale's; it has no number yet.

    ``order`` is the JSON of ``client.DispenseOrder`` or ``client.ReversalOrder``: what is sent, the same at every try.
    """

    kind: EntryKind
    fingerprint: bytes
    sent_key: str
    language: str
    sale: Sale
    order: bytes
    quote: UUID | None = None
    hold: HoldState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A sale or reversal as it stands in the book.

    ``kept``: its caller was told that it waits, or may think so: a refusal from then on is for a person to see.
    ``in_doubt``: it was sent and may have been recorded. ``order`` is gone once nobody needs it any more.
    """

    kind: EntryKind
    fingerprint: bytes
    sent_key: str
    language: str
    kept: bool
    in_doubt: bool
    tries: int
    last_problem: str | None
    quote: UUID | None
    hold: UUID | None
    hold_since: datetime | None
    order: bytes | None
    sale: Sale

    @property
    def id(self) -> UUID:
        """The sale's."""
        return self.sale.id

    @property
    def state(self) -> SaleState:
        """Where it is."""
        return self.sale.state


COLUMNS = """
    id, sequence, kind, key, fingerprint, sent_key, language, state, kept, made_offline, tries, in_doubt, last_problem,
    quote, hold, hold_since, dispense, fund, fund_record, sealed_order, sealed_sale,
    (SELECT r.id FROM entries AS r WHERE r.reversal_of = entries.id AND r.state != 'refused') AS reversed_by
"""


def values_of(draft: Draft, sequence: int, sealer: Sealer) -> dict[str, object]:
    """The row of a draft that is written for the first time, or tried again."""
    sale, hold = draft.sale, draft.hold
    return {
        "id": str(sale.id),
        "sequence": sequence,
        "kind": draft.kind,
        "key": sale.key,
        "fingerprint": draft.fingerprint,
        "sent_key": draft.sent_key,
        "language": draft.language,
        "state": SaleState.WAITING,
        "unseen": False,
        "made_offline": False,
        "last_problem": None,
        "at": sale.at.isoformat(),
        "on_day": sale.on.isoformat(),
        "last_day": sale.last_day.isoformat(),
        "quote": _text(draft.quote),
        "hold": None if hold is None else str(hold.id),
        "hold_since": None if hold is None else hold.since.isoformat(),
        "reversal_of": _text(sale.reversal_of),
        "sealed_order": sealer.seal(draft.order, context("order", sale.id)),
        "sealed_sale": seal_sale(sealer, sale),
    }


def entry_of(row: sqlite3.Row, sealer: Sealer) -> Entry:
    """A row of :data:`COLUMNS`; raises ``sealing.CannotOpen``."""
    identifier = UUID(row["id"])
    sealed_order = row["sealed_order"]
    return Entry(
        kind=EntryKind(row["kind"]),
        fingerprint=row["fingerprint"],
        sent_key=row["sent_key"],
        language=row["language"],
        kept=bool(row["kept"]),
        in_doubt=bool(row["in_doubt"]),
        tries=row["tries"],
        last_problem=row["last_problem"],
        quote=_uuid(row["quote"]),
        hold=_uuid(row["hold"]),
        hold_since=None if row["hold_since"] is None else datetime.fromisoformat(row["hold_since"]),
        order=None if sealed_order is None else sealer.open(sealed_order, context("order", identifier)),
        sale=_sale_of(row, sealer),
    )


def seal_sale(sealer: Sealer, sale: Sale) -> bytes:
    """A sale as it is kept; what the row itself says is taken from there."""
    return sealer.seal(sale.model_dump_json().encode(), context("sale", sale.id))


def context(what: str, identifier: UUID) -> bytes:
    """What is sealed, and whose: an envelope put elsewhere does not open."""
    return f"{what}:{identifier}".encode()


def _sale_of(row: sqlite3.Row, sealer: Sealer) -> Sale:
    kept = Sale.model_validate_json(sealer.open(row["sealed_sale"], context("sale", UUID(row["id"]))))
    return kept.model_copy(
        update={
            "sequence": row["sequence"],
            "state": SaleState(row["state"]),
            "made_offline": bool(row["made_offline"]),
            "reversed_by": _uuid(row["reversed_by"]),
            "dispense": _uuid(row["dispense"]),
            "fund": None if row["fund"] is None else FundState(row["fund"]),
            "fund_record": row["fund_record"],
        }
    )


def _text(value: UUID | date | None) -> str | None:
    return None if value is None else str(value)


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
