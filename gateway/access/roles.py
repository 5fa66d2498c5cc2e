"""Roles and scopes as data: what each is called, where it is held, and how its holder must have signed in.

The names of offices change with the orders (the operator of the sick-leave module and the technical operator are
different bodies, and have both been called so), hence they are written here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.access.principal import Role, Scope
from schemas.errors.model import Text


class SignInMethod(StrEnum):
    """The ways to sign in that ESI's page shows (ESI order, instruction, sign-in screen)."""

    ELECTRONIC_SIGNATURE = "electronic-signature"
    """«Электронная подпись»"""
    ID_CARD = "id-card"
    """«ID-карта»"""
    QR = "qr"
    """«QR»"""
    PASSWORD = "password"  # noqa: S105 - the name of a method
    """«Персональный номер» and «Пароль», typed in at ESI and never seen by us."""


class Body(StrEnum):
    """What kind of body a role belongs to."""

    ORGANISATION = "organisation"
    """A health organisation («организация здравоохранения»)."""
    PHARMACY = "pharmacy"
    """A pharmacy under contract with the fund."""
    FUND = "fund"
    """The mandatory health insurance fund («ФОМС»)."""
    REGION = "region"
    """A body that answers for one row of the roll-out schedule."""
    MINISTRY = "ministry"
    """The Ministry of Health."""
    OPERATOR = "operator"
    """Those who run the systems: «ЦЭЗ», «Тундук», the operators of this gateway."""


class Reach(StrEnum):
    """How far a role reaches, and so what a grant of it must name."""

    ORGANISATION = "organisation"
    """One organisation or pharmacy, named by its six-digit code."""
    REGION = "region"
    """One region, named by its row of the roll-out schedule."""
    COUNTRY = "country"
    """The whole country; nothing is named."""


_REACH_OF_BODY: Final[Mapping[Body, Reach]] = MappingProxyType(
    {
        Body.ORGANISATION: Reach.ORGANISATION,
        Body.PHARMACY: Reach.ORGANISATION,
        Body.REGION: Reach.REGION,
        Body.FUND: Reach.COUNTRY,
        Body.MINISTRY: Reach.COUNTRY,
        Body.OPERATOR: Reach.COUNTRY,
    }
)

ANY_METHOD: Final = frozenset(SignInMethod)
SIGNING_METHODS: Final = frozenset({SignInMethod.ELECTRONIC_SIGNATURE, SignInMethod.ID_CARD})
"""What those who sign settlement acts must have signed in with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDescription:
    """One role. ``methods`` are the ways to sign in under which it may be used; ``clause`` is where it comes from."""

    title: Text
    body: Body
    clause: Text
    methods: frozenset[SignInMethod] = ANY_METHOD

    @property
    def reach(self) -> Reach:
        """How far it reaches."""
        return _REACH_OF_BODY[self.body]


def _clause(document: Text, *clauses: str) -> Text:
    listed = ", ".join(clauses)
    ky = f"{listed}-пункт" if len(clauses) == 1 else f"{listed}-пункттар"
    ru = f"пункт {listed}" if len(clauses) == 1 else f"пункты {listed}"
    en = f"clause {listed}" if len(clauses) == 1 else f"clauses {listed}"
    return Text(f"{document.ky}, {ky}", f"{document.ru}, {ru}", f"{document.en}, {en}")


_DRUG_PROGRAMME: Final = Text(
    "кошумча дары-дармек программасы жөнүндө жобо",
    "положение о дополнительной лекарственной программе",
    "regulation on the additional drug programme",
)
_SICK_LEAVE: Final = Text(
    "санариптик эмгекке жарамсыздык баракчасы жөнүндө буйрук жана оферта",
    "приказ о ЦЛН и публичная оферта",
    "order on the digital sick-leave sheet and its public offer",
)
_SANARIP: Final = Text("Sanarip Clinic жөнүндө буйрук", "приказ о Sanarip Clinic", "order on Sanarip Clinic")
_ESI: Final = Text("ЕСИ жөнүндө буйрук", "приказ о ЕСИ", "order on ESI")

_PRESCRIBERS: Final = _clause(_DRUG_PROGRAMME, "16")
_DISPENSING: Final = _clause(_DRUG_PROGRAMME, "32", "34", "36")
_ACT_SIGNERS: Final = _clause(_DRUG_PROGRAMME, "45")

ROLES: Final[Mapping[Role, RoleDescription]] = MappingProxyType(
    {
        Role.FAMILY_DOCTOR: RoleDescription(
            title=Text("Үй-бүлөлүк дарыгер", "Семейный врач", "Family doctor"),
            body=Body.ORGANISATION,
            clause=_PRESCRIBERS,
        ),
        Role.ONCOLOGIST: RoleDescription(
            title=Text("Онколог дарыгер", "Врач-онколог", "Oncologist"),
            body=Body.ORGANISATION,
            clause=_PRESCRIBERS,
        ),
        Role.PSYCHIATRIST: RoleDescription(
            title=Text("Психиатр дарыгер", "Врач-психиатр", "Psychiatrist"),
            body=Body.ORGANISATION,
            clause=_PRESCRIBERS,
        ),
        Role.FAP_HEAD: RoleDescription(
            title=Text("ФАПтын башчысы", "Заведующий ФАП", "Head of a feldsher-obstetric point"),
            body=Body.ORGANISATION,
            clause=_PRESCRIBERS,
        ),
        Role.PHARMACIST: RoleDescription(
            title=Text("Дарыканачы", "Фармацевт", "Pharmacist"),
            body=Body.PHARMACY,
            clause=_DISPENSING,
        ),
        Role.PHARMACY_HEAD: RoleDescription(
            title=Text("Дарыкананын жетекчиси", "Руководитель аптеки", "Head of the pharmacy"),
            body=Body.PHARMACY,
            clause=_ACT_SIGNERS,
            methods=SIGNING_METHODS,
        ),
        Role.CHIEF_ACCOUNTANT: RoleDescription(
            title=Text("Дарыкананын башкы бухгалтери", "Главный бухгалтер аптеки", "Chief accountant of the pharmacy"),
            body=Body.PHARMACY,
            clause=_ACT_SIGNERS,
            methods=SIGNING_METHODS,
        ),
        Role.PROGRAM_ADMIN: RoleDescription(
            title=Text("Программанын администратору", "Администратор программы", "Administrator of the drug programme"),
            body=Body.FUND,
            clause=_clause(_DRUG_PROGRAMME, "12", "21(1)"),
        ),
        Role.FOMS_CONTROL: RoleDescription(
            title=Text("ММКФтин көзөмөлү", "Контроль ФОМС", "Control of the fund"),
            body=Body.FUND,
            clause=_clause(_DRUG_PROGRAMME, "47", "54", "55"),
        ),
        Role.COMMISSION: RoleDescription(
            title=Text("ММКФтин комиссиясынын мүчөсү", "Член комиссии ФОМС", "Member of the fund's commission"),
            body=Body.FUND,
            clause=_clause(_DRUG_PROGRAMME, "48", "49", "50"),
        ),
        Role.CEZ_OPERATOR: RoleDescription(
            title=Text("ЭССБнын (ЦЭЗ) оператору", "Оператор ЦЭЗ", "Operator at the electronic health centre (ЦЭЗ)"),
            body=Body.OPERATOR,
            clause=_clause(_SICK_LEAVE, "3.8", "4.2", "4.4"),
        ),
        Role.LICENSING_DEPARTMENT: RoleDescription(
            title=Text("Лицензиялоо бөлүмү", "Отдел лицензирования", "Licensing department"),
            body=Body.MINISTRY,
            clause=_clause(_SICK_LEAVE, "4.2"),
        ),
        Role.CLN_DOCTOR: RoleDescription(
            title=Text("Эмгекке жарамсыздык баракчасы: дарыгер", "ЦЛН: врач", "Sick-leave sheets: doctor"),
            body=Body.ORGANISATION,
            clause=Text(
                "баракчага кирүүгө арыз, 6-бөлүм", "заявление на ЦЛН, раздел 6", "sick-leave application, section 6"
            ),
        ),
        Role.CLN_MANAGER: RoleDescription(
            title=Text(
                "Эмгекке жарамсыздык баракчасы: жетекчилик", "ЦЛН: руководство", "Sick-leave sheets: management"
            ),
            body=Body.ORGANISATION,
            clause=Text(
                "баракчага кирүүгө арыз, 6-бөлүм", "заявление на ЦЛН, раздел 6", "sick-leave application, section 6"
            ),
        ),
        Role.REGIONAL_FUND: RoleDescription(
            title=Text("ММКФтин аймактык башкармалыгы", "ТУ ФОМС", "Territorial office of the fund"),
            body=Body.REGION,
            clause=_clause(_SANARIP, "7", "8"),
        ),
        Role.CKUZ: RoleDescription(
            title=Text("ЦКУЗ (аймактык борбор)", "ЦКУЗ", "Regional health coordination centre (ЦКУЗ)"),
            body=Body.REGION,
            clause=_clause(_SANARIP, "7", "9"),
        ),
        Role.TECHNICAL_OPERATOR: RoleDescription(
            title=Text("Техникалык оператор", "Технический оператор", "Technical operator"),
            body=Body.OPERATOR,
            clause=_clause(_SANARIP, "11", "12"),
        ),
        Role.HOSPITAL_CLERK: RoleDescription(
            title=Text("Статистик", "Медицинский статистик", "Hospital clerk"),
            body=Body.ORGANISATION,
            clause=_clause(_SANARIP, "10"),
        ),
        Role.STAFF_MANAGER: RoleDescription(
            title=Text(
                "Кызматкерлердин тизмесин жүргүзүүчү", "Ответственный за список сотрудников", "Keeper of the staff list"
            ),
            body=Body.ORGANISATION,
            clause=_clause(_ESI, "5"),
        ),
        Role.AUDITOR: RoleDescription(
            title=Text("Аудитор", "Аудитор доступа", "Auditor"),
            body=Body.OPERATOR,
            clause=_clause(_SICK_LEAVE, "5.1.3"),
        ),
    }
)
"""Every role there is; a test holds that none is missing."""

SCOPES: Final[Mapping[Scope, Text]] = MappingProxyType(
    {
        Scope.CASES_SUBMIT: Text(
            "Дарыланган учурларды жөнөтүү", "Передача пролеченных случаев", "Hand in treated cases"
        ),
        Scope.CASES_READ: Text("Дарыланган учурларды окуу", "Чтение пролеченных случаев", "Read treated cases"),
        Scope.OPERATIONS_READ: Text("Операцияларды көрүү", "Просмотр операций", "Look at operations"),
        Scope.OPERATIONS_MANAGE: Text(
            "Операциялар боюнча чечим чыгаруу", "Решения по операциям", "Decide on operations"
        ),
        Scope.EVENTS_READ: Text("Окуялардын агымын окуу", "Чтение ленты событий", "Read the feed of events"),
        Scope.METRICS_READ: Text("Көрсөткүчтөрдү окуу", "Чтение метрик", "Read metrics"),
        Scope.STAFF_MANAGE: Text(
            "Кызматкерлердин тизмесин жүргүзүү", "Ведение списка сотрудников", "Keep the list of staff"
        ),
        Scope.CLIENTS_MANAGE: Text("Кардарларды жүргүзүү", "Ведение клиентов", "Keep the register of clients"),
        Scope.AUDIT_READ: Text("Аудит журналын окуу", "Чтение журнала аудита", "Read the audit"),
        Scope.PRESCRIPTIONS_WRITE: Text("Рецепт жазып берүү", "Выписка рецептов", "Prescribe"),
        Scope.PRESCRIPTIONS_READ: Text("Рецепттерди окуу", "Чтение рецептов", "Read prescriptions"),
        Scope.DISPENSES_WRITE: Text(
            "Рецепт боюнча дары берүү", "Отпуск лекарств по рецептам", "Dispense on prescriptions"
        ),
        Scope.DISPENSES_READ: Text("Берилген дарыларды көрүү", "Просмотр отпуска", "Read dispenses"),
        Scope.CONTRACTS_APPLY: Text(
            "Келишимге арыз берүү", "Подача заявлений на договор", "Apply for a pharmacy contract"
        ),
        Scope.CONTRACTS_MANAGE: Text("Келишимдерди жүргүзүү", "Ведение договоров", "Keep pharmacy contracts"),
        Scope.PROGRAMME_READ: Text(
            "Программанын көрсөткүчтөрүн окуу", "Чтение показателей программы", "Read budget, limit and statistics"
        ),
        Scope.PROGRAMME_MANAGE: Text("Программаны башкаруу", "Управление программой", "Manage the drug programme"),
        Scope.SETTLEMENT_READ: Text("Эсептешүүнү окуу", "Чтение взаиморасчётов", "Read settlement"),
        Scope.SETTLEMENT_WRITE: Text(
            "Дарыкананын эсептешүүсү", "Взаиморасчёты аптеки", "A pharmacy's own reports, acts and disputes"
        ),
        Scope.SETTLEMENT_MANAGE: Text(
            "Эсептешүүнү башкаруу", "Управление взаиморасчётами", "Pay, control and decide in settlement"
        ),
    }
)
"""What each scope is called."""


def usable(roles: Iterable[Role], method: str | None) -> frozenset[Role]:
    """Those of ``roles`` that may be used after signing in by ``method``; the others need a step-up.

    A method that ESI did not name, or that is none of ours, only serves roles that take any method.
    """
    return frozenset(role for role in roles if ROLES[role].methods == ANY_METHOD or method in ROLES[role].methods)
