"""``[audit]``: the signed head of the audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.sections import Section
from gateway.audit.head_keeper import LONGEST_INTERVAL


class AuditSettings(Section):
    """``[audit]``: how often the audit's head is signed, and where to it is exported."""

    head_seconds: Annotated[float, Field(gt=0, le=LONGEST_INTERVAL)] = 60.0
    """How often the head is signed when it has moved, in seconds; five minutes at most."""
    heads_file: Path | None = None
    """File that signed heads are appended to, best on a medium the database's administrators cannot write.

    Without it, whoever can write to the database can rewrite the audit unseen.
    """
