"""Who gets in: the demo's machines, each with a key of its own, and its staff."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.esi.simulator import PEOPLE, Person
from gateway.access.client_keys import make_key
from gateway.access.client_kinds import Binding, ClientKind
from gateway.access.client_register import ClientRegister
from gateway.access.clients import ClientDefinition
from gateway.access.enrolments import Enrolments
from gateway.access.principal import Role, Scope
from gateway.access.staff import GrantRequest, StaffRegister
from gateway.audit.trail import ChainedTrail
from gateway.cli.demo.books import fill_books
from gateway.cli.machine import MachineAuth
from gateway.cli.registers import operator
from gateway.operations.model import Channel
from gateway.ports import Clock, Organisation
from gateway.rules.days import bishkek_day
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.sources import KeyDirectory
from gateway.store.grouping import Store
from gateway.store.organisations import replace_organisations
from gateway.store.sqlite import SqliteStore
from gateway.system import SystemClock, TimeOrderedIds

SANARIP = "sanarip"
DIRECT_ENTRY = "direct-entry"
OPERATOR = "operator"
CLINIC = "clinic"
PHARMACY_TILL = "pharmacy"
COUNTER = "counter"
FUND_OFFICE = "fund"

HOSPITAL = "950174"
"""The hospital of the order's example, where the clerk works."""
FAMILY_MEDICINE_CENTRE = "950601"
"""Where the family doctor works and the patient is registered (``config/examples/primary_care.csv``)."""
PHARMACY = "700001"
"""The pharmacy that has a contract with the fund."""

MACHINES = (
    ClientDefinition(
        id=SANARIP,
        title="Sanarip Clinic",
        kind=ClientKind.SYSTEM,
        organisations=None,
        scopes=frozenset({Scope.CASES_SUBMIT, Scope.CASES_READ, Scope.EVENTS_READ}),
        binding=Binding.DPOP,
    ),
    ClientDefinition(
        id=DIRECT_ENTRY,
        title="Direct entry (order on Sanarip Clinic, clause 10)",
        kind=ClientKind.SYSTEM,
        channel=Channel.DIRECT_ENTRY,
        organisations=None,
        scopes=frozenset({Scope.CASES_SUBMIT}),
        binding=Binding.DPOP,
    ),
    ClientDefinition(
        id=OPERATOR,
        title="The operator's command line",
        kind=ClientKind.SYSTEM,
        organisations=None,
        scopes=frozenset(
            {
                Scope.OPERATIONS_MANAGE,
                Scope.OPERATIONS_READ,
                Scope.METRICS_READ,
                Scope.EVENTS_READ,
                Scope.CASES_READ,
            }
        ),
        binding=Binding.DPOP,
    ),
    ClientDefinition(
        id=CLINIC,
        title="The family medicine centre",
        kind=ClientKind.SYSTEM,
        organisations=frozenset({FAMILY_MEDICINE_CENTRE}),
        scopes=frozenset({Scope.PRESCRIPTIONS_WRITE, Scope.PRESCRIPTIONS_READ}),
        binding=Binding.DPOP,
    ),
    ClientDefinition(
        id=PHARMACY_TILL,
        title="The pharmacy's till",
        kind=ClientKind.PHARMACY_TERMINAL,
        organisations=frozenset({PHARMACY}),
        scopes=frozenset({Scope.DISPENSES_WRITE, Scope.DISPENSES_READ, Scope.SETTLEMENT_READ, Scope.SETTLEMENT_WRITE}),
        binding=Binding.DPOP,
    ),
    ClientDefinition(
        id=FUND_OFFICE,
        title="The fund's accounting",
        kind=ClientKind.SYSTEM,
        organisations=None,
        scopes=frozenset({Scope.SETTLEMENT_READ, Scope.SETTLEMENT_MANAGE, Scope.PROGRAMME_READ}),
        binding=Binding.DPOP,
    ),
)
"""The machines of the demo, by what each may do."""


COUNTER_TERMINAL = ClientDefinition(
    id=COUNTER,
    title="The pharmacy's counter",
    kind=ClientKind.PHARMACY_TERMINAL,
    organisations=frozenset({PHARMACY}),
    scopes=frozenset({Scope.DISPENSES_WRITE, Scope.DISPENSES_READ}),
    binding=Binding.DPOP,
)
"""It has no key yet: it makes one itself when it enrols."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One of the simulated ESI's people with a place on the list of authorised staff."""

    person: Person
    role: Role
    organisation: str | None = None


_PEOPLE: Mapping[str, Person] = {person.key: person for person in PEOPLE}

CLERK = StaffMember(_PEOPLE["hospital-clerk"], Role.HOSPITAL_CLERK, HOSPITAL)
TECHNICIAN = StaffMember(_PEOPLE["technical-operator"], Role.TECHNICAL_OPERATOR)
HEAD = StaffMember(_PEOPLE["pharmacist"], Role.PHARMACY_HEAD, PHARMACY)
ACCOUNTANT = StaffMember(_PEOPLE["auditor"], Role.CHIEF_ACCOUNTANT, PHARMACY)
STAFF = (CLERK, TECHNICIAN, HEAD, ACCOUNTANT)
DOCTOR = _PEOPLE["family-doctor"]
"""Who prescribes, through the system of the family medicine centre."""
STRANGER = _PEOPLE["stranger"]
"""ESI knows this person, the list of staff does not."""


def key_file(folder: Path, machine: str) -> Path:
    """Where a machine keeps its private key."""
    return folder / f"{machine}.jwk"


def agent_folder(folder: Path) -> Path:
    """Where the counter's agent keeps its settings, key and queue."""
    return folder / "counter"


def enrolment_file(folder: Path) -> Path:
    """Where the operator noted the counter's one-time code."""
    return folder / "counter-code"


def proofs_of(machine: str, folder: Path, gateway: str) -> MachineAuth:
    """What a machine proves its requests with."""
    return MachineAuth.of_file(client=machine, file=key_file(folder, machine), origin=gateway)


async def register(folder: Path, organisations: Sequence[Organisation]) -> None:
    """Make the gateway's keys and fill its registers in ``folder``, as an operator does before the first start."""
    clock = SystemClock()
    directory = KeyDirectory(folder / "keys")
    directory.make(clock.now())
    keys = KeyKeeper(directory, clock)
    store = SqliteStore(folder / "kopuro.db")
    await store.open()
    try:
        await store.write(lambda connection: replace_organisations(connection, organisations))
        trail, ids = ChainedTrail(store, clock), TimeOrderedIds()
        await _add_machines(folder, store, clock, trail)
        await _grant(StaffRegister(store, keys.sealer, keys.index, clock, ids, trail.append))
        await fill_books(store, keys.sealer, clock, ids, trail.append, pharmacy=PHARMACY)
    finally:
        await store.close()


async def _add_machines(folder: Path, store: Store, clock: Clock, trail: ChainedTrail) -> None:
    clients = ClientRegister(store, clock, trail.append)
    await clients.refresh()
    for machine in MACHINES:
        made = make_key()
        file = key_file(folder, machine.id)
        file.touch(mode=0o600)
        file.write_text(json.dumps(dict(made.private)), encoding="utf-8")
        await clients.add(machine, by=operator(), jwk=made.public)
    opened = await Enrolments(store, clock, trail.append, clients).add(COUNTER_TERMINAL, by=operator())
    note = enrolment_file(folder)
    note.touch(mode=0o600)
    note.write_text(opened.code, encoding="utf-8")


async def _grant(staff: StaffRegister) -> None:
    today = bishkek_day(SystemClock().now())
    for member in STAFF:
        request = GrantRequest(
            pin=member.person.pin,
            name=f"{member.person.family_name} {member.person.given_name}",
            role=member.role,
            organisation=member.organisation,
            valid_from=today,
        )
        await staff.grant(request, by=operator(), within=None)
