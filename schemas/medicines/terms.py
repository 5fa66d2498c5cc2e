"""The closed vocabularies of the reference of medicines. Wire values never change meaning within ``/v1``."""

from __future__ import annotations

from enum import StrEnum


class DoseUnit(StrEnum):
    """What a dose is measured in. Only units of one dimension can be compared: µg, mg and g."""

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
    """What a price or compensation is for («1 бирдиги, таңгагы үчүн», clause 42)."""

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
    """Not registered, but in the special list of medicines that may be imported and used for a time."""


class Position(StrEnum):
    """What a prescriber works as (clause 16)."""

    FAMILY_DOCTOR = "family-doctor"
    """«үй-бүлөлүк дарыгер»"""
    ONCOLOGIST = "oncologist"
    PSYCHIATRIST = "psychiatrist"
    FAP_HEAD = "fap-head"
    """Head of a feldsher-obstetric point («фельдшердик-акушердик пункттун башчысы»)."""
    OTHER = "other"
    """Anybody else: known to the sender's system, and not entitled to prescribe here."""
