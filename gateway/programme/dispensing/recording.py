"""Recording sales: everything is judged again under locks, then written in one transaction (clauses 6 and 31 to 44)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from gateway.audit.actions import Action
from gateway.operations.model import OperationKind
from gateway.programme.dispensing.ledger import Ledger, Progress, limit_day
from gateway.programme.dispensing.model import Surroundings, course_of, facts_of
from gateway.programme.dispensing.quote_records import QuoteRow, read_quotes
from gateway.programme.dispensing.records import DispenseRecord, insert_dispenses, original_record
from gateway.programme.dispensing.sales import Dispensed, JudgedSale, SaleMade, operations_of, record_of
from gateway.programme.dispensing.sold_boxes import mark_sold, sold_already
from gateway.programme.model import PrescriptionState
from gateway.programme.outbound import answered_before, insert_outbound
from gateway.programme.ports import Split
from gateway.programme.prescribing.records import PrescriptionRow
from gateway.rules.days import bishkek_day
from gateway.rules.dispensing import SaleFacts, SaleVerdict, check_sale, sale_day, sale_instant
from gateway.rules.findings import Finding, Refused, errors
from gateway.rules.money import to_tyiyn
from schemas.errors import ErrorCode, Severity


class SaleRecorder:
    """The batch function of dispensing."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    def record(self, connection: Connection, sales: Sequence[SaleMade]) -> Sequence[Dispensed | Refused]:
        """One answer a sale: recorded now, recorded before under the same key, or refused with all findings."""
        books = _Books(self._around, connection)
        ledger = Ledger.locked(connection, {sale.opened.row.id for sale in sales})
        gone = set(sold_already(connection, {box for sale in sales for box in sale.boxes.values()}))
        earlier = answered_before(connection, (sale.name for sale in sales))
        told = read_quotes(connection, {one for sale in sales for one in (sale.order.quote, sale.order.hold) if one})
        judged: dict[tuple[str, str], JudgedSale] = {}
        answers: list[Dispensed | Refused | JudgedSale] = []
        for sale in sales:
            if (before := earlier.get(sale.name)) is not None:
                found = original_record(
                    connection, self._around.sealer, before, OperationKind.SUBMIT_DISPENSE, sale.fingerprint
                )
                answers.append(Dispensed(found, repeated=True) if isinstance(found, DispenseRecord) else found)
            elif (twin := judged.get(sale.name)) is not None:
                same = twin.sale.fingerprint == sale.fingerprint
                answers.append(twin if same else Refused.because(ErrorCode.IDEMPOTENCY_KEY_REUSED))
            else:
                answer = _judge(books, ledger, told, gone, sale)
                answers.append(answer)
                if isinstance(answer, JudgedSale):
                    judged[sale.name] = answer
                    gone.update(sale.boxes.values())
        records = self._write(connection, ledger, list(judged.values()))
        return [
            Dispensed(records[answer.sale.id], repeated=answer.sale is not sale)
            if isinstance(answer, JudgedSale)
            else answer
            for sale, answer in zip(sales, answers, strict=True)
        ]

    def _write(
        self, connection: Connection, ledger: Ledger, judged: Sequence[JudgedSale]
    ) -> Mapping[UUID, DispenseRecord]:
        around = self._around
        charged = [one for one in judged if one.charge.amount > 0]
        splits = around.budgets.charge(connection, [one.charge for one in charged])
        split_of = {one.sale.id: split for one, split in zip(charged, splits, strict=True)}
        records = {
            one.sale.id: record_of(one, split_of.get(one.sale.id, Split(0, 0)), around.sealer, around.index)
            for one in judged
        }
        insert_outbound(
            connection,
            [
                operation
                for one in judged
                for operation in operations_of(one, records[one.sale.id].kept.sold, around.sealer)
            ],
        )
        insert_dispenses(connection, [record.row for record in records.values()])
        mark_sold(connection, ((box, one.sale.id) for one in judged for box in one.sale.boxes.values()))
        ledger.write()
        around.append_audit(
            connection,
            [
                one.sale.caller.event(
                    Action.DISPENSED,
                    pharmacy=one.sale.order.pharmacy,
                    subject=one.left.patient,
                    target=str(one.sale.id),
                )
                for one in judged
            ],
        )
        return records


class _Books:
    """The books of one transaction, each page read once."""

    def __init__(self, around: Surroundings, connection: Connection) -> None:
        self.around = around
        self._connection = connection
        self._contracted: dict[tuple[str, date], bool] = {}
        self._limits: dict[date, int | None] = {}

    def contracted(self, pharmacy: str, day: date) -> bool:
        page = (pharmacy, day)
        if page not in self._contracted:
            self._contracted[page] = self.around.contracts.in_force(self._connection, pharmacy, day)
        return self._contracted[page]

    def limit(self, day: date) -> int | None:
        if day not in self._limits:
            self._limits[day] = self.around.limits.limit(self._connection, day)
        return self._limits[day]


def _judge(
    books: _Books, ledger: Ledger, told: Mapping[UUID, QuoteRow], gone: Collection[bytes], sale: SaleMade
) -> JudgedSale | Refused:
    order, kept, today = sale.order, sale.opened.kept, bishkek_day(sale.at)
    row = ledger.prescription(sale.opened.row.id)
    hold = _hold(told, sale, row)
    facts = _facts(books, sale, hold)
    verdict = check_sale(
        order.sale,
        facts_of(row, kept, order.pharmacy, sale.at),
        facts,
        receipt=order.receipt,
        offers_shown=order.offers_shown,
        choice=order.choice,
    )
    found = [*verdict.findings, *_quote_findings(told, sale, row, verdict, under_hold=hold is not None)]
    if order.hold is not None and hold is None:
        found.append(Finding(ErrorCode.HOLD_NOT_FOUND, "$.hold"))
    found += (Finding(ErrorCode.BOX_SOLD, path) for path, box in sale.boxes.items() if box in gone)
    limit = books.limit(limit_day(row, today))
    reckoning, sold, reference = verdict.reckoning, verdict.medicine, facts.reference
    if reckoning is not None:
        over = ledger.limit_finding(row, to_tyiyn(reckoning.compensation), limit=limit, today=today)
        found += () if over is None else (over,)
    found.sort(key=lambda finding: finding.severity is not Severity.ERROR)
    if errors(found) or reckoning is None or sold is None or reference is None:
        return Refused(found)
    course = course_of(row).after(reckoning.dose)
    progress = Progress(
        course=course,
        state=_state_after(row, today, closes=verdict.closes),
        fills=row.fills + 1,
        compensation=to_tyiyn(reckoning.compensation),
    )
    left = ledger.advance(row, kept.message.medicine, progress, limit=limit, at=sale.at)
    return JudgedSale(
        sale=sale,
        sold=sold,
        reference_version=reference.number,
        sold_at=sale_instant(order.sold_at, sale.at),
        reckoning=reckoning,
        # A dispense ends every hold: of its own pharmacy since it has served, of another since it was over already.
        left=ledger.free(left),
        course=course,
        findings=tuple(found),
    )


def _facts(books: _Books, sale: SaleMade, hold: QuoteRow | None) -> SaleFacts:
    order, around = sale.order, books.around
    sold_on = sale_day(order.sold_at, sale.at)
    return SaleFacts(
        now=sale.at,
        sold_at=order.sold_at or sale.at,
        reference=around.medicines.on(sold_on),
        contracted_at_sale=books.contracted(order.pharmacy, sold_on),
        contracted_now=books.contracted(order.pharmacy, bishkek_day(sale.at)),
        hold_taken_at=None if hold is None else hold.created_at,
        standings=sale.standings,
        settings=around.settings,
    )


def _own(told: Mapping[UUID, QuoteRow], wanted: UUID | None, sale: SaleMade, row: PrescriptionRow) -> QuoteRow | None:
    """A quote of this pharmacy on this prescription; others' are unknown."""
    quote = None if wanted is None else told.get(wanted)
    if quote is None or quote.prescription != row.id or quote.pharmacy != sale.order.pharmacy:
        return None
    return quote


def _hold(told: Mapping[UUID, QuoteRow], sale: SaleMade, row: PrescriptionRow) -> QuoteRow | None:
    """The quote that took the hold under which it was sold, unless that was given up.

    It need not stand any more: it proves that the sale, recorded late, had been begun here.
    """
    quote = _own(told, sale.order.hold, sale, row)
    return quote if quote is not None and quote.sale.took_hold and not quote.sale.released else None


def _quote_findings(
    told: Mapping[UUID, QuoteRow], sale: SaleMade, row: PrescriptionRow, verdict: SaleVerdict, *, under_hold: bool
) -> Iterator[Finding]:
    """What the patient was told before must be what it comes to (clause 37)."""
    if sale.order.quote is None:
        return
    quote = _own(told, sale.order.quote, sale, row)
    if quote is None:
        yield Finding(ErrorCode.QUOTE_NOT_FOUND, "$.quote")
        return
    if not under_hold and sale_instant(sale.order.sold_at, sale.at) >= quote.expires_at:
        yield Finding(ErrorCode.QUOTE_EXPIRED, "$.quote")
    if verdict.reckoning is not None and not quote.sale.agrees_with(verdict.reckoning):
        yield Finding(ErrorCode.QUOTE_CHANGED, "$.quote")


def _state_after(row: PrescriptionRow, today: date, *, closes: bool) -> PrescriptionState:
    """A sale that is recorded after the last day leaves nothing open."""
    if closes:
        return PrescriptionState.DISPENSED
    return PrescriptionState.EXPIRED if today > row.valid_until else PrescriptionState.PARTIALLY_DISPENSED
