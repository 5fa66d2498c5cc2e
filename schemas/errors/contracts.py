"""Entries of the catalogue: pharmacy contracts, budget, limit (drug programme, chapters 2, 4 and 6)."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import noted, programme, refused
from schemas.errors.model import Actor, ErrorEntry, Text

_APPLICATIONS: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.APPLICATION_NOT_FOUND: refused(
        programme("28"),
        Text(
            "Мындай арыз жок.",
            "Такой заявки нет.",
            "There is no such application.",
        ),
        Text(
            "Арыздын белгисин арыздардын тизмесинен алыңыз.",
            "Возьмите идентификатор заявки из списка заявок.",
            "Take the application's id from the list of applications.",
        ),
        actor=Actor.INTEGRATOR,
        status=404,
    ),
    ErrorCode.APPLICATION_INCOMPLETE: refused(
        programme("28"),
        Text(
            "Арыз толук эмес: {field} жок.",
            "Заявка неполна: нет {field}.",
            "The application is incomplete: {field} is missing.",
        ),
        Text(
            "Фонддун формасын толук толтуруп, жетекчинин колун койдуруңуз.",
            "Заполните форму фонда полностью и подпишите её у руководителя.",
            "Fill in the fund's form completely and have the head sign it.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.APPLICATION_STATE: refused(
        programme("28", "30"),
        Text(
            "Арыздын абалы буга жол бербейт: {state}.",
            "Состояние заявки этого не допускает: {state}.",
            "The application's state does not allow this: {state}.",
        ),
        Text(
            "Каралып жаткан арыздын чечимин күтүңүз; чечилген арызга кайра чечим чыгарылбайт.",
            "Дождитесь решения по рассматриваемой заявке; по решённой заявке второго решения не бывает.",
            "Wait for the decision on the application under consideration; a decided one is not decided again.",
        ),
        actor=Actor.PHARMACY,
        status=409,
    ),
    ErrorCode.PHARMACY_LICENCE: refused(
        programme("27"),
        Text(
            "Дарыкананын лицензиясы {until} күнү бүткөн.",
            "Лицензия аптеки закончилась {until}.",
            "The pharmacy's licence ended on {until}.",
        ),
        Text(
            "Күчүндөгү лицензияны көрсөтүңүз.",
            "Укажите действующую лицензию.",
            "Give a licence that is in force.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.TAX_DEBT: refused(
        programme("29"),
        Text(
            "Дарыкананын милдеттүү салыктык төлөмдөр боюнча карызы бар: келишим түзүлбөйт.",
            "У аптеки есть долг по обязательным налоговым платежам: договор не заключается.",
            "The pharmacy owes mandatory taxes: no contract is concluded.",
        ),
        Text(
            "Карыз төлөнгөндөн кийин кайра текшериңиз же негиздүү баш тартыңыз.",
            "Проверьте снова после уплаты долга или откажите с обоснованием.",
            "Check again once the debt is paid, or refuse with reasons.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.TAX_CHECK_REQUIRED: refused(
        programme("29"),
        Text(
            "Келишим түзүлгөн {day} күнүнө карата салык карызы текшерилген эмес.",
            "Нет проверки налоговой задолженности на день заключения договора, {day}.",
            "There is no check for tax debts as of the day of conclusion, {day}.",
        ),
        Text(
            "Мамлекеттик маалыматтык системадан ошол күнү текшерип, жоопту көрсөтүңүз.",
            "Проверьте в государственной информационной системе в этот день и приложите ответ.",
            "Check in the state's information system on that day and give its answer.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.REFUSAL_REASON_REQUIRED: refused(
        programme("30"),
        Text(
            "Баш тартуу негизделген эмес.",
            "Отказ не обоснован.",
            "The refusal has no reasons.",
        ),
        Text(
            "Баш тартуунун ар бир себебин жазыңыз.",
            "Запишите каждую причину отказа.",
            "Write down each reason of the refusal.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.REFUSAL_LATE: noted(
        programme("30"),
        Text(
            "Баш тартуу кечикти: ал {due} күнүнө чейин жөнөтүлүшү керек эле.",
            "Отказ запоздал: его надо было направить по {due}.",
            "The refusal is late: it was to be sent by {due}.",
        ),
        Text(
            "Арыз ээсине дароо жөнөтүңүз; кечигүү жазылды.",
            "Направьте его заявителю немедленно; опоздание записано.",
            "Send it to the applicant at once; the delay is on record.",
        ),
        actor=Actor.FUND,
    ),
}

_CONTRACTS: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.CONTRACT_NOT_FOUND: refused(
        programme("29"),
        Text(
            "Мындай келишим жок.",
            "Такого договора нет.",
            "There is no such contract.",
        ),
        Text(
            "Келишимдин белгисин келишимдердин тизмесинен алыңыз.",
            "Возьмите идентификатор договора из списка договоров.",
            "Take the contract's id from the list of contracts.",
        ),
        actor=Actor.INTEGRATOR,
        status=404,
    ),
    ErrorCode.CONTRACT_NUMBER: refused(
        programme("29"),
        Text(
            "Мындай номердеги келишим бар.",
            "Договор с таким номером уже есть.",
            "There is a contract with this number already.",
        ),
        Text(
            "Башка номер бериңиз.",
            "Дайте другой номер.",
            "Give another number.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.CONTRACT_DATES: refused(
        programme("29", "53"),
        Text(
            "Күн келишимге туура келбейт: эң эртеси {earliest}, эң кеч — келишимдин акыркы күнү.",
            "День не подходит договору: самое раннее {earliest}, самое позднее — его последний день.",
            "The day does not fit the contract: {earliest} at the earliest, its last day at the latest.",
        ),
        Text(
            "Бүгүнкү же кийинки күндү бериңиз: өткөн сатууларга келишим таасир этпейт.",
            "Укажите сегодняшний день или более поздний: на прошлые продажи договор не влияет.",
            "Give today or a later day: a contract does not change past sales.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.CONTRACT_OVERLAP: refused(
        programme("29"),
        Text(
            "Бул дарыкананын ошол күндөргө {number} келишими бар.",
            "У этой аптеки на эти дни есть договор {number}.",
            "For these days the pharmacy has contract {number}.",
        ),
        Text(
            "Башка келишим бүткөн күндөн кийин баштаңыз же аны токтотуңуз.",
            "Начните после окончания другого договора или прекратите его.",
            "Begin after the other contract's end, or terminate it.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.CONTRACT_STATE: refused(
        programme("29"),
        Text(
            "Келишимдин абалы буга жол бербейт: {state}.",
            "Состояние договора этого не допускает: {state}.",
            "The contract's state does not allow this: {state}.",
        ),
        Text(
            "Келишим акыркы жылында бир жылга узартылат; бүткөн же токтотулгандын ордуна жаңысы түзүлөт.",
            "Договор продлевается на год в последний его год; вместо истёкшего или прекращённого заключается новый.",
            "A contract is prolonged by a year within its last one; a new one follows an ended or terminated one.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.CONTRACT_CLAIMS_OPEN: refused(
        programme("29"),
        Text(
            "Келишим боюнча чечилбеген арыздар бар: {claims}.",
            "По договору есть неурегулированные претензии: {claims}.",
            "Claims on the contract are open: {claims}.",
        ),
        Text(
            "Адегенде тараптардын арыздарын чечиңиз.",
            "Сначала урегулируйте претензии сторон.",
            "Settle the claims of the parties first.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.CLAIM_NOT_FOUND: refused(
        programme("29"),
        Text(
            "Чечиле турган мындай арыз жок.",
            "Такой неурегулированной претензии нет.",
            "There is no such open claim.",
        ),
        Text(
            "Анын белгисин келишимден алыңыз; чечилгени экинчи жолу чечилбейт.",
            "Возьмите её идентификатор из договора; урегулированная не урегулируется дважды.",
            "Take its id from the contract; a settled one is not settled again.",
        ),
        actor=Actor.INTEGRATOR,
        status=404,
    ),
}

_BUDGET: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.BUDGET_NOT_FOUND: refused(
        programme("7"),
        Text(
            "{region} аймагынын {year}-жылга бекитилген бюджети жок.",
            "У региона {region} нет утверждённого бюджета на {year} год.",
            "Region {region} has no approved budget for {year}.",
        ),
        Text(
            "Адегенде бюджетти бекитиңиз.",
            "Сначала утвердите бюджет.",
            "Approve the budget first.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.BUDGET_EXISTS: refused(
        programme("7"),
        Text(
            "{region} аймагынын {year}-жылга бюджети бекитилген.",
            "Бюджет региона {region} на {year} год уже утверждён.",
            "The budget of region {region} for {year} is approved already.",
        ),
        Text(
            "Каражатты аймактар ортосунда гана кайра бөлүштүрүүгө болот.",
            "Возможно только перераспределение между регионами.",
            "Funds can only be transferred between regions.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.BUDGET_CLOSED: refused(
        programme("8"),
        Text(
            "{year}-жыл жабылган: калдык кийинки жылга өтпөйт.",
            "{year} год закрыт: остаток не переходит на следующий.",
            "The year {year} is closed: what remained does not carry over.",
        ),
        Text(
            "Учурдагы жылдын бюджети менен иштеңиз.",
            "Работайте с бюджетом текущего года.",
            "Work with the current year's budget.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.BUDGET_YEAR_OPEN: refused(
        programme("8"),
        Text(
            "{year}-жыл али бүтө элек же жабыла элек.",
            "{year} год ещё не закончился или не закрыт.",
            "The year {year} is not over, or not closed yet.",
        ),
        Text(
            "Жылдарды катары менен, ар бирин бүткөндөн кийин жабыңыз.",
            "Закрывайте годы по порядку, каждый — после его окончания.",
            "Close the years in order, each after its end.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.BUDGET_TRANSFER_YEAR: refused(
        programme("9"),
        Text(
            "Кайра бөлүштүрүү отчеттук жылдын ичинде гана болот: азыр {year}-жыл.",
            "Перераспределение возможно только в течение отчётного года: сейчас {year}.",
            "Funds are transferred within the year they are for: it is {year} now.",
        ),
        Text(
            "Учурдагы жылды көрсөтүңүз.",
            "Укажите текущий год.",
            "Give the current year.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.BUDGET_TRANSFER_REGIONS: refused(
        programme("9"),
        Text(
            "Каражат ошол эле аймакка которулбайт.",
            "Средства не переводятся в тот же регион.",
            "Funds are not transferred to the same region.",
        ),
        Text(
            "Эки башка аймакты көрсөтүңүз.",
            "Укажите два разных региона.",
            "Give two different regions.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.BUDGET_TRANSFER_COMMITTED: refused(
        programme("9"),
        Text(
            "{region} аймагында которууга {available} сом гана бар: калганы жумшалган.",
            "У региона {region} для перевода есть только {available} сома: остальное израсходовано.",
            "Region {region} has only {available} som to transfer: the rest is spent.",
        ),
        Text(
            "Андан ашпаган сумманы көрсөтүңүз.",
            "Укажите сумму не больше этой.",
            "Give a sum that is no larger.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.BUDGET_ANALYSIS_REQUIRED: refused(
        programme("9"),
        Text(
            "Талдоого шилтеме жок: кайра бөлүштүрүү анын негизинде гана болот.",
            "Нет ссылки на анализ: перераспределение возможно только на его основе.",
            "There is no reference to an analysis: funds are transferred on its grounds only.",
        ),
        Text(
            "Талдоонун номерин же датасын жазыңыз.",
            "Укажите номер или дату анализа.",
            "Give the number or date of the analysis.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.MULTIPLIER_DATE: refused(
        programme("21(1)"),
        Text(
            "Лимит өткөн күндөн тартып өзгөртүлбөйт: эң эртеси {earliest}.",
            "Лимит не меняется задним числом: самое раннее {earliest}.",
            "The limit is not changed for past days: {earliest} at the earliest.",
        ),
        Text(
            "Бүгүнкү же кийинки күндү көрсөтүңүз.",
            "Укажите сегодняшний день или более поздний.",
            "Give today or a later day.",
        ),
        actor=Actor.FUND,
    ),
}

ENTRIES: dict[ErrorCode, ErrorEntry] = _APPLICATIONS | _CONTRACTS | _BUDGET
