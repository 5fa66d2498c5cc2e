"""What KNMDB's result codes mean, and what comes instead of an answer. Every documented code has its row."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from adapters.xroad.outcomes import Failure
from gateway.operations.model import Outcome

SUCCESS: Final = 0
UNKNOWN_BOX: Final = frozenset((6022, 6039))
"""The database does not have the box."""
ALREADY_CANCELLED: Final = 6046


class Group(StrEnum):
    """What a code is about."""

    DONE = "done"
    SERVER = "server"
    """The server failed, and does not say how far it had come."""
    MESSAGE = "message"
    """The message is not what KNMDB expects."""
    ACCOUNT = "account"
    """The account or its organisation may not do this: somebody must put it right, then the same may be sent."""
    SALE = "sale"
    """A refusal of this sale, or of its cancellation."""
    TAKEN = "taken"
    """A refusal that an earlier attempt of ours would cause as well: after a doubt the boxes decide."""
    FAILED = "failed"
    """A part has failed; nothing says that all of it was undone."""
    ELSEWHERE = "elsewhere"
    """Of other declarations: as an answer to a sale its meaning is unknown."""


class Row(NamedTuple):
    """What the core is told. ``unavailable`` tells the breaker; ``alarm`` names what an operator must see."""

    outcome: Outcome
    unavailable: bool = False
    alarm: str | None = None
    retry_after: float | None = None


GROUPS: Final[Mapping[Group, Row]] = MappingProxyType(
    {
        Group.DONE: Row(Outcome.DELIVERED),
        Group.SERVER: Row(Outcome.IN_DOUBT, unavailable=True),
        Group.MESSAGE: Row(Outcome.REFUSED, alarm="contract"),
        Group.ACCOUNT: Row(Outcome.REFUSED, alarm="configuration"),
        Group.SALE: Row(Outcome.REJECTED),
        Group.TAKEN: Row(Outcome.REJECTED),
        Group.FAILED: Row(Outcome.IN_DOUBT),
        Group.ELSEWHERE: Row(Outcome.IN_DOUBT, alarm="contract"),
    }
)
"""Every group's row."""

CODES: Final[Mapping[int, Group]] = MappingProxyType(
    {
        0: Group.DONE,
        1: Group.MESSAGE,
        2: Group.SERVER,
        3: Group.SERVER,
        6003: Group.SALE,
        6004: Group.ELSEWHERE,
        6005: Group.ELSEWHERE,
        6006: Group.ELSEWHERE,
        6010: Group.ELSEWHERE,
        6012: Group.TAKEN,
        6021: Group.ELSEWHERE,
        6022: Group.SALE,
        6023: Group.TAKEN,
        6024: Group.SALE,
        6025: Group.SALE,
        6026: Group.SALE,
        6027: Group.SALE,
        6028: Group.SALE,
        6029: Group.SALE,
        6030: Group.TAKEN,
        6031: Group.TAKEN,
        6032: Group.SALE,
        6033: Group.TAKEN,
        6034: Group.ACCOUNT,
        6035: Group.SALE,
        6036: Group.ELSEWHERE,
        6037: Group.ACCOUNT,
        6038: Group.ELSEWHERE,
        6039: Group.SALE,
        6040: Group.ELSEWHERE,
        6042: Group.ELSEWHERE,
        6043: Group.ELSEWHERE,
        6044: Group.ELSEWHERE,
        6045: Group.ELSEWHERE,
        6046: Group.TAKEN,
        6047: Group.ELSEWHERE,
        6048: Group.SALE,
        6049: Group.SALE,
        6050: Group.SALE,
        6051: Group.SALE,
        6052: Group.SALE,
        6100: Group.SALE,
        6101: Group.ACCOUNT,
        6102: Group.ACCOUNT,
        6103: Group.FAILED,
        6104: Group.FAILED,
        6105: Group.ACCOUNT,
        6106: Group.ACCOUNT,
    }
)
"""Every documented code's group."""


def group_of(code: int) -> Group:
    """The group of a code; what nobody has documented is of unknown meaning."""
    return CODES.get(code, Group.ELSEWHERE)


def of_code(code: int) -> Failure:
    """What an answer with this code means, other than success and refusals of the sale."""
    return _failure(GROUPS[group_of(code)], reason_of(code))


def reason_of(code: int) -> str:
    """A code as the reason of an attempt."""
    return f"KNMDB_{code}"


class Symptom(StrEnum):
    """What only this database can answer instead of an envelope; the rest is in ``adapters.xroad.outcomes``."""

    NO_ACCOUNT = "KNMDB_NO_ACCOUNT"
    """The pharmacy has no account in the settings."""
    SECRET_UNAVAILABLE = "KNMDB_SECRET_UNAVAILABLE"  # noqa: S105 - the name of a symptom
    """The account's password cannot be read."""
    SIGN_IN_REFUSED = "KNMDB_SIGN_IN_REFUSED"
    """The account is not let in."""
    SIGN_IN_FAILED = "KNMDB_SIGN_IN_FAILED"
    """No token came, for no fault of the account."""
    TOKEN_REFUSED = "KNMDB_TOKEN_REFUSED"  # noqa: S105 - the name of a symptom
    """401 with a new token."""
    MODEL_CHECK = "KNMDB_MODEL_CHECK"
    """400 of the framework: the message was not taken as one."""
    FORBIDDEN = "KNMDB_FORBIDDEN"
    """403: the account lacks a right that KNMDB's administrator gives."""
    NO_SUCH_ADDRESS = "KNMDB_NO_SUCH_ADDRESS"
    """404 or 405 of the framework, for a command."""
    NOT_JSON = "KNMDB_NOT_JSON"
    """It says that it is JSON and is none."""


_RETRY_SECONDS: Final = 300.0
"""An account that is not let in is somebody's to put right: no need to hurry."""

SYMPTOMS: Final[Mapping[Symptom, Row]] = MappingProxyType(
    {
        Symptom.NO_ACCOUNT: Row(Outcome.REFUSED, alarm="configuration"),
        # One pharmacy's wrong password says nothing of the others: it costs strikes, and does not open the breaker.
        Symptom.SECRET_UNAVAILABLE: Row(Outcome.NOT_SENT, alarm="configuration", retry_after=_RETRY_SECONDS),
        Symptom.SIGN_IN_REFUSED: Row(Outcome.NOT_SENT, alarm="configuration", retry_after=_RETRY_SECONDS),
        Symptom.TOKEN_REFUSED: Row(Outcome.NOT_SENT, alarm="configuration", retry_after=_RETRY_SECONDS),
        Symptom.SIGN_IN_FAILED: Row(Outcome.NOT_SENT, unavailable=True),
        Symptom.MODEL_CHECK: Row(Outcome.REFUSED, alarm="contract"),
        Symptom.FORBIDDEN: Row(Outcome.REFUSED, alarm="configuration"),
        Symptom.NO_SUCH_ADDRESS: Row(Outcome.REFUSED, alarm="configuration"),
        Symptom.NOT_JSON: Row(Outcome.IN_DOUBT, unavailable=True),
    }
)
"""Every symptom's row."""


def of_symptom(symptom: Symptom) -> Failure:
    """The failure a symptom means."""
    return _failure(SYMPTOMS[symptom], symptom.value)


def _failure(row: Row, reason: str) -> Failure:
    return Failure(
        outcome=row.outcome,
        reason=reason,
        unavailable=row.unavailable,
        alarm=row.alarm,
        retry_after=row.retry_after,
    )
