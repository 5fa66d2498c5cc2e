"""A small security server for tests and demonstrations, with faults that can be asked for by id.

It is written from X-Road's protocol documents and shares no code with the client. What it does and its faults are
listed in ``adapters/xroad/README.md``.
"""

from adapters.xroad.simulator.faults import FAULT_IDS
from adapters.xroad.simulator.running import RunningSimulator, serve_until_stopped
from adapters.xroad.simulator.server import Provider, run_security_server
from adapters.xroad.simulator.soap import Spelling

__all__ = ["FAULT_IDS", "Provider", "RunningSimulator", "Spelling", "run_security_server", "serve_until_stopped"]
