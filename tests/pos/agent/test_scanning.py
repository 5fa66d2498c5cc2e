"""What scanners type is understood under every layout, with CapsLock, and however the separator comes."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping

import pytest
from biip.checksums import gs1_standard_check_digit
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from gateway.rules.dispensing.boxes import Box, parse
from gateway.rules.prescription_number import form
from kopuro_pos.agent.contract import ScanKind, Scanned
from kopuro_pos.agent.scanners.damm import is_sound
from kopuro_pos.agent.scanners.scanning import GS, read_scan

_KEYS = (
    ("`1234567890-=", "~!@#$%^&*()_+", "ё1234567890-=", 'Ё!"№;%:?*()_+', "ё1234567890өң", 'Ё!"№;%:?*()ӨҢ'),
    ("qwertyuiop[]\\", "QWERTYUIOP{}|", "йцукенгшщзхъ\\", "ЙЦУКЕНГШЩЗХЪ/", "йцукенгшщзхъү", "ЙЦУКЕНГШЩЗХЪҮ"),
    ("asdfghjkl;'", 'ASDFGHJKL:"', "фывапролджэ", "ФЫВАПРОЛДЖЭ", "фывапролджэ", "ФЫВАПРОЛДЖЭ"),
    ("zxcvbnm,./", "ZXCVBNM<>?", "ячсмитьбю.", "ЯЧСМИТЬБЮ,", "ячсмитьбю.", "ЯЧСМИТЬБЮ,"),
)
"""Row by row of the keyboard: en-US, ru and ky, each without and with Shift."""


def _typing(plain: int, shifted: int) -> Mapping[int, str]:
    pairs = {}
    for row in _KEYS:
        pairs |= dict(zip(row[0], row[plain], strict=True)) | dict(zip(row[1], row[shifted], strict=True))
    return str.maketrans(pairs)


LAYOUTS: Mapping[str, Mapping[int, str]] = {"en-US": {}, "ru": _typing(2, 3), "ky": _typing(4, 5)}
SEPARATORS: Mapping[str, str] = {
    "gs": GS,
    "ctrl-bracket": "^]",
    "f8": "{F8}",
    "named": "{GS}",
    "bar": "|",
    "shown": "␝",
}
KNOWN = "04600000000015"


class Boxes:
    """A reference that knows one GTIN."""

    def code_of_gtin(self, gtin: str) -> str | None:
        return "ENA-10-30" if gtin == KNOWN else None


BOOK = Boxes()


def typed(code: str, layout: str, *, caps_lock: bool = False, separator: str = GS) -> str:
    """What comes out when a scanner presses the keys of a code; control characters come as they are."""
    out = code.replace(GS, separator).translate(LAYOUTS[layout])
    return out.swapcase() if caps_lock else out


def gtin(rng: random.Random) -> str:
    digits = f"0{rng.randrange(10**12):012}"
    return digits + str(gs1_standard_check_digit(digits))


def serial(rng: random.Random, letters: str = string.ascii_letters) -> str:
    """With a letter in it: digits and signs alone do not tell the layout."""
    rest = "".join(rng.choices(letters + string.digits + "!%*()_+-./:", k=rng.randrange(5, 19)))
    return rest + rng.choice(letters)


def number(rng: random.Random) -> str:
    return form(f"{rng.randrange(10**11):011}")


def box(rng: random.Random) -> tuple[str, Scanned]:
    """A box's code as it is printed, and what it is."""
    item, mark = gtin(rng), serial(rng)
    day = f"{rng.randrange(26, 32)}{rng.randrange(1, 13):02}{rng.randrange(29):02}"
    batch = "".join(rng.choices(string.ascii_uppercase + string.digits, k=rng.randrange(3, 12)))
    code = rng.choice(
        [
            f"01{item}21{mark}",
            f"01{item}21{mark}{GS}17{day}10{batch}",
            f"01{item}17{day}10{batch}{GS}21{mark}",
            f"01{item}21{mark}{GS}10{batch}{GS}17{day}",
            f"01{item}21{mark}{GS}91EE11{GS}92abc/DEF+ghi",
        ]
    )
    return code, Scanned(kind=ScanKind.BOX, code=code, gtin=item, serial=mark)


@pytest.mark.parametrize("caps_lock", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_thousand_codes_of_all_kinds_are_understood(layout: str, *, caps_lock: bool) -> None:
    rng = random.Random(36)  # noqa: S311 - made-up codes
    for place in range(1000):
        if place % 3 == 0:
            code = number(rng)
            wanted = Scanned(kind=ScanKind.PRESCRIPTION, number=code)
        elif place % 3 == 1:
            code = f"{rng.choice('12')}{rng.randrange(10**13):013}"
            wanted = Scanned(kind=ScanKind.PIN, number=code)
        else:
            code, wanted = box(rng)
            code = f"]d2{code}"
        scanned = read_scan(typed(code, layout, caps_lock=caps_lock) + "\r\n", BOOK)
        assert scanned == wanted, (place, code, scanned)


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=SEPARATORS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_separator_may_come_in_many_ways(layout: str, separator: str) -> None:
    rng = random.Random(37)  # noqa: S311 - made-up codes
    for _ in range(300):
        code, wanted = box(rng)
        assert read_scan(typed(code, layout, separator=separator), BOOK) == wanted


@pytest.mark.parametrize("layout", ["ru", "ky"])
@pytest.mark.parametrize("mark", ["{F8}", "{GS}", "^]", GS])
def test_the_page_may_put_its_own_mark_among_letters_of_another_layout(layout: str, mark: str) -> None:
    code = f"01{KNOWN}21aB{GS}17271231"
    scanned = read_scan(mark.join(part.translate(LAYOUTS[layout]) for part in code.split(GS)), BOOK)
    assert (scanned.code, scanned.medicine) == (code, "ENA-10-30")


@pytest.mark.parametrize("layout", ["en-US", "ru", "ky"])
def test_told_of_caps_lock_a_code_without_identifier_is_understood_too(layout: str) -> None:
    rng = random.Random(38)  # noqa: S311 - made-up codes
    for _ in range(300):
        code, wanted = box(rng)
        assert read_scan(typed(code, layout, caps_lock=True), BOOK, caps_lock=True) == wanted


def test_a_lost_separator_never_gives_another_serial_number() -> None:
    rng = random.Random(39)  # noqa: S311 - made-up codes
    right = 0
    for _ in range(1000):
        item, mark = gtin(rng), serial(rng, string.ascii_uppercase)
        day = f"{rng.randrange(26, 32)}{rng.randrange(1, 13):02}{rng.randrange(29):02}"
        batch = "".join(rng.choices(string.ascii_uppercase + string.digits, k=rng.randrange(3, 12)))
        parts = rng.choice(
            [
                (f"21{mark}",),
                (f"21{mark}", f"17{day}10{batch}"),
                (f"17{day}10{batch}", f"21{mark}"),
                (f"17{day}21{mark}", f"10{batch}"),
                (f"21{mark}", f"10{batch}", f"17{day}"),
            ]
        )
        scanned = read_scan(f"01{item}{''.join(parts)}", BOOK)
        assert (scanned.kind, scanned.gtin) == (ScanKind.BOX, item)
        assert scanned.serial in {mark, None}
        if scanned.serial is not None:
            right += 1
            assert scanned.code == f"01{item}{GS.join(parts)}"
    assert right > 750


@given(
    mark=st.text(string.digits, min_size=4, max_size=20),
    batch=st.text(string.digits, min_size=1, max_size=20),
    day=st.dates().map(lambda day: f"{day.year % 100:02}{day.month:02}{day.day:02}"),
    first=st.booleans(),
)
def test_a_lost_separator_among_digits_alone_never_gives_another_serial_number(
    mark: str, batch: str, day: str, *, first: bool
) -> None:
    rest = f"21{mark}17{day}10{batch}" if first else f"17{day}10{batch}21{mark}"
    assert read_scan(f"01{KNOWN}{rest}", BOOK).serial in {mark, None}


def test_a_code_that_can_be_read_in_two_ways_still_names_the_medicine() -> None:
    scanned = read_scan(f"01{KNOWN}1727123110AB21CD21EF", BOOK)
    assert scanned == Scanned(kind=ScanKind.BOX, gtin=KNOWN, medicine="ENA-10-30")


@given(st.data())
def test_what_the_agent_gives_the_gateway_reads_alike(data: st.DataObject) -> None:
    code, wanted = box(data.draw(st.randoms(use_true_random=False)))
    scanned = read_scan(code, BOOK)
    assert scanned == wanted
    read = parse(scanned.code or "")
    assert isinstance(read, Box)
    assert (read.gtin, read.serial) == (scanned.gtin, scanned.serial)


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    scanned = read_scan(text, BOOK)
    if scanned.code is not None:
        assert isinstance(parse(scanned.code), Box)


@given(st.text(string.digits, min_size=1, max_size=20))
def test_the_check_digit_is_the_gateways(digits: str) -> None:
    assert is_sound(digits) == damm.is_valid(digits)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("6254 9874 1294", ScanKind.PRESCRIPTION),
        ("6254-9874-1294", ScanKind.PRESCRIPTION),
        ("]Q1625498741294", ScanKind.PRESCRIPTION),
        ("]C0625498741294", ScanKind.PRESCRIPTION),
        ("ъЙ1625498741294", ScanKind.PRESCRIPTION),
        ("Ъй1625498741294", ScanKind.PRESCRIPTION),
        ("625498741295", ScanKind.UNKNOWN),
        ("2 12051970 00011", ScanKind.PIN),
        ("4600000000015", ScanKind.BOX),
        (KNOWN, ScanKind.BOX),
        ("4600000000016", ScanKind.UNKNOWN),
        ("0104600000000016" + "21A1", ScanKind.UNKNOWN),
        ("пd21", ScanKind.UNKNOWN),
        ("", ScanKind.UNKNOWN),
        ("  \r\n", ScanKind.UNKNOWN),
        ("Асанова", ScanKind.UNKNOWN),
    ],
)
def test_kinds(text: str, kind: ScanKind) -> None:
    assert read_scan(text, BOOK).kind is kind


@pytest.mark.parametrize(
    "wrong",
    [
        lambda item: f"01{item}",
        lambda item: f"01{item}1727123110AB",
        lambda item: f"01{item}21A{GS}21B",
        lambda item: f"01{item}21A{GS}17271341",
        lambda item: f"01{item}21A{GS}XX",
    ],
    ids=["no serial", "expiry and batch alone", "two serials", "no such day", "no such element"],
)
def test_a_box_without_a_sound_serial_number_names_the_medicine_alone(wrong: Callable[[str], str]) -> None:
    scanned = read_scan(wrong(KNOWN), BOOK)
    assert scanned == Scanned(kind=ScanKind.BOX, gtin=KNOWN, medicine="ENA-10-30")
