"""What the patient was told and chose (clause 36)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.rules.findings import Finding
from gateway.rules.medicines.reference import ReferenceVersion
from schemas.dispensing import Choice, Sale, StockItem
from schemas.errors import ErrorCode
from schemas.medicines import Medicine


def check_telling(
    sale: Sale,
    prescribed: Medicine,
    reference: ReferenceVersion | None,
    offers_shown: Sequence[StockItem],
    choice: Choice | None,
) -> Iterator[Finding]:
    """The patient is told of all trade names in the pharmacy with their prices, and the choice is recorded.

    What a pharmacy has in stock only it knows: that the sold medicine is among the offers is all that can be judged.
    """
    if sale.medicine not in {offer.medicine for offer in offers_shown}:
        yield Finding(ErrorCode.OFFERS_NOT_SHOWN, "$.offers_shown")
    if choice is None:
        yield Finding(ErrorCode.CHOICE_NOT_RECORDED, "$.choice")
        return
    sold = reference.find(sale.medicine) if reference is not None else None
    if sold is not None and choice not in _choices(sold, prescribed):
        yield Finding(ErrorCode.CHOICE_MISMATCH, "$.choice")


def _choices(sold: Medicine, prescribed: Medicine) -> tuple[Choice, ...]:
    """What the choice may be called. Another strength or pack of the prescribed trade name is either."""
    if sold.code == prescribed.code:
        return (Choice.AS_PRESCRIBED,)
    if sold.trade_name.casefold() == prescribed.trade_name.casefold():
        return (Choice.AS_PRESCRIBED, Choice.SUBSTITUTED)
    return (Choice.SUBSTITUTED,)
