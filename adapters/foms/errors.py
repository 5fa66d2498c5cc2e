"""What the fund's own faults mean."""

from __future__ import annotations

import re
from typing import Final

from adapters.xroad.outcomes import Failure, Symptom, of_symptom
from gateway.operations.model import Outcome

_READABLE: Final = re.compile(r"(?!.*[0-9]{6})[A-Za-z0-9_.:\-]{1,100}")
"""A code in a program's words. What has many digits in a row may be somebody's number."""


class NotMappable(Exception):
    """The journal's payload is no treated case of this contract."""


def of_provider_fault(code: str) -> Failure:
    """What a fault of the fund's own service means (contract, ``treated_case.xsd``).

    A ``Client`` fault is a refusal of the unread message (SOAP 1.1, section 4.4.1): nothing was stored. Any other code
    leaves us in doubt. The fault's text is not kept: it may repeat what we sent.
    """
    shown = code if _READABLE.fullmatch(code) else "unreadable code"
    if code.rpartition(":")[2] == "Client":
        return Failure(outcome=Outcome.REFUSED, reason="FUND_REFUSED_MESSAGE", detail=shown)
    return of_symptom(Symptom.PROVIDER_FAULT, shown)
