"""Who asks in the matrix: one sender for each column, and what each sends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from joserfc.jwk import ECKey

from gateway.access.permissions import Permission
from gateway.access.principal import Role, Scope
from gateway.middleware.guarded import SESSION_COOKIE
from tests.service.access_matrix.cells import Case, Who, organisation_role
from tests.service.access_matrix.house import House, Machine, Person
from tests.service.access_matrix.programme import open_programme, programme_objects
from tests.service.access_matrix.requests import Objects, Request

Credentials = Mapping[str, str]
_GARBAGE: Final = ".".join("abc")


class Crowd(NamedTuple):
    """Machines with every scope there is."""

    entitled: Machine
    """For the whole country."""
    other: Machine
    """The same right, another key."""
    revoked: Machine
    local: Machine
    """For one organisation."""


@dataclass
class Cast:
    """The senders of a house. ``own`` are objects of their organisation, ``foreign`` those of another."""

    house: House
    own: Objects
    foreign: Objects
    crowd: Crowd
    by_scope: Mapping[Scope, Machine]
    _people: dict[Role, Person] = field(default_factory=dict)
    _struck_off: dict[Role, Person] = field(default_factory=dict)

    async def person(self, role: Role) -> Person:
        """Somebody in this role alone, signed in."""
        if role not in self._people:
            self._people[role] = await self.house.person(role, self.own.organisation)
        return self._people[role]

    async def struck_off(self, role: Role) -> Person:
        """Somebody who had this role and signed in; then it was taken away."""
        if role not in self._struck_off:
            self._struck_off[role] = await self.house.struck_off(await self.house.person(role, self.own.organisation))
        return self._struck_off[role]

    def part_with_people(self) -> None:
        """Sessions have been ended: whoever comes next signs in anew."""
        self._people.clear()
        self._struck_off.clear()

    async def credentials(self, who: Who, request: Request, permission: Permission) -> Credentials:
        """What this column presents with a request."""
        method, path = request.method, request.path
        role = next(iter(sorted(permission.roles)), Role.HOSPITAL_CLERK)
        match who:
            case Scope():
                return self.by_scope[who].headers(method, path)
            case Role():
                return (await self.person(who)).headers()
            case Case.NO_FORGERY_TOKEN:
                return (await self.person(role)).headers(forgery_token=False)
            case Case.REVOKED_STAFF:
                return (await self.struck_off(role)).headers()
            case Case.PERSON_ELSEWHERE:
                return (await self.person(organisation_role(permission))).headers()
            case _:
                return _MACHINES[who](self.crowd, method, path)


def _with_claims(**changes: Callable[[], object]) -> Callable[[Crowd, str, str], Credentials]:
    def present(crowd: Crowd, method: str, path: str) -> Credentials:
        token = crowd.entitled.token(**{name: make() for name, make in changes.items()})
        return crowd.entitled.headers(method, path, token=token)

    return present


def _seconds(past: int) -> Callable[[], int]:
    return lambda: int(time.time()) + past


def _id_token(crowd: Crowd, method: str, path: str) -> Credentials:
    """Ours to the last letter, but said to be of the kind that tells who somebody is."""
    return crowd.entitled.headers(method, path, token=crowd.entitled.token("JWT", nonce="n"))


def _unproven(crowd: Crowd, method: str, path: str) -> Credentials:
    return {"Authorization": crowd.entitled.headers(method, path)["Authorization"]}


def _strange_key(crowd: Crowd, method: str, path: str) -> Credentials:
    stranger = Machine("stranger", ECKey.generate_key("P-256"), frozenset(), crowd.entitled.server)
    return crowd.entitled.headers(method, path, prover=stranger)


_MACHINES: Final[Mapping[Case, Callable[[Crowd, str, str], Credentials]]] = {
    Case.NO_TOKEN: lambda _crowd, _method, _path: {},
    Case.PASSWORD: lambda _crowd, _method, _path: {"Authorization": "Basic dXNlcjpwYXNzd29yZA=="},
    Case.NO_SESSION: lambda _crowd, _method, _path: {"Cookie": f"{SESSION_COOKIE}=none", "X-CSRF-Token": "none"},
    Case.GARBAGE: lambda crowd, method, path: crowd.entitled.headers(method, path, token=_GARBAGE),
    Case.EXPIRED: _with_claims(iat=_seconds(-620), exp=_seconds(-20)),
    Case.NOT_YET_VALID: _with_claims(nbf=_seconds(60)),
    Case.WRONG_ISSUER: _with_claims(iss=lambda: "https://elsewhere.example"),
    Case.WRONG_AUDIENCE: _with_claims(aud=lambda: "https://elsewhere.example"),
    Case.ID_TOKEN: _id_token,
    Case.NO_PROOF: _unproven,
    Case.WRONG_KEY: _strange_key,
    Case.OTHER_CLIENTS_TOKEN: lambda crowd, method, path: crowd.entitled.headers(method, path, prover=crowd.other),
    Case.REPLAYED_PROOF: lambda crowd, method, path: crowd.entitled.headers(method, path),
    Case.REVOKED_CLIENT: lambda crowd, method, path: crowd.revoked.headers(method, path),
    Case.MACHINE_ELSEWHERE: lambda crowd, method, path: crowd.local.headers(method, path),
}


async def gather_cast(house: House, own: str, foreign: str) -> Cast:
    """Everybody, and what there is to be asked for."""
    every = tuple(Scope)
    entitled, other, revoked = [await house.machine(every, None) for _ in range(3)]
    await open_programme(house, entitled)
    crowd = Crowd(entitled, other, await house.revoked(revoked), await house.machine(every, [own]))
    return Cast(
        house=house,
        own=await _objects(house, entitled, own),
        foreign=await _objects(house, entitled, foreign),
        crowd=crowd,
        by_scope={scope: await house.machine([scope], None) for scope in Scope},
    )


async def _objects(house: House, sender: Machine, organisation: str) -> Objects:
    accepted = await house.submit(sender, organisation)
    # Being put aside is an event, so that there is one to be read by whom it does not concern.
    await house.gateway.services.journal.park(UUID(accepted["operation"]["id"]), by="test", reason="test")
    return Objects(
        organisation=organisation,
        ksf_number=accepted["ksf_number"],
        operation_id=accepted["operation"]["id"],
        grant_id=str((await house.person(Role.STAFF_MANAGER, organisation)).grant),
        client_id=(await house.machine([Scope.CASES_READ], [organisation])).id,
        programme=await programme_objects(house, sender, organisation),
    )
