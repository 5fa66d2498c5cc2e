"""Entries of the catalogue: the request as such, before anything of its content is judged."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.model import Actor, ErrorEntry, Retry, Text


def _same(text: str) -> Text:
    """The name of a specification, the same in every language."""
    return Text(text, text, text)


_IDEMPOTENCY = _same("draft-ietf-httpapi-idempotency-key-header-07")

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.REQUEST_MALFORMED_JSON: ErrorEntry(
        status=400,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 8259"),
        message=Text(
            "Билдирүүнүн денеси туура JSON эмес: {line}-сап, {column}-белги.",
            "Тело запроса не является правильным JSON: строка {line}, знак {column}.",
            "The body is not well-formed JSON: line {line}, column {column}.",
        ),
        action=Text(
            "Жөнөтүүчү тутум JSONду UTF-8 коддоосунда түзүшү керек; аны жөнөтөр алдында текшериңиз.",
            "Отправляющая система должна формировать JSON в кодировке UTF-8; проверьте его перед отправкой.",
            "The sending system must write JSON in UTF-8; check it before sending.",
        ),
    ),
    ErrorCode.REQUEST_TOO_LARGE: ErrorEntry(
        status=413,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 9110, 15.5.14"),
        message=Text(
            "Билдирүүнүн денеси чоң: чеги {limit} байт.",
            "Тело запроса слишком велико: предел {limit} байт.",
            "The body is too large: the limit is {limit} bytes.",
        ),
        action=Text(
            "Учурларды бирден жөнөтүңүз. Чек ачылган (кысылбаган) көлөмгө тиешелүү.",
            "Отправляйте случаи по одному. Предел относится к распакованному объёму.",
            "Send cases one by one. The limit is meant for the decompressed size.",
        ),
    ),
    ErrorCode.REQUEST_BODY_TIMEOUT: ErrorEntry(
        status=408,
        actor=Actor.INTEGRATOR,
        retry=Retry.SAME_KEY_LATER,
        clause=_same("RFC 9110, 15.5.9"),
        message=Text(
            "Билдирүүнүн денеси өз убагында толук келген жок.",
            "Тело запроса не пришло полностью в отведённое время.",
            "The body did not arrive in time.",
        ),
        action=Text(
            "Байланышты текшериңиз да, ошол эле сурамды ошол эле Idempotency-Key менен кайра жөнөтүңүз.",
            "Проверьте связь и отправьте тот же запрос с тем же Idempotency-Key ещё раз.",
            "Check the connection and send the same request with the same Idempotency-Key again.",
        ),
    ),
    ErrorCode.REQUEST_CONTENT_TYPE: ErrorEntry(
        status=415,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 9110, 8.3"),
        message=Text(
            "Билдирүүнүн Content-Type түрү бул жерде кабыл алынбайт.",
            "Content-Type запроса здесь не принимается.",
            "The Content-Type of the body is not taken here.",
        ),
        action=Text(
            "{expected} түрүн UTF-8 коддоосунда жөнөтүңүз.",
            "Отправляйте {expected} в кодировке UTF-8.",
            "Send {expected} in UTF-8.",
        ),
    ),
    ErrorCode.REQUEST_CONTENT_ENCODING: ErrorEntry(
        status=415,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 9110, 8.4"),
        message=Text(
            "Билдирүүнүн кысылышы (Content-Encoding) белгисиз же бузулган.",
            "Сжатие запроса (Content-Encoding) неизвестно или повреждено.",
            "The compression of the body (Content-Encoding) is unknown or broken.",
        ),
        action=Text(
            "Денени кыспай же gzip менен жөнөтүңүз.",
            "Отправляйте тело без сжатия или сжатым gzip.",
            "Send the body plain or compressed with gzip.",
        ),
    ),
    ErrorCode.REQUEST_PARAMETER: ErrorEntry(
        status=400,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Даректин «{name}» параметри белгисиз же мааниси туура эмес.",
            "Параметр адреса «{name}» неизвестен или имеет неверное значение.",
            "The parameter “{name}” of the address is unknown or has a wrong value.",
        ),
        action=Text(
            "Күтүлгөнү: {expected}. Параметрлердин тизмеси /docs барагында.",
            "Ожидается: {expected}. Список параметров — на странице /docs.",
            "Expected: {expected}. The parameters are listed at /docs.",
        ),
    ),
    ErrorCode.REQUEST_HEADER: ErrorEntry(
        status=400,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 9110"),
        message=Text(
            "Сурамдын аталыш саптары (headers) туура эмес.",
            "Заголовки запроса неверны.",
            "The request's headers are wrong.",
        ),
        action=Text(
            "Жөнөтүүчү тутумдун HTTP жөндөөлөрүн текшериңиз.",
            "Проверьте настройки HTTP отправляющей системы.",
            "Check the HTTP settings of the sending system.",
        ),
    ),
    ErrorCode.ROUTE_NOT_FOUND: ErrorEntry(
        status=404,
        actor=Actor.INTEGRATOR,
        retry=Retry.NEVER,
        clause=_same("RFC 9110, 15.5.5"),
        message=Text(
            "Мындай дарек жок.",
            "Такого адреса нет.",
            "There is no such address.",
        ),
        action=Text(
            "Даректи /docs барагындагы тизме менен салыштырыңыз.",
            "Сверьте адрес со списком на странице /docs.",
            "Compare the address with the list at /docs.",
        ),
    ),
    ErrorCode.METHOD_NOT_ALLOWED: ErrorEntry(
        status=405,
        actor=Actor.INTEGRATOR,
        retry=Retry.NEVER,
        clause=_same("RFC 9110, 15.5.6"),
        message=Text(
            "Бул дарек мындай ыкманы (method) билбейт.",
            "Этот адрес не поддерживает такой метод.",
            "This address does not know this method.",
        ),
        action=Text(
            "Жооптун Allow сабындагы ыкмалардын бирин колдонуңуз.",
            "Используйте один из методов, названных в заголовке Allow ответа.",
            "Use one of the methods named in the answer's Allow header.",
        ),
    ),
    ErrorCode.SENDER_UNKNOWN: ErrorEntry(
        status=403,
        actor=Actor.OPERATOR,
        retry=Retry.NEVER,
        message=Text(
            "Жөнөтүүчү белгисиз.",
            "Отправитель неизвестен.",
            "The sender is not known.",
        ),
        action=Text(
            "Шлюздун операторунан жөнөтүүчүнү жөндөөлөргө киргизүүнү сураныңыз.",
            "Попросите оператора шлюза внести отправителя в настройки.",
            "Ask the gateway's operator to enter the sender in the settings.",
        ),
    ),
    ErrorCode.IDEMPOTENCY_KEY_MISSING: ErrorEntry(
        status=400,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_IDEMPOTENCY,
        message=Text(
            "Idempotency-Key сабы жок.",
            "Нет заголовка Idempotency-Key.",
            "The Idempotency-Key header is missing.",
        ),
        action=Text(
            "Ар бир жаңы билдирүүгө өзүнчө ачкыч (мисалы, UUID) бериңиз; кайталоодо ошол эле ачкычты колдонуңуз.",
            "Давайте каждому новому сообщению свой ключ (например, UUID); при повторе используйте тот же ключ.",
            "Give every new message its own key, for example a UUID; use the same key when you repeat it.",
        ),
    ),
    ErrorCode.IDEMPOTENCY_KEY_INVALID: ErrorEntry(
        status=400,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_IDEMPOTENCY,
        message=Text(
            "Idempotency-Key туура эмес: 1ден 255ке чейин көрүнүүчү ASCII белгиси болушу керек.",
            "Неверный Idempotency-Key: нужно от 1 до 255 видимых знаков ASCII.",
            "The Idempotency-Key is not valid: it has 1 to 255 visible ASCII characters.",
        ),
        action=Text(
            "Ачкыч катары UUID колдонуңуз.",
            "Используйте в качестве ключа UUID.",
            "Use a UUID as the key.",
        ),
    ),
    ErrorCode.IDEMPOTENCY_KEY_REUSED: ErrorEntry(
        status=422,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_IDEMPOTENCY,
        message=Text(
            "Бул Idempotency-Key мурда башка мазмундагы билдирүү менен колдонулган.",
            "Этот Idempotency-Key уже использован с другим содержанием.",
            "This Idempotency-Key was used before with another content.",
        ),
        action=Text(
            "Жаңы же оңдолгон билдирүүгө жаңы ачкыч бериңиз.",
            "Для нового или исправленного сообщения задайте новый ключ.",
            "Give a new or corrected message a new key.",
        ),
    ),
    ErrorCode.IDEMPOTENCY_IN_PROGRESS: ErrorEntry(
        status=409,
        actor=Actor.NOBODY,
        retry=Retry.SAME_KEY_LATER,
        clause=_IDEMPOTENCY,
        message=Text(
            "Ошол эле ачкычтагы сурам азыр иштетилип жатат.",
            "Запрос с тем же ключом сейчас обрабатывается.",
            "A request with the same key is being worked on.",
        ),
        action=Text(
            "Retry-After сабындагы убакыттан кийин ошол эле сурамды кайталаңыз.",
            "Повторите тот же запрос после времени, указанного в Retry-After.",
            "Repeat the same request after the time given in Retry-After.",
        ),
    ),
}
