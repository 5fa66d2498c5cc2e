"""The slip as HTML and PDF: what is on it, what never is, and that nothing on it can run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from kopuro_pos.agent.contract import ReversalReason, Sale, SaleState
from kopuro_pos.agent.slips.slip import POLICY, as_html, compose
from kopuro_pos.agent.slips.slip_pdf import as_pdf
from kopuro_pos.client.models import DoseUnit
from tests.pos.agent.days import ENALAPRIL, sale
from tests.support.pdf_text import page_count, text_of

PHARMACY = "«Өмүр Ңайлык» дарыканасы, Ош ш."
DISPENSE = UUID("019c0b6e-3a51-7c2d-9f10-5d7a2b8c4e11")


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text line by line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.lines: list[str] = []
        self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "style" and not self.style:
            self.style = data
        elif data.strip():
            self.lines.append(data)


def html_lines(sold: Sale, language: str = "ru", *, is_copy: bool = False) -> list[str]:
    page = Page(as_html(compose(sold, pharmacy=PHARMACY, language=language, is_copy=is_copy)))
    return [line.replace("\u00a0", " ") for line in page.lines]


def pdf_lines(sold: Sale, language: str = "ru", *, is_copy: bool = False) -> list[str]:
    document = as_pdf(compose(sold, pharmacy=PHARMACY, language=language, is_copy=is_copy))
    assert page_count(document) == 1
    return [line.strip() for line in text_of(document).splitlines() if line.strip()]


Drawn = Callable[..., list[str]]
both = pytest.mark.parametrize("drawn", [html_lines, pdf_lines], ids=["html", "pdf"])


@both
def test_everything_the_patient_is_to_know_is_on_it(drawn: Drawn) -> None:
    text = " ".join(drawn(sale(dispense=DISPENSE, fund_record="F-77")))
    for wanted in (
        "ЛЬГОТНЫЙ ОТПУСК",
        PHARMACY,
        "15.01.2026 12:00",
        "6254 9874 1294",
        "Эналаприл-Ала-Тоо, таблетка 10 мг N30",
        "30 шт.",
        "14.02.2026",
        "Ч-1",
        "Асанова А.",
        str(DISPENSE),
        "F-77",
    ):
        assert wanted in text
    for label, amount in (
        ("Цена упаковки", "450,00"),
        ("Розничная стоимость", "450,00"),
        ("Платит Фонд", "180,00"),
        ("ВЫ ПЛАТИТЕ", "270,00"),
    ):
        assert f"{label} {amount} сом" in text
    for never in ("КОПИЯ", "ОЖИДАЕТ", "ОТКАЗАЛ"):
        assert never not in text


@both
def test_kyrgyz_letters_come_out_right(drawn: Drawn) -> None:
    text = " ".join(drawn(sale(), "ky", is_copy=True))
    for wanted in ("ЖЕҢИЛДЕТИЛГЕН ДАРЫ", "СИЗ ТӨЛӨЙСҮЗ", "КӨЧҮРМӨ (КОПИЯ)", "Акыркы күнү", PHARMACY):
        assert wanted in text
    assert "\ufffd" not in text


@both
@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_a_reprint_is_marked_in_every_language(drawn: Drawn, language: str) -> None:
    assert "КОПИЯ" in " ".join(drawn(sale(), language, is_copy=True))
    assert "КОПИЯ" not in " ".join(drawn(sale(), language))


@both
@pytest.mark.parametrize(
    ("state", "words"),
    [(SaleState.WAITING, "ОЖИДАЕТ ОТВЕТА ШЛЮЗА"), (SaleState.REFUSED, "ШЛЮЗ ОТКАЗАЛ: компенсации нет")],
)
def test_a_sale_that_is_not_recorded_says_so(drawn: Drawn, state: SaleState, words: str) -> None:
    assert words in " ".join(drawn(sale(state=state, dispense=None)))


@both
@pytest.mark.parametrize("reason", ReversalReason)
def test_a_reversal_says_what_comes_back_and_why(drawn: Drawn, reason: ReversalReason) -> None:
    text = " ".join(drawn(sale(units=-30, reversal_of=UUID(int=1), reason=reason), "ru"))
    assert "ВОЗВРАТ" in text
    assert "ВАМ ВОЗВРАЩАЕТСЯ 270,00 сом" in text
    assert "-" not in text.split("Возвращается Фонду")[1].split("Осталось")[0]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("ru", "1 234 567,50 сом"),
        ("ky", "1 234 567,50 сом"),
        ("en", "1,234,567.50 som"),
    ],
)
def test_sums_are_written_as_the_language_does(language: str, written: str) -> None:
    assert written in html_lines(sale(patient=Decimal("1234567.50")), language)


def test_the_instant_is_by_the_clock_of_bishkek() -> None:
    assert "01.01.2026 00:30" in html_lines(sale(at=datetime(2025, 12, 31, 18, 30, tzinfo=UTC)))


@pytest.mark.parametrize("unit", [*DoseUnit, "new-unit"])
def test_every_dose_unit_has_its_word(unit: str) -> None:
    words = " ".join(html_lines(sale(medicine=ENALAPRIL.model_copy(update={"strength_unit": str(unit)}))))
    assert (str(unit) in words) == (unit == "new-unit")


def _dark_modules(path: str) -> set[tuple[int, int]]:
    return {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}


def test_the_code_on_the_page_is_the_gateways_id() -> None:
    page = Page(as_html(compose(sale(dispense=DISPENSE), pharmacy=PHARMACY, language="ru", is_copy=False)))
    (path,) = [attributes["d"] for tag, attributes in page.tags if tag == "path"]
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(str(DISPENSE))
    code.make()
    wanted = {(x, y) for y, row in enumerate(code.modules) for x, dark in enumerate(row) if dark}
    assert _dark_modules(path or "") == wanted


def test_without_an_id_there_is_no_code() -> None:
    html = as_html(compose(sale(dispense=None), pharmacy=PHARMACY, language="ru", is_copy=False))
    assert "<svg" not in html


def test_its_policy_lets_its_own_style_through_and_nothing_else() -> None:
    page = Page(as_html(compose(sale(), pharmacy=PHARMACY, language="ru", is_copy=True)))
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert "default-src 'none'" in POLICY
    assert "script" not in POLICY
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
        assert not {name for name in attributes if name.startswith("on")} | attributes.keys() & {"src", "href", "style"}
    assert "url(" not in page.style
    assert "@import" not in page.style


@example("<script>alert(1)</script>")
@example('"><b class=most>')
@example("</dd></dl>&lt;i&gt;")
@given(st.text(max_size=40).filter(lambda text: text.strip()))
def test_no_text_is_taken_for_mark_up(text: str) -> None:
    medicine = ENALAPRIL.model_copy(update={"trade_name": text})
    sold = sale(dispense=None, medicine=medicine, pharmacist=text, receipt_number=text)
    plain = [
        tag
        for tag, _ in Page(as_html(compose(sale(dispense=None), pharmacy=PHARMACY, language="ru", is_copy=False))).tags
    ]
    drawn = Page(as_html(compose(sold, pharmacy=text, language="ru", is_copy=False)))
    assert [tag for tag, _ in drawn.tags] == plain


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "&lt;b&gt;", "</style><b>", "<para>", "a" * 128, "ő'\"&"]
)
def test_any_text_can_be_drawn(text: str) -> None:
    medicine = ENALAPRIL.model_copy(update={"trade_name": text})
    drawn = "".join(pdf_lines(sale(medicine=medicine, pharmacist=text, receipt_number=text[:64])))
    assert text in drawn.replace(" ", "") or len(text) > 100


def test_nothing_of_the_patient_is_on_it() -> None:
    fields = sale().model_dump().keys() | ENALAPRIL.model_dump().keys()
    assert not fields & {"pin", "patient_name", "family_name", "diagnosis", "birth_date"}
    slip = compose(sale(key="21205197000011"), pharmacy=PHARMACY, language="ru", is_copy=False)
    assert "21205197000011" not in as_html(slip)
    assert b"21205197000011" not in as_pdf(slip)


def test_the_same_slip_is_the_same_bytes() -> None:
    slip = compose(sale(), pharmacy=PHARMACY, language="ky", is_copy=False)
    assert as_pdf(slip) == as_pdf(slip)
    assert as_html(slip) == as_html(slip)
