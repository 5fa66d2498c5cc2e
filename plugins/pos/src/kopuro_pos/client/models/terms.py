"""The closed vocabularies of the till's part of contract v1."""

from __future__ import annotations

from enum import StrEnum


class Choice(StrEnum):
    """What the patient chose among the offers (regulation on the additional drug programme, clause 36)."""

    AS_PRESCRIBED = "as-prescribed"
    SUBSTITUTED = "substituted"
    """Another trade name of the same generic group («генерикалык алмаштыруу»)."""


class ReversalReason(StrEnum):
    """Why a dispense is taken back."""

    RETURNED = "returned"
    WRONG_MEDICINE = "wrong-medicine"
    WRONG_QUANTITY = "wrong-quantity"
    WRONG_PRICE = "wrong-price"
    NOT_HANDED_OVER = "not-handed-over"


class PrescriptionState(StrEnum):
    """Where a prescription stands."""

    ISSUED = "issued"
    PARTIALLY_DISPENSED = "partially-dispensed"
    DISPENSED = "dispensed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Holder(StrEnum):
    """Who keeps a prescription from all other pharmacies. The other's name is nobody's business."""

    SELF = "self"
    OTHER = "other"


class OperationState(StrEnum):
    """Where the delivery of a dispense to another system stands."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in-doubt"
    PARKED = "parked"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class DoseUnit(StrEnum):
    """What a dose is measured in."""

    MICROGRAM = "mcg"
    MILLIGRAM = "mg"
    GRAM = "g"
    MILLILITRE = "ml"
    INTERNATIONAL_UNIT = "IU"
    DOSE = "dose"
    """One actuation or application, as of an inhaler («доза»)."""
    PIECE = "piece"
    """One medical device («штука»), such as a test strip."""


class Per(StrEnum):
    """What a compensation is for (clause 42)."""

    UNIT = "unit"
    PACK = "pack"


class ControlledClass(StrEnum):
    """Whether a medicine is under control in the Republic (clauses 15 and 40)."""

    NONE = "none"
    PSYCHOTROPIC = "psychotropic"
    NARCOTIC = "narcotic"


class Registration(StrEnum):
    """How a medicine stands in the state register of medicines (clause 14)."""

    REGISTERED = "registered"
    TEMPORARILY_PERMITTED = "temporarily-permitted"


class Severity(StrEnum):
    """What a finding does to the request: only errors refuse it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Actor(StrEnum):
    """Who must act so that it works next time."""

    CLINIC = "clinic"
    INTEGRATOR = "integrator"
    OPERATOR = "operator"
    PRESCRIBER = "prescriber"
    PHARMACY = "pharmacy"
    FUND = "fund"
    NOBODY = "nobody"


class Retry(StrEnum):
    """Whether sending the same request again makes sense."""

    NEVER = "never"
    """The answer will not change."""
    AFTER_CORRECTION = "after-correction"
    """Correct the data, then send with a new ``Idempotency-Key``."""
    SAME_KEY_LATER = "same-key-later"
    """Send the same request with the same ``Idempotency-Key``, not before ``Retry-After``."""
    NOT_NEEDED = "not-needed"
    """The request was accepted."""
