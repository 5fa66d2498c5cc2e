"""A fund for tests and demonstrations: it keeps the contract, stores durably, and can be told what to be unable to do.

It is written from the WSDL and shares no code with the client. What it does is listed in ``adapters/foms/README.md``.
"""

from adapters.foms.simulator.server import run_fund
from adapters.xroad.simulator.keeping import Mode

__all__ = ["Mode", "run_fund"]
