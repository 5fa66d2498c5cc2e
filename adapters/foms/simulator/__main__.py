"""``python -m adapters.foms.simulator``: the fund as a process."""

from __future__ import annotations

from adapters.foms.simulator import run_fund
from adapters.xroad.simulator.command import serve_keeper

if __name__ == "__main__":
    serve_keeper(run_fund, "adapters.foms.simulator", __doc__)
