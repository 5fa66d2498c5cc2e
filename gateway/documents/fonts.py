"""The fonts of our documents: DejaVu Sans, which has the Kyrgyz letters Ө, Ү and Ң. Its licence lies beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "DejaVuSans"
"""Name of the regular face for reportlab."""

BOLD: Final = "DejaVuSans-Bold"
"""Name of the bold face for reportlab."""

_FOLDER: Final = Path(__file__).parent / "fonts"


_REGISTERING: Final = Lock()


def register_fonts() -> None:
    """Make both faces known to reportlab. May be called as often as one likes, from any thread."""
    with _REGISTERING:  # a face registered anew while another thread draws with it would change what that one draws
        _register()


@cache
def _register() -> None:
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, _FOLDER / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
