"""Every mistake a treated case can have, with what is said of it: nothing more, nothing less."""

from tests.unit.rules.mistakes.number import NUMBERING, ORGANISATION
from tests.unit.rules.mistakes.person import DIAGNOSES, PATIENT
from tests.unit.rules.mistakes.sample import BABY, FOREIGNER, PASSPORT, Sample
from tests.unit.rules.mistakes.shape import SHAPE
from tests.unit.rules.mistakes.stay import OUTCOME, TIMES

__all__ = ["ALL", "BABY", "BY_SUBJECT", "FOREIGNER", "PASSPORT", "SHAPE", "Sample"]

BY_SUBJECT = {
    "numbering": NUMBERING,
    "organisation": ORGANISATION,
    "patient": PATIENT,
    "times": TIMES,
    "diagnoses": DIAGNOSES,
    "outcome": OUTCOME,
    "shape": SHAPE,
}
ALL = [each for samples in BY_SUBJECT.values() for each in samples]
