"""A small ESI for tests and demonstrations: an OpenID provider with ESI's addresses, its sign-in page and its faults.

It is written from the OpenID Connect specifications and shares no code with the client. Its people are invented. What
it does and its faults are listed in ``adapters/esi/README.md``.
"""

from adapters.esi.simulator.faults import FAULT_IDS
from adapters.esi.simulator.people import PASSWORD, PEOPLE, Person
from adapters.esi.simulator.registry import RegisteredClient
from adapters.esi.simulator.server import run_simulator

__all__ = ["FAULT_IDS", "PASSWORD", "PEOPLE", "Person", "RegisteredClient", "run_simulator"]
