"""What the counter does when something breaks: it never sells twice, loses nothing, and says in words what is wrong."""

from __future__ import annotations

import asyncio

import pytest

from kopuro_pos.agent.contract import Sale, SaleOrder
from tests.browser.counter import shelf
from tests.browser.counter.driving import Counter, counter
from tests.browser.counter.standin import Fault, StandIn
from tests.support.chromium import Browser, needs_chromium

pytestmark = needs_chromium

REFRESHES = 8
KEYS = "JSON.parse(sessionStorage.getItem('kopuro-counter'))?.key"


async def dispense(page: Counter) -> None:
    """From the receipt to the button, and press it."""
    await page.press("Enter", "Enter")
    await page.at("dispense")
    await page.press("Enter")


async def test_a_refresh_in_mid_commit_sells_once_and_shows_what_became_of_it(browser: Browser):
    async with counter(browser) as page:
        for made in range(1, REFRESHES + 1):
            await page.quoted()
            page.agent.turn(Fault.SLOW)
            await dispense(page)
            await page.says("Записывается")
            # Half of them while the agent still works, half when its answer is already on the way.
            if made % 2:
                page.agent.go_on.set()
            await page.value("window.old = true")
            await page.tab.tell("Page.reload")
            await page.until("window.old === undefined")
            page.agent.turn()
            page.agent.go_on.set()
            await page.until("['print', 'dispense'].includes(root.activeElement?.id)")
            if await page.value("root.activeElement.id") == "dispense":
                await page.press("Enter")  # it had not even reached the agent
            # Where the agent's answer came before that key, the key has printed.
            await page.until("['print', 'next'].includes(root.activeElement?.id)")
            await page.says("Отпуск записан")
            page.agent.go_on.clear()
            assert len(page.agent.sales) == made
            await page.press("F2")
            await page.at("field")
    keys = [body["key"] for path, body in page.agent.asked if path == "/api/sales"]
    assert len(set(keys)) == REFRESHES


async def test_a_refresh_after_it_shows_the_sale_again_and_prints_a_copy(browser: Browser):
    async with counter(browser) as page:
        await page.sold()
        await page.press("Enter")
        await page.at("next")
        await page.tab.tell("Page.reload")
        await page.says("Печать копии")
        await page.says("Отпуск записан")
        assert len(page.agent.sales) == 1


async def test_a_refresh_before_it_brings_back_the_quote_under_the_same_key(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        key = await page.value(KEYS)
        await page.tab.tell("Page.reload")
        await page.at("receipt")
        await page.says("Лизитау")
        assert await page.value(KEYS) == key
        await dispense(page)
        await page.at("print")
        assert [sale.key for sale in page.agent.sales] == [key]


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.LOST_REQUEST])
async def test_a_broken_answer_is_asked_after(browser: Browser, fault: Fault):
    async with counter(browser) as page:
        await page.quoted()
        page.agent.turn(fault)
        await dispense(page)
        if fault is Fault.LOST_REQUEST:
            await page.says("Продажа не записана")
            await page.at("dispense")
            page.agent.turn()
            await page.press("Enter")
        await page.at("print")
        keys = {body["key"] for path, body in page.agent.asked if path == "/api/sales"}
        assert len(keys) == len(page.agent.sales) == 1


async def test_what_was_sent_and_then_changed_is_not_sold_again(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        # As if the answer to «is it recorded?» had come before the agent had written it.
        page.agent.turn(Fault.LOST_REQUEST)
        await dispense(page)
        await page.says("Продажа не записана")
        page.agent.turn()
        sent = [body for path, body in page.agent.asked if path == "/api/sales"][-1]
        page.agent.sales.append(await late(page, sent))
        await page.value("root.host.dispensing.fillIn('receipt', '77')")
        await page.at("dispense")
        await page.press("Enter")
        await page.says("уже записана")
        await page.at("print")
        assert len(page.agent.sales) == 1


async def late(page: Counter, order: dict[str, str]) -> Sale:
    """The sale that an order makes, at another moment."""
    made = await page.agent.sell(SaleOrder.model_validate(order), "ru")
    page.agent.sales.remove(made)
    return made


async def test_a_refused_sale_is_corrected_and_tried_under_a_new_key(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        first = await page.value(KEYS)
        page.agent.turn(Fault.SALE_REFUSED)
        await dispense(page)
        await page.says("отпущена вся курсовая доза")
        await page.says("Положение, пункт 37, 43")
        await page.at("dispense")
        page.agent.turn()
        await page.press("Enter")
        await page.at("print")
        assert page.agent.sales[0].key != first


async def test_a_refused_price_is_told_with_clause_and_advice(browser: Browser):
    async with counter(browser) as page:
        await page.look_up()
        await page.at("offers")
        page.agent.turn(Fault.PRICE_REFUSED)
        await page.press("Enter")
        await page.says("Цена выше утверждённой предельной")
        await page.says("Снизьте цену")
        await page.says("пункт 39")
        await page.at("units")
        await page.press("Escape")
        await page.at("offers")
        assert "отказано" in await page.text("#offer-0")


async def test_without_a_line_a_held_prescription_is_sold_and_waits(browser: Browser):
    async with counter(browser) as page:
        await page.quoted()
        page.agent.turn(Fault.OFFLINE)
        await page.says("Нет связи со шлюзом с")
        await page.says("Отпуск возможен под удержанием")
        await dispense(page)
        await page.at("print")
        await page.says("Отпуск записан здесь и ждёт шлюза")
        await page.says("Продажа без связи, под удержанием")
        await page.until("root.querySelector('kopuro-paper')?.renderRoot.querySelector('.alarm') !== null")


async def test_without_a_line_a_look_up_gives_up_and_is_tried_again_by_enter(browser: Browser):
    async with counter(browser) as page:
        page.agent.turn(Fault.OFFLINE)
        await page.look_up()
        await page.says("Шлюз не отвечает")
        await page.at("field")
        told = "root.querySelector('.middle .findings').getBoundingClientRect().bottom"
        assert await page.value(f"{told} <= root.querySelector('.middle').getBoundingClientRect().bottom")
        page.agent.turn()
        await page.until("root.querySelector('.alarms p') === null")
        await page.press("Enter")
        await page.at("offers")


@pytest.mark.parametrize(
    ("fault", "words"),
    [(Fault.CLOCK_WRONG, "Часы компьютера неверны"), (Fault.DISK_FULL, "Диск полон")],
)
async def test_what_stops_selling_is_red_and_says_what_to_do(browser: Browser, fault: Fault, words: str):
    async with counter(browser) as page:
        await page.quoted()
        page.agent.turn(fault)
        await page.says(words)
        await dispense(page)
        await page.until("root.querySelector('.right .findings .error') !== null")
        assert page.agent.sales == []
        page.agent.turn()
        await page.until("root.querySelector('.alarms p') === null")
        await page.at("dispense")
        await page.press("Enter")
        await page.at("print")


async def test_another_pharmacys_prescription_is_told_of_without_its_name(browser: Browser):
    async with counter(browser) as page:
        await page.look_up(shelf.HELD)
        await page.says("Занят другой аптекой с")
        await page.at("offers")
        await page.press("Enter")
        await page.says("По рецепту отпускает другая аптека")


async def test_a_wrong_pin_is_typed_anew_and_a_family_name_given_where_asked(browser: Browser):
    async with counter(browser) as page:
        await page.at("field")
        await page.scan(shelf.STANDARD)
        await page.until("root.querySelector('.steps .number') !== null")
        await page.scan("21205197000026")
        await page.says("не найден")
        await page.at("field")
        await page.says("ПИН пациента")
        page.agent.turn(Fault.FACTOR_REQUIRED)
        await page.scan(shelf.PIN)
        await page.says("Фамилия пациента")
        await page.type("Асанов")
        await page.press("Enter")
        await page.at("offers")


async def test_a_mistyped_number_is_told_at_once(browser: Browser):
    async with counter(browser) as page:
        await page.at("field")
        await page.type("6254 9874 1295")
        await page.press("Enter")
        await page.says("последняя проверяет остальные")
        await page.at("field")
        assert all(path != "/api/lookup" for path, _ in page.agent.asked)


async def test_the_page_waits_for_an_agent_that_is_restarted(browser: Browser):
    async with counter(browser) as page:
        await page.at("field")
        await page.tab.tell("Network.enable")
        line = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        await page.tab.tell("Network.emulateNetworkConditions", **line)
        await page.scan(shelf.STANDARD)
        await page.says("Агент не отвечает")
        await page.tab.tell("Network.emulateNetworkConditions", **{**line, "offline": False})
        await page.scan(shelf.STANDARD)
        await page.until("root.querySelector('.steps .number') !== null")


async def test_two_tills_on_one_prescription(browser: Browser):
    one, other = StandIn(), StandIn()
    async with counter(browser, one) as first, counter(browser, other) as second:
        await asyncio.gather(first.quoted(), second.look_up())
        await second.at("offers")
        held = other.prescriptions[shelf.STANDARD]
        object.__setattr__(held, "held_by_other", True)  # the gateway knows of the first till's hold
        await second.press("Enter")
        await second.says("По рецепту отпускает другая аптека")
        await dispense(first)
        await first.at("print")
        assert (len(one.sales), len(other.sales)) == (1, 0)


async def test_a_page_that_nobody_let_in_says_how_to_get_in(browser: Browser):
    async with counter(browser) as page:
        await page.at("field")
        await page.tab.tell("Network.clearBrowserCookies")
        await page.tab.tell("Page.reload")
        await page.at("code")
        await page.says("kopuro-pos counter")
        await page.type("XXXX-YYYY")
        await page.press("Enter")
        await page.until("root.querySelector('.findings .error') !== null")
        page.agent.codes.add("NEWC-ODE1")
        await page.value("root.querySelector('#code').value = ''")
        await page.type("NEWC-ODE1")
        await page.press("Enter")
        await page.at("field")
