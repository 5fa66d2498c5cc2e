"""The counter page by keyboard alone: from the sheet to the slip, before an agent that a test can turn off and on."""

from __future__ import annotations

from kopuro_pos.agent.contract import SaleState
from tests.browser.counter import shelf
from tests.browser.counter.driving import counter
from tests.browser.counter.standin import Fault, StandIn
from tests.support.chromium import Browser, needs_chromium

pytestmark = needs_chromium

MOST_PRESSES = 6
FITS = "[...root.querySelectorAll('.left, .right, .course')].every(e => e.scrollHeight <= e.clientHeight + 1)"


async def test_a_standard_dispense_takes_no_more_than_six_keys_and_never_loses_the_focus(browser: Browser):
    async with counter(browser) as page:
        await page.look_up()
        await page.at("offers")
        before = page.tab.presses
        for control in ("receipt", "amount", "dispense", "print", "next"):
            assert await page.value(FITS), await page.text()
            await page.press("Enter")
            await page.at(control)
        assert page.tab.presses - before <= MOST_PRESSES
        await page.press("Enter")
        await page.at("field")
        [sale] = page.agent.sales
        assert (sale.medicine.trade_name, sale.units, str(sale.receipt_amount)) == ("Лизитау", 60, "420.00")
        assert sale.pharmacist == shelf.PHARMACIST
        assert await page.value("document.documentElement.scrollHeight <= innerHeight")


async def test_the_patients_sum_is_the_largest_thing_on_the_screen(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        assert await page.text(".sums .patient dd") == "420,00\nсом" or "420,00" in await page.text(".sums .patient dd")
        sizes = "[...root.querySelectorAll('.counter *')].filter(e => e.childElementCount === 0 || e.tagName === 'DD')"
        largest = f"Math.max(...{sizes}.map(e => parseFloat(getComputedStyle(e).fontSize)))"
        size = "parseFloat(getComputedStyle(root.querySelector('.sums .patient dd')).fontSize)"
        assert await page.value(f"{size} === {largest}")


async def test_number_and_pin_are_typed_too_and_in_any_order(browser: Browser):
    async with counter(browser) as page:
        await page.at("field")
        await page.type(shelf.PIN)
        await page.press("Enter")
        await page.until("root.querySelector('.steps .past') !== null")
        assert shelf.PIN not in await page.text()
        await page.type("6254 9874 1294")
        await page.press("Enter")
        await page.at("offers")
        assert [path for path, _ in page.agent.asked if path == "/api/lookup"] == ["/api/lookup"]


async def test_offers_are_chosen_by_arrow_and_digit(browser: Browser):
    async with counter(browser) as page:
        await page.look_up()
        await page.at("offers")
        shown = "root.querySelector('.offer.chosen b').textContent"
        assert await page.value(shown) == "Лизитау"
        await page.press("ArrowDown", "ArrowDown")
        await page.until(f"{shown} === 'Лизинокор форте'")
        await page.press("4")
        await page.until(f"{shown} === 'Жүрөк-Өмүр'")
        assert "820,00" in await page.text(".sums .patient dd")
        await page.press("Home")
        await page.until(f"{shown} === 'Лизитау'")
        names = await page.value("[...root.querySelectorAll('.offer b')].map(e => e.textContent)")
        assert names[4:] == ["Ирузид Пример", "Лизопресс"], "what is not in stock comes last"


async def test_no_more_is_taken_than_lies_on_the_shelf(browser: Browser):
    async with counter(browser) as page:
        await page.look_up()
        await page.at("offers")
        await page.press("3", "Enter")
        await page.at("receipt")
        assert await page.field("units") == "30"
        await page.says("Останется 30 ед.")


async def test_a_partial_quantity_tells_what_remains_and_until_when(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        await page.press("F4")
        await page.at("units")
        await page.type("20")
        await page.press("Enter")
        await page.says("Останется 40 ед.")
        last = page.agent.prescriptions[shelf.STANDARD].last_day
        await page.says(f"получить до {last:%d.%m.%Y}")
        await page.at("receipt")
        assert await page.field("amount") == "140,00"
        await page.press("F4")
        await page.at("units")
        await page.type("70")
        await page.press("Enter")
        await page.says("сверх курса 10 ед.")
        await page.says("Положение, пункт 43")


async def test_a_changed_quantity_is_reckoned_again_before_it_is_sold(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        await page.press("F4")
        await page.at("units")
        await page.type("20")
        await page.value("root.querySelector('#dispense').click()")
        await page.says("Суммы пересчитаны")
        assert page.agent.sales == []
        assert await page.field("amount") == "140,00"


async def test_without_stock_the_price_is_typed(browser: Browser):
    async with counter(browser) as page:
        await page.look_up(shelf.UNPRICED)
        await page.at("offers")
        await page.press("Enter")
        await page.at("price")
        await page.type("360,50")
        await page.press("Enter")
        await page.at("receipt")
        assert await page.field("amount") == "421,00"


async def test_a_receipt_that_differs_is_warned_of_and_sums_are_read_as_people_write_them(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        await page.press("Enter")
        await page.at("amount")
        await page.type("419,5")
        await page.says("отличается от доли пациента (420,00)")
        await page.press("Enter")
        await page.at("dispense")
        await page.press("Enter")
        await page.at("print")
        assert str(page.agent.sales[0].receipt_amount) == "419.50"


async def test_nothing_is_sold_without_receipt_and_pharmacist(browser: Browser):
    async with counter(browser, StandIn(suggests=False)) as page:
        await page.quoted()
        assert await page.field("receipt") == ""
        await page.value("(root.host.house.name(''), root.querySelector('#dispense').click())")
        await page.says("Наберите номер товарного чека")
        await page.at("receipt")
        await page.type("1041")
        await page.press("Enter")
        await page.at("amount")
        await page.press("Enter")
        await page.at("pharmacist")
        await page.press("Enter", "Enter")
        await page.says("Наберите фамилию")
        await page.at("pharmacist")
        await page.type("Осмонова Б.")
        await page.press("Enter")
        await page.at("dispense")
        assert page.agent.sales == []
        await page.press("Enter")
        await page.at("print")
        assert page.agent.sales[0].pharmacist == "Осмонова Б."


async def test_boxes_are_counted_against_the_quantity(browser: Browser):
    ours, other = shelf.SHELVES[0].medicine, shelf.SHELVES[1].medicine
    async with counter(browser) as page:
        await page.look_up()
        await page.at("offers")
        await page.scan(f"01{other.gtin}21A1B2\x1d17271231")
        await page.until("root.querySelector('.offer.chosen b').textContent === 'Лизинокор'")
        await page.scan(f"01{ours.gtin}21A1B2\x1d17271231")
        await page.until("root.querySelector('.offer.chosen b').textContent === 'Лизитау'")
        await page.press("Enter")
        await page.at("receipt")
        await page.scan(f"01{ours.gtin}21A1B2\x1d17271231")
        await page.says("Отсканируйте ещё: 1")
        await page.scan(f"01{ours.gtin}21A1B2\x1d17271231")
        await page.says("уже отсканирована")
        await page.scan(f"01{other.gtin}21A1B2\x1d17271231")
        await page.says("Это другое лекарство: Лизинокор")
        await page.scan(f"01{ours.gtin}21A1B3\x1d17271231")
        await page.says("Все упаковки отсканированы")
        assert await page.field("receipt") == "000412", "what a scanner types goes into no other field"
        quoted = [body for path, body in page.agent.asked if path == "/api/quote"][-1]
        assert [code.partition("21A1B")[2][0] for code in quoted["boxes"]] == ["2", "3"]
        await page.press("F6")
        await page.at("boxes")
        await page.press("Delete")
        await page.says("Отсканируйте ещё: 1")


async def test_after_the_sale_the_prescription_is_shown_as_the_sale_leaves_it(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        assert await page.text(".card .badge") == "Отпущен полностью"
        assert "0 из 60 ед." in await page.text(".card")
        await page.press("F2")
        await page.quoted(shelf.EXPIRING)
        assert await page.text(".card .badge") == "Действует"
        await page.press("F4")
        await page.at("units")
        await page.type("20")
        for control in ("receipt", "amount", "dispense", "print"):
            await page.press("Enter")
            await page.at(control)
        assert await page.text(".card .badge") == "Отпущен частично"
        assert "40 из 60 ед." in await page.text(".card")


async def test_the_way_to_the_next_patient_is_always_in_sight(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        page.agent.turn(Fault.OFFLINE)
        await page.press("Enter")
        await page.at("amount")
        await page.type("400")
        await page.press("Enter", "Enter")
        await page.at("print")
        await page.says("Чек")
        below = "root.querySelector('#next').getBoundingClientRect().bottom"
        assert await page.value(f"{below} <= root.querySelector('.outcome').getBoundingClientRect().bottom")
        assert await page.value("root.querySelector('.outcome .findings') !== null")


async def test_two_enters_sell_once(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        page.agent.turn(Fault.SLOW)
        await page.press("Enter", "Enter")
        await page.at("dispense")
        await page.press("Enter", "Enter")
        await page.value("root.querySelector('#dispense').click()")
        await page.says("Записывается")
        page.agent.go_on.set()
        await page.at("print")
        asked = [body for path, body in page.agent.asked if path == "/api/sales"]
        assert len(asked) == len(page.agent.sales) == 1


async def test_enter_held_down_stops_at_the_first_step(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        repeated = "new KeyboardEvent('keydown', {key: 'Enter', repeat: true, bubbles: true, composed: true})"
        for _ in range(5):
            await page.value(f"root.activeElement.dispatchEvent({repeated})")
        await page.at("receipt")


async def test_a_prescription_that_is_put_back_is_free_again(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        await page.press("Escape")
        await page.at("offers")
        await page.press("Escape")
        await page.at("field")
        await page.says("Рецепт освобождён")
        assert page.agent.asked[-1][0] == "/api/release"
        await page.sold()
        await page.press("F2")
        await page.at("field")
        assert page.agent.asked[-1][0] == "/api/sales", "what is sold is not released"


async def test_the_next_sheet_may_be_scanned_at_any_moment(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        await page.scan(shelf.EXPIRING)
        await page.until("root.querySelector('.steps .number') !== null")
        await page.scan(shelf.PIN)
        await page.at("offers")
        await page.press("F8")
        await page.at("sales")
        await page.scan(shelf.STANDARD)
        await page.until("root.querySelector('.steps .number')?.textContent === '6254 9874 1294'")
        await page.at("field")


async def test_the_languages_take_turns_and_are_remembered(browser: Browser):
    async with counter(browser) as page:
        await page.quoted(shelf.EXPIRING)
        await page.says("Предельная розничная цена")
        await page.press("F10")
        await page.says("эң жогорку чекене баасы")
        await page.at("receipt")
        assert await page.value("document.documentElement.lang") == "ky"
        await page.tab.tell("Page.reload")
        await page.at("receipt")
        await page.says("Кутулар")
        await page.press("F10")
        await page.says("No largest retail price")


async def test_the_slip_is_printed_once_and_then_as_a_copy(browser: Browser):
    async with counter(browser) as page:
        await page.value("window.printed = 0")
        await page.sold()
        slip = "root.querySelector('kopuro-paper').renderRoot.textContent"
        assert "КОПИЯ" not in await page.value(slip)
        await page.press("Enter")
        await page.at("next")
        frame = "document.querySelector('.kopuro-slip-to-print').contentDocument"
        await page.until(f"{frame}.body.textContent.includes('6254 9874 1294')")
        assert "Ү" in await page.value(f"{frame}.body.textContent")
        assert await page.value(f"{frame}.adoptedStyleSheets.length") == 1
        await page.until(f"{slip}.includes('КОПИЯ')")
        await page.says("Печать копии")


async def test_the_fund_is_told_of_when_it_has_answered(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        await page.says("Фонд: передаётся")
        page.agent.settle()
        await page.says("Фонд: принято")
        await page.says("КДБ-2026-1024")
        assert page.agent.sales[0].state is SaleState.RECORDED


async def test_no_pin_stays_in_the_page(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        kept = "JSON.stringify([{...sessionStorage}, {...localStorage}, location.href, history.state])"
        assert shelf.PIN not in await page.value(kept)
        await page.press("F2")
        await page.quoted()
        assert shelf.PIN not in await page.value(kept)
        assert shelf.PIN not in await page.value("document.documentElement.outerHTML + root.innerHTML")
        asked = [path for path, body in page.agent.asked if shelf.PIN in str(body)]
        assert set(asked) <= {"/api/lookup", "/api/scan"}
