"""The closed vocabulary of the audit: what was done, by what kind of actor, why, and how it ended.

A word never changes its meaning and is never used again for another: entries are kept for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from schemas.errors.model import Text


class Action(StrEnum):
    """What was done."""

    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGN_OUT = "sign-out"
    SESSION_ENDED = "session-ended"
    TOKEN_ISSUED = "token-issued"  # noqa: S105 - the name of an action
    TOKEN_REFUSED = "token-refused"  # noqa: S105 - as above
    ACCESS_DENIED = "access-denied"
    CASE_ACCEPTED = "case-accepted"
    CASE_READ = "case-read"
    CASE_CORRECTED = "case-corrected"
    OPERATION_READ = "operation-read"
    OPERATIONS_LISTED = "operations-listed"
    OPERATION_RETRIED = "operation-retried"
    OPERATION_PARKED = "operation-parked"
    OPERATION_RESOLVED = "operation-resolved"
    EVENTS_READ = "events-read"
    UPSTREAM_PAUSED = "upstream-paused"
    UPSTREAM_RESUMED = "upstream-resumed"
    CLIENT_ADDED = "client-added"
    CLIENT_ROTATED = "client-rotated"
    CLIENT_REVOKED = "client-revoked"
    CLIENT_ENROLMENT_OPENED = "client-enrolment-opened"
    CLIENT_ENROLLED = "client-enrolled"
    CLIENTS_LISTED = "clients-listed"
    STAFF_GRANTED = "staff-granted"
    STAFF_REVOKED = "staff-revoked"
    STAFF_LISTED = "staff-listed"
    AUDIT_READ = "audit-read"
    AUDIT_EXPORTED = "audit-exported"
    SUBJECT_REPORT = "subject-report"
    PAYLOAD_SHREDDED = "payload-shredded"
    KEYS_ROTATED = "keys-rotated"
    PRESCRIPTION_ISSUED = "prescription-issued"
    PRESCRIPTION_READ = "prescription-read"
    PRESCRIPTION_CANCELLED = "prescription-cancelled"
    PRESCRIPTION_PRINTED = "prescription-printed"
    PRESCRIPTION_LOOKED_UP = "prescription-looked-up"
    INSURANCE_CHECKED = "insurance-checked"
    DISPENSE_QUOTED = "dispense-quoted"
    HOLD_RELEASED = "hold-released"
    DISPENSED = "dispensed"
    DISPENSE_REVERSED = "dispense-reversed"
    DISPENSE_READ = "dispense-read"
    DISPENSES_LISTED = "dispenses-listed"
    CONTRACT_APPLICATIONS_LISTED = "contract-applications-listed"
    CONTRACT_CHANGED = "contract-changed"
    BUDGET_CHANGED = "budget-changed"
    LIMIT_CHANGED = "limit-changed"
    REPORT_FORMED = "report-formed"
    REPORT_SUBMITTED = "report-submitted"
    ACT_DRAWN = "act-drawn"
    ACT_SIGNED = "act-signed"
    ACT_PAID = "act-paid"
    SETTLEMENT_READ = "settlement-read"
    LINE_JUDGED = "line-judged"
    DISPUTE_FILED = "dispute-filed"
    DISPUTE_DECIDED = "dispute-decided"


class ActorKind(StrEnum):
    """What kind of actor; the first two are those of :class:`gateway.access.principal.PrincipalKind`."""

    MACHINE = "machine"
    PERSON = "person"
    OPERATOR = "operator"
    """Somebody at the command line of the gateway's own machine."""
    GATEWAY = "gateway"
    """The gateway itself, at one of its periodic duties."""
    UNKNOWN = "unknown"
    """A sender who could not prove who it is."""


class Outcome(StrEnum):
    """How it ended."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILED = "failed"


class Purpose(StrEnum):
    """Why it was done. Closed, because free text could carry personal data."""

    TREATMENT = "treatment"
    PAYMENT = "payment"
    OPERATIONS = "operations"
    """Running health care: quality, control, reporting."""
    ADMINISTRATION = "administration"
    """Running this system."""
    PATIENT_REQUEST = "patient-request"
    LEGAL = "legal"
    PUBLIC_HEALTH = "public-health"


class Deed(StrEnum):
    """What an action does to what it is done to; the values are those of FHIR R4 (``audit-event-action``)."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Family(StrEnum):
    """What family of events an action belongs to."""

    AUTHENTICATION = "authentication"
    SECURITY = "security"
    AUDIT_USE = "audit-use"
    EXPORT = "export"
    EXCHANGE = "exchange"
    """The gateway's own work: taking, showing and delivering."""


class ActionEntry(NamedTuple):
    """What is known of an action."""

    deed: Deed
    family: Family
    title: Text


_AUTHENTICATION, _SECURITY, _EXCHANGE = Family.AUTHENTICATION, Family.SECURITY, Family.EXCHANGE
_C, _R, _U, _D, _E = Deed

ACTIONS: Mapping[Action, ActionEntry] = MappingProxyType(
    {
        Action.SIGN_IN: ActionEntry(_E, _AUTHENTICATION, Text("Кирүү", "Вход", "Sign-in")),
        Action.SIGN_IN_REFUSED: ActionEntry(
            _E, _AUTHENTICATION, Text("Кирүүгө уруксат берилген жок", "Отказ во входе", "Sign-in refused")
        ),
        Action.SIGN_OUT: ActionEntry(_E, _AUTHENTICATION, Text("Чыгуу", "Выход", "Sign-out")),
        Action.SESSION_ENDED: ActionEntry(
            _E, _AUTHENTICATION, Text("Сеанс аяктады", "Сеанс завершён", "Session ended")
        ),
        Action.TOKEN_ISSUED: ActionEntry(
            _E, _AUTHENTICATION, Text("Токен берилди", "Токен выдан", "Access token issued")
        ),
        Action.TOKEN_REFUSED: ActionEntry(
            _E, _AUTHENTICATION, Text("Токен берилген жок", "Отказ в выдаче токена", "Access token refused")
        ),
        Action.ACCESS_DENIED: ActionEntry(
            _E, _SECURITY, Text("Уруксат берилген жок", "Отказ в доступе", "Access denied")
        ),
        Action.CASE_ACCEPTED: ActionEntry(
            _C, _EXCHANGE, Text("Дарыланган учур кабыл алынды", "Пролеченный случай принят", "Treated case accepted")
        ),
        Action.CASE_READ: ActionEntry(
            _R, _EXCHANGE, Text("Дарыланган учур каралды", "Просмотр пролеченного случая", "Treated case read")
        ),
        Action.CASE_CORRECTED: ActionEntry(
            _U, _EXCHANGE, Text("Дарыланган учур оңдолду", "Пролеченный случай исправлен", "Treated case corrected")
        ),
        Action.OPERATION_READ: ActionEntry(
            _R, _EXCHANGE, Text("Операция каралды", "Просмотр операции", "Operation read")
        ),
        Action.OPERATIONS_LISTED: ActionEntry(
            _R, _EXCHANGE, Text("Операциялардын тизмеси каралды", "Просмотр списка операций", "Operations listed")
        ),
        Action.OPERATION_RETRIED: ActionEntry(
            _E, _EXCHANGE, Text("Операция кайра башталды", "Операция возобновлена", "Operation retried")
        ),
        Action.OPERATION_PARKED: ActionEntry(
            _E, _EXCHANGE, Text("Операция четке коюлду", "Операция отложена", "Operation parked")
        ),
        Action.OPERATION_RESOLVED: ActionEntry(
            _E,
            _EXCHANGE,
            Text("Операция кол менен аяктады", "Операция завершена вручную", "Operation resolved by hand"),
        ),
        Action.EVENTS_READ: ActionEntry(_R, _EXCHANGE, Text("Окуялар окулду", "Чтение событий", "Events read")),
        Action.UPSTREAM_PAUSED: ActionEntry(
            _E, _EXCHANGE, Text("Жөнөтүү токтотулду", "Доставка приостановлена", "Delivery paused")
        ),
        Action.UPSTREAM_RESUMED: ActionEntry(
            _E, _EXCHANGE, Text("Жөнөтүү улантылды", "Доставка возобновлена", "Delivery resumed")
        ),
        Action.CLIENT_ADDED: ActionEntry(_C, _SECURITY, Text("Система кошулду", "Система добавлена", "Client added")),
        Action.CLIENT_ROTATED: ActionEntry(
            _U, _SECURITY, Text("Системанын ачкычы алмашты", "Ключ системы заменён", "Client key rotated")
        ),
        Action.CLIENT_REVOKED: ActionEntry(
            _D, _SECURITY, Text("Система өчүрүлдү", "Система отключена", "Client revoked")
        ),
        Action.CLIENT_ENROLMENT_OPENED: ActionEntry(
            _U,
            _SECURITY,
            Text("Терминалды каттоо коду берилди", "Выдан код регистрации терминала", "Enrolment code given out"),
        ),
        Action.CLIENT_ENROLLED: ActionEntry(
            _U,
            _SECURITY,
            Text("Терминал ачкычын каттады", "Терминал зарегистрировал свой ключ", "Terminal enrolled with its key"),
        ),
        Action.CLIENTS_LISTED: ActionEntry(
            _R, _SECURITY, Text("Системалардын тизмеси каралды", "Просмотр списка систем", "Clients listed")
        ),
        Action.STAFF_GRANTED: ActionEntry(
            _C, _SECURITY, Text("Кызматкерге укук берилди", "Сотруднику даны права", "Staff member authorised")
        ),
        Action.STAFF_REVOKED: ActionEntry(
            _D, _SECURITY, Text("Кызматкердин укугу алынды", "Права сотрудника отозваны", "Staff authorisation revoked")
        ),
        Action.STAFF_LISTED: ActionEntry(
            _R, _SECURITY, Text("Кызматкерлердин тизмеси каралды", "Просмотр списка сотрудников", "Staff listed")
        ),
        Action.AUDIT_READ: ActionEntry(
            _R, Family.AUDIT_USE, Text("Аудит журналы каралды", "Просмотр журнала аудита", "Audit read")
        ),
        Action.AUDIT_EXPORTED: ActionEntry(
            _R, Family.EXPORT, Text("Аудит журналы чыгарылды", "Выгрузка журнала аудита", "Audit exported")
        ),
        Action.SUBJECT_REPORT: ActionEntry(
            _R,
            Family.AUDIT_USE,
            Text("«Ким караган» отчету берилди", "Выдан отчёт «кто смотрел»", "Report on who looked given"),
        ),
        Action.PAYLOAD_SHREDDED: ActionEntry(
            _D, _SECURITY, Text("Мазмуну биротоло жок кылынды", "Содержание уничтожено", "Content erased for good")
        ),
        Action.KEYS_ROTATED: ActionEntry(
            _U, _SECURITY, Text("Шлюздун ачкычтары алмашты", "Ключи шлюза заменены", "Gateway keys rotated")
        ),
        Action.PRESCRIPTION_ISSUED: ActionEntry(
            _C, _EXCHANGE, Text("Рецепт жазылды", "Рецепт выписан", "Prescription issued")
        ),
        Action.PRESCRIPTION_READ: ActionEntry(
            _R, _EXCHANGE, Text("Рецепт окулду", "Рецепт прочитан", "Prescription read")
        ),
        Action.PRESCRIPTION_CANCELLED: ActionEntry(
            _U, _EXCHANGE, Text("Рецепт жокко чыгарылды", "Рецепт отменён", "Prescription cancelled")
        ),
        Action.PRESCRIPTION_PRINTED: ActionEntry(
            _R, _EXCHANGE, Text("Рецепт басылды", "Рецепт напечатан", "Prescription printed")
        ),
        Action.PRESCRIPTION_LOOKED_UP: ActionEntry(
            _R,
            _EXCHANGE,
            Text("Рецепт дарыканада изделди", "Рецепт запрошен аптекой", "Prescription looked up at a pharmacy"),
        ),
        Action.INSURANCE_CHECKED: ActionEntry(
            _R, _EXCHANGE, Text("Камсыздандыруу текшерилди", "Проверено страхование", "Insurance checked")
        ),
        Action.DISPENSE_QUOTED: ActionEntry(
            _R, _EXCHANGE, Text("Баасы эсептелди", "Отпуск рассчитан", "Dispense quoted")
        ),
        Action.HOLD_RELEASED: ActionEntry(_U, _EXCHANGE, Text("Кармоо бошотулду", "Удержание снято", "Hold released")),
        Action.DISPENSED: ActionEntry(_C, _EXCHANGE, Text("Дары берилди", "Лекарство отпущено", "Medicine dispensed")),
        Action.DISPENSE_REVERSED: ActionEntry(
            _U, _EXCHANGE, Text("Дары берүү кайтарылды", "Отпуск сторнирован", "Dispense reversed")
        ),
        Action.DISPENSE_READ: ActionEntry(_R, _EXCHANGE, Text("Дары берүү окулду", "Отпуск прочитан", "Dispense read")),
        Action.DISPENSES_LISTED: ActionEntry(
            _R, _EXCHANGE, Text("Берилген дарылардын тизмеси", "Список отпусков", "Dispenses listed")
        ),
        Action.CONTRACT_APPLICATIONS_LISTED: ActionEntry(
            _R,
            _EXCHANGE,
            Text(
                "Келишимге арыздардын тизмеси каралды",
                "Просмотр списка заявлений на договор",
                "Contract applications listed",
            ),
        ),
        Action.CONTRACT_CHANGED: ActionEntry(
            _U, _EXCHANGE, Text("Дарыкана келишими өзгөрдү", "Договор аптеки изменён", "Pharmacy contract changed")
        ),
        Action.BUDGET_CHANGED: ActionEntry(_U, _EXCHANGE, Text("Бюджет өзгөрдү", "Бюджет изменён", "Budget changed")),
        Action.LIMIT_CHANGED: ActionEntry(
            _U, _EXCHANGE, Text("Лимит өзгөрдү", "Лимит изменён", "Patient limit changed")
        ),
        Action.REPORT_FORMED: ActionEntry(
            _C, _EXCHANGE, Text("Отчет түзүлдү", "Отчёт сформирован", "Settlement report formed")
        ),
        Action.REPORT_SUBMITTED: ActionEntry(
            _U, _EXCHANGE, Text("Отчет берилди", "Отчёт представлен", "Settlement report submitted")
        ),
        Action.ACT_DRAWN: ActionEntry(_C, _EXCHANGE, Text("Акт түзүлдү", "Акт составлен", "Settlement act drawn")),
        Action.ACT_SIGNED: ActionEntry(
            _U, _EXCHANGE, Text("Актка кол коюлду", "Акт подписан", "Settlement act signed")
        ),
        Action.ACT_PAID: ActionEntry(_U, _EXCHANGE, Text("Акт төлөндү", "Акт оплачен", "Settlement act paid")),
        Action.SETTLEMENT_READ: ActionEntry(
            _R, _EXCHANGE, Text("Эсептешүү окулду", "Взаиморасчёты прочитаны", "Settlement read")
        ),
        Action.LINE_JUDGED: ActionEntry(
            _U, _EXCHANGE, Text("Сап боюнча чечим", "Решение по строке", "Settlement line decided on")
        ),
        Action.DISPUTE_FILED: ActionEntry(_C, _EXCHANGE, Text("Талаш арыз берилди", "Подан спор", "Dispute filed")),
        Action.DISPUTE_DECIDED: ActionEntry(_U, _EXCHANGE, Text("Талаш чечилди", "Спор решён", "Dispute decided")),
    }
)
"""Every action."""

ACTOR_KINDS: Mapping[ActorKind, Text] = MappingProxyType(
    {
        ActorKind.MACHINE: Text("маалымат системасы", "информационная система", "information system"),
        ActorKind.PERSON: Text("кызматкер", "сотрудник", "member of staff"),
        ActorKind.OPERATOR: Text("шлюздун оператору", "оператор шлюза", "operator of the gateway"),
        ActorKind.GATEWAY: Text("шлюз өзү", "сам шлюз", "the gateway itself"),
        ActorKind.UNKNOWN: Text("белгисиз", "неизвестный", "unknown"),
    }
)

OUTCOMES: Mapping[Outcome, Text] = MappingProxyType(
    {
        Outcome.SUCCESS: Text("аткарылды", "выполнено", "done"),
        Outcome.REFUSED: Text("уруксат берилген жок", "отказано", "refused"),
        Outcome.FAILED: Text("ишке ашкан жок", "не удалось", "failed"),
    }
)

PURPOSES: Mapping[Purpose, Text] = MappingProxyType(
    {
        Purpose.TREATMENT: Text("дарылоо", "лечение", "treatment"),
        Purpose.PAYMENT: Text("төлөө", "оплата", "payment"),
        Purpose.OPERATIONS: Text(
            "саламаттык сактоону уюштуруу", "организация здравоохранения", "health care operations"
        ),
        Purpose.ADMINISTRATION: Text("системаны тейлөө", "обслуживание системы", "running the system"),
        Purpose.PATIENT_REQUEST: Text("бейтаптын өтүнүчү", "запрос пациента", "request of the patient"),
        Purpose.LEGAL: Text("мыйзам талабы", "требование закона", "requirement of law"),
        Purpose.PUBLIC_HEALTH: Text("коомдук саламаттык", "общественное здравоохранение", "public health"),
    }
)
