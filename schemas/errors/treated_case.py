"""Entries of the catalogue: the treated case, its organisation, its times and its outcome."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import CORRECT_DATA, annex_3, noted, order, refused
from schemas.errors.diagnoses import ENTRIES as DIAGNOSES
from schemas.errors.model import Actor, ErrorEntry, Retry, Severity, Text

_ORGANISATION: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.ORG_UNKNOWN: refused(
        annex_3("4"),
        Text(
            "{organisation} коду менен уюм реестрде жок.",
            "Организации с кодом {organisation} нет в реестре.",
            "The register has no organisation with code {organisation}.",
        ),
        Text(
            "Кодду текшериңиз; туура болсо, операторго уюмду реестрге кошууну айтыңыз.",
            "Проверьте код; если он верен, попросите оператора внести организацию в реестр.",
            "Check the code; if it is right, ask the operator to add the organisation to the register.",
        ),
    ),
    ErrorCode.ORG_NOT_OWN: refused(
        annex_3("4"),
        Text(
            "Сиз {organisation} уюмунун учурларын жөнөтө албайсыз.",
            "Вы не можете отправлять случаи организации {organisation}.",
            "You may not send cases of organisation {organisation}.",
        ),
        Text(
            "Өз уюмуңуздун кодун көрсөтүңүз же оператордон укук сураңыз.",
            "Укажите код своей организации или запросите право у оператора.",
            "Give your own organisation's code, or ask the operator for the right.",
        ),
        actor=Actor.INTEGRATOR,
        status=403,
    ),
    ErrorCode.DEPARTMENT_UNKNOWN: refused(
        annex_3("3"),
        Text(
            "Уюмдун сөздүгүндө {department} бөлүмү жок.",
            "В справочнике организации нет отделения {department}.",
            "The organisation's directory has no department {department}.",
        ),
        Text(
            "Бөлүмдүн кодун текшериңиз; бөлүм жаңы болсо, операторго кошууну айтыңыз.",
            "Проверьте код отделения; если отделение новое, попросите оператора внести его.",
            "Check the department's code; if it is new, ask the operator to add it.",
        ),
    ),
    ErrorCode.CASE_FORMING_DEPARTMENT: refused(
        annex_3("3"),
        Text(
            "КСФны {department} бөлүмү түзгөн, бирок бейтап анда жаткан эмес.",
            "КСФ сформировало отделение {department}, но пациент в нём не лежал.",
            "Department {department} formed the КСФ, but the patient was never in it.",
        ),
        Text(
            "КСФны түзгөн бөлүмдү же бөлүмдөр боюнча жылышууну оңдоңуз.",
            "Исправьте отделение, сформировавшее КСФ, или движение по отделениям.",
            "Correct the forming department or the department movements.",
        ),
    ),
    ErrorCode.CASE_FORMING_DEPARTMENT_NOT_LAST: noted(
        annex_3("3"),
        Text(
            "КСФны {department} бөлүмү түзгөн, бирок бейтап {last} бөлүмүнөн чыккан.",
            "КСФ сформировало отделение {department}, но пациент выбыл из отделения {last}.",
            "Department {department} formed the КСФ, but the patient left from department {last}.",
        ),
        Text(
            "Текшериңиз: адатта КСФны бейтап чыккан бөлүм түзөт.",
            "Проверьте: обычно КСФ формирует отделение, из которого пациент выбыл.",
            "Check: as a rule the department the patient leaves from forms the КСФ.",
        ),
    ),
    ErrorCode.FALLBACK_NOT_ALLOWED: refused(
        order("10"),
        Text(
            "{organisation} уюму жабдылган: учурлар түз киргизилбестен, Sanarip Clinic аркылуу жөнөтүлөт.",
            "Организация {organisation} оснащена: случаи передаются через Sanarip Clinic, а не вводятся напрямую.",
            "Organisation {organisation} is equipped: its cases come through Sanarip Clinic, not by direct entry.",
        ),
        Text(
            "Учурду Sanarip Clinic'те түзүңүз. Жабдуу жок болсо, операторго реестрди оңдоону айтыңыз.",
            "Сформируйте случай в Sanarip Clinic. Если оборудования нет, попросите оператора исправить реестр.",
            "Form the case in Sanarip Clinic. If there is no equipment, ask the operator to correct the register.",
        ),
    ),
    ErrorCode.EXTERNAL_NUMBER_NOT_ALLOWED: refused(
        order("10"),
        Text(
            "«Дарыланган учур» базасынын номери түз киргизилген учурга гана берилет.",
            "Номер базы «Пролеченный случай» указывают только для случая, введённого напрямую.",
            "The fund database's number belongs only to a case entered directly.",
        ),
        Text(
            "Бул талааны алып салыңыз: тутумда КСФ номери колдонулат.",
            "Уберите это поле: в Системе действует номер КСФ.",
            "Leave this field out: in the System the КСФ number counts.",
        ),
        actor=Actor.INTEGRATOR,
    ),
}

_TIMES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.CASE_ADMISSION_AFTER_DISCHARGE: refused(
        CORRECT_DATA,
        Text(
            "Бейтап жаткырылганга чейин чыгып кеткен болуп көрсөтүлгөн.",
            "Пациент выбыл раньше, чем поступил.",
            "The patient left before being admitted.",
        ),
        Text(
            "Жаткырылган же чыккан убакытты оңдоңуз.",
            "Исправьте время поступления или выбытия.",
            "Correct the time of admission or discharge.",
        ),
    ),
    ErrorCode.CASE_IN_FUTURE: refused(
        CORRECT_DATA,
        Text(
            "Бул убакыт али келе элек.",
            "Это время ещё не наступило.",
            "This moment has not come yet.",
        ),
        Text(
            "Убакытты оңдоңуз; туура болсо, жөнөтүүчү тутумдун саатын текшериңиз.",
            "Исправьте время; если оно верно, проверьте часы отправляющей системы.",
            "Correct the time; if it is right, check the sending system's clock.",
        ),
    ),
    ErrorCode.CASE_BIRTH_AFTER_ADMISSION: refused(
        CORRECT_DATA,
        Text(
            "Бейтап жаткырылгандан кийин төрөлгөн болуп көрсөтүлгөн.",
            "Пациент родился позже, чем поступил.",
            "The patient was born after being admitted.",
        ),
        Text(
            "Туулган күндү же жаткырылган убакытты оңдоңуз.",
            "Исправьте дату рождения или время поступления.",
            "Correct the birth date or the time of admission.",
        ),
    ),
    ErrorCode.CASE_MOVEMENT_ORDER: refused(
        CORRECT_DATA,
        Text(
            "Бейтап бөлүмдөн ага келгенге чейин кетип калган болуп көрсөтүлгөн.",
            "Пациент ушёл из отделения раньше, чем пришёл в него.",
            "The patient left the department before entering it.",
        ),
        Text(
            "Бөлүмгө келген же андан кеткен убакытты оңдоңуз.",
            "Исправьте время прихода в отделение или ухода из него.",
            "Correct when the department was entered or left.",
        ),
    ),
    ErrorCode.CASE_MOVEMENT_GAP: refused(
        CORRECT_DATA,
        Text(
            "Бул жылышуу мурункусу бүткөн учурда башталбайт: айырма {minutes} мүнөт.",
            "Это движение начинается не тогда, когда закончилось предыдущее: разница {minutes} мин.",
            "This movement does not begin when the one before ended: they are {minutes} minutes apart.",
        ),
        Text(
            "Убакыттарды бири-бирине улаңыз же жок жылышууну кошуңуз.",
            "Состыкуйте время или добавьте недостающее движение.",
            "Join the times, or add the movement that is missing.",
        ),
    ),
    ErrorCode.CASE_MOVEMENT_BOUNDS: refused(
        CORRECT_DATA,
        Text(
            "Бөлүмдөр боюнча жылышуу бейтаптын ооруканада жаткан убактысына дал келбейт.",
            "Движение по отделениям не совпадает со временем пребывания в стационаре.",
            "The department movements do not match the stay.",
        ),
        Text(
            "Биринчи жылышуу жаткырылган учурда башталып, акыркысы чыккан учурда бүтсүн.",
            "Первое движение начинается с поступлением, последнее заканчивается с выбытием.",
            "Let the first movement begin with the admission and the last end with the discharge.",
        ),
    ),
    ErrorCode.CASE_OPERATION_OUTSIDE_STAY: refused(
        CORRECT_DATA,
        Text(
            "Операциянын убактысы бейтаптын ооруканада жаткан мезгилине кирбейт.",
            "Время операции не попадает во время пребывания в стационаре.",
            "The operation lies outside the stay.",
        ),
        Text(
            "Операциянын, жаткыруунун же чыгаруунун убактысын оңдоңуз.",
            "Исправьте время операции, поступления или выбытия.",
            "Correct the time of the operation, the admission or the discharge.",
        ),
    ),
    ErrorCode.CASE_SICK_LEAVE_DATES: refused(
        CORRECT_DATA,
        Text(
            "Эмгекке жарамсыздык баракчасынын күндөрү туура келбейт: ал чыккан күндөн кечикпей ачылып, ачылгандан "
            "кийин жабылат.",
            "Даты листка нетрудоспособности не сходятся: он открыт не позже дня выбытия и закрыт не раньше открытия.",
            "The days of the sick-leave sheet do not fit: it is opened by the day of discharge and not closed before "
            "that.",
        ),
        Text(
            "Баракчанын күндөрүн оңдоңуз.",
            "Исправьте даты листка.",
            "Correct the days of the sheet.",
        ),
    ),
    ErrorCode.CASE_PILOT: noted(
        order("1", "3(4)"),
        Text(
            "Пилоттук учур: бейтап {day} күнүнө чейин чыккан.",
            "Пилотный случай: пациент выбыл до {day}.",
            "A pilot case: the patient left before {day}.",
        ),
        Text(
            "Эч нерсе кылуунун кереги жок.",
            "Ничего делать не нужно.",
            "Nothing needs to be done.",
        ),
        severity=Severity.INFO,
        actor=Actor.NOBODY,
    ),
}

_OUTCOME: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.CASE_RESULT_MISMATCH: refused(
        CORRECT_DATA,
        Text(
            "Дарылоонун натыйжасы менен ооруканадан чыгуунун жыйынтыгы бири-бирине каршы: бирөөндө гана өлүм "
            "көрсөтүлгөн.",
            "Результат лечения и исход госпитализации противоречат друг другу: смерть указана только в одном из них.",
            "Result and outcome contradict each other: only one of them is death.",
        ),
        Text(
            "Натыйжаны же жыйынтыкты оңдоңуз.",
            "Исправьте результат или исход.",
            "Correct the result or the outcome.",
        ),
    ),
    ErrorCode.CASE_TRANSFER_TARGET: refused(
        CORRECT_DATA,
        Text(
            "Кайда которулганы бейтап которулганда гана көрсөтүлөт, ошондо милдеттүү.",
            "Место перевода указывают тогда и только тогда, когда пациент переведён.",
            "Where the patient was transferred is given exactly when the outcome is a transfer.",
        ),
        Text(
            "Которулган жерди жазыңыз же алып салыңыз, болбосо жыйынтыкты оңдоңуз.",
            "Укажите или уберите место перевода либо исправьте исход.",
            "Give or leave out the place of transfer, or correct the outcome.",
        ),
    ),
    ErrorCode.DEATH_CAUSE_REQUIRED: refused(
        CORRECT_DATA,
        Text(
            "Бейтап каза болгон, бирок өлүмдүн себеби көрсөтүлгөн эмес.",
            "Пациент умер, но причина смерти не указана.",
            "The patient died, but no cause of death is given.",
        ),
        Text(
            "Өлүмдүн негизги себебин жана аутопсия жүргүзүлгөнүн жазыңыз.",
            "Укажите основную причину смерти и проводилось ли вскрытие.",
            "Give the underlying cause of death and whether there was an autopsy.",
        ),
    ),
    ErrorCode.DEATH_UNEXPECTED: refused(
        CORRECT_DATA,
        Text(
            "Өлүмдүн себеби көрсөтүлгөн, бирок жыйынтыгы боюнча бейтап каза болгон эмес.",
            "Указана причина смерти, но по исходу пациент не умер.",
            "A cause of death is given, but by the outcome the patient did not die.",
        ),
        Text(
            "Жыйынтыкты оңдоңуз же өлүм жөнүндө маалыматты алып салыңыз.",
            "Исправьте исход или уберите сведения о смерти.",
            "Correct the outcome, or leave out the details of death.",
        ),
    ),
}

_JOURNAL: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.STAY_DUPLICATE: refused(
        order("10"),
        Text(
            "Ушул эле бейтаптын ушул эле жатуусу {number} КСФ номери менен кабыл алынган.",
            "Это же пребывание того же пациента уже принято под номером КСФ {number}.",
            "This very stay of this patient was already accepted under the КСФ number {number}.",
        ),
        Text(
            "Учур эки жолу эсептелбейт. Оңдоо керек болсо, аны {number} номерине PUT менен жөнөтүңүз.",
            "Случай не учитывается дважды. Если нужно исправление, отправьте его через PUT под номером {number}.",
            "A case does not count twice. If it needs correcting, send it with PUT under the number {number}.",
        ),
    ),
    ErrorCode.CASE_NOT_FOUND: ErrorEntry(
        status=404,
        actor=Actor.INTEGRATOR,
        retry=Retry.NEVER,
        clause=annex_3("1"),
        message=Text(
            "Бул КСФ номери менен учур жок.",
            "Случая с таким номером КСФ нет.",
            "There is no case with this КСФ number.",
        ),
        action=Text(
            "Номерди текшериңиз; жаңы учурду POST менен жөнөтүңүз.",
            "Проверьте номер; новый случай отправьте через POST.",
            "Check the number; send a new case with POST.",
        ),
    ),
    ErrorCode.CASE_NUMBER_CHANGED: refused(
        annex_3("1"),
        Text(
            "Учурдагы КСФ номери дарегиндегиден башка: оңдоодо номер өзгөрбөйт.",
            "Номер КСФ в случае не тот, что в адресе: при исправлении номер не меняется.",
            "The КСФ number in the case is not that in the address: a correction keeps the number.",
        ),
        Text(
            "Учурдагы номерди алып салыңыз же даректегидей жазыңыз.",
            "Уберите номер из случая или запишите его как в адресе.",
            "Leave the number out of the case, or write it as in the address.",
        ),
        actor=Actor.INTEGRATOR,
    ),
}

ENTRIES: dict[ErrorCode, ErrorEntry] = _ORGANISATION | _TIMES | DIAGNOSES | _OUTCOME | _JOURNAL
