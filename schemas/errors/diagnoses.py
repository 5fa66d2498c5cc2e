"""Entries of the catalogue: diagnoses that do not fit the patient or their place in the form."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import icd_10, refused
from schemas.errors.model import ErrorEntry, Text

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.DIAGNOSIS_SEX: refused(
        icd_10("vol. 2"),
        Text(
            "Бул диагноз бейтаптын жынысына туура келбейт.",
            "Этот диагноз не соответствует полу пациента.",
            "This diagnosis does not fit the patient's sex.",
        ),
        Text(
            "Диагнозду же жынысын оңдоңуз.",
            "Исправьте диагноз или пол.",
            "Correct the diagnosis or the sex.",
        ),
    ),
    ErrorCode.DIAGNOSIS_AGE: refused(
        icd_10("vol. 2"),
        Text(
            "Бул диагноз бейтаптын курагына туура келбейт: перинаталдык абалдар бир жашка чейин, кош бойлуулук жана "
            "төрөт он жаштан.",
            "Этот диагноз не соответствует возрасту пациента: перинатальные состояния — до года, беременность и роды — "
            "с десяти лет.",
            "This diagnosis does not fit the patient's age: perinatal conditions up to one year, pregnancy and "
            "childbirth from ten.",
        ),
        Text(
            "Диагнозду же туулган күндү оңдоңуз.",
            "Исправьте диагноз или дату рождения.",
            "Correct the diagnosis or the birth date.",
        ),
    ),
    ErrorCode.DIAGNOSIS_MAIN_ASTERISK: refused(
        icd_10("vol. 2, 3.1.3"),
        Text(
            "Жылдызчалуу (*) код негизги диагноз боло албайт: ал башка оорунун белгиленишин гана көрсөтөт.",
            "Код со звёздочкой (*) не бывает основным диагнозом: он обозначает лишь проявление другой болезни.",
            "An asterisk (*) code is never the main diagnosis: it only names the manifestation of another disease.",
        ),
        Text(
            "Негизги кылып оорунун өзүнүн кодун (†) коюңуз, жылдызчалуу кодду кошумча жазыңыз.",
            "Основным укажите код самой болезни (†), а код со звёздочкой — дополнительно.",
            "Give the code of the underlying disease (†) as main, and the asterisk code besides.",
        ),
    ),
    ErrorCode.DIAGNOSIS_MAIN_EXTERNAL: refused(
        icd_10("V01-Y98"),
        Text(
            "Тышкы себептин коду (V01–Y98) негизги диагноз боло албайт.",
            "Код внешней причины (V01–Y98) не бывает основным диагнозом.",
            "An external cause (V01–Y98) is never the main diagnosis.",
        ),
        Text(
            "Негизги кылып жаракаттын же уулануунун кодун (S00–T98) коюңуз.",
            "Основным укажите код травмы или отравления (S00–T98).",
            "Give the code of the injury or poisoning (S00–T98) as main.",
        ),
    ),
    ErrorCode.EXTERNAL_CAUSE_REQUIRED: refused(
        icd_10("S00-T98, V01-Y98"),
        Text(
            "Негизги диагноз — жаракат же уулануу (S00–T98), бирок тышкы себеби көрсөтүлгөн эмес.",
            "Основной диагноз — травма или отравление (S00–T98), но внешняя причина не указана.",
            "The main diagnosis is an injury or poisoning (S00–T98), but its external cause is not given.",
        ),
        Text(
            "Тышкы себептин кодун (V01–Y98) кошуңуз.",
            "Добавьте код внешней причины (V01–Y98).",
            "Add the code of the external cause (V01–Y98).",
        ),
    ),
    ErrorCode.EXTERNAL_CAUSE_RANGE: refused(
        icd_10("V01-Y98"),
        Text(
            "Тышкы себептин коду V01–Y98 аралыгында эмес.",
            "Код внешней причины не входит в V01–Y98.",
            "The code of the external cause is not within V01–Y98.",
        ),
        Text(
            "V01–Y98 аралыгындагы кодду тандаңыз же тышкы себепти алып салыңыз.",
            "Выберите код из V01–Y98 или уберите внешнюю причину.",
            "Choose a code of V01–Y98, or leave the external cause out.",
        ),
    ),
}
