"""The act of mutual settlement as a document («өз ара эсептешүү актысы», clauses 45 to 50)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from gateway.documents.report import PAGE
from gateway.documents.tables import Cell, Column, Kind, SignatureBlock, TableDocument
from gateway.rules.money import from_tyiyn
from gateway.rules.settlement.model import EntryKind
from schemas.errors.model import Language, Text
from schemas.settlement.terms import SignerRole, Source

_TITLE: Final = Text(
    "№ {number} өз ара эсептешүү актысы",
    "Акт взаиморасчётов № {number}",
    "Act of mutual settlement No. {number}",
)
_PHARMACY: Final = Text("Дарыкана", "Аптека", "Pharmacy")
_MONTH: Final = Text("Отчеттук ай", "Отчётный месяц", "Month")
_DRAWN: Final = Text("Түзүлдү (Бишкек убактысы)", "Составлен (время Бишкека)", "Drawn (Bishkek time)")
_REPORT: Final = Text("Отчеттун SHA-256 суммасы", "SHA-256 отчёта", "SHA-256 of the report")
_DIGEST: Final = Text("Актынын SHA-256 суммасы", "SHA-256 акта", "SHA-256 of the act")
_PAID: Final = Text("Төлөндү: {reference}, {at}", "Оплачен: {reference}, {at}", "Paid: {reference}, {at}")
_SETTLED: Final = Text("Отчет боюнча, {lines} сап", "По отчёту, строк: {lines}", "By the report, {lines} lines")
_TOTAL: Final = Text("Төлөөгө", "К оплате", "To be paid")

_COLUMNS: Final = (
    (Text("№", "№", "No."), Kind.COUNT, 34),
    (Text("Негизи", "Основание", "Ground"), Kind.TEXT, 270),
    (Text("Дары берүүнүн белгиси", "Идентификатор отпуска", "Dispense"), Kind.TEXT, 150),
    (Text("Документ", "Документ", "Document"), Kind.TEXT, 150),
    (Text("Күнү", "Дата", "Date"), Kind.DAY, 66),
    (Text("Сумма, сом", "Сумма, сом", "Sum, som"), Kind.SUM, 100),
)

_GROUNDS: Final = {
    EntryKind.OUTSIDE_CONTRACT: Text(
        "Келишимден тышкары сатылган (53-пункт)", "Продано вне договора (пункт 53)", "Sold outside the contract (53)"
    ),
    EntryKind.NOT_COMPENSABLE: Text(
        "Орду толтурулбайт (46-пункт)", "Не возмещается (пункт 46)", "Not compensable (46)"
    ),
    EntryKind.SUPERSEDED: Text(
        "Мурдагы чечим күчүн жоготту", "Прежнее решение утратило силу", "An earlier decision has no object"
    ),
    EntryKind.DISPUTE_CARRIED: Text(
        "Талаш чечилгенге чейин калтырылды (48-пункт)",
        "Отложено до решения спора (пункт 48)",
        "Held back until the dispute is decided (48)",
    ),
    EntryKind.DISPUTE_DECIDED: Text(
        "Комиссиянын протоколу боюнча (50-пункт)", "По протоколу комиссии (пункт 50)", "By the protocol (50)"
    ),
    EntryKind.CLAWBACK: Text(
        "Текшерүү актысы боюнча кайтаруу (47-пункт)", "Возврат по акту проверки (пункт 47)", "Clawed back (47)"
    ),
}
_SOURCES: Final = {
    Source.MONITORING: Text("мониторинг", "мониторинг базы", "monitoring"),
    Source.SURVEY: Text("пациентти сурамжылоо", "опрос пациента", "survey of the patient"),
}
_OFFICES: Final = {
    SignerRole.PHARMACY_HEAD: Text("Дарыкананын жетекчиси", "Руководитель аптеки", "Head of the pharmacy"),
    SignerRole.CHIEF_ACCOUNTANT: Text(
        "Дарыкананын башкы бухгалтери", "Главный бухгалтер аптеки", "Chief accountant of the pharmacy"
    ),
}
_SIGNED: Final = Text(
    "ЕСИ аркылуу кол коюлду, {person}, {at}",
    "подписано через ЕСИ, {person}, {at}",
    "signed through ESI, {person}, {at}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryContent:
    """One entry; ``amount`` is tyiyn."""

    kind: EntryKind
    dispense: UUID
    amount: int
    source: Source | None
    document_number: str | None
    document_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActContent:
    """What an act's document says; sums are tyiyn, instants as they are shown.

    ``signatures`` are the person's id and the instant by office; ``paid`` is the payment's reference and instant.
    """

    number: str
    pharmacy: str
    pharmacy_name: str | None
    month: date
    drawn: str
    lines: int
    settled: int
    entries: Sequence[EntryContent]
    total: int
    report_digest: bytes
    digest: bytes
    signatures: dict[SignerRole, tuple[UUID, str]]
    paid: tuple[str, str] | None


def act_document(content: ActContent, language: Language) -> TableDocument:
    """The document of an act, with its signatures as they are by now."""
    pharmacy = content.pharmacy if content.pharmacy_name is None else f"{content.pharmacy} {content.pharmacy_name}"
    first: Sequence[Cell] = (
        1,
        _SETTLED.in_language(language).format(lines=content.lines),
        None,
        None,
        None,
        from_tyiyn(content.settled),
    )
    rows = [first, *(_row(number, entry, language) for number, entry in enumerate(content.entries, 2))]
    notes = []
    if content.paid is not None:
        reference, at = content.paid
        notes.append(_PAID.in_language(language).format(reference=reference, at=at))
    return TableDocument(
        title=_TITLE.in_language(language).format(number=content.number),
        facts=(
            (_PHARMACY.in_language(language), pharmacy),
            (_MONTH.in_language(language), f"{content.month:%m.%Y}"),
            (_DRAWN.in_language(language), content.drawn),
            (_REPORT.in_language(language), content.report_digest.hex()),
            (_DIGEST.in_language(language), content.digest.hex()),
        ),
        columns=[Column(heading.in_language(language), kind, width) for heading, kind, width in _COLUMNS],
        rows=rows,
        totals=(None, _TOTAL.in_language(language), None, None, None, from_tyiyn(content.total)),
        notes=notes,
        signatures=[_block(role, content, language) for role in SignerRole],
        page=PAGE.in_language(language),
    )


def _row(number: int, entry: EntryContent, language: Language) -> Sequence[Cell]:
    ground = _GROUNDS[entry.kind].in_language(language)
    if entry.source is not None:
        ground = f"{ground}: {_SOURCES[entry.source].in_language(language)}"
    return (
        number,
        ground,
        str(entry.dispense),
        entry.document_number,
        entry.document_date,
        from_tyiyn(entry.amount),
    )


def _block(role: SignerRole, content: ActContent, language: Language) -> SignatureBlock:
    office = _OFFICES[role].in_language(language)
    if role not in content.signatures:
        return SignatureBlock(office)
    person, at = content.signatures[role]
    return SignatureBlock(office, _SIGNED.in_language(language).format(person=person, at=at))
