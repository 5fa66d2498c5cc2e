"""The slip of a sale or of its reversal: what is on it, and it as HTML for printing on paper of 80 mm.

It holds no ПИН, no patient's name and no diagnosis. A fiscal receipt it is not: that is the till's.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Final

from kopuro_pos.agent.contract import Sale, SaleState
from kopuro_pos.agent.slips.slip_words import SlipWords, day, dose_unit, instant, money, reason

_STYLE: Final = """
@page { margin: 3mm 4mm; }
* { box-sizing: border-box; }
html { background: #fff; color: #000; }
body { width: 72mm; margin: 0 auto; font: 9pt/1.3 "DejaVu Sans", "Noto Sans", Arial, sans-serif; }
h1 { margin: 0 0 1mm; font-size: 12pt; text-align: center; }
h2 { margin: 0 0 2mm; font-size: 9.5pt; font-weight: normal; text-align: center; }
p { margin: 0 0 2mm; padding: 1mm; border: 0.6mm solid #000; font-weight: bold; text-align: center; }
.alarm { border-color: #b00020; color: #b00020; }
dl { display: grid; grid-template-columns: fit-content(37mm) 1fr; gap: 0.6mm 2mm; margin: 0; padding: 1.5mm 0; }
dl { border-top: 0.3mm dashed #000; }
dt { color: #333; }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.most { font-size: 8.5pt; font-weight: bold; line-height: 1.8; color: #000; }
dd.most { font-size: 13pt; line-height: 1.25; white-space: nowrap; }
.code { grid-column: 1 / -1; }
dd.code { font-size: 7.5pt; }
svg { display: block; width: 26mm; height: 26mm; margin: 2mm auto; }
footer { font-size: 7.5pt; text-align: center; }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The ``Content-Security-Policy`` the HTML is to be sent with: its own style, no script, nothing from elsewhere."""


class Weight(Enum):
    """How a line stands out."""

    PLAIN = "plain"
    MOST = "most"
    """What the patient looks for: the sum."""
    CODE = "code"
    """Long ids, set small."""


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what is said."""

    label: str
    text: str
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True, slots=True)
class Slip:
    """What is on the slip, from top to bottom: blocks of lines are divided by rules."""

    title: str
    pharmacy: str
    copy: str | None
    alarm: str | None
    """In red: the gateway has not recorded it."""
    blocks: tuple[tuple[Line, ...], ...]
    code: str | None
    """Text of the QR code: the gateway's id."""
    foot: str
    language: str


def compose(sale: Sale, *, pharmacy: str, language: str, is_copy: bool) -> Slip:
    """The slip of a sale or reversal; ``pharmacy`` is its name, or its code where the name is not known."""
    heading = SlipWords.sale if sale.reversal_of is None else SlipWords.reversal
    alarms = {SaleState.WAITING: SlipWords.waiting, SaleState.REFUSED: SlipWords.refused}
    blocks = (_what(sale, language), _sums(sale, language), _left(sale, language), _ids(sale, language))
    return Slip(
        title=heading.of(language),
        pharmacy=pharmacy,
        copy=SlipWords.copy.of(language) if is_copy else None,
        alarm=alarms[sale.state].of(language) if sale.state in alarms else None,
        blocks=tuple(lines for block in blocks if (lines := tuple(block))),
        code=None if sale.dispense is None else str(sale.dispense),
        foot=SlipWords.foot.of(language),
        language=language,
    )


def as_html(slip: Slip) -> str:
    """A whole page, to be sent with :data:`POLICY`."""
    marks = [
        f'<p class="{name}">{escape(text)}</p>'
        for name, text in (("copy", slip.copy), ("alarm", slip.alarm))
        if text is not None
    ]
    lists = ["<dl>" + "".join(map(_html_line, block)) + "</dl>" for block in slip.blocks]
    code = [] if slip.code is None else [_svg(slip.code)]
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{escape(slip.language)}">',
            f'<head><meta charset="utf-8"><title>{escape(slip.title)}</title><style>{_STYLE}</style></head>',
            f"<body><h1>{escape(slip.title)}</h1><h2>{escape(slip.pharmacy)}</h2>",
            *marks,
            *lists,
            *code,
            f"<footer>{escape(slip.foot)}</footer></body></html>",
        ]
    )


def _what(sale: Sale, language: str) -> Iterator[Line]:
    medicine = sale.medicine
    strength = f"{medicine.strength} {dose_unit(medicine.strength_unit, language)}"
    yield Line(SlipWords.at.of(language), instant(sale.at))
    yield Line(SlipWords.prescription.of(language), sale.display_number)
    yield Line(
        SlipWords.medicine.of(language), f"{medicine.trade_name}, {medicine.form} {strength} N{medicine.pack_size}"
    )
    yield Line(SlipWords.units.of(language), f"{abs(sale.units)} {SlipWords.pieces.of(language)}")
    yield Line(SlipWords.pack_price.of(language), money(sale.pack_price, language))
    if sale.reason is not None:
        yield Line(SlipWords.reason.of(language), reason(sale.reason, language))


def _sums(sale: Sale, language: str) -> Iterator[Line]:
    is_sale = sale.reversal_of is None
    yield Line(SlipWords.retail.of(language), money(abs(sale.retail), language))
    yield Line(
        (SlipWords.fund if is_sale else SlipWords.fund_back).of(language), money(abs(sale.compensation), language)
    )
    patient = SlipWords.patient if is_sale else SlipWords.patient_back
    yield Line(patient.of(language), money(abs(sale.patient), language), Weight.MOST)


def _left(sale: Sale, language: str) -> Iterator[Line]:
    if sale.remaining_units is not None:
        yield Line(SlipWords.remaining.of(language), f"{sale.remaining_units} {SlipWords.pieces.of(language)}")
        yield Line(SlipWords.last_day.of(language), day(sale.last_day))


def _ids(sale: Sale, language: str) -> Iterator[Line]:
    yield Line(SlipWords.receipt.of(language), sale.receipt_number)
    yield Line(SlipWords.pharmacist.of(language), sale.pharmacist)
    if sale.dispense is not None:
        yield Line(SlipWords.dispense.of(language), str(sale.dispense), Weight.CODE)
    if sale.fund_record is not None:
        yield Line(SlipWords.fund_record.of(language), sale.fund_record, Weight.CODE)


def _html_line(line: Line) -> str:
    name = "" if line.weight is Weight.PLAIN else f' class="{line.weight.value}"'
    return f"<dt{name}>{escape(line.label)}</dt><dd{name}>{escape(line.text)}</dd>"


def _svg(text: str) -> str:
    """The QR code as a drawing in the page: one square for each dark module, four modules of quiet around."""
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel  # noqa: PLC0415 - heavy, not at start

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    dark = [(x, y) for y, row in enumerate(code.modules) for x, module in enumerate(row) if module]
    path = "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
    side = len(code.modules) + 8
    return (
        f'<svg viewBox="-4 -4 {side} {side}" role="img" aria-label="{escape(text)}" shape-rendering="crispEdges">'
        f'<path d="{path}"/></svg>'
    )
