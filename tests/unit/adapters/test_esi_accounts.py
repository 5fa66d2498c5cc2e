"""The simulated ESI's rules for passwords and registrations (ESI order's instruction), and its invented people."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.esi.simulator import PASSWORD, PEOPLE
from adapters.esi.simulator.accounts import PasswordFault, RegistrationFault, password_faults, registration_faults
from adapters.esi.simulator.texts import _TEXTS
from gateway.rules.identifiers import check_inn, check_pin

REGISTRATION: dict[str, Any] = {
    "pin": PEOPLE[0].pin,
    "passport": "AN1234567",
    "email": "somebody@example.org",
    "phone": PEOPLE[0].phone,
    "consent": True,
    "photo": b"x",
}


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        (PASSWORD, ()),
        ("aaaaaaaa1-", ()),
        ("aaaaaaa1-", (PasswordFault.SHORT,)),
        ("aaaaaaaaa-", (PasswordFault.NO_DIGIT,)),
        ("ааааааааа1-", (PasswordFault.NO_LETTER,)),
        ("aaaaaaaaa1+", (PasswordFault.NO_SPECIAL,)),
        ("aaaaaaaa٣-", (PasswordFault.NO_DIGIT,)),
        ("", (PasswordFault.SHORT, PasswordFault.NO_DIGIT, PasswordFault.NO_LETTER, PasswordFault.NO_SPECIAL)),
        *[(f"aaaaaaaa1{special}", ()) for special in "-_!@#%*"],
    ],
)
def test_the_password_rule(password: str, faults: tuple[PasswordFault, ...]):
    assert password_faults(password, password) == faults


def test_a_password_is_repeated():
    assert password_faults(PASSWORD, PASSWORD + "x") == (PasswordFault.DIFFERENT,)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"pin": "1" * 13}, RegistrationFault.PIN),
        ({"pin": "١" * 14}, RegistrationFault.PIN),
        ({"passport": "1234567"}, RegistrationFault.PASSPORT),
        ({"email": "nobody"}, RegistrationFault.EMAIL),
        ({"phone": "0700"}, RegistrationFault.PHONE),
        ({"consent": False}, RegistrationFault.CONSENT),
        ({"photo": b""}, RegistrationFault.PHOTO),
    ],
)
def test_the_registration_rule(changed: dict[str, Any], fault: RegistrationFault):
    assert registration_faults(**REGISTRATION) == ()
    assert registration_faults(**{**REGISTRATION, **changed}) == (fault,)


def test_people_are_made_up_properly():
    for person in PEOPLE:
        assert check_pin(person.pin, "") == ()
        assert person.organisation_inn is None or check_inn(person.organisation_inn, "") == ()
        assert person.pin not in person.subject
    for distinct in ("key", "pin", "subject", "phone"):
        assert len({getattr(person, distinct) for person in PEOPLE}) == len(PEOPLE)


def test_every_fault_has_its_text():
    assert {*PasswordFault, *RegistrationFault} <= set(_TEXTS)
