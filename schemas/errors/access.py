"""Entries of the catalogue: access of people and machines, limits, and content that is gone."""

from __future__ import annotations

from typing import Final

from schemas.errors.codes import ErrorCode
from schemas.errors.model import Actor, ErrorEntry, Retry, Text


def _same(text: str) -> Text:
    """The name of a specification, the same in every language."""
    return Text(text, text, text)


def _esi_order(clause: str) -> Text:
    """A clause of the order on introducing the Unified Identification System («ЕСИ»)."""
    return Text(
        f"ЕСИ жөнүндө буйрук, {clause}-пункт", f"приказ о ЕСИ, пункт {clause}", f"order on ESI, clause {clause}"
    )


_BEARER: Final = _same("RFC 6750, 3.1")

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.AUTH_REQUIRED: ErrorEntry(
        status=401,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 9110, 15.5.2"),
        message=Text(
            "Сурамды ким жөнөткөнү далилденген жок.",
            "Не доказано, кто отправил запрос.",
            "Who sends this request is not proven.",
        ),
        action=Text(
            "Адам ЕСИ аркылуу кирет; тутум /oauth/token дарегинен токен алып, аны Authorization сабында жөнөтөт.",
            "Человек входит через ЕСИ; система получает токен по адресу /oauth/token и передаёт его в Authorization.",
            "A person signs in through ESI; a system gets a token at /oauth/token and sends it in Authorization.",
        ),
    ),
    ErrorCode.AUTH_TOKEN_INVALID: ErrorEntry(
        status=401,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_BEARER,
        message=Text(
            "Токен жараксыз: мөөнөтү бүткөн, чакырып алынган же бул шлюз үчүн берилген эмес.",
            "Токен недействителен: истёк, отозван или выдан не для этого шлюза.",
            "The token is not valid: it has expired, was revoked, or was not issued for this gateway.",
        ),
        action=Text(
            "/oauth/token дарегинен жаңы токен алыңыз. Ал да кабыл алынбаса, шлюздун операторуна кайрылыңыз.",
            "Получите новый токен по адресу /oauth/token. Если не подойдёт и он, обратитесь к оператору шлюза.",
            "Get a new token at /oauth/token. If that is refused too, turn to the gateway's operator.",
        ),
    ),
    ErrorCode.AUTH_PROOF_INVALID: ErrorEntry(
        status=401,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 9449, 7.1; RFC 8705, 3"),
        message=Text(
            "Токендин ээси экени далилденген жок: DPoP далили же сертификат жок, эскирген, башка ачкычтыкы же мурда "
            "колдонулган.",
            "Владение токеном не доказано: доказательства DPoP или сертификата нет, оно устарело, сделано другим "
            "ключом или уже использовано.",
            "That the token is the sender's is not proven: the DPoP proof or the certificate is missing, stale, made "
            "with another key, or was used before.",
        ),
        action=Text(
            "Ар бир сурамга токен алынган ачкыч менен жаңы далил түзүңүз жана саатты текшериңиз.",
            "К каждому запросу создавайте новое доказательство тем ключом, на который выдан токен, и проверьте часы.",
            "Make a new proof for every request with the key the token was issued for, and check the clock.",
        ),
    ),
    ErrorCode.AUTH_PASSWORD_FORBIDDEN: ErrorEntry(
        status=403,
        actor=Actor.INTEGRATOR,
        retry=Retry.NEVER,
        clause=_esi_order("3(2)"),
        message=Text(
            "Логин жана сырсөз менен кирүүгө болбойт.",
            "Вход по логину и паролю не допускается.",
            "Signing in with login and password is not allowed.",
        ),
        action=Text(
            "ЕСИ аркылуу кириңиз. Тутумдар сырсөздүн ордуна өз ачкычын колдонот (private_key_jwt).",
            "Войдите через ЕСИ. Системы вместо пароля используют собственный ключ (private_key_jwt).",
            "Sign in through ESI. Systems use a key of their own instead of a password (private_key_jwt).",
        ),
    ),
    ErrorCode.AUTH_STEP_UP_REQUIRED: ErrorEntry(
        status=401,
        actor=Actor.CLINIC,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 9470, 3"),
        message=Text(
            "Бул аракет үчүн электрондук кол тамга же ID-карта менен жакында кирүү керек.",
            "Для этого действия нужен недавний вход по электронной подписи или ID-карте.",
            "This needs a recent sign-in with the electronic signature or the ID card.",
        ),
        action=Text(
            "ЕСИ аркылуу электрондук кол тамга же ID-карта менен кайра кирип, аракетти кайталаңыз.",
            "Войдите через ЕСИ заново по электронной подписи или ID-карте и повторите действие.",
            "Sign in through ESI again with the electronic signature or the ID card, then repeat this.",
        ),
    ),
    ErrorCode.ACCESS_DENIED: ErrorEntry(
        status=403,
        actor=Actor.OPERATOR,
        retry=Retry.NEVER,
        clause=_same("RFC 9110, 15.5.4"),
        message=Text(
            "Бул аракетке укугуңуз жок.",
            "У вас нет права на это действие.",
            "You have no right to do this.",
        ),
        action=Text(
            "Бул ишиңизге керек болсо, укукту кызматкерлердин тизмесин жүргүзгөн адамдан же шлюздун операторунан "
            "сураңыз.",
            "Если это нужно для работы, запросите право у того, кто ведёт список сотрудников, или у оператора шлюза.",
            "If your work needs it, ask whoever keeps the list of staff, or the gateway's operator, for the right.",
        ),
    ),
    ErrorCode.STAFF_NOT_AUTHORISED: ErrorEntry(
        status=403,
        actor=Actor.CLINIC,
        retry=Retry.AFTER_CORRECTION,
        clause=_esi_order("5"),
        message=Text(
            "ЕСИ сизди тааныды, бирок бүгүн ыйгарым укуктуу кызматкерлердин тизмесинде жоксуз.",
            "ЕСИ вас опознала, но сегодня вас нет в списке уполномоченных сотрудников.",
            "ESI knows you, but today you are not on the list of authorised staff.",
        ),
        action=Text(
            "Уюмуңузда кызматкерлердин тизмесин жүргүзгөн адамга кайрылыңыз.",
            "Обратитесь к тому, кто ведёт список сотрудников вашей организации.",
            "Turn to whoever keeps your organisation's list of staff.",
        ),
    ),
    ErrorCode.SESSION_ENDED: ErrorEntry(
        status=401,
        actor=Actor.CLINIC,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Сеанс бүттү.",
            "Сеанс завершён.",
            "The session has ended.",
        ),
        action=Text(
            "ЕСИ аркылуу кайра кириңиз.",
            "Войдите через ЕСИ заново.",
            "Sign in through ESI again.",
        ),
    ),
    ErrorCode.CSRF_TOKEN_INVALID: ErrorEntry(
        status=403,
        actor=Actor.CLINIC,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Сурам ушул шлюздун барагынан жөнөтүлгөнү далилденген жок (CSRF).",
            "Не доказано, что запрос отправлен со страницы этого шлюза (CSRF).",
            "It is not proven that the request comes from a page of this gateway (CSRF).",
        ),
        action=Text(
            "Баракты жаңыртып, аракетти кайталаңыз.",
            "Обновите страницу и повторите действие.",
            "Reload the page and do it again.",
        ),
    ),
    ErrorCode.SIGN_IN_FAILED: ErrorEntry(
        status=400,
        actor=Actor.CLINIC,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("OpenID Connect Core 1.0, 3.1"),
        message=Text(
            "Кирүү аягына чыккан жок: ал токтотулган, өтө узакка созулган же ЕСИнин жообу текшерүүдөн өткөн жок.",
            "Вход не завершён: он прерван, занял слишком много времени, или ответ ЕСИ не прошёл проверку.",
            "The sign-in did not succeed: it was broken off, took too long, or the answer of ESI did not pass.",
        ),
        action=Text(
            "Кирүүнү башынан баштаңыз. Кайталанса, операторго бул жооптун instance маанисин айтыңыз.",
            "Начните вход сначала. Если повторится, сообщите оператору значение instance из этого ответа.",
            "Start the sign-in anew. If it fails again, tell the operator the instance of this answer.",
        ),
    ),
    ErrorCode.ESI_UNAVAILABLE: ErrorEntry(
        status=503,
        actor=Actor.OPERATOR,
        retry=Retry.SAME_KEY_LATER,
        clause=_esi_order("3(1)"),
        message=Text(
            "ЕСИ азыр жооп бербейт, ошондуктан кирүү мүмкүн эмес.",
            "ЕСИ сейчас не отвечает, поэтому войти нельзя.",
            "ESI does not answer now, so nobody can sign in.",
        ),
        action=Text(
            "Бир аздан кийин кайра кириңиз. Ачык сеанстар иштей берет.",
            "Попробуйте войти немного позже. Открытые сеансы продолжают работать.",
            "Try to sign in a little later. Open sessions go on working.",
        ),
    ),
    ErrorCode.STAFF_NOT_FOUND: ErrorEntry(
        status=404,
        actor=Actor.CLINIC,
        retry=Retry.NEVER,
        clause=_esi_order("5"),
        message=Text(
            "Кызматкерлердин тизмесинде мындай жазуу жок же ал башка уюмга тиешелүү.",
            "Такой записи нет в списке сотрудников, или она относится к другой организации.",
            "The list of staff has no such record, or it is another organisation's.",
        ),
        action=Text(
            "Уюмдун тизмесин карап, жазуунун идентификаторун ошол жерден алыңыз.",
            "Откройте список организации и возьмите идентификатор записи оттуда.",
            "Open the organisation's list and take the record's id from there.",
        ),
    ),
    ErrorCode.STAFF_GRANT_INVALID: ErrorEntry(
        status=422,
        actor=Actor.CLINIC,
        retry=Retry.AFTER_CORRECTION,
        clause=_esi_order("5"),
        message=Text(
            "Кызматкерге мындай укук берүүгө болбойт: ролу, уюму же регионуна, же күндөрүнө карата туура эмес.",
            "Такое право выдать нельзя: роль не подходит к организации или региону, либо неверны даты.",
            "This cannot be granted: the role does not go with the organisation or region, or the days are wrong.",
        ),
        action=Text(
            "Региондук ролдорго регионду, уюмдун ролдоруна алты орундуу кодду көрсөтүңүз; «чейин» күнү «баштап» "
            "күнүнөн эрте болбосун.",
            "Для региональных ролей укажите регион, для ролей организации — её шестизначный код; день «по» не раньше "
            "дня «с».",
            "Name the region for regional roles and the six-digit code for those of an organisation; the last day is "
            "not before the first.",
        ),
    ),
    ErrorCode.RATE_LIMITED: ErrorEntry(
        status=429,
        actor=Actor.INTEGRATOR,
        retry=Retry.SAME_KEY_LATER,
        clause=_same("RFC 6585, 4"),
        message=Text(
            "Сурамдар уруксат берилгенден тез келип жатат.",
            "Запросы поступают быстрее, чем разрешено.",
            "Requests come faster than is allowed.",
        ),
        action=Text(
            "{seconds} секунддан кийин ошол эле сурамды кайталаңыз; RateLimit саптары калган үлүштү көрсөтөт.",
            "Повторите тот же запрос через {seconds} с; заголовки RateLimit показывают остаток.",
            "Repeat the same request after {seconds} seconds; the RateLimit headers show what is left.",
        ),
    ),
    ErrorCode.CLIENT_LOOPING: ErrorEntry(
        status=429,
        actor=Actor.INTEGRATOR,
        retry=Retry.AFTER_CORRECTION,
        clause=_same("RFC 6585, 4"),
        message=Text(
            "«{client}» тутуму бир эле сурамды кайра-кайра жөнөтүп жатат.",
            "Система «{client}» снова и снова отправляет один и тот же запрос.",
            "The system “{client}” sends the same request again and again.",
        ),
        action=Text(
            "Тутумдун кайталоо эрежесин оңдоңуз: Retry-After күтүп, четке кагылганды өзгөртпөй кайталабаңыз.",
            "Исправьте правило повторов: выдерживайте Retry-After и не повторяйте отклонённое без изменений.",
            "Correct how the system repeats: wait for Retry-After, and never repeat unchanged what was refused.",
        ),
    ),
    ErrorCode.OVERLOADED: ErrorEntry(
        status=503,
        actor=Actor.NOBODY,
        retry=Retry.SAME_KEY_LATER,
        clause=_same("RFC 9110, 15.6.4"),
        message=Text(
            "Шлюзга азыр өтө көп сурам түштү; бул сурам кабыл алынган жок.",
            "Шлюз сейчас перегружен; этот запрос не принят.",
            "The gateway has too much to do now; this request was not accepted.",
        ),
        action=Text(
            "Retry-After сабындагы убакыттан кийин ошол эле сурамды кайталаңыз.",
            "Повторите тот же запрос после времени, указанного в Retry-After.",
            "Repeat the same request after the time given in Retry-After.",
        ),
    ),
    ErrorCode.CONTENT_ERASED: ErrorEntry(
        status=410,
        actor=Actor.NOBODY,
        retry=Retry.NEVER,
        clause=_same("RFC 9110, 15.5.11"),
        message=Text(
            "Билдирүүнүн мазмуну сактоо мөөнөтү бүткөндүктөн өчүрүлгөн; кабыл алуу жана натыйжа жазуусу калган.",
            "Содержание сообщения стёрто по окончании срока хранения; запись о приёме и итоге осталась.",
            "The content was erased when its time of keeping ended; the record of its acceptance and end remains.",
        ),
        action=Text(
            "Мазмун керек болсо, аны жөнөткөн тутумдан алыңыз.",
            "Если содержание нужно, возьмите его в системе-отправителе.",
            "If the content is needed, take it from the system that sent it.",
        ),
    ),
    ErrorCode.CONTENT_UNREADABLE: ErrorEntry(
        status=503,
        actor=Actor.OPERATOR,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Билдирүүнүн мазмуну шифрленген, аны ачуучу ачкыч шлюзда азыр жок.",
            "Содержание сообщения зашифровано, и ключа, который его открывает, у шлюза сейчас нет.",
            "The content is sealed, and the gateway does not have the key that opens it now.",
        ),
        action=Text(
            "Операторго кабарлаңыз: ал ачкычты сакталган көчүрмөдөн кайтарат («gateway keys check»).",
            "Сообщите оператору: он вернёт ключ из сохранённой копии («gateway keys check»).",
            "Tell the operator, who brings the key back from its safe copy («gateway keys check»).",
        ),
    ),
}
