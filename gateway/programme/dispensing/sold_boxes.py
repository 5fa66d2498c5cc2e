"""Whole boxes that are sold: none twice, whoever sells it, as long as the first sale stands.

The national medicines database holds the same for the whole country, and hears of sales later than we do. Of a box
that is sold in parts only it knows what is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from gateway.ports import BlindIndex
from gateway.rules.dispensing.boxes import parse
from gateway.rules.findings import Finding
from gateway.store.programme_tables import sold_boxes
from schemas.dispensing import Sale


def whole_boxes(index: BlindIndex, sale: Sale) -> Mapping[str, bytes]:
    """The keyed digests of a sale's whole boxes, by the JSON path of their code; unreadable codes are left out."""
    found = {}
    for number, sold in enumerate(sale.boxes):
        path = f"$.sale.boxes[{number}].code"
        box = parse(sold.code, path)
        if sold.units is None and not isinstance(box, Finding):
            found[path] = index.of("box", f"{box.gtin}\0{box.serial}")
    return found


def sold_already(connection: Connection, boxes: Collection[bytes]) -> frozenset[bytes]:
    """Those of ``boxes`` that belong to a dispense that stands."""
    if not boxes:
        return frozenset()
    return frozenset(connection.execute(select(sold_boxes.c.box).where(sold_boxes.c.box.in_(boxes))).scalars())


def mark_sold(connection: Connection, boxes: Iterable[tuple[bytes, UUID]]) -> None:
    """Write down boxes with their dispenses; raises ``IntegrityError`` where another node was quicker with one."""
    if rows := [{"box": box, "dispense": dispense} for box, dispense in boxes]:
        connection.execute(insert(sold_boxes), rows)


def take_back(connection: Connection, dispenses: Collection[UUID]) -> None:
    """Boxes of dispenses that are reversed may be sold again."""
    if dispenses:
        connection.execute(delete(sold_boxes).where(sold_boxes.c.dispense.in_(dispenses)))
