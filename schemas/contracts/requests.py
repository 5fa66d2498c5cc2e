"""What pharmacies and the fund send about contracts (regulation on the additional drug programme, clauses 27 to 30)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.amounts import Money
from schemas.api import Command, ReasonedCommand
from schemas.base import LINES, ONE_LINE, Contract, LongText, NameText, OrganisationCode, ShortText

Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""An address for letters."""

Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{4,19}$")]
"""A telephone number."""


class PharmacyLicence(Contract):
    """The licence by which a pharmacy works («фармацевтикалык ишке лицензия», clause 27)."""

    number: ShortText
    valid_until: date | None = None
    """Its last Bishkek day; none for one without an end."""


class ContractApplication(Command, Contract):
    """A pharmacy's application in the fund's form («арыз», clause 28). What is missing is told by rule, all at once."""

    pharmacy: OrganisationCode
    """The fund's code of the pharmacy."""
    legal_name: NameText | None = None
    inn: Annotated[str, StringConstraints(max_length=64, pattern=ONE_LINE)] | None = None
    """Taxpayer's number («ИНН»): 14 digits, checked by rule."""
    licence: PharmacyLicence | None = None
    head: NameText | None = None
    """Who heads the pharmacy and will sign its acts (clause 45)."""
    chief_accountant: NameText | None = None
    """Who signs its acts besides the head (clause 45)."""
    email: Email | None = None
    phone: Phone | None = None
    form_signed: bool = False
    """That the head has signed the form approved by the fund."""


class ContractTerms(Contract):
    """What a contract is concluded for; it is concluded today and lasts one year (clause 29)."""

    number: ShortText
    """The fund's number of the contract."""
    starts_on: date
    """First Bishkek day on which sales are compensated: today or later."""
    report_deadline_days: Annotated[int, Field(ge=1, le=60)]
    """Calendar days after the end of a month within which its report is due (clause 52)."""


class TaxCheck(Contract):
    """What the state's information system said of the pharmacy's mandatory taxes (clause 29)."""

    checked_on: date
    """Bishkek day of the check: that on which the contract is concluded."""
    source: NameText
    """The state information system that was asked."""
    reference: ShortText
    """Its own number of the answer."""
    debt: Money
    """What is owed, in som."""


class RefusalTerms(Contract):
    """Why no contract is concluded; the pharmacy is told (clause 30)."""

    reasons: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=1000, pattern=LINES)], ...], Field(max_length=20)
    ]


class ApplicationDecision(Command, Contract):
    """The fund's decision on an application: ``contract`` with ``tax_check``, or ``refusal``."""

    contract: ContractTerms | None = None
    tax_check: TaxCheck | None = None
    refusal: RefusalTerms | None = None


class TerminateContractCommand(ReasonedCommand, Contract):
    """End a contract before its time."""

    from_day: date
    """First Bishkek day on which it no longer counts: today or later."""


class Party(StrEnum):
    """A party of a contract."""

    FUND = "fund"
    PHARMACY = "pharmacy"


class FileClaimCommand(Command, Contract):
    """A claim of one party against the other («тараптардын арызы», clause 29)."""

    party: Party
    """Whose claim it is."""
    substance: LongText
    """What is claimed."""


class SettleClaimCommand(Command, Contract):
    """How a claim ended."""

    settlement: LongText
    """What the parties have come to."""
