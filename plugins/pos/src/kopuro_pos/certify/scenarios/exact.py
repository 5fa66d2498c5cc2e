"""S22–S26: what is sent and shown is exact: receipts, sums, long answers, tablets, boxes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.faults import Fault
from kopuro_pos.certify.findings import clause
from kopuro_pos.certify.harness import Choose, ScanCode
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.scenarios.selling import list_of, must_show_offers, must_show_sums
from kopuro_pos.certify.shelf import medicine
from kopuro_pos.certify.stage import Scenario, Stage, Words

BOX: Final = "010460000000001521K7Qx\x1d1726123110L-42"
"""A DataMatrix: GTIN, serial number, GS, day of expiry, batch."""
_FISCAL: Final = "ФН-9282000100512345/0042"
_MANY: Final = 300


async def receipt_as_printed(stage: Stage) -> None:
    """The fiscal receipt has a long number with letters."""
    quote = must_show_sums(stage, await stage.quoted())
    screen = await stage.finished(await stage.sell(_FISCAL))
    sent = [(sale.receipt_number, str(sale.receipt_amount)) for sale in stage.agent.world.sales.values()]
    wanted = (_FISCAL, str(quote.patient))
    printed = None if screen.receipt is None else (screen.receipt.number, screen.receipt.amount)
    stage.must(CheckId.RECEIPT, sent == [wanted] and printed == wanted, sent=sent, printed=printed, wanted=wanted)


async def sums_of_the_quote(stage: Stage) -> None:
    """Seven tablets of a pack for 1000 som: rounding by the tablet gives other sums."""
    stage.agent.world.shelf["EX-C01"].pack_price = Decimal("1000.00")
    must_show_sums(stage, await stage.quoted(tablets=7))
    stage.must_be_recorded(await stage.finished(await stage.sell()))
    loose = sorted({name for call in stage.agent.journal.calls for name in call.loose_sums})
    stage.must(CheckId.SUMS_WRITTEN, not loose, fields=loose or "all")


async def long_answer(stage: Stage) -> None:
    """Three hundred trade names, in pieces, with fields of a later version."""
    more = (medicine(f"EX-L{number:03}", f"Узак-{number:03}", f"{number:014}") for number in range(1, _MANY + 1))
    stage.agent.world.add_to_shelf(*more, pack_price=Decimal("600.00"))
    for route in (Route.LOOK_UP, Route.QUOTE, Route.SELL):
        stage.agent.strike(route, Fault.IN_PIECES)
    await stage.begin()
    must_show_offers(stage, await stage.look_up(), list_of(stage))
    must_show_sums(stage, await stage.do(Choose(medicine="EX-L300", packs=1)))
    stage.must_be_recorded(await stage.finished(await stage.sell()))


async def tablets(stage: Stage) -> None:
    """Two packs of thirty."""
    must_show_sums(stage, await stage.quoted(packs=2))
    sent = [call.body.get("units") for call in stage.agent.journal.to(Route.QUOTE) if isinstance(call.body, dict)]
    stage.must(CheckId.UNITS, sent == [60], sent=sent, wanted=60)
    stage.must_be_recorded(await stage.finished(await stage.sell()))


async def box_scanned(stage: Stage) -> None:
    """A box is scanned and sold."""
    await stage.begin()
    await stage.look_up()
    await stage.do(ScanCode(text=BOX))
    must_show_sums(stage, await stage.do(Choose(medicine="EX-C01", packs=1)))
    scanned = [call.body.get("text") for call in stage.agent.journal.to(Route.SCAN) if isinstance(call.body, dict)]
    boxes = [quoted.boxes for quoted, _ in stage.agent.world.quotes.values()]
    right = scanned == [BOX] and boxes == [[BOX]]
    stage.must(CheckId.BOX_SENT, right, scanned=[ascii(text) for text in scanned], boxes=ascii(boxes))
    stage.must_be_recorded(await stage.finished(await stage.sell()))


SCENARIOS: Final = (
    Scenario(
        "S22",
        Words(
            Text("Чек басылгандай", "Чек, как напечатан", "The receipt as printed"),
            Text(
                "Фискалдык чектин номери узун, тамгасы жана сызыкчасы бар.",
                "У фискального чека длинный номер с буквами и дробью.",
                "The fiscal receipt has a long number with letters and a stroke.",
            ),
            Text(
                "Номерди жана сумманы басылгандай жөнөтөт; сумма пациенттин үлүшү.",
                "Отправляет номер и сумму, как они напечатаны; сумма равна доле пациента.",
                "Sends number and sum as they are printed; the sum is the patient's share.",
            ),
        ),
        clause("38"),
        receipt_as_printed,
    ),
    Scenario(
        "S23",
        Words(
            Text("Суммалар эсептен", "Суммы из расчёта", "Sums of the quote"),
            Text(
                "Таңгагы 1000 сом турган дарынын жети таблеткасы сатылат.",
                "Продаётся семь таблеток из упаковки за 1000 сомов.",
                "Seven tablets are sold of a pack for 1000 som.",
            ),
            Text(
                "Эсептин суммаларын тыйынына чейин колдонот жана эки орундуу сап менен жазат; өзү эсептебейт.",
                "Берёт суммы расчёта до тыйына и пишет их строкой с двумя знаками; сама не считает.",
                "Takes the sums of the quote to the last tyiyn, writes them as strings of two digits, computes none.",
            ),
        ),
        clause("37"),
        sums_of_the_quote,
    ),
    Scenario(
        "S24",
        Words(
            Text("Узун жооп бөлүктөр менен", "Длинный ответ по частям", "A long answer in pieces"),
            Text(
                "Жоопто үч жүздөн көп аталыш бар, ал майда бөлүктөр менен келет, ичинде белгисиз талаалар бар.",
                "В ответе больше трёхсот наименований, он приходит частями, в нём неизвестные поля.",
                "The answer has over three hundred names, comes in small pieces, and holds unknown fields.",
            ),
            Text(
                "Аягына чейин окуйт, белгисиз талааларды өткөрүп жиберет, бардыгын көрсөтөт.",
                "Дочитывает до конца, пропускает неизвестные поля, показывает всё.",
                "Reads to the end, passes over unknown fields, shows everything.",
            ),
        ),
        clause("36"),
        long_answer,
    ),
    Scenario(
        "S25",
        Words(
            Text("Таңгак эмес, таблетка", "Таблетки, а не упаковки", "Tablets, not packs"),
            Text(
                "Отуз таблеткадан эки таңгак сатылат.",
                "Продаются две упаковки по тридцать таблеток.",
                "Two packs of thirty tablets are sold.",
            ),
            Text("Алтымыш бирдик жөнөтөт.", "Отправляет шестьдесят единиц.", "Sends sixty units."),
        ),
        clause("37"),
        tablets,
    ),
    Scenario(
        "S26",
        Words(
            Text("Таңгактын коду", "Код упаковки", "A box is scanned"),
            Text(
                "Сканер DataMatrix окуйт; анын ичинде GS бөлгүчү бар.",
                "Сканер читает DataMatrix; внутри есть разделитель GS.",
                "The scanner reads a DataMatrix, which holds the separator GS.",
            ),
            Text(
                "Кодду өзгөртпөй /api/scan ге берет, жооптогу «code» менен эсеп сурайт.",
                "Передаёт код в /api/scan без изменений и запрашивает расчёт с «code» из ответа.",
                "Passes it to /api/scan unchanged, and asks for a quote with the answer's «code».",
            ),
        ),
        None,
        box_scanned,
    ),
)
