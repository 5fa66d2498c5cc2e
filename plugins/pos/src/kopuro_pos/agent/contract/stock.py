"""The till's stock."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from kopuro_pos.agent.contract.flat import Flat, Som


class StockRow(Flat):
    """What lies on the shelf: by the reference's code or by GTIN, and its price a pack."""

    medicine: str | None = None
    gtin: Annotated[str, StringConstraints(pattern=r"^\d{8,14}$")] | None = None
    pack_price: Som
    packs: Annotated[int, Field(ge=0)] | None = None


class StockPush(Flat):
    """``POST /api/stock``: the till's stock, all of it (``replace``) or what has changed."""

    rows: Annotated[list[StockRow], Field(max_length=50_000)]
    replace: bool = True


class StockTaken(Flat):
    """How it was taken in; rows that are of no use are told by their position."""

    taken: int
    unknown: list[int]
    at: datetime
