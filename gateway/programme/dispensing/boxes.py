"""Asking the national medicines database about the boxes of a sale."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from gateway.programme.ports import BoxSource
from gateway.rules.dispensing import BoxStanding
from gateway.rules.dispensing.boxes import codes, parse
from gateway.rules.findings import Finding
from schemas.dispensing import Sale


async def ask_boxes(source: BoxSource | None, sale: Sale) -> Mapping[str, BoxStanding]:
    """What is known of each box, by its code; boxes of which nobody tells are judged by their code alone.

    Codes that cannot be read are not asked about. That a sale goes on without an answer is on purpose: the database is
    asked again when the sale is declared, and it does not decide about the compensation.
    """
    if source is None:
        return {}
    asked = [code for code in dict.fromkeys(codes(sale)) if not isinstance(parse(code), Finding)]
    answers = await asyncio.gather(*(source.inquire(code) for code in asked))
    return {code: answer for code, answer in zip(asked, answers, strict=True) if answer is not None}
