"""Findings as the gateway gives them, for the simulator: in the words of its error catalogue (a test compares)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from kopuro_pos.agent.contract import Finding, Retry, Severity
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.texts import Text


class GatewayFinding(NamedTuple):
    """A row of the gateway's catalogue, its parameters filled in."""

    status: int
    severity: Severity
    retry: Retry
    clause: Text
    message: Text
    action: Text
    path: str | None = None


def clause(number: str) -> Text:
    """A clause of the regulation on the additional drug programme («Жобо»)."""
    plural = "," in number
    return Text(
        f"Кошумча дары-дармек программасы жөнүндө жобо, {number}-пункт{'тар' if plural else ''}",
        f"Положение о дополнительной лекарственной программе, пункт{'ы' if plural else ''} {number}",
        f"regulation on the additional drug programme, clause{'s' if plural else ''} {number}",
    )


FINDINGS: Final[Mapping[str, GatewayFinding]] = {
    "RX_HELD": GatewayFinding(
        409,
        Severity.ERROR,
        Retry.SAME_KEY_LATER,
        clause("34"),
        Text(
            "Рецепт боюнча башка дарыкана {since} тартып дары берип жатат; {until} чейин аныкы.",
            "По рецепту с {since} отпускает другая аптека; до {until} он занят ею.",
            "Another pharmacy has been dispensing on this prescription since {since}; it is theirs until {until}.",
        ),
        Text(
            "Ошол убакытка чейин күтүңүз же пациент ал дарыканадан рецептти бошотуусун сурансын.",
            "Подождите до этого времени, или пусть пациент попросит ту аптеку освободить рецепт.",
            "Wait until then, or let the patient ask that pharmacy to release the prescription.",
        ),
    ),
    "RX_DISPENSED": GatewayFinding(
        409,
        Severity.ERROR,
        Retry.NEVER,
        clause("37, 43"),
        Text(
            "Рецепт боюнча курстук доза толук берилген.",
            "По рецепту отпущена вся курсовая доза.",
            "The whole course dose of the prescription has been dispensed.",
        ),
        Text(
            "Дагы дары керек болсо, пациент жаңы рецепт үчүн дарыгерине кайрылсын.",
            "Если лекарство нужно ещё, пациенту следует обратиться к врачу за новым рецептом.",
            "If more is needed, the patient has to ask the doctor for a new prescription.",
        ),
    ),
    "PRICE_ABOVE_SHELF": GatewayFinding(
        422,
        Severity.ERROR,
        Retry.AFTER_CORRECTION,
        clause("39"),
        Text(
            "Баасы витринадагыдан ({shelf} сом) жогору.",
            "Цена выше витринной ({shelf} сома).",
            "The price is above that of the showcase ({shelf} som).",
        ),
        Text(
            "Витринадагы баа менен сатыңыз.",
            "Продайте по цене витрины.",
            "Sell at the price of the showcase.",
        ),
        "$.sale.pack_price",
    ),
    "PATIENT_LIMIT_EXCEEDED": GatewayFinding(
        422,
        Severity.ERROR,
        Retry.AFTER_CORRECTION,
        clause("21(1)"),
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
    ),
    "BOX_UNITS_MISMATCH": GatewayFinding(
        422,
        Severity.ERROR,
        Retry.AFTER_CORRECTION,
        Text(
            "дары каражаттарынын улуттук маалымат базасы",
            "национальная база данных лекарственных средств",
            "national medicines database",
        ),
        Text(
            "Кутулардагы бирдиктер {counted}, ал эми {units} бирдик сатылып жатат.",
            "В упаковках единиц: {counted}, а продаётся: {units}.",
            "The boxes hold {counted} units, and {units} are sold.",
        ),
        Text(
            "Санды оңдоңуз; толук сатылбаган кутуга сатылган бирдиктердин санын жазыңыз.",
            "Исправьте количество; для неполной упаковки укажите проданные единицы.",
            "Correct the number; for a box sold in part give the units that are sold.",
        ),
        "$.sale.boxes",
    ),
    "RX_EXPIRES_SOON": GatewayFinding(
        200,
        Severity.INFO,
        Retry.NOT_NEEDED,
        clause("40"),
        Text(
            "Рецепттин мөөнөтү бүтүп баратат: акыркы күнү {last_day}, {days} күн калды.",
            "Срок действия рецепта истекает: последний день {last_day}, осталось дней: {days}.",
            "The prescription is about to expire: its last day is {last_day}, days left: {days}.",
        ),
        Text(
            "Эч нерсе жасоо керек эмес; калганын кийин алам дегенге ушул күндү айтыңыз.",
            "Ничего делать не нужно; тому, кто придёт за остатком, назовите этот день.",
            "Nothing has to be done; tell that day to whoever will come back for the rest.",
        ),
    ),
    "RECEIPT_MISMATCH": GatewayFinding(
        200,
        Severity.WARNING,
        Retry.NOT_NEEDED,
        clause("38, 44"),
        Text(
            "Чекте {paid} сом, пациенттин үлүшү {due} сом: айырма {difference} сом.",
            "По чеку {paid} сома, доля пациента {due} сома: разница {difference} сома.",
            "The receipt says {paid} som, the patient's share is {due} som: a difference of {difference} som.",
        ),
        Text(
            "Ашык алынганын кайтарып, чекти оңдоңуз: ашык төлөм компенсацияны ошончого азайтат, кем төлөм көбөйтпөйт.",
            "Верните лишнее и исправьте чек: переплата уменьшает компенсацию, недоплата её не увеличивает.",
            "Give back what is too much and correct the receipt: overcharging lessens the compensation, "
            "undercharging does not raise it.",
        ),
        "$.receipt.amount",
    ),
}
"""Each code is one of the gateway's; the words are in its three languages."""


def finding(code: str, language: str, **parameters: str | int) -> Finding:
    """The gateway's finding, in this language."""
    row = FINDINGS[code]
    return Finding(
        code=code,
        severity=row.severity,
        path=row.path,
        clause=row.clause.of(language),
        message=row.message.of(language).format(**parameters),
        action=row.action.of(language),
    )


def refusal(*findings: Finding) -> AgentProblem:
    """What the agent raises when the gateway has refused; the first finding decides."""
    first = FINDINGS[findings[0].code]
    return AgentProblem(ProblemCode.GATEWAY_REFUSED, first.status, first.retry, findings=findings)
