"""Synthetic cases by the number: all valid, no two of the same patient, stay or card. Nobody described here exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

import orjson

from gateway.cli.reference import organisations_from
from gateway.cli.simulate import EXAMPLE_REGISTER
from gateway.operations.acceptance import Arrival
from gateway.operations.model import CaseSubmission, Channel
from gateway.ports import Clock, Ids, Organisation
from schemas.errors.model import Language
from tests.builders import case_bytes, operation_json

YEAR = 2025
PILOT_UNTIL = date(2025, 1, 1)
"""For the settings: these cases are regular ones, without the notice that pilot cases get."""
_CARD, _PIN, _BORN = "00000000/25", "20101199012345", "1990-01-01"
"""Values of the template that each case replaces by ones of the same length."""
_KEY = b"bench-KEY"
_PINS_A_DAY = 100_000
"""A PIN ends with five digits after sex and birth date."""
_FIRST_BIRTHDAY = date(1950, 1, 1)


class CaseNumbers:
    """Cases 1, 2, 3, … of the example register's equipped organisations in turn; each is handed out once."""

    def __init__(self) -> None:
        equipped = [one for one in organisations_from(EXAMPLE_REGISTER, Language.EN) if one.equipped]
        self._organisations: Sequence[Organisation] = equipped
        self._requests = [_template(_request(organisation)) for organisation in equipped]
        self._payload = _template(_body(equipped[0]))
        self._numbers = count(1)

    def requests(self) -> Iterator[bytes]:
        """HTTP requests that submit a case each, to be written to a socket as they are."""
        templates = self._requests
        kinds = len(templates)
        for number in self._numbers:
            card, pin, born = _varying(number)
            yield templates[number % kinds] % (b"%014d" % number, card, pin, born)

    def arrivals(self, clock: Clock, ids: Ids) -> Iterator[Arrival]:
        """The same as submissions for the journal, already checked."""
        for number in self._numbers:
            organisation = self._organisations[number % len(self._organisations)]
            payload = self._payload % (b"", *_varying(number))
            yield Arrival(_submission(number, organisation, payload), ids.new(), clock.now())


def department_of(organisation: Organisation) -> str:
    """The department that forms its numbers."""
    return min(organisation.departments)


def _varying(number: int) -> tuple[bytes, bytes, bytes]:
    """Card, PIN and birth date of a case."""
    day, serial = divmod(number, _PINS_A_DAY)
    written, born = _birthday(day)
    return b"%08d/25" % number, b"2%b%05d" % (written, serial), born


@cache
def _birthday(day: int) -> tuple[bytes, bytes]:
    born = _FIRST_BIRTHDAY + timedelta(days=day)
    return f"{born:%d%m%Y}".encode(), born.isoformat().encode()


def _submission(number: int, organisation: Organisation, payload: bytes) -> CaseSubmission:
    digest = sha256(b"%d" % number).digest()
    return CaseSubmission(
        client="sanarip",
        idempotency_key=f"bench-{number:014d}",
        channel=Channel.SYSTEM,
        organisation=organisation.code,
        department=department_of(organisation),
        discharge_year=YEAR,
        ksf_number=None,
        correction_of=None,
        stay_key=digest,
        fingerprint=digest,
        payload=payload,
        pilot=False,
        findings=(),
        traceparent=f"00-{UUID(bytes=digest[:16]).hex}-{digest[16:24].hex()}-01",
    )


def _request(organisation: Organisation) -> bytes:
    body = _body(organisation)
    head = (
        "POST /v1/treated-cases HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nIdempotency-Key: "
    )
    return head.encode() + _KEY + b"\r\n\r\n" + body


def _template(message: bytes) -> bytes:
    """The message with a place for key, card, PIN and birth date, in this order."""
    template = message.replace(b"%", b"%%")
    template = template.replace(_KEY, b"bench-%b") if _KEY in template else b"%b" + template
    for value in (_CARD, _PIN, _BORN):
        assert template.count(value.encode()) == 1, value
        template = template.replace(value.encode(), b"%b")
    return template


def _body(organisation: Organisation) -> bytes:
    """A case of about 2.8 KB, two thirds of it Cyrillic text."""
    department = department_of(organisation)
    case: dict[str, Any] = orjson.loads(
        case_bytes(card_number=_CARD, organisation=organisation.code, department=department, patient={"pin": _PIN})
    )
    movement = case["movements"][0]
    between = "2025-12-14T10:00:00+06:00"
    case["movements"] = [
        movement | {"department": department, "left_at": between},
        movement | {"department": department, "entered_at": between},
    ]
    case["diagnoses"] |= {
        "referral": {"code": "J18.9", "text": "Ооруканадан тышкаркы пневмония, оң өпкөнүн төмөнкү бөлүгү"},
        "complications": [{"code": "J96.0", "text": "Курч дем алуу жетишсиздиги, II даража, кычкылтек менен дарылоо"}],
        "concomitant": [
            {"code": "I10", "text": "Эссенциалдык (биринчи) гипертензия, көзөмөлдөгү"},
            {"code": "E11.9", "text": "Сахарный диабет второго типа, без осложнений, компенсирован на приёме таблеток"},
        ],
    }
    case["operations"] = [
        operation_json(code="33.22", name="Фибробронхоскопия с санацией бронхиального дерева"),
        operation_json(
            at="2025-12-12T11:00:00+06:00", code="34.91", name="Плевральная пункция под контролем ультразвука"
        ),
    ]
    case["sick_leave"] = {"number": "ЭБ-0012345", "opened_on": "2025-12-10", "closed_on": "2025-12-20"}
    case["doctors"]["head_of_department"] = {"full_name": "Мамбетова Гүлнара Эсенбековна"}
    return orjson.dumps(case)
