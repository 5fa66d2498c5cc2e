"""The words of the simulated ESI's pages. The names of the methods are those of the ESI order's instruction."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.errors.model import Language

LANGUAGES: Final = {Language.KY: "Кыргызча", Language.RU: "Русский", Language.EN: "English"}

_TEXTS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "title": (
            "Бирдиктүү идентификациялоо системасы (симулятор)",
            "Единая система идентификации (симулятор)",
            "Unified Identification System (simulator)",
        ),
        "notice": (
            "Бул симулятор. Адамдардын баары ойлоп табылган, алардын сырсөзү: ",
            "Это симулятор. Все люди вымышлены, их пароль: ",
            "This is a simulator. All people are invented; their password is ",
        ),
        "sign-in": ("Кирүү", "Вход", "Sign in"),
        "methods": ("Кирүү жолу", "Способ входа", "How to sign in"),
        "method-signature": ("Электрондук кол тамга", "Электронная подпись", "Electronic signature"),
        "method-card": ("ID-карта", "ID-карта", "ID card"),
        "method-qr": ("QR", "QR", "QR"),
        "method-password": ("Жеке номер + Сырсөз", "Персональный номер + Пароль", "Personal number + Password"),
        "pin": ("Жеке номер", "Персональный номер", "Personal number"),
        "password": ("Сырсөз", "Пароль", "Password"),
        "who-signature": ("Кимдин кол тамгасы", "Чья подпись", "Whose signature"),
        "who-card": ("Кимдин картасы", "Чья карта", "Whose card"),
        "who-qr": ("Кимдин телефону", "Чей телефон", "Whose telephone"),
        "enter": ("Кирүү", "Войти", "Sign in"),
        "wrong": (
            "Жеке номер же сырсөз туура эмес.",
            "Неверный персональный номер или пароль.",
            "The personal number or the password is wrong.",
        ),
        "gone": (
            "Кирүү аракети эскирди же белгисиз. Баштаган жериңизден кайра кириңиз.",
            "Попытка входа устарела или неизвестна. Начните вход заново там, откуда пришли.",
            "This sign-in has expired or is unknown. Start again where you came from.",
        ),
        "refused": (
            "Суроо четке кагылды: кардар же кайтуу дареги катталган эмес.",
            "Запрос отклонён: клиент или адрес возврата не зарегистрирован.",
            "The request is refused: the client or its redirect address is not registered.",
        ),
        "signed-out": ("Сиз чыктыңыз.", "Вы вышли.", "You have signed out."),
        "forgotten": ("Сырсөздү унуттуңузбу?", "Забыли пароль?", "Forgotten your password?"),
        "register": ("Катталуу", "Регистрация", "Register"),
        "restore": ("Сырсөздү калыбына келтирүү", "Восстановление пароля", "Restore the password"),
        "channel": ("Кодду кайда жөнөтөбүз", "Куда отправить код", "Where to send the code"),
        "channel-sms": ("SMS", "SMS", "SMS"),
        "channel-email": ("Электрондук почта", "Электронная почта", "E-mail"),
        "channel-id_card": ("ID-карта", "ID-карта", "ID card"),
        "phone": ("Телефон", "Телефон", "Telephone"),
        "send-code": ("Кодду жөнөтүү", "Отправить код", "Send the code"),
        "code": ("Алты орундуу код", "Шестизначный код", "Six-digit code"),
        "confirm": ("Ырастоо", "Подтвердить", "Confirm"),
        "wrong-code": (
            "Код туура эмес, колдонулган же эскирген.",
            "Код неверен, использован или устарел.",
            "The code is wrong, used or expired.",
        ),
        "new-password": ("Жаңы сырсөз", "Новый пароль", "New password"),
        "repeat": ("Жаңы сырсөз дагы бир жолу", "Новый пароль ещё раз", "New password again"),
        "password-rule": (
            "Кеминде 10 белги: 0–9 цифрасы, a–z латын тамгасы жана -_!@#%* белгилеринин бири.",
            "Не менее 10 знаков: цифра 0–9, латинская буква a–z и один из знаков -_!@#%*.",
            "At least 10 characters: a digit 0–9, a Latin letter a–z and one of -_!@#%*.",
        ),
        "save": ("Сактоо", "Сохранить", "Save"),
        "password-saved": ("Сырсөз алмаштырылды.", "Пароль изменён.", "The password is changed."),
        "password-short": ("10 белгиден кыска.", "Короче 10 знаков.", "Shorter than 10 characters."),
        "password-no-digit": ("Цифра жок.", "Нет цифры.", "There is no digit."),
        "password-no-letter": ("Латын тамгасы жок.", "Нет латинской буквы.", "There is no Latin letter."),
        "password-no-special": ("-_!@#%* белгилери жок.", "Нет знака из -_!@#%*.", "There is none of -_!@#%*."),
        "password-different": ("Сырсөздөр эки башка.", "Пароли не совпадают.", "The passwords differ."),
        "passport": ("Паспорттун сериясы жана номери", "Серия и номер паспорта", "Series and number of the passport"),
        "email": ("Электрондук почта", "Электронная почта", "E-mail"),
        "consent": (
            "Эсеп жазуусун түзүүгө макулмун",
            "Согласен на создание учётной записи",
            "I agree to the creation of the account",
        ),
        "photo": ("Сүрөт", "Фотография", "Photo"),
        "registered": (
            "Катталуу текшерилди. Симулятор эсеп жазуусун түзбөйт.",
            "Регистрация проверена. Симулятор учётную запись не создаёт.",
            "The registration is in order. The simulator creates no account.",
        ),
        "registration-pin": (
            "Жеке номер 14 цифрадан турат.",
            "Персональный номер состоит из 14 цифр.",
            "A personal number has 14 digits.",
        ),
        "registration-passport": (
            "Паспорт: эки латын тамга жана цифралар.",
            "Паспорт: две латинские буквы и цифры.",
            "A passport has two Latin letters and digits.",
        ),
        "registration-email": (
            "Электрондук почта туура эмес.",
            "Адрес электронной почты неверен.",
            "The e-mail address is wrong.",
        ),
        "registration-phone": (
            "Телефон + белгисинен башталат.",
            "Телефон начинается со знака +.",
            "A telephone number begins with +.",
        ),
        "registration-consent": ("Макулдук керек.", "Нужно согласие.", "Consent is needed."),
        "registration-photo": ("Сүрөт керек.", "Нужна фотография.", "A photo is needed."),
    }
)
_ORDER: Final = tuple(LANGUAGES)


def say(key: str, language: Language) -> str:
    """The text under a key."""
    return _TEXTS[key][_ORDER.index(language)]
