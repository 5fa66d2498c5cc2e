"""A till's file of its stock: read as tills write it, or refused; a bad row is told and harms no other."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopuro_pos.agent.goods.stock_file import HEADINGS, StockFileRefused, read_stock_file
from tests.pos.agent.stocks import LOSARTAN, TABLE, row

WANTED = (row("E1", packs=3), row(gtin=LOSARTAN, price="1234.50"))


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("cp1251"),
        TABLE.replace(";", "\t").encode(),
        b'code,gtin,price,packs\nE1,,450.00,3\n,4600000000022,"1234,50",\n',
        "\n  баасы ; КАЛДЫК;штрих-код;дарынын коду\n450;3,000;;E1\n1234.500;; 4600000000022 ;\n\n".encode(),
    ],
    ids=["utf-8", "utf-8 with a mark", "windows-1251", "tabs", "commas in English", "Kyrgyz, other order"],
)
def test_a_file_is_read_as_tills_write_it(content: bytes) -> None:
    table = read_stock_file(content)
    assert (table.rows, table.bad) == (WANTED, ())


@pytest.mark.parametrize("heading", sorted(HEADINGS["price"]))
def test_every_heading_is_known_in_any_case(heading: str) -> None:
    assert read_stock_file(f"CODE;{heading.upper()}\nE1;450\n".encode()).rows == (row("E1"),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (";;450,00;", "Neither code nor GTIN."),
        ("Э1;;450,00;", "The code is not valid."),
        (";4,6E+12;450,00;", "A GTIN has 8 to 14 digits."),
        ("E1;;0;", "The price is in som, above zero, with two digits of tyiyn."),
        ("E1;;;", "The price is in som, above zero, with two digits of tyiyn."),
        ("E1;;-5;", "The price is in som, above zero, with two digits of tyiyn."),
        ("E1;;4.505;", "The price is in som, above zero, with two digits of tyiyn."),
        ("E1;;450;-1", "The stock is 0 or more."),
        ("E1;;450;много", "The stock is 0 or more."),
        ("E1", "The price is in som, above zero, with two digits of tyiyn."),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_are_taken(line: str, reason: str) -> None:
    table = read_stock_file(f"code;gtin;price;packs\nE2;;1;\n{line}\nL1;;2;\n".encode())
    assert [(bad.line, bad.reason.en) for bad in table.bad] == [(3, reason)]
    assert [one.medicine for one in table.rows] == ["E2", "L1"]
    assert table.lines == (2, 4)


@pytest.mark.parametrize(
    "content",
    [b"", b"E1;450\n", b"code;name\nE1;x\n", b"price;packs\n1;1\n", b"code;price\n", b"code;price\nE1;0\n", b"\0\0\0"],
)
def test_a_file_of_no_use_is_refused(content: bytes) -> None:
    with pytest.raises(StockFileRefused):
        read_stock_file(content)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    with suppress(StockFileRefused):
        assert read_stock_file(b"code;price\n" + content).rows


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Za-z0-9._-]{1,32}", fullmatch=True),
            st.decimals("0.01", "99999999.99", places=2),
            st.none() | st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(";,\t"),
    st.sampled_from(".,"),
)
def test_what_is_written_is_read(rows: list[tuple[str, Decimal, int | None]], delimiter: str, point: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["code", "price", "packs"])
    writer.writerows((code, str(price).replace(".", point), packs) for code, price, packs in rows)
    table = read_stock_file(text.getvalue().encode())
    assert [(one.medicine, one.pack_price, one.packs) for one in table.rows] == rows
    assert table.bad == ()
