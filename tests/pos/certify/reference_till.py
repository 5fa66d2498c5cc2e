"""A till behind its harness on a free port of the loopback."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from kopuro_pos.certify.reference import Till
from kopuro_pos.certify.reference_harness import reference_till
from kopuro_pos.certify.stage import Pace

QUICK = Pace(answer_within=2.0, look_up_gives_up=0.05)


def harnessed(folder: Path, kind: type[Till] = Till) -> AbstractAsyncContextManager[str]:
    """Gives where its harness is."""
    till = kind(folder)
    till.pause_seconds = 0.005
    return reference_till(folder, till)
