"""Accounts of the simulated ESI: passwords, registration, a forgotten password (ESI order's instruction)."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from adapters.esi.simulator.people import PASSWORD, Person

CODE_LIFE: Final = timedelta(minutes=5)
CODE_TRIES: Final = 5
_SPECIAL: Final = "-_!@#%*"
_SHORTEST: Final = 10
_PIN: Final = re.compile(r"[0-9]{14}", re.ASCII)


class Channel(StrEnum):
    """Where a confirmation code goes (instruction on restoring, steps 1-3)."""

    SMS = "sms"
    EMAIL = "email"
    ID_CARD = "id_card"


class PasswordFault(StrEnum):
    """What a new password lacks (instruction on restoring, step 6)."""

    SHORT = "password-short"
    NO_DIGIT = "password-no-digit"
    NO_LETTER = "password-no-letter"
    NO_SPECIAL = "password-no-special"
    DIFFERENT = "password-different"


class RegistrationFault(StrEnum):
    """What a registration lacks (instruction on registering, steps 1-9)."""

    PIN = "registration-pin"
    PASSPORT = "registration-passport"
    EMAIL = "registration-email"
    PHONE = "registration-phone"
    CONSENT = "registration-consent"
    PHOTO = "registration-photo"


def password_faults(password: str, repeated: str) -> tuple[PasswordFault, ...]:
    """At least ten characters with a digit, a Latin letter and one of ``-_!@#%*``, given twice alike.

    Other characters are allowed and count as none of these.
    """
    checks = (
        (PasswordFault.SHORT, len(password) >= _SHORTEST),
        (PasswordFault.NO_DIGIT, re.search("[0-9]", password) is not None),
        (PasswordFault.NO_LETTER, re.search("[A-Za-z]", password) is not None),
        (PasswordFault.NO_SPECIAL, any(character in _SPECIAL for character in password)),
        (PasswordFault.DIFFERENT, password == repeated),
    )
    return tuple(fault for fault, holds in checks if not holds)


def registration_faults(
    *, pin: str, passport: str, email: str, phone: str, consent: bool, photo: bytes
) -> tuple[RegistrationFault, ...]:
    """What a registration lacks: a ПИН of 14 digits, passport, e-mail, telephone, consent and a photo."""
    checks = (
        (RegistrationFault.PIN, _PIN.fullmatch(pin) is not None),
        (RegistrationFault.PASSPORT, re.fullmatch(r"[A-Z]{2}[0-9]{6,7}", passport, re.ASCII) is not None),
        (RegistrationFault.EMAIL, re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email) is not None),
        (RegistrationFault.PHONE, re.fullmatch(r"\+[0-9]{9,15}", phone, re.ASCII) is not None),
        (RegistrationFault.CONSENT, consent),
        (RegistrationFault.PHOTO, bool(photo)),
    )
    return tuple(fault for fault, holds in checks if not holds)


@dataclass(slots=True)
class _Restore:
    pin: str | None
    code: str
    until: datetime
    tries_left: int = CODE_TRIES
    confirmed: bool = False


class Accounts:
    """People, their passwords, and passwords being restored."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = {person.pin: person for person in people}
        self._passwords = dict.fromkeys(self.people, PASSWORD)
        self._restores: dict[str, _Restore] = {}
        self.messages: list[dict[str, str]] = []
        """Confirmation codes as they went out: channel, telephone number, code."""

    def by_password(self, pin: str, password: str) -> Person | None:
        """The person with this ПИН and password."""
        known = self._passwords.get(pin, "")
        return self.people.get(pin) if hmac.compare_digest(known.encode(), password.encode()) else None

    def start_restore(self, pin: str, phone: str, channel: Channel, now: datetime) -> str:
        """Send a six-digit code if the person has that telephone; gives the restoring's id either way."""
        person = self.people.get(pin)
        known = person is not None and person.phone == phone
        restore = _Restore(pin if known else None, f"{secrets.randbelow(1_000_000):06d}", now + CODE_LIFE)
        if known:
            self.messages.append({"channel": channel.value, "phone": phone, "code": restore.code})
        name = secrets.token_urlsafe(32)
        self._restores[name] = restore
        return name

    def confirm(self, name: str, code: str, now: datetime) -> bool:
        """Whether the code is right: once, within five minutes, and within five tries."""
        restore = self._restores.get(name)
        if restore is None or restore.confirmed or now >= restore.until or restore.tries_left == 0:
            return False
        restore.tries_left -= 1
        restore.confirmed = restore.pin is not None and hmac.compare_digest(restore.code.encode(), code.encode())
        return restore.confirmed

    def set_password(self, name: str, password: str, repeated: str) -> tuple[PasswordFault, ...] | None:
        """Set a new password after :meth:`confirm`; gives what it lacks, or ``None`` without a confirmed restoring."""
        restore = self._restores.get(name)
        if restore is None or not restore.confirmed or restore.pin is None:
            return None
        faults = password_faults(password, repeated)
        if not faults:
            self._passwords[restore.pin] = password
            del self._restores[name]
        return faults
