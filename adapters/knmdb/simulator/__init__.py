"""A KNMDB for tests and demonstrations: it keeps the published API, and can be told what to be unable to do.

It is written from the published OpenAPI and shares no code with the client. ``adapters/knmdb/README.md`` lists what it
does.
"""

from adapters.knmdb.simulator.faults import FAULT_IDS
from adapters.knmdb.simulator.server import run_knmdb
from adapters.knmdb.simulator.store import MachineAccount

__all__ = ["FAULT_IDS", "MachineAccount", "run_knmdb"]
