"""Slips and exports as files. They are drawn in a thread, and what draws them is imported when it is first needed."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Protocol

from kopuro_pos.agent.contract import Day, Sale, SalePage
from kopuro_pos.agent.day.exports import as_csv, as_xlsx
from kopuro_pos.agent.slips.slip import as_html, compose
from kopuro_pos.agent.web.ports import Paper

_CSV = "text/csv; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_PDF = "application/pdf"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Sales(Protocol):
    """The counter's book."""

    async def sales(self, day: date) -> SalePage:
        """Sales and reversals of a Bishkek day."""
        ...


class Days(Protocol):
    """The day's end."""

    async def day(self, day: date, language: str) -> Day:
        """Agent, gateway and fund side by side."""
        ...


class Papers:
    """A :class:`kopuro_pos.agent.web.ports.PaperPort`. ``pharmacy`` is the name on them, or the code."""

    def __init__(self, sales: Sales, days: Days) -> None:
        self.pharmacy = ""
        self._sales = sales
        self._days = days

    async def slip(self, sale: Sale, *, kind: str, copy: bool, language: str) -> Paper:
        """The slip of a sale as ``html`` or ``pdf``; a reprint is marked so."""
        composed = compose(sale, pharmacy=self.pharmacy, language=language, is_copy=copy)
        name = f"slip-{sale.sequence}.{kind}"
        if kind == "html":
            return Paper(content=(await asyncio.to_thread(as_html, composed)).encode(), media_type=_HTML, name=name)
        from kopuro_pos.agent.slips.slip_pdf import as_pdf  # noqa: PLC0415 - heavy, and most slips are printed as HTML

        return Paper(content=await asyncio.to_thread(as_pdf, composed), media_type=_PDF, name=name)

    async def export(self, day: date, *, kind: str, language: str) -> Paper:
        """The sales of a day as ``csv``, or with the day's end as ``xlsx``."""
        sales = (await self._sales.sales(day)).items
        name = f"{day.isoformat()}.{kind}"
        if kind == "csv":
            return Paper(content=await asyncio.to_thread(as_csv, sales, language), media_type=_CSV, name=name)
        end = await self._days.day(day, language)
        content = await asyncio.to_thread(as_xlsx, end, sales, self.pharmacy, language)
        return Paper(content=content, media_type=_XLSX, name=name)
