"""Entries of the catalogue: prescribing (regulation on the additional drug programme, chapters 4 and 5)."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import noted, programme, refused
from schemas.errors.model import Actor, ErrorEntry, Retry, Text

_PRESCRIBER: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.PRESCRIBER_NOT_ALLOWED: refused(
        programme("16"),
        Text(
            "Мындай кызматтагы адам жеңилдетилген рецепт жаза албайт.",
            "Работник этой должности не может выписывать льготные рецепты.",
            "Who holds this position may not write subsidised prescriptions.",
        ),
        Text(
            "Рецептти үй-бүлөлүк дарыгер, онколог, психиатр же ФАПтын башчысы жазсын.",
            "Рецепт выписывает семейный врач, онколог, психиатр или заведующий ФАП.",
            "Have a family doctor, oncologist, psychiatrist or head of a feldsher-obstetric point prescribe it.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.PRESCRIBER_ORGANISATION: refused(
        programme("4", "16"),
        Text(
            "{organisation} уюму реестрде жок же сиз анын атынан рецепт жаза албайсыз.",
            "Организации {organisation} нет в реестре, или вы не можете выписывать рецепты от её имени.",
            "Organisation {organisation} is not in the register, or you may not prescribe on its behalf.",
        ),
        Text(
            "Дарыгер иштеген уюмдун кодун көрсөтүңүз; код туура болсо, операторго кайрылыңыз.",
            "Укажите код организации, где работает врач; если он верен, обратитесь к оператору.",
            "Give the code of the prescriber's organisation; if it is right, ask the operator.",
        ),
        actor=Actor.INTEGRATOR,
        status=403,
    ),
}

_PATIENT: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.PATIENT_NOT_INSURED: refused(
        programme("5", "21(3)"),
        Text(
            "Пациент милдеттүү медициналык камсыздандыруу боюнча камсыздандырылган эмес.",
            "Пациент не застрахован по обязательному медицинскому страхованию.",
            "The patient has no mandatory health insurance.",
        ),
        Text(
            "ИЖНди текшериңиз. Пациент камсыздандыруусун тастыктаса, бир нече мүнөттөн кийин кайталаңыз.",
            "Проверьте ПИН. Когда пациент подтвердит страховку, повторите через несколько минут.",
            "Check the ПИН. Once the insurance is put right, try again after a few minutes.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.PATIENT_NOT_REGISTERED: refused(
        programme("5", "16"),
        Text(
            "Пациент алгачкы медициналык-санитардык жардам уюмуна катталган эмес.",
            "Пациент не приписан к организации первичной медико-санитарной помощи.",
            "The patient is registered at no organisation of primary health care.",
        ),
        Text(
            "Пациентти үй-бүлөлүк дарыгерлер тобуна каттап, бир нече мүнөттөн кийин кайталаңыз.",
            "Припишите пациента к группе семейных врачей и повторите через несколько минут.",
            "Register the patient with a family-doctor group, then try again after a few minutes.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.PATIENT_ORGANISATION_UNKNOWN: refused(
        programme("5"),
        Text(
            "Пациент {organisation} уюмуна катталган, бирок ал уюм шлюздун реестринде жок.",
            "Пациент приписан к организации {organisation}, но её нет в реестре шлюза.",
            "The patient is registered at organisation {organisation}, which the gateway's register does not have.",
        ),
        Text(
            "Операторго бул уюмду реестрге кошууну айтыңыз: аймактын бюджети ошого жараша аныкталат.",
            "Попросите оператора внести эту организацию в реестр: по ней определяется бюджет региона.",
            "Ask the operator to add this organisation to the register: it tells whose region's budget pays.",
        ),
        actor=Actor.OPERATOR,
    ),
    ErrorCode.INSURANCE_CHECK_REQUIRED: ErrorEntry(
        status=503,
        actor=Actor.NOBODY,
        retry=Retry.SAME_KEY_LATER,
        clause=programme("21(3)"),
        message=Text(
            "Пациенттин камсыздандырылганы азыр тастыкталган жок, ансыз рецепт жазылбайт.",
            "Страхование пациента сейчас не подтверждено, без этого рецепт не выписывается.",
            "The patient's insurance could not be confirmed now; without that nothing is prescribed.",
        ),
        action=Text(
            "Retry-After сабындагы убакыттан кийин ошол эле сурамды кайталаңыз.",
            "Повторите тот же запрос после времени, указанного в Retry-After.",
            "Repeat the same request after the time given in Retry-After.",
        ),
    ),
    ErrorCode.CARD_ENTRY_REQUIRED: refused(
        programme("19"),
        Text(
            "Амбулаториялык картадагы жазуу көрсөтүлгөн жок.",
            "Не указана запись в амбулаторной карте.",
            "The entry in the outpatient's medical card is missing.",
        ),
        Text(
            "Дайындоону картага жазып, картанын номерин жана күнүн көрсөтүңүз.",
            "Внесите назначение в карту и укажите её номер и день записи.",
            "Enter the prescription in the card, then give its number and the day of the entry.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.CARD_ENTRY_DATE: refused(
        programme("19"),
        Text(
            "Картадагы жазуу рецепт жазылган күнү ({day}) жасалган эмес.",
            "Запись в карте сделана не в день выписки рецепта ({day}).",
            "The entry in the card is not of the day of the prescription ({day}).",
        ),
        Text(
            "Дайындоону картага бүгүнкү күн менен жазыңыз; алыскы пациентке да ошондой.",
            "Внесите назначение в карту сегодняшним днём; для удалённого пациента тоже.",
            "Enter the prescription in the card under today's date, for a remote patient too.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.PATIENT_NOT_INFORMED: refused(
        programme("20"),
        Text(
            "Пациентке рецепт жөнүндө айтылганы белгиленген эмес.",
            "Не отмечено, что пациенту сообщили о рецепте.",
            "That the patient was informed of the prescription is not recorded.",
        ),
        Text(
            "Пациентке билдирип, кантип билдиргениңизди көрсөтүңүз.",
            "Сообщите пациенту и укажите, каким образом.",
            "Inform the patient, then record how.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.REMOTE_NO_HISTORY: refused(
        programme("17"),
        Text(
            "Бул пациентке мурда ушул топтогу дары жазылган эмес, ошондуктан алыстан жазууга болбойт.",
            "Этому пациенту раньше не выписывали лекарство этой группы, поэтому выписать его удалённо нельзя.",
            "This patient has had no prescription of this generic group before, so it cannot be issued remotely.",
        ),
        Text(
            "Биринчи рецептти пациент кабыл алууга келгенде жазыңыз.",
            "Первый рецепт выпишите на приёме пациента.",
            "Issue the first one when the patient is seen.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.REMOTE_VISIT_OVERDUE: refused(
        programme("17"),
        Text(
            "Пациент акыркы бир айда көрүнгөн эмес: көрүү күнү {first} – {last} аралыгында болушу керек.",
            "Пациента не осматривали в течение последнего месяца: день осмотра — с {first} по {last}.",
            "The patient was not seen within the last month: the day of contact must lie between {first} and {last}.",
        ),
        Text(
            "Пациентти кабыл алыңыз же үйүнө барыңыз, анан рецептти жазыңыз.",
            "Примите пациента или посетите его на дому, затем выпишите рецепт.",
            "See the patient, or have staff visit the home, then prescribe.",
        ),
        actor=Actor.PRESCRIBER,
    ),
}

_ITEM: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.NOT_IN_REFERENCE: refused(
        programme("18", "35"),
        Text(
            "{medicine} коду бүгүн колдонулган Маалымдамада жок.",
            "Кода {medicine} нет в действующем Справочнике лекарств.",
            "The reference of medicines in force does not have code {medicine}.",
        ),
        Text(
            "Дарыны колдонуудагы Маалымдамадан тандаңыз: GET /v1/medicines.",
            "Выберите лекарство из действующего Справочника: GET /v1/medicines.",
            "Choose a medicine of the reference in force: GET /v1/medicines.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.DOSE_NOT_COMPARABLE: refused(
        programme("18", "37"),
        Text(
            "Доза {course_unit} менен берилген, дарынын күчү болсо {unit} менен: аларды салыштырууга болбойт.",
            "Доза указана в {course_unit}, а сила лекарства — в {unit}: их нельзя сравнить.",
            "The dose is in {course_unit}, the medicine's strength in {unit}: the two cannot be compared.",
        ),
        Text(
            "Дозаны Маалымдамадагы бирдик менен көрсөтүңүз.",
            "Укажите дозу в той единице, что в Справочнике.",
            "Give the dose in the unit that the reference has.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.COURSE_DOSE_MISMATCH: refused(
        programme("18"),
        Text(
            "Курстук доза дозанын жана бирдиктердин санынын көбөйтүндүсү эмес: {course_dose} {unit} болушу керек.",
            "Курсовая доза не равна произведению дозы и числа единиц: должно быть {course_dose} {unit}.",
            "The course dose is not dose times number of units: it must be {course_dose} {unit}.",
        ),
        Text(
            "Дозаны жана санын текшериңиз же курстук дозаны жөнөтпөңүз: аны шлюз түзөт.",
            "Проверьте дозу и количество или не передавайте курсовую дозу: её формирует шлюз.",
            "Check dose and number, or leave the course dose out: the gateway forms it.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.RX_DUPLICATE_OPEN: refused(
        programme("18"),
        Text(
            "Бул пациентте ушул аталышка ачык рецепт бар, ал {last_day} чейин колдонулат.",
            "У пациента уже есть открытый рецепт на это наименование, он действует по {last_day}.",
            "The patient has an open prescription for this name already, valid until {last_day}.",
        ),
        Text(
            "Ошол рецепт колдонулсун; керек болбосо, аны жазган уюм жокко чыгарсын.",
            "Пусть используют тот рецепт; если он не нужен, его отменяет выписавшая организация.",
            "Have that one used; if it is not wanted, the organisation that issued it can cancel it.",
        ),
        actor=Actor.PRESCRIBER,
        status=409,
    ),
    ErrorCode.VALIDITY_POLICY_MISSING: refused(
        programme("15", "40"),
        Text(
            "Контролдонуучу дары ({controlled}) үчүн рецепттин мөөнөтү шлюзда белгиленген эмес.",
            "Для контролируемого лекарства ({controlled}) в шлюзе не задан срок действия рецепта.",
            "The gateway knows no term of validity for a controlled medicine ({controlled}).",
        ),
        Text(
            "Операторго Министрлер Кабинетинин эрежелериндеги мөөнөттү киргизүүнү айтыңыз.",
            "Попросите оператора внести срок из правил Кабинета Министров.",
            "Ask the operator to enter the term of the Cabinet's rules.",
        ),
        actor=Actor.OPERATOR,
    ),
}

_LIMIT: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.PATIENT_LIMIT_EXCEEDED: refused(
        programme("21(1)"),
        Text(
            "Пациенттин жылдык лимити жетпейт: {limit} сомдон {left} сом калды, {expected} сом керек.",
            "Годового лимита пациента не хватает: из {limit} сомов осталось {left}, нужно {expected}.",
            "The patient's limit of the year does not suffice: of {limit} som {left} are left, {expected} are needed.",
        ),
        Text(
            "Санын азайтыңыз же компенсациясы аз дарыны тандаңыз. Лимитти программанын администратору гана өзгөртөт.",
            "Уменьшите количество или выберите лекарство с меньшей компенсацией. Лимит меняет только администратор.",
            "Take fewer units or a medicine of less compensation. Only the programme's administrator sets the limit.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.PATIENT_LIMIT_NOT_SET: refused(
        programme("21(1)"),
        Text(
            "Пациенттин жылдык лимити бул күнгө белгиленген эмес.",
            "Годовой лимит пациента на этот день не установлен.",
            "No limit of a patient's year is set for this day.",
        ),
        Text(
            "Программанын администратору жан башына ченемди жана эсесин киргизиши керек.",
            "Администратор программы должен внести подушевой норматив и кратность.",
            "The programme's administrator has to enter the per-capita norm and its multiplier.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
}

_DESIGNATION: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.RESTRICTED_DRUG: refused(
        programme("11(4)", "24", "25"),
        Text(
            "Бул дары атайын дайындалат, анын шарты ({restriction}) аткарылган эмес.",
            "Это лекарство специального назначения, его условие ({restriction}) не выполнено.",
            "This medicine is under special designation, and its term ({restriction}) is not met.",
        ),
        Text(
            "Фонддун протоколундагы шарттарга ылайык дайындаңыз же башка дарыны тандаңыз.",
            "Назначьте по условиям протокола Фонда или выберите другое лекарство.",
            "Prescribe it as the fund's protocol allows, or choose another medicine.",
        ),
        actor=Actor.PRESCRIBER,
    ),
    ErrorCode.PROTOCOL_REQUIRED: refused(
        programme("25", "26"),
        Text(
            "Атайын дайындоо протоколсуз көрсөтүлгөн: протоколдун номери жана күнү керек.",
            "Специальное назначение указано без протокола: нужны его номер и дата.",
            "A special designation stands without its protocol: number and date are needed.",
        ),
        Text(
            "Фонд протоколдун номерин жана күнүн Маалымдамага киргизиши керек.",
            "Фонд должен внести номер и дату протокола в Справочник.",
            "The fund has to enter the protocol's number and date in the reference.",
        ),
        actor=Actor.FUND,
    ),
}

_KEPT: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.RX_NOT_FOUND: ErrorEntry(
        status=404,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=programme("34"),
        message=Text(
            "Берилген маалыматтар боюнча рецепт табылган жок.",
            "По указанным данным рецепт не найден.",
            "No prescription is found by what was given.",
        ),
        action=Text(
            "Маалыматтарды рецепт менен салыштырыңыз; дарыканада ИЖН жана номер экөө тең туура келиши керек.",
            "Сверьте данные с рецептом; в аптеке должны совпасть и ПИН, и номер.",
            "Compare what was given with the prescription; at a pharmacy both ПИН and number must match.",
        ),
    ),
    ErrorCode.RX_STATE: ErrorEntry(
        status=409,
        actor=Actor.PRESCRIBER,
        retry=Retry.NEVER,
        clause=programme("18", "40"),
        message=Text(
            "Рецепттин азыркы абалында ({state}) бул аракетке болбойт.",
            "В нынешнем состоянии рецепта ({state}) это действие невозможно.",
            "The prescription's present state ({state}) does not allow this.",
        ),
        action=Text(
            "Рецепттин абалын кайра окуңуз; берилген дарыны дарыкана кайтарып алат, рецепт жокко чыгарылбайт.",
            "Прочитайте состояние рецепта ещё раз; отпущенное возвращает аптека, отменить такой рецепт нельзя.",
            "Read the prescription again; what is dispensed is taken back by the pharmacy, not by cancelling.",
        ),
    ),
    ErrorCode.PAPER_NOT_REQUESTED: refused(
        programme("15"),
        Text(
            "Рецепт кагазга пациенттин талабы боюнча гана басылат.",
            "На бумаге рецепт печатают только по требованию пациента.",
            "A prescription is printed on paper at the patient's demand only.",
        ),
        Text(
            "Пациент сураса, requested_by_patient=true менен кайталаңыз.",
            "Если пациент просит, повторите с requested_by_patient=true.",
            "If the patient asks for it, repeat with requested_by_patient=true.",
        ),
        actor=Actor.INTEGRATOR,
    ),
}

_NOTED: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.COURSE_BELOW_ONE_UNIT: noted(
        programme("18", "37"),
        Text(
            "Курстук доза бул дарынын бир бирдигинен аз: ушул күчүндө берүүгө болбойт.",
            "Курсовая доза меньше одной единицы этого лекарства: в этой силе его не отпустить.",
            "The course dose is less than one unit of this medicine: it cannot be dispensed in this strength.",
        ),
        Text(
            "Дозаны жана санын текшериңиз же күчү азыраак дарыны тандаңыз.",
            "Проверьте дозу и количество или выберите меньшую силу.",
            "Check dose and number, or choose a lower strength.",
        ),
        actor=Actor.PRESCRIBER,
    ),
}

ENTRIES: dict[ErrorCode, ErrorEntry] = _PRESCRIBER | _PATIENT | _ITEM | _LIMIT | _DESIGNATION | _KEPT | _NOTED
