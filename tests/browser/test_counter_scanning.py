"""Scanners at the counter: 200 codes under two keyboard layouts, wherever the focus is, and never into a field."""

from __future__ import annotations

import random
import string
from typing import Final

from stdnum import damm

from tests.browser.counter import shelf
from tests.browser.counter.driving import Counter, counter
from tests.support.chromium import Browser, needs_chromium

pytestmark = needs_chromium

CODES: Final = 200
AT_THE_OFFERS: Final = 85
"""So many boxes are scanned at the list of offers; the others into a field, which costs the browser thrice as much."""
LATIN: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?@#$^&|"
RUSSIAN: Final = 'ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"№;:?/'
CYRILLIC: Final = str.maketrans(LATIN, RUSSIAN)
GS: Final = "\x1d"


def sheets(chance: random.Random, count: int) -> list[str]:
    """Numbers of prescriptions."""
    bodies = ["".join(chance.choices(string.digits, k=11)) for _ in range(count)]
    return [body + damm.calc_check_digit(body) for body in bodies]


def boxes(chance: random.Random, count: int) -> list[str]:
    """DataMatrix codes of medicines of the group: GTIN, serial number, expiry, batch."""
    made = []
    for _ in range(count):
        gtin = chance.choice(shelf.SHELVES).medicine.gtin
        serial, batch = ("".join(chance.choices(string.ascii_letters + string.digits, k=8)) for _ in range(2))
        made.append(f"]d201{gtin}21{serial}{GS}1727123110{batch}")
    return made


async def test_200_codes_under_two_layouts_are_all_understood(browser: Browser):
    chance = random.Random(20261122)  # noqa: S311 - not for secrets
    numbers, codes = sheets(chance, CODES // 2), boxes(chance, CODES // 2)
    async with counter(browser) as page:
        await page.at("field")
        for layout in ({}, CYRILLIC):
            for number in numbers:
                await page.scan(number.translate(layout))
                shown = f"{number[:4]} {number[4:8]} {number[8:]}"
                await page.until(f"root.querySelector('.steps .number')?.textContent === '{shown}'")
        await page.press("F2")
        await page.look_up()
        await page.at("offers")
        for layout in ({}, CYRILLIC):
            for code in codes[:AT_THE_OFFERS]:
                await box(page, code, layout)
        cheapest = shelf.SHELVES[0].medicine
        await page.scan(f"01{cheapest.gtin}21A1")
        await page.until(f"root.querySelector('.offer.chosen b').textContent === '{cheapest.trade_name}'")
        await page.press("Enter")
        await page.at("receipt")
        await page.press("F4")
        await page.at("units")
        for layout in ({}, CYRILLIC):
            for code in codes[AT_THE_OFFERS:]:
                await box(page, code, layout)
        assert await page.field("units") == "60", "nothing of a code is left in a field"


async def box(page: Counter, code: str, layout: dict[int, int]) -> None:
    """Scan a box and see that the agent got its very code."""
    before = len(page.agent.scanned)
    await page.scan(code.translate(layout))
    await page.heard(before + 1)
    told = page.agent.scanned[-1]
    assert (told.kind, told.gtin) == ("box", code[5:19]), code
    assert told.code == code.removeprefix("]d2"), code


async def test_caps_lock_is_told_of_and_turned_back(browser: Browser):
    medicine = shelf.SHELVES[1].medicine
    async with counter(browser) as page:
        await page.look_up()
        await page.at("offers")
        # The DevTools protocol knows no CapsLock: the keys are real, their state is not.
        await page.value("KeyboardEvent.prototype.getModifierState = name => name === 'CapsLock'")
        await page.scan(f"01{medicine.gtin}21aB12345")
        await page.until("root.querySelector('.offer.chosen b').textContent === 'Лизинокор'")
        assert (page.agent.scanned[-1].serial, page.agent.asked[-1][1]["caps_lock"]) == ("Ab12345", True)
        await page.value("KeyboardEvent.prototype.getModifierState = () => false")
        before = len(page.agent.scanned)
        await page.scan(f"01{medicine.gtin}21aB12345")
        await page.heard(before + 1)
        assert (page.agent.scanned[-1].serial, page.agent.asked[-1][1]["caps_lock"]) == ("aB12345", False)


async def test_a_slow_typist_is_no_scanner(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        await page.type("123456789012")
        assert await page.field("receipt") == "123456789012"
        await page.press("Enter")
        await page.at("amount")
        assert [told.kind for told in page.agent.scanned] == ["prescription"], "the sheet and nothing else"


async def test_what_is_no_code_of_ours_stays_where_it_was_scanned(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        await page.scan("FN-99990789-0042")
        await page.until("root.querySelector('#receipt').value === 'FN-99990789-0042'")
        await page.at("receipt")


async def test_a_code_may_end_with_tab_and_its_separator_may_be_f8(browser: Browser):
    medicine = shelf.SHELVES[1].medicine
    async with counter(browser) as page:
        await page.at("field")
        await page.scan(shelf.STANDARD, end="Tab")
        await page.until("root.querySelector('.steps .number') !== null")
        await page.at("field")
        await page.scan(shelf.PIN, end="Tab")
        await page.at("offers")
        await page.keyed([*f"01{medicine.gtin}21AB12345", "F8", *"17271231", "Enter"])
        await page.until("root.querySelector('.offer.chosen b').textContent === 'Лизинокор'")
        assert page.agent.scanned[-1].code == f"01{medicine.gtin}21AB12345{GS}17271231"
