"""The clauses of the regulation on the additional drug programme and the rules drawn from them.

``docs/clauses.md`` shows them beside the tests that prove each; a test holds that no clause and no rule is missing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Hold(StrEnum):
    """How far software can hold a rule."""

    ENFORCED = "enforced"
    """What breaks it is refused, or reckoned by it without being asked."""
    SUPPORTED = "supported"
    """People keep it; the software gives them the means and shows what is overdue."""
    STATED = "stated"
    """It defines something, or binds people outside this software."""


class Rule(NamedTuple):
    """One rule: its number, its clauses, what it says, how far it is held, and why no further where it is not."""

    id: str
    clauses: tuple[str, ...]
    text: str
    hold: Hold
    remark: str = ""


_E, _S, _D = Hold

RULES: Final = (
    Rule("R-01", ("1", "2"), "Outpatient medicines for insured categories, through pharmacies.", _D,
         "Scope; only prescriptions of outpatients can be entered."),
    Rule("R-02", ("3",), "By prescription only.", _E),
    Rule("R-03", ("3",), "The fund repays a part, the patient pays the rest.", _E,
         "A patient's share of nothing is noted, not refused: it follows from the amounts of the reference."),
    Rule("R-04", ("3", "27"), "Relations rest on a contract.", _E),
    Rule("R-05", ("4",), "Who takes part: the fund, primary care, contracted pharmacies.", _E,
         "The register of organisations has no kinds; a prescriber is judged by position, organisation and register."),
    Rule("R-06", ("5",), "The right belongs to the insured who are registered with primary care.", _E),
    Rule("R-07", ("6",), "Prescriptions and sales are accounted in real time.", _E),
    Rule("R-08", ("7",), "The budget is the insured population times the per-capita norm.", _E),
    Rule("R-09", ("8",), "What is left lapses; what is sold above it is paid by the next year.", _E),
    Rule("R-10", ("9",), "Funds move between regions within the year after an analysis.", _E),
    Rule("R-11", ("10",), "The list is reviewed at least once a year.", _S,
         "The Ministry reviews it; its age is told."),
    Rule("R-12", ("11",), "What a row of the reference holds.", _E),
    Rule("R-13", ("12",), "Levels are set at least twice a year, from the Ministry's reference price.", _S,
         "The fund sets them; their age is told, and no two versions overlap."),
    Rule("R-14", ("13",), "The reference is electronic and public.", _E),
    Rule("R-15", ("14",), "It follows the state register; what is not registered only where nothing registered is.", _E,
         "The state register itself has no public interface; registration is a column of the import."),
    Rule("R-16", ("15",), "Electronic; on paper when the patient asks; controlled medicines follow further rules.", _E,
         "The terms of controlled medicines are not public: while the policy table is empty they are refused."),
    Rule("R-17", ("16",), "Who prescribes, and for whom.", _E),
    Rule("R-18", ("17",), "A remote patient: earlier prescriptions, and a visit at least once a month.", _E),
    Rule("R-19", ("18",), "One prescription for each name of the reference.", _E),
    Rule("R-20", ("18",), "The course dose is formed from dose and units.", _E),
    Rule("R-21", ("19",), "An entry in the outpatient's card on the same day.", _E,
         "The entry itself is in the clinic's system; its number and day are demanded."),
    Rule("R-22", ("20",), "No prescription without informing the patient.", _E),
    Rule("R-23", ("21",), "Within the patient's yearly limit, a multiple of the per-capita norm.", _E),
    Rule("R-24", ("21",), "By medical indications.", _E, "Whether the indication is right is the doctor's judgement."),
    Rule("R-25", ("21",), "Only after the insured status is checked and confirmed.", _E),
    Rule("R-26", ("22", "23"), "Unjustified prescriptions are made good by act.", _S,
         "Liability is decided by people; the recovery is recorded with its act."),
    Rule("R-27", ("24", "25", "26"), "Restrictions of single medicines, by protocol.", _E),
    Rule("R-28", ("27", "28"), "Pharmacies that work lawfully apply for a contract.", _E),
    Rule("R-29", ("29",), "For a year, prolonged without claims; no tax debt on its day.", _E),
    Rule("R-30", ("30",), "A refusal has its reasons and is sent within three days.", _E,
         "A late refusal is recorded as late; what is overdue is listed."),
    Rule("R-31", ("31",), "Only pharmacies under contract dispense.", _E),
    Rule("R-32", ("32",), "Pharmacists follow the dispensing rules and this regulation.", _D,
         "Binds the pharmacist; the rules of the Cabinet are not among the documents."),
    Rule("R-33", ("33",), "Wherever the prescription was issued.", _E),
    Rule("R-34", ("34",), "By ПИН and number.", _E),
    Rule("R-35", ("35",), "Only medicines of the reference.", _E),
    Rule("R-36", ("36",), "All trade names and prices are told; substitution within the generic group.", _E),
    Rule("R-37", ("37",), "Units follow from the course dose; sums are reckoned for what is sold.", _E),
    Rule("R-38", ("38",), "A receipt over what the patient has paid.", _E),
    Rule("R-39", ("39",), "The price is that of the showcase and not above the approved one.", _E),
    Rule("R-40", ("40",), "Valid for 30 calendar days; controlled medicines by their own rules.", _E),
    Rule("R-41", ("41",), "Compensation and reports are made automatically.", _E),
    Rule("R-42", ("42",), "Repayment follows the row of the medicine that is sold.", _E),
    Rule("R-43", ("43",), "Units above the course are the patient's; fewer are paid as given.", _E),
    Rule("R-44", ("44",), "Not more than the retail price less what the patient paid.", _E),
    Rule("R-45", ("45",), "Paid by monthly reports and acts that head and chief accountant have signed.", _E),
    Rule("R-46", ("46",), "Nothing for a medicine that is not the prescribed one.", _E,
         "Found by monitoring or survey, by people; the line is then not compensated."),
    Rule("R-47", ("47",), "Violations found later are taken back by act.", _E),
    Rule("R-48", ("48",), "Disputes within the month and before the report is made.", _E),
    Rule("R-49", ("49", "50"), "A commission of at least three; its protocol is the basis of payment.", _E),
    Rule("R-50", ("51", "52"), "Reports after the period ends, by the contract's deadline.", _E,
         "A late report is taken and marked as late."),
    Rule("R-51", ("53",), "Nothing for what is sold outside the contract.", _E),
    Rule("R-52", ("54", "55"), "The fund controls and monitors.", _S,
         "People control; reconciliation, statistics and the audit are their means."),
    Rule("R-53", ("56",), "Prices are monitored.", _E, "The Ministry's method is not among the documents."),
)  # fmt: skip
"""Every rule, in the order of its number."""

CLAUSES: Final = tuple(str(number) for number in range(1, 57))
"""The 56 clauses."""
