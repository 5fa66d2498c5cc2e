"""The words of the report's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.report import Outcome

TITLE: Final = Text("Кассанын шайкештигин текшерүү", "Проверка соответствия кассы", "Conformance of a till")
SUBTITLE: Final = Text(
    "Кошумча дары-дармек программасы: касса kopuro-pos агенти менен туура иштейби",
    "Дополнительная лекарственная программа: верно ли касса работает с агентом kopuro-pos",
    "The additional drug programme: does the till work rightly with the agent kopuro-pos",
)
CERTIFIED: Final = Text(
    "Касса туура иштейт: бардык сценарий өттү",
    "Касса работает верно: пройдены все сценарии",
    "The till is right: it passed every scenario",
)
NOT_CERTIFIED: Final = Text(
    "Касса азырынча даяр эмес: төмөндө эмнени оңдоо керектиги жазылган",
    "Касса пока не готова: ниже сказано, что исправить",
    "The till is not ready yet: below is what to mend",
)
NOT_ALL_PLAYED: Final = Text(
    "Бардык сценарий ойнотулган жок: бул отчёт өтүнмөгө жарабайт",
    "Сыграны не все сценарии: для заявления этот отчёт не годится",
    "Not every scenario was played: this report will not do for a request",
)
PASSED_OF: Final = Text("{passed} / {of} өттү", "пройдено {passed} из {of}", "{passed} of {of} passed")
AT: Final = Text("Убактысы (UTC)", "Когда (UTC)", "When (UTC)")
KIT: Final = Text("Текшергичтин версиясы", "Версия проверки", "Version of the kit")
CONTRACT: Final = Text("Келишим", "Договор", "Contract")
TILL: Final = Text("Касса", "Касса", "Till")
SCENARIO: Final = Text("Сценарий", "Сценарий", "Scenario")
OUTCOME: Final = Text("Натыйжа", "Результат", "Outcome")
HAPPENS: Final = Text("Эмне болот", "Что происходит", "What happens")
RIGHT: Final = Text("Туура касса", "Верная касса", "A right till")
CLAUSE: Final = Text("Негизи", "Основание", "Ground")
MEND: Final = Text("Эмнени оңдоо керек", "Что исправить", "What to mend")

CALLS: Final = Text("Касса эмне жөнөттү", "Что отправила касса", "What the till sent")
SCREENS: Final = Text("Касса эмне көрсөттү", "Что показала касса", "What the till showed")
SYNTHETIC: Final = Text(
    "Бардык адамдар, рецепттер жана дарылар ойдон чыгарылган.",
    "Все люди, рецепты и лекарства вымышлены.",
    "All people, prescriptions and medicines are invented.",
)

OUTCOMES: Final[Mapping[Outcome, Text]] = {
    Outcome.PASSED: Text("өттү", "пройден", "passed"),
    Outcome.FAILED: Text("өткөн жок", "не пройден", "failed"),
    Outcome.NOT_PLAYED: Text("ойнотулган жок", "не сыгран", "not played"),
}
MARKS: Final[Mapping[Outcome, str]] = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_PLAYED: "–"}
"""Beside the colour: nobody has to tell green from red."""
