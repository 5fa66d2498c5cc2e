"""What a scenario looks at, and what to mend where it is not so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kopuro_pos.agent.texts import Text


class CheckId(StrEnum):
    """One thing a right till does."""

    CONTRACT = "contract"
    TOKEN_SENT = "token-sent"  # noqa: S105 - an id, not a token
    PIN_KEPT = "pin-kept"
    HARNESS = "harness"
    ONE_KEY = "one-key"
    SAME_ORDER = "same-order"
    TRIED_AGAIN = "tried-again"
    ONE_SALE = "one-sale"
    NOTHING_SOLD = "nothing-sold"
    NOT_REPEATED = "not-repeated"
    GOODS_KEPT = "goods-kept"
    GOODS_HANDED_OVER = "goods-handed-over"
    STATE_SHOWN = "state-shown"
    OFFERS_SHOWN = "offers-shown"
    CHOICE_SENT = "choice-sent"
    UNITS = "units"
    SUMS_SHOWN = "sums-shown"
    SUMS_WRITTEN = "sums-written"
    RECEIPT = "receipt"
    REMAINDER_SHOWN = "remainder-shown"
    FINDING_SHOWN = "finding-shown"
    ADVICE_SHOWN = "advice-shown"
    CLAUSE_SHOWN = "clause-shown"
    LANGUAGE = "language"
    LETTERS = "letters"
    HOLD_SHOWN = "hold-shown"
    ASKED = "asked"
    OFFLINE_MARKED = "offline-marked"
    SEEN_SENT = "seen-sent"
    REASON_SENT = "reason-sent"
    BOX_SENT = "box-sent"
    DAY_SHOWN = "day-shown"


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the till: whether it was right, and what was seen (figures and ids, nothing personal)."""

    id: CheckId
    right: bool
    seen: str


MENDING: Final[Mapping[CheckId, Text]] = {
    CheckId.CONTRACT: Text(
        "Сурамдарды келишимдеги жолдор, талаалар жана түрлөр менен гана жөнөтүңүз; ачкычты башка буйрукка колдонбоңуз.",
        "Отправляйте только пути, поля и типы из договора; не используйте ключ для другого заказа.",
        "Send only the paths, fields and types of the contract; never use a key for another order.",
    ),
    CheckId.TOKEN_SENT: Text(
        "Ар бир сурамга «Authorization: Bearer» сабында орнотуунун токенин кошуңуз.",
        "К каждому запросу добавляйте токен установки в заголовке «Authorization: Bearer».",
        "Add the installation's token to every request, in the header «Authorization: Bearer».",
    ),
    CheckId.PIN_KEPT: Text(
        "ПИНди издөөнүн денесинде гана жөнөтүңүз; даректе жана башка сурамдарда ал болбошу керек.",
        "ПИН передавайте только в теле поиска; в адресе и в других запросах его быть не должно.",
        "Send the ПИН only in the body of the look-up; neither the address nor any other request may hold it.",
    ),
    CheckId.HARNESS: Text(
        "Сыноо көпүрөсү аракетти аткарып, экранды кайтарууга тийиш: docs/pos-certify.md.",
        "Испытательный мост должен выполнить действие и вернуть экран: docs/pos-certify.md.",
        "The harness has to perform the action and answer with the screen: docs/pos-certify.md.",
    ),
    CheckId.ONE_KEY: Text(
        "Ачкычты биринчи аракетке чейин бир жолу түзүп, буйрук менен бирге дискке жазыңыз; ар бир кайталоодо ошону "
        "жөнөтүңүз.",
        "Создавайте ключ один раз до первой попытки, храните его на диске вместе с заказом и повторяйте именно его.",
        "Make the key once, before the first try; keep it on disk with the order and send it with every repeat.",
    ),
    CheckId.SAME_ORDER: Text(
        "Кайталоодо буйрукту өзгөртпөңүз: ачкыч да, денеси да биринчи жолкудай.",
        "При повторе не меняйте заказ: ключ и тело те же, что в первый раз.",
        "Repeat the order unchanged: key and body as the first time.",
    ),
    CheckId.TRIED_AGAIN: Text(
        "Жооп келбесе же окулбаса, сатуунун тагдыры белгисиз: ошол эле буйрукту жооп келгенче кайталаңыз.",
        "Если ответа нет или он не читается, судьба продажи неизвестна: повторяйте тот же заказ, пока не ответят.",
        "Without an answer that can be read the sale's fate is unknown: repeat the same order until there is one.",
    ),
    CheckId.ONE_SALE: Text(
        "Бир чек бир сатуу болууга тийиш: экинчи ачкыч экинчи сатууну жаратат.",
        "Один чек должен стать одной продажей: второй ключ создаёт вторую продажу.",
        "One receipt has to become one sale: a second key makes a second sale.",
    ),
    CheckId.NOTHING_SOLD: Text(
        "Бул абалда сатууну жөнөтпөңүз.",
        "В этом положении не отправляйте продажу.",
        "Send no sale as things stand.",
    ),
    CheckId.NOT_REPEATED: Text(
        "Так баш тартуудан кийин токтоп, адамга айтыңыз; башка ачкыч менен кайра жөнөтпөңүз.",
        "После определённого отказа остановитесь и скажите человеку; не отправляйте снова с другим ключом.",
        "After a definite refusal stop and tell the person; do not send it again under another key.",
    ),
    CheckId.GOODS_KEPT: Text(
        "Дарыны «recorded» же кармоо менен «waiting» келгенче бербеңиз.",
        "Не отпускайте лекарство до «recorded» или до «waiting» при удержании.",
        "Do not hand the goods over before «recorded», or «waiting» under a hold.",
    ),
    CheckId.GOODS_HANDED_OVER: Text(
        "Сатуу жазылганда (же кармоо менен күткөндө) дарыны берүүгө болорун айтыңыз.",
        "Когда продажа записана (или ждёт при удержании), скажите, что лекарство можно отдать.",
        "Once the sale is recorded (or waits under a hold), say that the goods may be handed over.",
    ),
    CheckId.STATE_SHOWN: Text(
        "Сатуунун абалын агент айткандай көрсөтүңүз: күтүүдө, жазылды, баш тартылды же белгисиз.",
        "Показывайте состояние продажи, каким его назвал агент: ждёт, записана, отказ или неизвестно.",
        "Show the state of the sale as the agent told it: waiting, recorded, refused or unknown.",
    ),
    CheckId.OFFERS_SHOWN: Text(
        "Топтун бардык соода аталыштарын агент берген ирет менен көрсөтүңүз; бирин да калтырбаңыз.",
        "Показывайте все торговые наименования группы в порядке агента; ни одного не опускайте.",
        "Show every trade name of the group in the agent's order; leave none out.",
    ),
    CheckId.CHOICE_SENT: Text(
        "Эсепти пациент тандаган дарыга, ошол саптын баасы менен сураңыз.",
        "Запрашивайте расчёт на то лекарство, которое выбрал пациент, по цене этой строки.",
        "Ask for a quote of the medicine the patient chose, at the price of that line.",
    ),
    CheckId.UNITS: Text(
        "«units» таблетканын саны, таңгактыкы эмес: таңгакты pack_size ге көбөйтүңүз.",
        "«units» считает таблетки, а не упаковки: умножайте упаковки на pack_size.",
        "«units» counts tablets, not packs: multiply packs by pack_size.",
    ),
    CheckId.SUMS_SHOWN: Text(
        "Үч сумманы эсептөөнүн жообунан тыйынына чейин алыңыз; кассада эсептебеңиз.",
        "Берите все три суммы из ответа расчёта до тыйына; в кассе их не вычисляйте.",
        "Take the three sums from the quote to the last tyiyn; compute none at the till.",
    ),
    CheckId.SUMS_WRITTEN: Text(
        'Суммаларды JSONдо чекиттен кийин эки орундуу сап катары жазыңыз: "198.30".',
        'Пишите суммы в JSON строкой с двумя знаками после точки: "198.30".',
        'Write sums in JSON as strings with two digits after the point: "198.30".',
    ),
    CheckId.RECEIPT: Text(
        "Чектин номерин жана суммасын басылгандай жөнөтүңүз; сумма эсептеги пациенттин үлүшүнө барабар.",
        "Передавайте номер и сумму чека, как они напечатаны; сумма равна доле пациента из расчёта.",
        "Send the receipt's number and sum as they are printed; the sum is the patient's share of the quote.",
    ),
    CheckId.REMAINDER_SHOWN: Text(
        "Калган таблеткаларды жана рецепттин акыркы күнүн көрсөтүңүз.",
        "Показывайте, сколько таблеток осталось, и последний день рецепта.",
        "Show how many tablets are left, and the prescription's last day.",
    ),
    CheckId.FINDING_SHOWN: Text(
        "Жооптогу бардык билдирүүлөрдү толук көрсөтүңүз, биринчисин эле эмес.",
        "Показывайте все замечания ответа целиком, а не только первое.",
        "Show every finding of the answer in full, not just the first.",
    ),
    CheckId.ADVICE_SHOWN: Text(
        "Билдирүүнүн жанында эмне кылуу керектигин («action») көрсөтүңүз.",
        "Рядом с сообщением показывайте, что делать («action»).",
        "Beside the message show what to do («action»).",
    ),
    CheckId.CLAUSE_SHOWN: Text(
        "Билдирүүнүн жанында анын пунктун («clause») көрсөтүңүз.",
        "Рядом с сообщением показывайте его пункт («clause»).",
        "Beside the message show its clause («clause»).",
    ),
    CheckId.LANGUAGE: Text(
        "Фармацевттин тилин «Accept-Language» сабында же ?language= менен айтыңыз.",
        "Называйте язык фармацевта в «Accept-Language» или в ?language=.",
        "Name the pharmacist's language in «Accept-Language» or in ?language=.",
    ),
    CheckId.LETTERS: Text(
        "Бардык жерде UTF-8 колдонуңуз: Ө, Ү, Ң тамгалары эки тарапка тең өзгөрбөйт.",
        "Всюду используйте UTF-8: буквы Ө, Ү, Ң не меняются ни туда, ни обратно.",
        "Use UTF-8 throughout: the letters Ө, Ү, Ң stay as they are both ways.",
    ),
    CheckId.HOLD_SHOWN: Text(
        "Рецептти ким кармап турганын көрсөтүңүз: биз же башка дарыкана, аталышы жок.",
        "Показывайте, кем удержан рецепт: нами или другой аптекой, без её названия.",
        "Show who holds the prescription: we, or another pharmacy, without its name.",
    ),
    CheckId.ASKED: Text(
        "Адамдан туура нерсени сураңыз: оңдоо, макулдук, кийинчерээк кайталоо же операторду чакыруу.",
        "Просите у человека то, что нужно: исправить, согласиться, повторить позже или позвать оператора.",
        "Ask the person for what is needed: to correct, to agree, to try again later, or to call the operator.",
    ),
    CheckId.OFFLINE_MARKED: Text(
        "Байланышсыз, кармоо менен жасалган сатууну өзүнчө белгилеңиз (кызыл менен).",
        "Помечайте продажу, сделанную без связи при удержании (красным).",
        "Mark a sale that was made under a hold without the gateway (in red).",
    ),
    CheckId.SEEN_SENT: Text(
        "Фармацевт баш тартууну окуганда POST /api/sales/{id}/seen жөнөтүңүз, андан мурда эмес.",
        "Когда фармацевт прочёл отказ, отправьте POST /api/sales/{id}/seen, не раньше.",
        "When the pharmacist has read the refusal, send POST /api/sales/{id}/seen, not before.",
    ),
    CheckId.REASON_SENT: Text(
        "Кайтаруунун себебин тандалгандай жөнөтүңүз.",
        "Передавайте причину возврата такой, какой её выбрали.",
        "Send the reason of the reversal as it was chosen.",
    ),
    CheckId.BOX_SENT: Text(
        "Сканерден келген кодду өзгөртпөй /api/scan ге бериңиз (GS менен), эсепке жооптогу «code» талаасын кошуңуз.",
        "Передавайте сканированное в /api/scan без изменений (вместе с GS), а в расчёт — поле «code» из ответа.",
        "Pass what was scanned to /api/scan unchanged (with GS), and put the answer's «code» into the quote.",
    ),
    CheckId.DAY_SHOWN: Text(
        "Күндүн жыйынтыгында ар бир айырманы өзүнчө сап катары көрсөтүңүз; «баары туура» деп жазбаңыз.",
        "В итоге дня показывайте каждое расхождение отдельной строкой; не пишите, что всё сошлось.",
        "At the day's end show every difference as a line of its own; do not say that all is well.",
    ),
}
"""What to mend where a check went wrong."""
