"""The gateway without masks: ``python -m tests.service.privacy.unsealed serve …`` stands in for ``gateway serve …``.

What it keeps lies open in the store, and it logs a ПИН. It shows that a search which finds nothing elsewhere could have
found something. The product knows nothing of this: it is changed from here before it starts.
"""

# mypy: disable-error-code="method-assign, assignment, misc"
# Putting other functions in the place of the product's is what this module is for.

from __future__ import annotations

import functools
from typing import Any

import orjson
import structlog

from gateway.cli import main as gateway_main
from gateway.operations.journal import Journal
from gateway.operations.model import Acceptance, CaseSubmission
from gateway.sealing.keeper import KeyKeeper
from tests.support.sealing import ClearSealer


def take_the_masks_off() -> None:
    """Seal nothing, and log whose case comes in."""
    opened, submit_case = KeyKeeper.__init__, Journal.submit_case

    @functools.wraps(opened)
    def open_without_sealer(self: KeyKeeper, *given: Any, **more: Any) -> None:
        opened(self, *given, **more)
        self.sealer = ClearSealer()

    @functools.wraps(submit_case)
    async def log_and_submit(self: Journal, submission: CaseSubmission) -> Acceptance:
        pin = orjson.loads(submission.payload)["patient"]["pin"]
        structlog.get_logger().warning("case", reason=pin)
        return await submit_case(self, submission)

    KeyKeeper.__init__ = open_without_sealer
    Journal.submit_case = log_and_submit


if __name__ == "__main__":
    take_the_masks_off()
    gateway_main()
