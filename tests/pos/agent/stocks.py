"""What tills say of their stock."""

from __future__ import annotations

from decimal import Decimal

from kopuro_pos.agent.contract import StockRow
from kopuro_pos.agent.ports import ShelfPrice

ENALAPRIL, LOSARTAN = "4600000000015", "4600000000022"
TABLE = "Код;Штрихкод;Наименование;Цена;Остаток\r\nE1;;Эналаб;450,00;3\r\n;4600000000022;Лозаб;1 234,5;\r\n"
"""What :data:`ENALAPRIL` and :data:`LOSARTAN` cost, as a till writes it."""


def row(
    medicine: str | None = None, price: str = "450.00", packs: int | None = None, gtin: str | None = None
) -> StockRow:
    return StockRow(medicine=medicine, gtin=gtin, pack_price=Decimal(price), packs=packs)


def shelf(medicine: str, price: str, packs: int | None = None) -> ShelfPrice:
    return ShelfPrice(medicine=medicine, pack_price=Decimal(price), packs=packs)
