"""Entries of the catalogue: the register of machines, their keys and how terminals enrol."""

from __future__ import annotations

from typing import Final

from schemas.errors.codes import ErrorCode
from schemas.errors.model import Actor, ErrorEntry, Retry, Text

_REGISTER: Final = Text("кардарлардын реестри", "реестр клиентов", "register of clients")
_KEYS: Final = Text(*["RFC 7517; RFC 7518, 6"] * 3)

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.CLIENT_NOT_FOUND: ErrorEntry(
        status=404,
        actor=Actor.OPERATOR,
        retry=Retry.NEVER,
        clause=_REGISTER,
        message=Text(
            "Мындай кардар (тутум) реестрде жок.",
            "Такого клиента (системы) нет в реестре.",
            "There is no such client (system) in the register.",
        ),
        action=Text(
            "Кардарлардын тизмесин караңыз: gateway client list.",
            "Посмотрите список клиентов: gateway client list.",
            "Look at the list of clients: gateway client list.",
        ),
    ),
    ErrorCode.CLIENT_EXISTS: ErrorEntry(
        status=409,
        actor=Actor.OPERATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_REGISTER,
        message=Text(
            "«{client}» аттуу кардар же ошол эле X-Road мүчөсүнө байланган кардар реестрде бар.",
            "Клиент «{client}» или клиент с тем же участником X-Road уже есть в реестре.",
            "The client “{client}”, or one of the same X-Road member, is in the register already.",
        ),
        action=Text(
            "Башка ат тандаңыз же бар кардардын ачкычын алмаштырыңыз (rotate). Чакырып алынган кардардын аты кайра "
            "берилбейт.",
            "Выберите другое имя или смените ключ существующего клиента (rotate). Имя отозванного клиента повторно не "
            "выдаётся.",
            "Choose another name, or rotate the key of the client that is there. The name of a revoked client is never "
            "given again.",
        ),
    ),
    ErrorCode.CLIENT_KEY_INVALID: ErrorEntry(
        status=422,
        actor=Actor.OPERATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_KEYS,
        message=Text(
            "Кардардын ачкычы же байлоосу туура эмес.",
            "Ключ клиента или его привязка недопустимы.",
            "The client's key, or what its tokens are bound to, is not allowed.",
        ),
        action=Text(
            "EC P-256, Ed25519 же 2048 биттен RSA ачык ачкычын JWK түрүндө, жеке бөлүгүсүз бериңиз. Дарыканалардын "
            "терминалдары DPoP колдонот; mTLS үчүн сертификат керек.",
            "Передайте открытый ключ EC P-256, Ed25519 или RSA от 2048 бит как JWK, без закрытой части. Терминалы "
            "аптек используют DPoP; для mTLS нужен сертификат.",
            "Give a public EC P-256, Ed25519 or RSA key (2048 bits or more) as JWK, without its private part. Pharmacy "
            "terminals use DPoP; mTLS needs a certificate.",
        ),
    ),
    ErrorCode.CLIENT_NOT_ENROLLABLE: ErrorEntry(
        status=422,
        actor=Actor.OPERATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_REGISTER,
        message=Text(
            "Бир жолку код менен дарыкананын терминалы гана катталат.",
            "По одноразовому коду регистрируется только терминал аптеки.",
            "Only a pharmacy's terminal enrols with a one-time code.",
        ),
        action=Text(
            "Башка тутумга ачкычты өзүнчө бериңиз (add, rotate) же кардарды pharmacy-terminal түрүндө кошуңуз.",
            "Другой системе дайте ключ отдельно (add, rotate) или добавьте клиента вида pharmacy-terminal.",
            "Give another system its key by itself (add, rotate), or add the client as a pharmacy-terminal.",
        ),
    ),
    ErrorCode.ENROLMENT_CODE_INVALID: ErrorEntry(
        status=403,
        actor=Actor.PHARMACY,
        retry=Retry.AFTER_CORRECTION,
        clause=_REGISTER,
        message=Text(
            "Каттоо коду кабыл алынган жок.",
            "Код регистрации не принят.",
            "The enrolment code is not accepted.",
        ),
        action=Text(
            "Кодду текшерип, кайра териңиз. Ал бир жолу гана жана чектелүү убакытка жарайт: кайра кабыл алынбаса, "
            "шлюздун операторунан жаңы код сураңыз.",
            "Проверьте код и введите его снова. Он годен один раз и ограниченное время: если он опять не принят, "
            "попросите у оператора шлюза новый.",
            "Check the code and type it again. It is good once and for a limited time: if it is refused again, ask the "
            "gateway's operator for a new one.",
        ),
    ),
}
