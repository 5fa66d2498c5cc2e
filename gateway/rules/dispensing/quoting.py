"""What makes a quote reproducible: the version of these rules, and a digest of all that went in."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from typing import Final

from gateway.rules.compensation import Course, Product
from schemas.amounts import plain

RULES_VERSION: Final = "1"
"""Changes whenever the same input could give another answer. Kept with every quote."""


def quote_digest(
    course: Course, product: Product, units: int, *, reference_version: int, least_patient_share: Decimal
) -> bytes:
    """The SHA-256 of a quote's input: equal ones come to equal sums. It holds nothing about the patient."""
    read = {
        "rules": RULES_VERSION,
        "reference_version": reference_version,
        "course": [plain(course.dose), plain(course.dispensed), course.unit],
        "strength": [plain(product.strength), product.strength_unit],
        "pack": [product.pack_size, plain(product.pack_price)],
        "compensation": [product.compensation.per, plain(product.compensation.amount)],
        "least_patient_share": plain(least_patient_share),
        "units": units,
    }
    return sha256(json.dumps(read, sort_keys=True, separators=(",", ":")).encode()).digest()
