"""What ICD-10 says of whole groups of its codes: asterisk categories, limits by sex and age, supplementary characters.

Pure data. A pair ``("C51", "C58")`` is an inclusive span of three-character categories; a single text is a category
with all its subdivisions, or one subcategory.
"""

from __future__ import annotations

from typing import Final

Span = str | tuple[str, str]
"""A category, a subcategory, or an inclusive span of categories."""

ASTERISK: Final[tuple[str, ...]] = (
    "D63", "D77", "E35", "E90", "F00", "F02", "G01", "G02", "G05", "G07", "G13", "G22", "G26", "G32", "G46", "G53",
    "G55", "G59", "G63", "G73", "G94", "G99", "H03", "H06", "H13", "H19", "H22", "H28", "H32", "H36", "H42", "H45",
    "H48", "H58", "H62", "H67", "H75", "H82", "H94", "I32", "I39", "I41", "I43", "I52", "I68", "I79", "I98", "J17",
    "J91", "J99", "K23", "K67", "K77", "K87", "K93", "L14", "L45", "L54", "L62", "L86", "L99", "M01", "M03", "M07",
    "M09", "M14", "M36", "M49", "M63", "M68", "M73", "M82", "M90", "N08", "N16", "N22", "N29", "N33", "N37", "N51",
    "N74", "N77", "P75",
)  # fmt: skip
"""The 83 asterisk categories (ICD-10, volume 2, section 3.1.3): a manifestation, never to be coded alone or first."""

FEMALE: Final[tuple[Span, ...]] = (
    "A34", "B37.3", ("C51", "C58"), "C79.6", "D06", "D07.0", "D07.1", "D07.2", "D07.3", ("D25", "D28"), "D39", "E28",
    "E89.4", "F52.5", "F53", "I86.3", "L29.2", "M80.0", "M80.1", "M81.0", "M81.1", "M83.0", ("N70", "N98"), "N99.2",
    "N99.3", ("O00", "O99"), "P54.6", ("Q50", "Q52"), "R87", "S31.4", "S37.4", "S37.5", "S37.6", "T19.2", "T19.3",
    "T83.3", "Y76", "Z01.4", "Z12.4", "Z30.1", "Z30.3", "Z30.5", "Z31.1", "Z31.2", ("Z32", "Z36"), "Z39", "Z43.7",
    "Z87.5", "Z97.5",
)  # fmt: skip
"""Categories of female persons (ICD-10, volume 2, list of categories limited to, or more likely in, one sex).

L70.5 of that list is left out: it is only more likely in girls, and our finding refuses the case.
"""

MALE: Final[tuple[Span, ...]] = (
    "B26.0", ("C60", "C63"), "D07.4", "D07.5", "D07.6", "D17.6", "D29", "D40", "E29", "E89.5", "F52.4", "I86.1",
    "L29.1", ("N40", "N51"), ("Q53", "Q55"), "R86", "S31.2", "S31.3", "Z12.5",
)  # fmt: skip
"""Categories of male persons (the same list)."""

FIRST_YEAR: Final[tuple[Span, ...]] = ("A33", ("P00", "P96"), "R95", "Z38")
"""Of a child in its first year of life only.

ICD-10 ends the perinatal period seven completed days after birth and lets P00-P96 stand for what began in it even if it
shows later. Our default ends at the first birthday: beyond it the later condition has a code of its own.
"""

FROM_TEN_YEARS: Final[tuple[Span, ...]] = ("A34", "C58", "F53", ("O00", "O99"), ("Z32", "Z36"), "Z39")
"""Pregnancy, childbirth and the puerperium: not before the tenth birthday (our default; ICD-10 names no age)."""

EXTERNAL_CAUSES: Final = ("V01", "Y98")
"""Chapter XX: external causes of morbidity and mortality."""

INJURIES: Final = ("S00", "T98")
"""Chapter XIX: injury, poisoning and certain other consequences of external causes."""

PLACE_OF_OCCURRENCE: Final = ("W00", "Y34")
"""A fourth character 0-9 says where it happened, in categories that have no subcategories (chapter XX)."""

SITE: Final = ("M00", "M99")
"""A fifth character 0-9 says the site involved (chapter XIII)."""

OPEN_OR_CLOSED: Final[tuple[str, ...]] = (
    "S02", "S06", "S12", "S22", "S26", "S27", "S32", "S36", "S37", "S42", "S52", "S62", "S72", "S82", "S92", "T02",
    "T08", "T10", "T12", "T14.2",
)  # fmt: skip
"""One more character, 0 closed or 1 open, for fractures and internal injuries (chapter XIX)."""
