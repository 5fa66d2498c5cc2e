"""The counter's other rooms: sales of a day and their reversal, day's end, the queue and what was refused."""

from __future__ import annotations

from kopuro_pos.agent.contract import SaleState
from tests.browser.counter import answers, shelf
from tests.browser.counter.driving import counter
from tests.browser.counter.standin import Fault
from tests.support.chromium import Browser, needs_chromium

pytestmark = needs_chromium


async def test_a_sale_is_taken_back_in_two_steps_with_a_reason(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        await page.press("F8")
        await page.at("sales")
        await page.until("root.querySelector('#sale-0')")
        await page.press("Enter")
        await page.at("reason")
        await page.press("ArrowDown", "3", "Enter")
        await page.at("confirm")
        await page.says("Пациенту вернуть 420,00 сом")
        assert len(page.agent.sales) == 1, "nothing is taken back before it is confirmed"
        await page.press("Escape")
        await page.at("reason")
        await page.press("Enter", "Enter")
        await page.at("next")
        await page.says("Возврат записан")
        sale, back = page.agent.sales
        assert (back.reversal_of, back.reason, sale.reversed_by) == (sale.id, "wrong-quantity", back.id)
        await page.press("Enter")
        await page.at("sales")
        await page.says("возвращено")
        await page.press("ArrowDown", "Enter")
        await page.says("Эту запись вернуть нельзя")
        await page.press("Escape")
        await page.at("print")


async def test_days_are_turned_with_page_up_and_down(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        await page.press("F8")
        await page.until("root.querySelector('#sale-0')")
        await page.press("PageUp")
        await page.says("За этот день продаж нет")
        await page.at("sales")
        await page.press("PageDown")
        await page.until("root.querySelector('#sale-0')")
        await page.press("PageDown")
        assert await page.text(".head .days b") == f"{answers.today():%d.%m.%Y}", "there is no tomorrow"


async def test_the_days_end_shows_three_columns_and_names_what_differs(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        await page.press("F9")
        await page.at("day")
        await page.says("Сходится: разница 0,00")
        columns = "[...root.querySelectorAll('table.day thead th')].map(e => e.textContent)"
        assert await page.value(columns) == ["Эта касса", "Шлюз", "Фонд"]
        page.agent.turn(Fault.UNBALANCED)
        await page.press("Enter")
        await page.says("Не сходится. Разобрать: 1")
        await page.says("Ещё не дошло до Фонда")
        assert await page.value("root.querySelectorAll('td.differs').length") > 0
        page.agent.turn(Fault.OFFLINE)
        await page.press("Enter")
        await page.says("сверить пока нельзя")
        await page.press("Escape")
        await page.at("print")


async def test_the_queue_and_what_was_refused_after_the_goods_were_gone(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        page.agent.wait_for_gateway(120)
        gone = {"state": SaleState.REFUSED, "findings": [shelf.finding("RX_DISPENSED", "ru")]}
        page.agent.refused = [page.agent.sales[0].model_copy(update=gone)]
        page.agent.turn(Fault.OFFLINE)
        await page.says("Очередь: 120")
        await page.says("Без связи, под удержанием: 30")
        await page.says("Отказано: 1 – F7")
        await page.press("F7")
        await page.at("seen")
        await page.says("Ждут передачи: 120")
        await page.says("отпущена вся курсовая доза")
        await page.press("Enter")
        await page.at("queue")
        assert page.agent.refused == []
        assert page.agent.asked[-1] == (page.agent.asked[-1][0], {"pharmacist": shelf.PHARMACIST})
        page.agent.wait_for_gateway(0)
        page.agent.turn()
        await page.says("Очередь пуста: всё передано")


async def test_every_key_of_the_bottom_row_works_from_everywhere(browser: Browser):
    async with counter(browser) as page:
        await page.at("field")
        rooms = {"F7": "queue", "F8": "sales", "F9": "day", "F2": "field"}
        for first in rooms:
            for key, control in rooms.items():
                await page.press(first, key)
                await page.at(control)
        row = await page.text(".keys")
        for cap in ("F2", "F4", "F6", "F7", "F8", "F9", "F10", "Esc", "Enter"):
            assert cap in row
        await page.value("[...root.querySelectorAll('.keys button')][4].click()")
        await page.at("sales")
