"""What the demo tells its spectator, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gateway.cli.demo.texts_programme import PROGRAMME_TEXTS
from schemas.errors.model import Text

_DAY_TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        "title": Text(
            "Көпүрө: ооруканалардын, дарыгердин жана дарыкананын бир күнү",
            "Көпүрө: один день больниц, врача и аптеки",
            "Köpürö: a day of hospitals, a doctor and a pharmacy",
        ),
        "starting": Text(
            "Шлюз, анын тегерегиндеги жети система жана касса иштетилүүдө…",
            "Запускаются шлюз, семь систем вокруг него и касса…",
            "Starting the gateway, seven systems around it and a counter…",
        ),
        "started": Text(
            "Шлюз, жети система жана касса иштеп турат; адамдардын баары ойдон чыгарылган.",
            "Работают шлюз, семь систем и касса; все люди вымышлены.",
            "The gateway, seven systems and a counter are running; all people are invented.",
        ),
        "example": Text(
            "1. Буйруктун өз мисалы: 950174-уюм, 18-бөлүм, 2025-жылы чыккан",
            "1. Пример самого приказа: организация 950174, отделение 18, выбытие в 2025 году",
            "1. The order's own example: organisation 950174, department 18, discharged in 2025",
        ),
        "day": Text(
            "2. Ооруканалар өз учурларын жөнөтөт ({count})",
            "2. Больницы присылают свои случаи ({count})",
            "2. Hospitals send their cases ({count})",
        ),
        "region": Text("Аймак", "Регион", "Region"),
        "cases": Text("Учурлар", "Случаи", "Cases"),
        "row.bishkek": Text("Бишкек шаары", "город Бишкек", "city of Bishkek"),
        "row.batken": Text("Баткен облусу", "Баткенская область", "Batken region"),
        "row.jalal-abad": Text("Жалал-Абад облусу", "Джалал-Абадская область", "Jalal-Abad region"),
        "row.naryn": Text("Нарын облусу", "Нарынская область", "Naryn region"),
        "row.osh": Text("Ош шаары / Ош облусу", "город Ош / Ошская область", "city and region of Osh"),
        "row.issyk-kul": Text("Ысык-Көл облусу", "Иссык-Кульская область", "Issyk-Kul region"),
        "row.talas": Text("Талас облусу", "Таласская область", "Talas region"),
        "row.chui": Text("Чүй облусу", "Чуйская область", "Chui region"),
        "row.national": Text(
            "Улуттук / республикалык деңгээл", "Национальный / республиканский уровень", "national level"
        ),
        "mistakes": Text(
            "3. Ката учурлар четке кагылат: кайсы пункт, эмне кылуу керек",
            "3. Ошибочные случаи отклоняются: какой пункт и что делать",
            "3. Wrong cases are refused: which clause, and what to do",
        ),
        "direct": Text(
            "10-пункт: жабдылбаган уюмдун түз киргизүүсү кабыл алынды, жабдылгандыкы четке кагылды.",
            "Пункт 10: прямой ввод неоснащённой организации принят, оснащённой — отклонён.",
            "Clause 10: direct entry by an organisation without means was accepted, by an equipped one refused.",
        ),
        "lost": Text(
            "4. Фонддун кээ бир жооптору жолдо жоголот",
            "4. Часть ответов фонда теряется в пути",
            "4. Some of the fund's replies get lost on the way",
        ),
        "doubt": Text(
            "{count} операция күмөндө калды; фонддон КСФ номери боюнча суралды; эч бири эки жолу жөнөтүлгөн жок.",
            "{count} операций остались под сомнением; фонд спрошен по номеру КСФ; ни одна не отправлена дважды.",
            "{count} operations were in doubt; the fund was asked by КСФ number; none was sent twice.",
        ),
        "closed": Text(
            "5. Фонд жабылды; ооруканалар жөнөтө берет",
            "5. Фонд закрыт; больницы продолжают присылать",
            "5. The fund is closed; hospitals go on sending",
        ),
        "waiting": Text(
            "{count} учур кабыл алынды жана күтүп турат.",
            "{count} случаев принято и ждёт.",
            "{count} cases were accepted and wait.",
        ),
        "drained": Text(
            "Фонд ачылды; кезек {seconds} секундда бошоду.",
            "Фонд открыт; очередь опустела за {seconds} с.",
            "The fund is open again; the queue was empty after {seconds} s.",
        ),
        "rejected": Text(
            "Фонддун өз эрежелери {count} учурду кайтарды; бирөөнө жол жабык болуп, адамды күтүп турат.",
            "По своим правилам фонд отклонил {count} случая; одному отказано в доступе, он ждёт человека.",
            "By rules of its own the fund rejected {count} cases; one was denied access and waits for a person.",
        ),
        "admission": Text(
            "9. Ким экенин далилдеген жана укугу бар адам гана кирет",
            "9. Входит только тот, кто доказал, кто он, и имеет право",
            "9. Only those get in who prove who they are and have the right",
        ),
        "who": Text("Ким", "Кто", "Who"),
        "asks": Text("Эмнени сурайт", "Что просит", "Asks for"),
        "gets": Text("Жооп", "Ответ", "Answer"),
        "who.somebody": Text("белгисиз бирөө", "неизвестный", "somebody unknown"),
        "who.stranger": Text("ЕСИ тааныган бөтөн адам", "посторонний, известный ЕСИ", "a stranger whom ESI knows"),
        "asks.operations": Text("операциялар, токенсиз", "операции, без токена", "operations, without a token"),
        "asks.with-password": Text(
            "операциялар, логин жана сырсөз менен",
            "операции, с логином и паролем",
            "operations, with login and password",
        ),
        "asks.sign-in": Text("ЕСИ аркылуу кирүү", "вход через ЕСИ", "sign-in through ESI"),
        "asks.sign-in-signature": Text(
            "кирүү, электрондук кол тамга менен",
            "вход с электронной подписью",
            "sign-in with an electronic signature",
        ),
        "asks.sign-in-card": Text("кирүү, ID-карта менен", "вход с ID-картой", "sign-in with an ID card"),
        "asks.reports": Text("өз дарыканасынын отчеттору", "отчёты своей аптеки", "reports of the own pharmacy"),
        "asks.own-case": Text("өз ооруканасынын учуру", "случай своей больницы", "a case of her own hospital"),
        "asks.foreign-case": Text("башка оорукананын учуру", "случай другой больницы", "a case of another hospital"),
        "asks.parked-operations": Text(
            "адамды күткөн операциялар", "операции, ждущие человека", "operations that wait for a person"
        ),
        "asks.its-case": Text("алардын биринин учуру", "случай одной из них", "the case of one of them"),
        "audit": Text(
            "12. Ким эмне кылганы жазылган; жазууга киришүү байкалат",
            "12. Кто что делал, записано; вмешательство в запись было бы видно",
            "12. Who did what is on record, and tampering with the record would show",
        ),
        "did": Text("Эмне кылды", "Что сделал", "Did what"),
        "times": Text("Канча жолу", "Сколько раз", "How often"),
        "machine": Text("система {name}", "система {name}", "system {name}"),
        "whole": Text(
            "Аудит журналы бүтүн: {entries} жазуу текшерилди, кол коюлган {heads} белги дал келди.",
            "Аудит цел: проверено записей — {entries}, подтверждено подписанных отметок — {heads}.",
            "The audit is whole: {entries} entries verified, {heads} signed heads confirmed.",
        ),
        "broken": Text(
            "Аудит журналы бузулган: {entries} жазуу дал келди, {heads} белги.",
            "Аудит нарушен: сошлось записей — {entries}, отметок — {heads}.",
            "The audit is broken: {entries} entries hold, {heads} heads.",
        ),
        "compare": Text(
            "10. Шлюздун журналы ар бир системанын өз базасы менен салыштырылат",
            "10. Журнал шлюза сравнивается с базой каждой системы",
            "10. The gateway's journal is compared with what each system has itself",
        ),
        "accepted": Text("Кабыл алынды", "Принято", "Accepted"),
        "delivered": Text("Жеткирилди", "Доставлено", "Delivered"),
        "rejected_count": Text("Ал жактан кайтарылды", "Отклонено там", "Rejected there"),
        "parked": Text("Адамды күтөт", "Ждёт человека", "Waiting for a person"),
        "open": Text("Бүтпөгөн", "Не завершено", "Unfinished"),
        "refused": Text("Кабыл алынбаган учурлар", "Не принято случаев", "Cases not accepted"),
        "refused-programme": Text(
            "Четке кагылган рецепттер жана суроолор", "Отклонено рецептов и запросов", "Orders and look-ups refused"
        ),
        "operations": Text("Операциялар", "Операции", "Operations"),
        "at-other-side": Text("Ал жакта сакталды", "Сохранено там", "Stored there"),
        "doubles": Text("Эки жолу сакталды", "Сохранено дважды", "Stored there twice"),
        "missing": Text("Ал жакта жок", "Нет там", "Missing there"),
        "heard": Text("Кайра чалуу аркылуу жеткен окуялар", "Событий дошло обратно", "Events called back"),
        "equal": Text(
            "Кабыл алынган = жеткирилген + кайтарылган + күткөн: {accepted} = {delivered} + {rejected} + {parked}. "
            "Эч нерсе жоголгон жок, эч нерсе эки жолу жеткен жок.",
            "Принято = доставлено + отклонено + ждёт: {accepted} = {delivered} + {rejected} + {parked}. "
            "Ничто не потеряно и не доставлено дважды.",
            "Accepted = delivered + rejected + parked: {accepted} = {delivered} + {rejected} + {parked}. "
            "Nothing was lost, nothing delivered twice.",
        ),
        "unequal": Text(
            "Эсеп келишпейт: {accepted} ≠ {delivered} + {rejected} + {parked}.",
            "Счёт не сходится: {accepted} ≠ {delivered} + {rejected} + {parked}.",
            "The numbers do not agree: {accepted} ≠ {delivered} + {rejected} + {parked}.",
        ),
        "kept": Text(
            "Баары иштеп турат. Токтотуу үчүн Ctrl-C басыңыз.",
            "Всё продолжает работать. Ctrl-C останавливает.",
            "Everything keeps running. Ctrl-C stops it.",
        ),
        "people-enter": Text(
            "Адамдар браузерде «sign in» дареги боюнча ЕСИ аркылуу кирет, сырсөзү {password}:",
            "Люди входят в браузере через ЕСИ по адресу «sign in» с паролем {password}:",
            "People sign in through ESI with a browser at «sign in», with the password {password}:",
        ),
        "role": Text("Ролу", "Роль", "Role"),
        "name": Text("Аты-жөнү", "Имя", "Name"),
        "pin": Text("ПИН (ойдон чыгарылган)", "ПИН (вымышленный)", "ПИН (invented)"),
        "machines-enter": Text(
            "Системалар өз ачкычын көрсөтөт:",
            "Системы предъявляют свой ключ:",
            "Systems show their key:",
        ),
        "number": Text("КСФ номери", "Номер КСФ", "КСФ number"),
        "record": Text("Фонддун каттоо номери", "Номер записи фонда", "The fund's record number"),
        "state": Text("Абалы", "Состояние", "State"),
        "took": Text(
            "Кабыл алуудан ырастоого чейин", "От приёма до подтверждения", "From acceptance to acknowledgement"
        ),
    }
)

TEXTS: Mapping[str, Text] = MappingProxyType({**_DAY_TEXTS, **PROGRAMME_TEXTS})
"""Every sentence by its key."""
