"""How entries about a message's content are made: their clauses in three languages, and what they have in common."""

from __future__ import annotations

from typing import Final

from schemas.errors.model import Actor, ErrorEntry, Retry, Severity, Text


def order(*clauses: str) -> Text:
    """Clauses of the order on Sanarip Clinic («О вводе … „Цифровая медицинская карта пациента“»)."""
    ky, ru, en = _named(clauses)
    return Text(
        f"Sanarip Clinic жөнүндө буйрук, {ky}", f"приказ о Sanarip Clinic, {ru}", f"order on Sanarip Clinic, {en}"
    )


def annex_3(*clauses: str) -> Text:
    """Clauses of that order's Annex 3 («Порядок формирования номера КСФ»)."""
    ky, ru, en = _named(clauses)
    return Text(
        f"Sanarip Clinic жөнүндө буйрук, 3-тиркеме, {ky}",
        f"приказ о Sanarip Clinic, приложение 3, {ru}",
        f"order on Sanarip Clinic, Annex 3, {en}",
    )


def programme(*clauses: str) -> Text:
    """Clauses of the regulation on the additional drug programme («ММК кошумча программасы жөнүндө жобо»)."""
    ky, ru, en = _named(clauses)
    return Text(
        f"Кошумча дары-дармек программасы жөнүндө жобо, {ky}",
        f"Положение о дополнительной лекарственной программе, {ru}",
        f"regulation on the additional drug programme, {en}",
    )


def _named(clauses: tuple[str, ...]) -> Text:
    listed = ", ".join(clauses)
    if len(clauses) == 1:
        return Text(f"{listed}-пункт", f"пункт {listed}", f"clause {listed}")
    return Text(f"{listed}-пункттар", f"пункты {listed}", f"clauses {listed}")


def icd_10(part: str) -> Text:
    """A place in the WHO classification, named alike in all languages."""
    return Text(f"МКБ-10 (ICD-10), {part}", f"МКБ-10 (ICD-10), {part}", f"ICD-10, {part}")


CORRECT_DATA: Final = order("3(6)")
"""«Обеспечить своевременный ввод данных, достоверность и корректность»: the duty behind most rules of a case."""

CONTRACT: Final = Text(
    "билдирүүнүн схемасы, /v1",
    "схема сообщения, /v1",
    "schema of the message, /v1",
)


def refused(clause: Text, message: Text, action: Text, *, actor: Actor = Actor.CLINIC, status: int = 422) -> ErrorEntry:
    """An entry that refuses the message until it is corrected."""
    return ErrorEntry(
        status=status, actor=actor, retry=Retry.AFTER_CORRECTION, clause=clause, message=message, action=action
    )


def noted(
    clause: Text, message: Text, action: Text, *, severity: Severity = Severity.WARNING, actor: Actor = Actor.CLINIC
) -> ErrorEntry:
    """An entry that lets the message pass."""
    return ErrorEntry(
        status=200,
        severity=severity,
        actor=actor,
        retry=Retry.NOT_NEEDED,
        clause=clause,
        message=message,
        action=action,
    )
