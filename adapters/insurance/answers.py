"""Reading the insurer's answers: a certain one, or the reason why it is none.

Wrappers, qualification and namespaces vary at Tunduk, so elements are found by their names. What is added does no harm;
what is missing, repeated or of another meaning is no answer, and somebody is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal, TypeVar

from lxml import etree
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from adapters.insurance.settings import InsuranceSettings
from adapters.xroad.codec import plain_values
from gateway.rules.days import date_of

LAST_PERIOD: Final = "GetLastPeriodFOMS"
ATTACHMENT: Final = "GetAttachment"

_TEMPORARY: Final = frozenset(("INTERNAL_ERROR",))
_DEEPEST_WRAPPER: Final = 2
_EARLIEST: Final = date(1990, 1, 1)
"""Before there was any insurance: an empty date of some program, not a day."""
_ISO: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:T.{0,40})?", re.ASCII)
_DOTTED: Final = re.compile(r"(?P<day>[0-9]{2})\.(?P<month>[0-9]{2})\.(?P<year>[0-9]{4})(?: .{0,20})?", re.ASCII)


class NoAnswer(Exception):
    """There is no certain answer. ``reason`` is a stable code; ``alarm`` names who must look; nothing is personal."""

    def __init__(self, reason: str, *, again: bool = False, alarm: str | None = None) -> None:
        self.reason = reason
        self.again = again
        self.alarm = alarm
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Period:
    """A period of insurance, both days included (Bishkek)."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


class _Answer(BaseModel):
    """An answer's elements. What is unknown is passed over; what must be there may be empty, but not absent."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True)


class _LastPeriod(_Answer):
    pin: Annotated[str, Field(alias="PIN")] = ""
    state: Annotated[str, Field(alias="State")] = ""
    cause: Annotated[str, Field(alias="CauseOfError")] = ""
    """The Social Fund's other operations tell their state here."""


class _Dates(_Answer):
    begin: Annotated[str, Field(alias="DateBegin")]
    end: Annotated[str, Field(alias="DateEnd")]


class _Attachment(_Answer):
    pin: str
    status: Literal["attached", "not-attached", "unknown-person"]
    organisation: Annotated[str, StringConstraints(pattern=r"^([0-9]{6})?$")] = ""
    since: str = ""


_Model = TypeVar("_Model", bound=_Answer)


def last_period(answer: etree._Element, pin: str, settings: InsuranceSettings) -> Period | None:
    """The last period of insurance, ``None`` for a person who has none; raises :class:`NoAnswer`."""
    values = _values(answer, LAST_PERIOD)
    found = _read(_LastPeriod, values)
    if found.pin and found.pin != pin:
        raise NoAnswer("INSURANCE_OTHER_PERSON", alarm="security")
    states = {state for state in (found.cause, found.state) if state}
    if states and states <= set(settings.unknown_person_states):
        return None
    if not states or not states <= set(settings.ok_states):
        raise _of_state(states)
    if not found.pin:
        raise NoAnswer("INSURANCE_INCOMPLETE", alarm="contract")
    return _period(_read(_Dates, values))


def attachment(answer: etree._Element, pin: str, today: date) -> str | None:
    """The code of the organisation where a person is registered, ``None`` for nowhere; raises :class:`NoAnswer`."""
    found = _read(_Attachment, _values(answer, ATTACHMENT))
    if found.pin != pin:
        raise NoAnswer("INSURANCE_OTHER_PERSON", alarm="security")
    is_attached = found.status == "attached"
    if is_attached != bool(found.organisation) or is_attached != bool(found.since):
        raise NoAnswer("INSURANCE_INCOMPLETE", alarm="contract")
    if not is_attached:
        return None
    if _day(found.since) > today:
        raise NoAnswer("INSURANCE_DATE", alarm="contract")
    return found.organisation


def _of_state(states: set[str]) -> NoAnswer:
    if states & _TEMPORARY:
        return NoAnswer("INSURANCE_INTERNAL_ERROR", again=True)
    return NoAnswer("INSURANCE_STATE", alarm="contract")


def _period(dates: _Dates) -> Period | None:
    if not dates.begin and not dates.end:
        return None
    period = Period(_day(dates.begin), _day(dates.end))
    if period.last < period.first:
        raise NoAnswer("INSURANCE_DATE", alarm="contract")
    return period


def _day(text: str) -> date:
    found = _ISO.fullmatch(text) or _DOTTED.fullmatch(text)
    day = date_of(found["day"], found["month"], found["year"]) if found else None
    if day is None or day < _EARLIEST:
        raise NoAnswer("INSURANCE_DATE", alarm="contract")
    return day


def _values(answer: etree._Element, operation: str) -> dict[str, object]:
    if etree.QName(answer).localname != f"{operation}Response":
        raise NoAnswer("INSURANCE_UNKNOWN_ANSWER", alarm="contract")
    for _ in range(_DEEPEST_WRAPPER):
        if len(answer) == 1 and len(answer[0]):
            answer = answer[0]
    return plain_values(answer)


def _read(model: type[_Model], values: dict[str, object]) -> _Model:
    try:
        return model.model_validate(values)
    except ValidationError:
        raise NoAnswer("INSURANCE_INCOMPLETE", alarm="contract") from None
