"""A fund for tests and demonstrations: it keeps the contract, stores durably, and can be told what to be unable to do.

It is written from the WSDL and shares no code with the client. What it does is listed in
``adapters/drug_programme/README.md``.
"""

from adapters.drug_programme.simulator.server import run_drug_programme
from adapters.xroad.simulator.keeping import Mode

__all__ = ["Mode", "run_drug_programme"]
