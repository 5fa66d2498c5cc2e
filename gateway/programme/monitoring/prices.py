"""The statistics of prices (clause 56), from what was sold at which price. Exact, and the same in whatever order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm

from gateway.rules.money import to_tyiyn
from schemas.medicines import Medicine, Per


class By(StrEnum):
    """What is taken together."""

    INN = "inn"
    """All products of one international name."""
    MEDICINE = "medicine"
    """One product."""
    REGION = "region"
    """One international name in one region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What matters here of a row of the reference.

    ``reference_price`` is the internal reference price of a pack in tyiyn, also where it is set for a unit.
    """

    inn: str
    code: str
    trade_name: str
    pack_size: int
    reference_price: int

    @classmethod
    def of(cls, medicine: Medicine) -> Product:
        """The product of a row."""
        is_of_pack = medicine.compensation.per is Per.PACK
        return cls(
            inn=medicine.inn,
            code=medicine.code,
            trade_name=medicine.trade_name,
            pack_size=medicine.pack_size,
            reference_price=to_tyiyn(medicine.reference_price) * (1 if is_of_pack else medicine.pack_size),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Dispenses of one product at one price of a pack in one region; price and retail are tyiyn."""

    product: Product
    region: str
    pack_price: int
    dispenses: int
    units: int
    retail: int


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest, the middle and the largest price, in tyiyn."""

    least: Fraction
    median: Fraction
    largest: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceStatistics:
    """What was asked for an international name, for a product, or for a name in a region."""

    inn: str
    medicine: str | None
    trade_name: str | None
    region: str | None
    dispenses: int
    units: int
    unit_price: Range
    pack_price: Range | None
    above_reference: int

    @property
    def share_above_reference(self) -> Fraction:
        """Which part of the dispenses was at more than the internal reference price."""
        return Fraction(self.above_reference, self.dispenses)


def statistics(sold: Iterable[Sold], by: By) -> list[PriceStatistics]:
    """The statistics in order of names, codes and regions. A product is named as in the first of what is given."""
    groups: dict[tuple[str, str, str], list[Sold]] = defaultdict(list)
    for one in sold:
        code = one.product.code if by is By.MEDICINE else ""
        region = one.region if by is By.REGION else ""
        groups[plain_name(one.product.inn), code, region].append(one)
    return [_of_group(region or None, members, by) for (_, _, region), members in sorted(groups.items())]


def plain_name(name: str) -> str:
    """An international name as it is compared: without regard to case and spacing."""
    return " ".join(name.casefold().split())


def range_of(prices: Mapping[int, int], parts: int = 1) -> Range:
    """The range of prices, each with how often it was asked, given in so many parts of a tyiyn; there is at least one.

    With an even number of dispenses the median is the mean of the two in the middle.
    """
    ordered = sorted(prices.items())
    number = sum(prices.values())
    middle = _nth(ordered, (number - 1) // 2) + _nth(ordered, number // 2)
    return Range(Fraction(ordered[0][0], parts), Fraction(middle, 2 * parts), Fraction(ordered[-1][0], parts))


def _nth(ordered: Sequence[tuple[int, int]], position: int) -> int:
    for price, times in ordered:
        if position < times:
            return price
        position -= times
    raise IndexError(position)


def _of_group(region: str | None, members: Sequence[Sold], by: By) -> PriceStatistics:
    # Unit prices become whole numbers in parts of a tyiyn that all packs of the group can be divided into.
    parts = lcm(*{one.product.pack_size for one in members})
    units, packs = Counter[int](), Counter[int]()
    for one in members:
        units[one.pack_price * (parts // one.product.pack_size)] += one.dispenses
        packs[one.pack_price] += one.dispenses
    is_one_product = by is By.MEDICINE
    named = members[0].product
    return PriceStatistics(
        inn=min(one.product.inn for one in members),
        medicine=named.code if is_one_product else None,
        trade_name=named.trade_name if is_one_product else None,
        region=region,
        dispenses=sum(one.dispenses for one in members),
        units=sum(one.units for one in members),
        unit_price=range_of(units, parts),
        pack_price=range_of(packs) if is_one_product else None,
        above_reference=sum(one.dispenses for one in members if one.pack_price > one.product.reference_price),
    )
