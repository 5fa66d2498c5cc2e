"""The register of health organisations: read from a table, every mistake found in one pass; kept in memory for rules.

The table's columns (English or Russian names): code, name, row of the roll-out schedule, ИНН, ОКПО, equipped,
equipped since, departments as ``18=Терапия;05=Хирургия``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.batch.records import Cell
from gateway.ports import Organisation
from gateway.rules.findings import Finding
from gateway.rules.identifiers import check_inn, check_okpo
from schemas.errors import ErrorCode, Severity


class RolloutRow(StrEnum):
    """The rows of the roll-out schedule (order on Sanarip Clinic, Annex 1, second stage). An organisation is in one.

    National and republican organisations form a row of their own, wherever they stand.
    """

    BISHKEK = "bishkek"
    BATKEN = "batken"
    JALAL_ABAD = "jalal-abad"
    NARYN = "naryn"
    OSH = "osh"
    """The city of Osh and the region of Osh together («город Ош/Ошская область»)."""
    ISSYK_KUL = "issyk-kul"
    TALAS = "talas"
    CHUI = "chui"
    NATIONAL = "national"
    """«ОЗ Национального / Республиканского уровня»."""


@dataclass(frozen=True, slots=True)
class ParsedRegister:
    """What a table came to. With any error among ``findings`` nothing of it may be used."""

    organisations: tuple[Organisation, ...]
    findings: tuple[Finding, ...]


class OrganisationsInMemory:
    """The register as the rules ask it. :meth:`replace` swaps its content at once."""

    def __init__(self, organisations: Iterable[Organisation] = ()) -> None:
        self._by_code: Mapping[str, Organisation] = {}
        self.version = 0
        self.replace(organisations)

    def replace(self, organisations: Iterable[Organisation]) -> None:
        """From now on the register holds these."""
        by_code = {organisation.code: organisation for organisation in organisations}
        if by_code != self._by_code:
            self._by_code = by_code
            self.version += 1

    def find(self, code: str) -> Organisation | None:
        """The organisation with this six-digit code, if known."""
        return self._by_code.get(code)

    def in_region(self, region: str) -> frozenset[str]:
        """Codes of the organisations of one row of the roll-out schedule."""
        return frozenset(code for code, one in self._by_code.items() if one.region == region)

    def __len__(self) -> int:
        return len(self._by_code)


class AnyOrganisation:
    """A register that knows every code: for checks where no register is at hand."""

    version = 0

    def __init__(self, *, equipped: bool) -> None:
        self._equipped = equipped

    def find(self, code: str) -> Organisation | None:
        """An organisation of that code, with no departments loaded."""
        return Organisation(
            code=code, name="", region="", inn=None, okpo=None, equipped=self._equipped, equipped_since=None,
            departments=_NO_DEPARTMENTS,
        )  # fmt: skip


_NO_DEPARTMENTS: Final[Mapping[str, str]] = {}

_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "code": "code", "код": "code", "код организации": "code",
        "name": "name", "наименование": "name", "название": "name",
        "row": "row", "region": "row", "регион": "row", "строка графика": "row",
        "inn": "inn", "инн": "inn",
        "okpo": "okpo", "окпо": "okpo",
        "equipped": "equipped", "оснащена": "equipped",
        "equipped_since": "equipped_since", "оснащена с": "equipped_since",
        "departments": "departments", "отделения": "departments",
    }
)  # fmt: skip
_REQUIRED: Final = ("code", "name", "row", "equipped")
_YES: Final = frozenset({"yes", "true", "1", "да", "ооба"})
_NO: Final = frozenset({"no", "false", "0", "нет", "жок"})


def parse_organisations(rows: Iterable[Sequence[Cell]]) -> ParsedRegister:
    """The organisations of a table, whose first row names the columns. Paths are ``$[row].column``, rows from 1."""
    iterator = iter(rows)
    heading = [_COLUMNS.get(" ".join(str(cell or "").casefold().split()), "") for cell in next(iterator, ())]
    findings = [_wrong(1, column) for column in _REQUIRED if column not in heading]
    if findings:
        return ParsedRegister((), tuple(findings))
    found: dict[str, Organisation] = {}
    first_rows: dict[str, int] = {}
    for number, cells in enumerate(iterator, start=2):
        row = {column: _text(cell) for column, cell in zip(heading, cells, strict=False) if column}
        if not any(row.values()):
            continue
        organisation, wrong = _organisation(number, row)
        findings += wrong
        if organisation is None:
            continue
        if organisation.code in found:
            parameters: dict[str, str | int] = {"row": number, "first": first_rows[organisation.code]}
            findings.append(Finding(ErrorCode.REFERENCE_REPEATED, f"$[{number}].code", parameters))
        found[organisation.code] = organisation
        first_rows.setdefault(organisation.code, number)
    return ParsedRegister(tuple(found.values()), tuple(findings))


def _organisation(number: int, row: Mapping[str, str]) -> tuple[Organisation | None, list[Finding]]:
    code, name, inn, okpo = row["code"], row["name"], row.get("inn", ""), row.get("okpo", "")
    equipped = _flag(row["equipped"])
    since = _day(row.get("equipped_since", ""))
    departments = _departments(row.get("departments", ""))
    # A spreadsheet drops the leading zero of a code it takes for a number.
    code = code.zfill(6) if code.isascii() and code.isdigit() else code
    inn = inn.zfill(14) if inn.isascii() and inn.isdigit() else inn
    okpo = okpo.zfill(8) if okpo.isascii() and okpo.isdigit() else okpo
    sound = {
        "code": len(code) == 6 and code.isascii() and code.isdigit(),
        "name": bool(name) and len(name) <= 300,
        "row": row["row"] in set(RolloutRow),
        "equipped": equipped is not None,
        "equipped_since": since is not _UNREADABLE and not (since and equipped is False),
        "departments": departments is not None,
    }
    findings = [_wrong(number, column) for column, good in sound.items() if not good]
    findings += check_inn(inn, f"$[{number}].inn") if inn else ()
    findings += check_okpo(okpo, f"$[{number}].okpo") if okpo else ()
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None, findings
    organisation = Organisation(
        code=code, name=name, region=RolloutRow(row["row"]).value, inn=inn or None, okpo=okpo or None,
        equipped=bool(equipped), equipped_since=since, departments=departments or {},
    )  # fmt: skip
    return organisation, findings


def _wrong(number: int, column: str) -> Finding:
    return Finding(ErrorCode.REFERENCE_ROW, f"$[{number}].{column}", {"row": number, "column": column})


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell).strip()


def _flag(text: str) -> bool | None:
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


_UNREADABLE: Final = date.min


def _day(text: str) -> date | None:
    """A day as ``2025-12-20`` or ``20.12.2025``; ``None`` when empty, ``_UNREADABLE`` when it is no day."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    return _UNREADABLE


def _departments(text: str) -> dict[str, str] | None:
    """``18=Терапия;05=Хирургия``; ``None`` when a part cannot be read or a code comes twice."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        code, separator, name = (piece.strip() for piece in part.partition("="))
        if not (separator and name and len(code) == 2 and code.isascii() and code.isdigit()) or code in found:
            return None
        found[code] = name
    return found
