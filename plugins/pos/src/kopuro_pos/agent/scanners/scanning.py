"""What a scanner has typed: the prescription's sheet, the patient's ПИН, or the box of a medicine.

The sheet holds the prescription's number alone (12 digits, the last by Damm). A box holds a GS1 DataMatrix: the global
trade item number (01), a serial number (21), expiry (17) and batch (10).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from kopuro_pos.agent.contract import ScanKind, Scanned
from kopuro_pos.agent.scanners.damm import is_sound
from kopuro_pos.agent.scanners.layouts import as_meant

GS: Final = "\x1d"
"""What ends an element of variable length (FNC1), as scanners send it and as the gateway wants it."""

_SEPARATOR_NAMED: Final = re.compile(r"\{(?:GS|F8)\}|\^\]|\u241d", re.IGNORECASE)
"""How scanners and pages write the separator where they cannot send the character: Ctrl+], the key F8."""
_OUTSIDE_GS1: Final = re.compile(r"[|~^#@$\\`\[\]{}]")
"""What no element can hold (GS1 General Specifications, 7.11): scanners are set to send one for the separator."""
_IDENTIFIER: Final = re.compile(r"\][CEIQd][0-9]")
"""What a scanner may say of the code first (ISO/IEC 15424); its letter also shows whether CapsLock is on."""
_BETWEEN_DIGITS: Final = dict.fromkeys(map(ord, " -\u00a0\u2007\u202f\u2009\u2010\u2011\u2013\u2212"))
"""What people put between the digits of a number."""
_GTIN_LENGTHS: Final = frozenset({8, 13, 14})
_GTIN_14: Final = 14

_GTIN, _SERIAL, _BATCH, _EXPIRY, _PRODUCED = "01", "21", "10", "17", "11"
_DATES: Final = frozenset({_EXPIRY, _PRODUCED})
_LONGEST: Final = 20
"""Of serial number and batch."""

_Elements = Mapping[str, str]
"""By application identifier, in the order of the code."""


class GtinBook(Protocol):
    """Knows the medicines by their boxes; :class:`kopuro_pos.agent.goods.reference.Reference` does."""

    def code_of_gtin(self, gtin: str) -> str | None:
        """The medicine that a box with this GTIN holds."""
        ...


def load() -> None:
    """Read the lists that boxes are read by, which takes a tenth of a second; else the first box has to wait for it."""
    import biip  # noqa: F401, PLC0415 - see above


def read_scan(text: str, book: GtinBook, *, caps_lock: bool = False) -> Scanned:
    """What a scanner's text is, under whichever layout it was typed; ``UNKNOWN`` for all else.

    ``caps_lock`` says that it was on; where the scanner names the kind of code first, that shows anyway. A box whose
    code came without separators, and can be read in several ways, is told with its medicine alone: better none than
    another box's serial number.
    """
    meant = _meant(_SEPARATOR_NAMED.sub(GS, text.strip()), caps_lock=caps_lock)
    if meant is None:
        return Scanned(kind=ScanKind.UNKNOWN)
    digits = meant.translate(_BETWEEN_DIGITS)
    if digits.isascii() and digits.isdigit() and (number := _number(digits, book)) is not None:
        return number
    return _box(_OUTSIDE_GS1.sub(GS, _SEPARATOR_NAMED.sub(GS, meant)).strip(), book)


def _meant(typed: str, *, caps_lock: bool) -> str | None:
    """The code itself, without its identifier."""
    for turned in (caps_lock, not caps_lock):
        meant = as_meant(typed, caps_lock=turned)
        if meant is not None and _IDENTIFIER.match(meant) is not None:
            return meant[3:].strip()
    return as_meant(typed, caps_lock=caps_lock)


def _number(digits: str, book: GtinBook) -> Scanned | None:
    """Digits alone: a prescription, a ПИН, or the bar code of a box, which has no serial number."""
    if len(digits) == 12 and is_sound(digits):
        return Scanned(kind=ScanKind.PRESCRIPTION, number=digits)
    gtin = _gtin(digits) if len(digits) in _GTIN_LENGTHS else None
    medicine = None if gtin is None else book.code_of_gtin(gtin)
    if len(digits) == 14 and medicine is None:
        return Scanned(kind=ScanKind.PIN, number=digits)
    if gtin is None:
        return None
    return Scanned(kind=ScanKind.BOX, gtin=gtin, medicine=medicine)


def _gtin(digits: str) -> str | None:
    """With 14 digits, if its check digit is right."""
    from biip import ParseError  # noqa: PLC0415 - slow to import; «load» has done it meanwhile
    from biip.gtin import Gtin  # noqa: PLC0415 - as above

    try:
        return Gtin.parse(digits).as_gtin_14()
    except ParseError:
        return None


def _box(code: str, book: GtinBook) -> Scanned:
    digits = code[2 : 2 + _GTIN_14]
    if not (code.startswith(_GTIN) and len(digits) == _GTIN_14 and digits.isascii() and digits.isdigit()):
        return Scanned(kind=ScanKind.UNKNOWN)
    gtin = _gtin(digits)
    if gtin is None:
        return Scanned(kind=ScanKind.UNKNOWN)
    elements = _as_sent(code) if GS in code else _separated(code)
    return Scanned(
        kind=ScanKind.BOX,
        gtin=gtin,
        medicine=book.code_of_gtin(gtin),
        serial=None if elements is None else elements[_SERIAL],
        code=None if elements is None else _written(elements),
    )


def _as_sent(code: str) -> _Elements | None:
    """The elements of a code whose separators are all there; ``None`` without a serial number or with a wrong date."""
    from biip import ParseConfig, ParseError  # noqa: PLC0415 - slow to import; «load» has done it meanwhile
    from biip.gs1_messages import GS1Message  # noqa: PLC0415 - as above

    # The library resolves years by this computer's clock; expiry is for the gateway to judge.
    reading = ParseConfig(gs1_element_strings_verify_date=False)
    try:
        message = GS1Message.parse(code, config=reading)
    except ParseError:
        return None
    elements = {element.ai.ai: element.value for element in message.element_strings}
    if len(elements) != len(message.element_strings) or _SERIAL not in elements:
        return None
    if not all(_is_day(elements[ai]) for ai in _DATES & elements.keys()):
        return None
    return elements


def _separated(code: str) -> _Elements | None:
    """The elements of a code without separators, which had none or lost them.

    What stands on boxes is the GTIN and a serial number, mostly with expiry and batch. A serial number that would hold
    a whole expiry date is taken for both, as serial numbers are drawn at random.
    """
    readings = [
        {_GTIN: code[2:16], **dict(reading)}
        for reading in _readings(code[16:], frozenset({_SERIAL, _BATCH, *_DATES}))
        if any(ai == _SERIAL for ai, _ in reading)
    ]
    if not readings:
        return _as_sent(code)
    likely = [reading for reading in readings if _EXPIRY in reading] or [
        reading for reading in readings if _BATCH not in reading
    ]
    likely = likely or readings
    return likely[0] if len(likely) == 1 else None


def _readings(rest: str, left: frozenset[str]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Every way in which a text is these elements, each at most once."""
    if not rest:
        yield ()
        return
    ai, data = rest[:2], rest[2:]
    if ai not in left:
        return
    for length in (6,) if ai in _DATES else range(1, min(_LONGEST, len(data)) + 1):
        value = data[:length]
        if ai not in _DATES or _is_day(value):
            for following in _readings(data[length:], left - {ai}):
                yield ((ai, value), *following)


def _is_day(yymmdd: str) -> bool:
    """Whether this is a GS1 date; day 00 is the last of its month."""
    if len(yymmdd) != 6 or not (yymmdd.isascii() and yymmdd.isdigit()):
        return False
    year, month, day = 2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return 1 <= month <= 12 and day <= monthrange(year, month)[1]


def _written(elements: _Elements) -> str:
    """As the gateway wants it: every element but the last, and but those of fixed length, ends with a separator."""
    fixed = {_GTIN, *_DATES}
    parts = [f"{ai}{value}" if ai in fixed else f"{ai}{value}{GS}" for ai, value in elements.items()]
    return "".join(parts).removesuffix(GS)
