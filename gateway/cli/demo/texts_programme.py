"""What the demo tells of the additional drug programme, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.errors.model import Text

PROGRAMME_TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        "prescribing": Text(
            "6. Үй-бүлөлүк дарыгер жеңилдетилген рецепт жазат",
            "6. Семейный врач выписывает льготный рецепт",
            "6. A family doctor writes a subsidised prescription",
        ),
        "rx.ordered": Text("Жазылганы", "Назначено", "Ordered"),
        "rx.order": Text(
            "лизиноприл 10 мг, 60 таблетка (EX-C01)",
            "лизиноприл 10 мг, 60 таблеток (EX-C01)",
            "lisinopril 10 mg, 60 tablets (EX-C01)",
        ),
        "rx.number": Text("Рецепттин номери", "Номер рецепта", "Number of the prescription"),
        "rx.course": Text("Курстук доза", "Курсовая доза", "Course dose"),
        "rx.valid": Text("Жарактуу, чейин", "Действителен до", "Valid until"),
        "rx.set-aside": Text(
            "Фонддун үлүшү камдалды, сом", "Зарезервирована доля фонда, сом", "Fund's part set aside, som"
        ),
        "of-limit": Text(
            "{amount}, жылдык {limit} лимиттен",
            "{amount} из годового лимита {limit}",
            "{amount} of the year's limit {limit}",
        ),
        "mg": Text("{amount} мг", "{amount} мг", "{amount} mg"),
        "not-insured": Text(
            "Камсыздандырылбаган адамга рецепт жазылбайт:",
            "Незастрахованному рецепт не выписывается:",
            "Nothing is prescribed to somebody who is not insured:",
        ),
        "several-mistakes": Text(
            "Бир нече катасы бар рецепт: баары бир жолу айтылат:",
            "Рецепт с несколькими ошибками: все названы сразу:",
            "An order with several mistakes: all are named at once:",
        ),
        "dispensing": Text(
            "7. Дарыкана рецептти табат, аналогун сунуштайт, бөлүп-бөлүп берет",
            "7. Аптека находит рецепт, предлагает замену, отпускает частями",
            "7. A pharmacy looks it up, offers a substitute, dispenses in parts",
        ),
        "wrong-pin": Text(
            "Номери туура, ПИНи башка: эмнеси туура эмес экени айтылбайт:",
            "Номер верный, ПИН чужой: что именно неверно, не говорится:",
            "The right number with another ПИН: what is wrong of the two is not told:",
        ),
        "offers": Text(
            "Экөө тең туура: калган {units} таблеткага эмне бар; таңгактын баасы, ким канча төлөйт, сом:",
            "Оба верны: что есть на оставшиеся {units} таблеток; цена упаковки и кто сколько платит, сом:",
            "With both right: what there is for all {units} tablets; price of a pack, and who pays what, som:",
        ),
        "trade-name": Text("Соода аталышы", "Торговое название", "Trade name"),
        "pack-price": Text("Таңгак", "Упаковка", "Pack"),
        "retail": Text("Чекене", "Розница", "Retail"),
        "fund-pays": Text("Фонд", "Фонд", "Fund"),
        "patient-pays": Text("Бейтап", "Пациент", "Patient"),
        "settled": Text("Төлөнөт", "К оплате", "Due"),
        "units": Text("Саны", "Единиц", "Units"),
        "left": Text("Калды", "Остаток", "Left"),
        "held": Text(
            "Ар бир сатуу алдын ала эсептелет; жарым саат башка дарыкана бул рецепт боюнча бере албайт.",
            "Каждый отпуск сначала рассчитывается; полчаса другая аптека по этому рецепту не отпустит.",
            "Each sale is quoted first; for half an hour no other pharmacy can dispense this prescription.",
        ),
        "sales": Text(
            "30 таблетка башка аталыш менен, кийин 30у жазылганы менен; баасы ката болуп, кайтарылып, кайра сатылды:",
            "30 таблеток замены, позже 30 назначенных; цена была ошибочной: сторно и новый отпуск:",
            "30 tablets of a substitute, later 30 of what was prescribed; a wrong price is taken back and sold anew:",
        ),
        "what": Text("Эмне", "Что", "What"),
        "sale": Text("{fill}-берүү", "отпуск {fill}", "dispense {fill}"),
        "reversal": Text("{fill}-кайтаруу", "сторно {fill}", "reversal {fill}"),
        "delivered-to": Text(
            "Баары жеткирилди; алардагы каттоо номерлери:",
            "Всё доставлено; номера записей там:",
            "Everything is delivered; the record numbers there:",
        ),
        "to-whom": Text("Кайда", "Куда", "To whom"),
        "record-number": Text("Каттоо номери", "Номер записи", "Record number"),
        "kind.prescription.submit": Text("рецепт", "рецепт", "prescription"),
        "kind.dispense.submit": Text("дары берүү", "отпуск", "dispense"),
        "kind.dispense.reverse": Text("кайтаруу", "сторно", "reversal"),
        "kind.sale.declare": Text("кутунун сатылышы", "продажа упаковки", "sale of a box"),
        "kind.sale.cancel": Text("сатуунун жокко чыгарылышы", "отмена продажи", "its cancellation"),
        "upstream.foms": Text("Фонд: учурлар", "Фонд: случаи", "Fund: cases"),
        "upstream.drug-programme": Text("Фонд: дарылар", "Фонд: лекарства", "Fund: medicines"),
        "upstream.knmdb": Text("KNMDB: кутулар", "KNMDB: упаковки", "KNMDB: boxes"),
        "arithmetic": Text(
            "Рецептсиз эсеп, «gateway quote» менен, сом (компенсация: таблеткага 6.00 же таңгакка 50.00):",
            "Расчёт без рецепта, командой «gateway quote», сом (компенсация 6.00 за таблетку или 50.00 за упаковку):",
            "The arithmetic alone, by «gateway quote», som (compensation of 6.00 a tablet or 50.00 a pack):",
        ),
        "example-of": Text("Мисал", "Пример", "Example"),
        "example.above": Text("баа компенсациядан жогору", "цена выше компенсации", "price above the compensation"),
        "example.below": Text("баа компенсациядан төмөн", "цена ниже компенсации", "price below the compensation"),
        "example.more": Text("курстан ашык сатылды", "продано больше курса", "more sold than the course"),
        "example.less": Text("курстан аз сатылды", "продано меньше курса", "less sold than the course"),
        "example.pack": Text("таңгак үчүн компенсация", "компенсация за упаковку", "compensation of a pack"),
        "example.receipt": Text("чекте 60.00 ашык", "в чеке на 60.00 больше", "receipt with 60.00 too much"),
        "counter": Text(
            "8. Дарыкананын кассасы: бир жолку код менен катталат, агенти аркылуу сатат",
            "8. Касса аптеки: подключается по одноразовому коду, продаёт через своего агента",
            "8. A pharmacy's counter enrols with a one-time code and sells through its agent",
        ),
        "counter.enrolled": Text(
            "Касса {pharmacy} дарыканасынын {client} терминалы болду; ачкычы ошол жерде жасалды.",
            "Касса стала терминалом {client} аптеки {pharmacy}; её ключ создан на месте.",
            "The counter is now the terminal {client} of pharmacy {pharmacy}; its key was made on the spot.",
        ),
        "counter.sold": Text(
            "30 таблетка кутусу сканерленип сатылды: {retail} сом, фонд {compensation}, бейтап {patient}. "
            "Ошол эле ачкыч менен кайталоо экинчи сатуу болбойт.",
            "Отпущено 30 таблеток, коробка отсканирована: {retail} сома, фонд {compensation}, пациент {patient}. "
            "Повтор с тем же ключом второй продажей не стал.",
            "30 tablets sold, their box scanned: {retail} som, the fund {compensation}, the patient {patient}. "
            "The same once more with the same key was no second sale.",
        ),
        "counter.day": Text("Күндүн аягы:", "Итог дня:", "The day's end:"),
        "counter.who": Text("Ким", "Кто", "Who"),
        "counter.sales": Text("Сатуулар", "Отпуски", "Sales"),
        "counter.agent": Text("касса", "касса", "counter"),
        "counter.gateway": Text("шлюз", "шлюз", "gateway"),
        "counter.fund": Text("фонд", "фонд", "fund"),
        "counter-missing": Text(
            "Кассанын программасы (kopuro-pos) орнотулган эмес: бул көрүнүш өткөрүлдү.",
            "Программа кассы (kopuro-pos) не установлена: этот акт пропущен.",
            "The counter's program (kopuro-pos) is not installed: this act is left out.",
        ),
        "counter-page": Text("Кассанын барагы:", "Страница кассы:", "The counter page:"),
        "counter-try": Text(
            "Аракет кылыңыз: рецепт {number}, ПИН {pin}, дагы 30 таблетка калды.",
            "Попробуйте: рецепт {number}, ПИН {pin}, осталось 30 таблеток.",
            "Try it: prescription {number}, ПИН {pin}, 30 tablets are left.",
        ),
        "counter-ended": Text(
            "Касса демо менен чогуу токтоду. Өзүңүз көрүү үчүн: make demo DEMO_OPTIONS=--keep",
            "Касса остановлена вместе с демо. Чтобы попробовать: make demo DEMO_OPTIONS=--keep",
            "The counter ended with the demo. To use it yourself: make demo DEMO_OPTIONS=--keep",
        ),
        "closing": Text(
            "11. Ай жабылат: отчет, өз ара эсептешүү актысы, эки кол, төлөм",
            "11. Месяц закрывается: отчёт, акт взаиморасчётов, две подписи, оплата",
            "11. The month closes: report, act of mutual settlement, two signatures, payment",
        ),
        "clock-set": Text(
            "Айдын аягын күтпөйбүз: шлюз токтоп турат, анын эсептешүү коду {day} күнүнө коюлган саат менен иштейт.",
            "Конца месяца не ждём: шлюз стоит, его код расчётов работает с часами, переведёнными на {day}.",
            "Nobody waits for the month's end: the gateway stands still, and its settlement code runs with the clock "
            "set to {day}.",
        ),
        "report.month": Text("Отчеттук ай", "Отчётный месяц", "Month"),
        "report.lines": Text("Саптар, кайтаруулар менен", "Строк, со сторно", "Lines, reversals among them"),
        "report.retail": Text("Чекене наркы, сом", "Розничная стоимость, сом", "Retail value, som"),
        "report.fund": Text("Фонддун үлүшү, сом", "Доля фонда, сом", "Fund's part, som"),
        "report.patient": Text("Бейтаптын үлүшү, сом", "Доля пациента, сом", "Patient's part, som"),
        "report.settled": Text("Эсептешүүгө, сом", "К расчёту, сом", "To be settled, som"),
        "act.number": Text("Актынын номери", "Номер акта", "Number of the act"),
        "act.signed": Text("Кол койгондор", "Подписали", "Signed by"),
        "act.signers": Text(
            "жетекчи жана башкы бухгалтер", "руководитель и главный бухгалтер", "head and chief accountant"
        ),
        "act.paid": Text("Төлөндү, сом", "Оплачено, сом", "Paid, som"),
        "act.payment": Text("{amount}, {reference}", "{amount}, {reference}", "{amount}, {reference}"),
        "act.early": Text(
            "Эки кол коюлганга чейин төлөм четке кагылды:",
            "До двух подписей оплата отклонялась:",
            "Until both had signed, payment was refused:",
        ),
        "budget": Text(
            "Бюджет, {region}: {charged} сом чегерилди, бекитилгени {approved} сом.",
            "Бюджет, {region}: списано {charged} сома из утверждённых {approved}.",
            "Budget, {region}: {charged} som charged of {approved} approved.",
        ),
        "act-files": Text(
            "Акт PDF түрүндө, кыргызча жана орусча:",
            "Акт в PDF, на кыргызском и русском:",
            "The act as PDF, in Kyrgyz and Russian:",
        ),
    }
)
