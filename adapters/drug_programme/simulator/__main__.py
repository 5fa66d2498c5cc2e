"""``python -m adapters.drug_programme.simulator``: the fund's information system as a process."""

from __future__ import annotations

from adapters.drug_programme.simulator import run_drug_programme
from adapters.xroad.simulator.command import serve_keeper

if __name__ == "__main__":
    serve_keeper(run_drug_programme, "adapters.drug_programme.simulator", __doc__)
