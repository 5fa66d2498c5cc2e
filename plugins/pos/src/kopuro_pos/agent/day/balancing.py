"""The comparison of a day's end: what agent, gateway and fund say of the same sales. Pure: no I/O, no clock.

Each column is the sum of what its side holds. Whatever one side holds and another does not, or with other sums, is
named once. So two columns differ by what the named differences differ by, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from kopuro_pos.agent.contract import Day, DayColumn, DayDifference, FundState, Sale, SaleState
from kopuro_pos.agent.counter.delivering import fund_of
from kopuro_pos.agent.texts import Text
from kopuro_pos.client.models import DispenseView

Kind = Literal["not-at-gateway", "not-here", "sums-differ", "fund-under-way", "fund-refused", "refused"]

MESSAGES: Final[Mapping[Kind, Text]] = {
    "not-at-gateway": Text(
        "Шлюзда жок. Агент өзү жөнөтөт; байланыш бар болуп, бир сааттан ашык күтсө, операторго кабарлаңыз.",
        "Нет в шлюзе. Агент отправит сам; если связь есть, а ожидание дольше часа, сообщите оператору.",
        "Not at the gateway. The agent sends it by itself; if it waits over an hour with a line, tell the operator.",
    ),
    "not-here": Text(
        "Бул кассанын китебинде жок. Дарыкананын башка кассасы менен салыштырыңыз; анда да жок болсо, кайтарыңыз.",
        "Нет в книге этой кассы. Сверьте с другой кассой аптеки; если нет и там, оформите возврат.",
        "Not in this till's book. Compare with the pharmacy's other till; if it is not there either, take it back.",
    ),
    "sums-differ": Text(
        "Суммалар ар башка: эсепке шлюздуку алынат. Чек менен салыштырыңыз; ката болсо, кайтарып, кайра сатыңыз.",
        "Суммы расходятся: учитывается сумма шлюза. Сверьте с чеком; при ошибке оформите возврат и продайте заново.",
        "The sums differ: the gateway's counts. Compare with the receipt; if it is wrong, take it back and sell anew.",
    ),
    "fund-under-way": Text(
        "Фонд азырынча жооп бере элек. Эч нерсе кылбаңыз: шлюз өзү жөнөтөт. Эртең кайра текшериңиз.",
        "Фонд ещё не ответил. Делать ничего не нужно: шлюз отправляет сам. Проверьте завтра.",
        "The fund has not answered yet. Nothing to do: the gateway sends it by itself. Look again tomorrow.",
    ),
    "fund-refused": Text(
        "Фонд кабыл алган жок: компенсация төлөнбөйт. Операторго берүүнүн номерин айтыңыз.",
        "Фонд не принял: компенсации не будет. Сообщите оператору номер отпуска.",
        "The fund did not take it: it will not be compensated. Tell the operator the dispense's id.",
    ),
    "refused": Text(
        "Шлюз дары берилгенден кийин баш тартты. Себебин окуп, көрүлдү деп белгилеңиз; чечимди башчы кабыл алат.",
        "Шлюз отказал после отпуска. Прочитайте причину и отметьте просмотренной; решает заведующий.",
        "The gateway refused after the goods were handed over. Read why and mark it as seen; the head decides.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """One sale or reversal as the sides have it."""

    agent: Sale | None
    gateway: DispenseView | None

    @property
    def fund(self) -> DispenseView | None:
        """What the fund has taken."""
        return self.gateway if self.gateway is not None and _state(self.gateway) is FundState.TAKEN else None


def balance(
    day: date,
    agent: Sequence[Sale],
    gateway: Collection[DispenseView] | None,
    *,
    language: str,
    checked_at: datetime,
) -> Day:
    """Agent, gateway and fund side by side.

    ``agent`` holds what was handed over or taken back on the Bishkek day; ``gateway`` what it has of that, ``None``
    while it cannot be reached.
    """
    lines = _paired(agent, gateway or ())
    undone = _undone(gateway or ())
    differences = [
        _difference(line, kind, language)
        for line in lines
        if (kind := _kind(line, undone, reached=gateway is not None)) is not None
    ]
    return Day(
        day=day,
        agent=_column(line.agent for line in lines),
        gateway=None if gateway is None else _column(line.gateway for line in lines),
        fund=None if gateway is None else _column(line.fund for line in lines),
        balanced=gateway is not None and not differences,
        differences=sorted(differences, key=_place),
        checked_at=checked_at,
    )


def _paired(agent: Iterable[Sale], gateway: Iterable[DispenseView]) -> list[_Line]:
    """Both sides' entries in pairs: by the gateway's id, and what still waits here by its receipt and goods."""
    left = {one.id: one for one in sorted(gateway, key=lambda one: (one.recorded_at, one.id))}
    sales = list(agent)
    found: dict[UUID, DispenseView] = {}
    for sale in sales:
        if sale.dispense is not None and sale.dispense in left:
            found[sale.id] = left.pop(sale.dispense)
    for sale in sorted(sales, key=lambda one: one.sequence):
        if sale.state is SaleState.WAITING:
            same = next((one for one in left.values() if _same(sale, one)), None)
            if same is not None:
                found[sale.id] = left.pop(same.id)
    return [_Line(sale, found.get(sale.id)) for sale in sales] + [_Line(None, one) for one in left.values()]


def _same(sale: Sale, dispense: DispenseView) -> bool:
    """Whether a sale that waits for its answer is this dispense."""
    return (
        (sale.reversal_of is None) == (dispense.reversal_of is None)
        and sale.receipt_number == dispense.receipt_number
        and sale.prescription == dispense.prescription
        and sale.medicine.code == dispense.medicine
        and sale.units == dispense.units
    )


def _undone(gateway: Iterable[DispenseView]) -> frozenset[UUID]:
    """What the fund has not taken, together with its reversal, which there was no need to send."""
    refused = {one.id: one for one in gateway if _state(one) is FundState.REFUSED}
    undone = {one.reversal_of: one.id for one in refused.values() if one.reversal_of in refused}
    return frozenset(undone) | frozenset(undone.values())


def _kind(line: _Line, undone: Collection[UUID], *, reached: bool) -> Kind | None:
    """In what the sides differ on one entry."""
    sale, dispense = line.agent, line.gateway
    if sale is not None and sale.state is SaleState.REFUSED:
        return "refused"
    if dispense is None:
        waits = sale is not None and sale.state is SaleState.WAITING
        return "not-at-gateway" if reached or waits else None
    if sale is None:
        return "not-here"
    if _sums(sale) != _sums(dispense):
        return "sums-differ"
    if dispense.id in undone:
        return None
    state = _state(dispense)
    if state is FundState.TAKEN:
        return None
    return "fund-refused" if state is FundState.REFUSED else "fund-under-way"


def _state(dispense: DispenseView) -> FundState:
    """What the fund has said; what it is never told of, it does not take."""
    return fund_of(dispense)[0] or FundState.REFUSED


def _sums(one: Sale | DispenseView) -> tuple[int, Decimal, Decimal, Decimal]:
    return one.units, one.retail, one.compensation, one.patient


def _difference(line: _Line, kind: Kind, language: str) -> DayDifference:
    sale, dispense = line.agent, line.gateway
    one = sale or dispense
    assert one is not None
    return DayDifference(
        sale=None if sale is None else sale.id,
        dispense=dispense.id if dispense is not None else None if sale is None else sale.dispense,
        receipt_number=one.receipt_number,
        kind=kind,
        agent=_share(sale),
        gateway=_share(dispense),
        fund=_share(line.fund),
        message=MESSAGES[kind].of(language),
    )


def _share(one: Sale | DispenseView | None) -> Decimal | None:
    return None if one is None else one.compensation


def _place(difference: DayDifference) -> tuple[str, str, str]:
    """By receipt, whatever the order they came in."""
    return difference.receipt_number or "", str(difference.sale), str(difference.dispense)


def _column(entries: Iterable[Sale | DispenseView | None]) -> DayColumn:
    held = [one for one in entries if one is not None]
    return DayColumn(
        sales=sum(one.reversal_of is None for one in held),
        reversals=sum(one.reversal_of is not None for one in held),
        retail=_total(held, lambda one: one.retail),
        compensation=_total(held, lambda one: one.compensation),
        patient=_total(held, lambda one: one.patient),
    )


def _total(held: Iterable[Sale | DispenseView], sum_of: Callable[[Sale | DispenseView], Decimal]) -> Decimal:
    return sum(map(sum_of, held), Decimal("0.00"))
