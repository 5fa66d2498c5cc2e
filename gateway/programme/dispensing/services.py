"""All that pharmacies ask of dispensing, over one set of surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gateway.limits.lookups import LookupThrottle
from gateway.programme.dispensing.holds import Holds
from gateway.programme.dispensing.lookup import LookUps
from gateway.programme.dispensing.model import Surroundings
from gateway.programme.dispensing.opening import PrescriptionDesk
from gateway.programme.dispensing.quoting import Quotes
from gateway.programme.dispensing.reversing import Reversing
from gateway.programme.dispensing.service import Dispensing


@dataclass(frozen=True, slots=True, kw_only=True)
class DispensingServices:
    """What handlers are given."""

    look_ups: LookUps
    quotes: Quotes
    holds: Holds
    dispensing: Dispensing
    reversing: Reversing
    surroundings: Surroundings

    @classmethod
    def of(cls, surroundings: Surroundings, throttle: LookupThrottle) -> Self:
        """The services; all that open prescriptions count failures together."""
        desk = PrescriptionDesk(surroundings, throttle)
        return cls(
            look_ups=LookUps(surroundings, desk),
            quotes=Quotes(surroundings, desk),
            holds=Holds(surroundings),
            dispensing=Dispensing(surroundings, desk),
            reversing=Reversing(surroundings),
            surroundings=surroundings,
        )
