"""Diagnoses, operations, death and the doctors who answer for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas.base import CodeText, Contract, Instant, LongText, NameText, ShortText
from schemas.codelists import icd10
from schemas.treated_case.terms import Anaesthesia


def _spelled(value: object) -> object:
    return icd10.normalise(value.strip()) if isinstance(value, str) else value


DiagnosisCode = Annotated[CodeText, BeforeValidator(_spelled)]
"""A WHO ICD-10 code, kept in its one spelling («j189» and «J18.9†» become «J18.9»)."""


class Doctor(Contract):
    """A doctor («врач»)."""

    full_name: NameText
    pin: ShortText | None = None
    """The doctor's PIN, where the sender knows it."""


class Diagnosis(Contract):
    """A diagnosis: a WHO ICD-10 code («МКБ-10») and, if wished, the doctor's wording."""

    code: DiagnosisCode
    text: LongText | None = None


class Diagnoses(Contract):
    """All diagnoses of the stay («диагнозы»)."""

    referral: Diagnosis | None = None
    """Diagnosis of the referring organisation («диагноз направившего учреждения»)."""
    admission: Diagnosis
    """Diagnosis on admission («диагноз при поступлении»)."""
    main: Diagnosis
    """Main final clinical diagnosis («основной заключительный клинический»)."""
    complications: Annotated[tuple[Diagnosis, ...], Field(max_length=20)] = ()
    """Complications of the main diagnosis («осложнения»)."""
    concomitant: Annotated[tuple[Diagnosis, ...], Field(max_length=20)] = ()
    """Concomitant diseases («сопутствующие»)."""
    external_cause: Diagnosis | None = None
    """External cause of an injury, V01-Y98 («внешняя причина»)."""


class Operation(Contract):
    """A surgical operation («операция»)."""

    at: Instant
    """When it began."""
    code: CodeText
    name: LongText
    surgeon: Doctor
    anaesthesia: Anaesthesia
    complications: Annotated[tuple[Diagnosis, ...], Field(max_length=20)] = ()


class Death(Contract):
    """Death in hospital («смерть»)."""

    cause: Diagnosis
    """Underlying cause («основная причина смерти»)."""
    immediate_cause: Diagnosis | None = None
    """Immediate cause («непосредственная причина»)."""
    autopsy: bool
    """Whether an autopsy was made («вскрытие»)."""
