"""The cells of the authorisation matrix: who asks, and what a row of the table makes of that."""

# ruff: noqa: S105
# What is called a token or a password here is the name of a case.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.access.guard import SAFE_METHODS
from gateway.access.permissions import Ownership, Permission
from gateway.access.principal import Role, Scope
from gateway.access.roles import ROLES, Reach
from schemas.errors import ErrorCode, entry


class Case(StrEnum):
    """What is wrong with a request, or special about it. Whatever is not named is right: token, proof, scope, reach."""

    NO_TOKEN = "no token"
    PASSWORD = "a password"
    GARBAGE = "garbage"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    WRONG_ISSUER = "wrong issuer"
    WRONG_AUDIENCE = "wrong audience"
    ID_TOKEN = "ID token as access token"
    NO_PROOF = "no proof"
    WRONG_KEY = "proof by a key nobody knows"
    OTHER_CLIENTS_TOKEN = "another client's token, with a proof by one's own key"
    REPLAYED_PROOF = "replayed proof"
    REVOKED_CLIENT = "revoked client"
    MACHINE_ELSEWHERE = "a machine asks for another organisation's object"
    PERSON_ELSEWHERE = "a person asks for another organisation's object"
    NO_SESSION = "a session that is none"
    NO_FORGERY_TOKEN = "session without the token against forged requests"
    REVOKED_STAFF = "struck off the list of staff"


@dataclass(frozen=True, slots=True)
class Refused:
    """The gateway refuses with this code and its status."""

    code: ErrorCode

    @property
    def status(self) -> int:
        return entry(self.code).status


class Other(StrEnum):
    """What else may be expected."""

    LET_IN = "neither 401 nor 403, and no failure"
    UNASKED = "answered as if nothing had been presented"
    ALIKE = "refused, and what exists as what does not"
    OWN_ONLY = "only what is the sender's own"


Expected = Refused | Other
Who = Case | Scope | Role
"""A scope stands for a machine that has no other, a role for a person who has no other."""

_TOKEN_INVALID: Final = (
    Case.GARBAGE,
    Case.EXPIRED,
    Case.NOT_YET_VALID,
    Case.WRONG_ISSUER,
    Case.WRONG_AUDIENCE,
    Case.ID_TOKEN,
    Case.REVOKED_CLIENT,
)
_PROOF_INVALID: Final = (Case.NO_PROOF, Case.WRONG_KEY, Case.OTHER_CLIENTS_TOKEN, Case.REPLAYED_PROOF)

WHO: Final[tuple[Who, ...]] = (*Case, *Scope, *Role)
"""The columns of the matrix."""


def cells(method: str, permission: Permission) -> Mapping[Who, Expected]:
    """What each column expects of an operation with this method and this row: all of :data:`WHO`."""
    if permission.public:
        return dict.fromkeys(WHO, Other.UNASKED)
    return _of_strangers() | _of_machines(permission) | _of_people(method, permission) | _of_neighbours(permission)


def organisation_role(permission: Permission) -> Role:
    """A role that reaches one organisation: one that may do it if there is one, else any."""
    own = (role for role in sorted(permission.roles) if ROLES[role].reach is Reach.ORGANISATION)
    return next(own, Role.HOSPITAL_CLERK)


def _of_strangers() -> dict[Who, Expected]:
    return (
        {Case.NO_TOKEN: Refused(ErrorCode.AUTH_REQUIRED), Case.PASSWORD: Refused(ErrorCode.AUTH_PASSWORD_FORBIDDEN)}
        | {Case.NO_SESSION: Refused(ErrorCode.SESSION_ENDED)}
        | dict.fromkeys(_TOKEN_INVALID, Refused(ErrorCode.AUTH_TOKEN_INVALID))
        | dict.fromkeys(_PROOF_INVALID, Refused(ErrorCode.AUTH_PROOF_INVALID))
    )


def _of_machines(permission: Permission) -> dict[Who, Expected]:
    denied = Refused(ErrorCode.ACCESS_DENIED)
    return {scope: Other.LET_IN if permission.registered or scope is permission.scope else denied for scope in Scope}


def _of_people(method: str, permission: Permission) -> dict[Who, Expected]:
    denied = Refused(ErrorCode.ACCESS_DENIED)
    roles = {role: Other.LET_IN if permission.signed_in or _may(role, permission) else denied for role in Role}
    unguarded = Other.LET_IN if method in SAFE_METHODS else Refused(ErrorCode.CSRF_TOKEN_INVALID)
    struck_off = Other.LET_IN if permission.signed_in else Refused(ErrorCode.STAFF_NOT_AUTHORISED)
    return {**roles, Case.NO_FORGERY_TOKEN: unguarded, Case.REVOKED_STAFF: struck_off}


def _may(role: Role, permission: Permission) -> bool:
    far_enough = permission.ownership is not Ownership.COUNTRY or ROLES[role].reach is Reach.COUNTRY
    return role in permission.roles and far_enough


def _of_neighbours(permission: Permission) -> dict[Who, Expected]:
    """Senders for one organisation who name an object of another."""
    denied = Refused(ErrorCode.ACCESS_DENIED)
    match permission.ownership:
        case Ownership.PERSON:
            return {Case.MACHINE_ELSEWHERE: denied, Case.PERSON_ELSEWHERE: Other.OWN_ONLY}
        case Ownership.MACHINE:
            return {Case.MACHINE_ELSEWHERE: Other.LET_IN, Case.PERSON_ELSEWHERE: denied}
        case Ownership.COUNTRY:
            return dict.fromkeys((Case.MACHINE_ELSEWHERE, Case.PERSON_ELSEWHERE), denied)
        case _:
            return dict.fromkeys((Case.MACHINE_ELSEWHERE, Case.PERSON_ELSEWHERE), Other.ALIKE)
