"""The Social Fund and the fund for tests and demonstrations: who is insured, and where registered.

It is written from the contracts and shares no code with the client. What it does is listed in
``adapters/insurance/README.md``.
"""

from adapters.insurance.simulator.faults import FAULT_IDS
from adapters.insurance.simulator.people import Insured, insured_by_rule
from adapters.insurance.simulator.server import run_insurer

__all__ = ["FAULT_IDS", "Insured", "insured_by_rule", "run_insurer"]
