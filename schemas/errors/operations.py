"""Entries of the catalogue: the gateway itself, operations and upstreams."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.model import Actor, ErrorEntry, Retry, Text

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.INTERNAL_ERROR: ErrorEntry(
        status=500,
        actor=Actor.OPERATOR,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Шлюздун ичинде ката кетти. Сурам кабыл алынган-алынбаганы белгисиз.",
            "Внутренняя ошибка шлюза. Неизвестно, принят ли запрос.",
            "The gateway failed. Whether the request was accepted is not known.",
        ),
        action=Text(
            "Ошол эле сурамды ошол эле Idempotency-Key менен кайталаңыз: ал эки жолу кабыл алынбайт. "
            "Ката кайталанса, операторго бул жооптун instance маанисин айтыңыз.",
            "Повторите тот же запрос с тем же Idempotency-Key: дважды он принят не будет. "
            "Если ошибка повторится, сообщите оператору значение instance из этого ответа.",
            "Repeat the same request with the same Idempotency-Key: it will not be accepted twice. "
            "If it fails again, tell the operator the instance of this answer.",
        ),
    ),
    ErrorCode.SERVICE_STOPPING: ErrorEntry(
        status=503,
        actor=Actor.NOBODY,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Шлюз токтоп жатат, жаңы сурамдарды албайт.",
            "Шлюз останавливается и не принимает новых запросов.",
            "The gateway is stopping and takes no new requests.",
        ),
        action=Text(
            "Retry-After сабындагы убакыттан кийин жаңы байланыш менен ошол эле сурамды кайталаңыз.",
            "Повторите тот же запрос по новому соединению после времени, указанного в Retry-After.",
            "Repeat the same request over a new connection after the time given in Retry-After.",
        ),
    ),
    ErrorCode.STORE_UNAVAILABLE: ErrorEntry(
        status=503,
        actor=Actor.OPERATOR,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Шлюз азыр маалыматты ишенимдүү жаза албайт, ошондуктан сурам кабыл алынган жок.",
            "Шлюз сейчас не может надёжно записать данные, поэтому запрос не принят.",
            "The gateway cannot write durably now, so the request was not accepted.",
        ),
        action=Text(
            "Бир аздан кийин ошол эле сурамды ошол эле Idempotency-Key менен кайталаңыз.",
            "Повторите тот же запрос с тем же Idempotency-Key немного позже.",
            "Repeat the same request with the same Idempotency-Key a little later.",
        ),
    ),
    ErrorCode.OPERATION_NOT_FOUND: ErrorEntry(
        status=404,
        actor=Actor.INTEGRATOR,
        retry=Retry.NEVER,
        message=Text(
            "Мындай операция жок же ал башка уюмга тиешелүү.",
            "Такой операции нет, или она относится к другой организации.",
            "There is no such operation, or it is another organisation's.",
        ),
        action=Text(
            "Операцияны бизнес-ачкычы (КСФ номери) боюнча издеңиз.",
            "Найдите операцию по бизнес-ключу (номеру КСФ).",
            "Look for the operation by its business key (the КСФ number).",
        ),
    ),
    ErrorCode.OPERATION_STATE: ErrorEntry(
        status=409,
        actor=Actor.OPERATOR,
        retry=Retry.NEVER,
        message=Text(
            "Операциянын азыркы абалында бул аракетке болбойт.",
            "В нынешнем состоянии операции это действие невозможно.",
            "The operation's present state does not allow this.",
        ),
        action=Text(
            "Операциянын абалын кайра окуп чыгып, андан кийин чечиңиз.",
            "Прочитайте состояние операции ещё раз и затем решите.",
            "Read the operation's state again, then decide.",
        ),
    ),
    ErrorCode.REASON_REQUIRED: ErrorEntry(
        status=422,
        actor=Actor.OPERATOR,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Аракеттин себеби көрсөтүлгөн жок.",
            "Не указана причина действия.",
            "The reason of the action is missing.",
        ),
        action=Text(
            "«reason» талаасына себебин жазыңыз; анда жеке маалымат болбошу керек.",
            "Укажите причину в поле «reason»; личных данных в ней быть не должно.",
            "Write the reason into the field “reason”, without personal data.",
        ),
    ),
    ErrorCode.UPSTREAM_NOT_FOUND: ErrorEntry(
        status=404,
        actor=Actor.OPERATOR,
        retry=Retry.NEVER,
        message=Text(
            "Мындай сырткы тутум туташтырылган эмес.",
            "Такая внешняя система не подключена.",
            "No such upstream is connected.",
        ),
        action=Text(
            "Туташтырылган тутумдардын тизмеси: GET /v1/upstreams.",
            "Список подключённых систем: GET /v1/upstreams.",
            "The connected upstreams are listed at GET /v1/upstreams.",
        ),
    ),
}
