"""The act about access: people sign in through ESI; whoever proves nothing, or is not on the list, stays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import httpx
import orjson

from gateway.access.roles import ROLES
from gateway.cli.demo.access import ACCOUNTANT, CLERK, HEAD, HOSPITAL, STRANGER, TECHNICIAN, StaffMember
from gateway.cli.demo.browser import Browser
from gateway.cli.demo.stage import Stage
from gateway.cli.failures import Failure
from gateway.rules.ksf import split
from schemas.errors.codes import ErrorCode
from schemas.errors.model import Language
from schemas.settlement.terms import SignerRole

_REPORTS: Final = "/v1/settlement/reports"


@dataclass(slots=True)
class Admission:
    """Plays the act.

    Once they have signed in, ``people`` names the person behind each id of the audit, and ``signers`` are the ids of
    those who will sign the pharmacy's act.
    """

    gateway: str
    stage: Stage
    language: Language
    people: dict[str, str] = field(default_factory=dict)
    signers: dict[SignerRole, UUID] = field(default_factory=dict)
    _rows: list[tuple[str, str, str]] = field(default_factory=list)

    async def play(self, numbers: Mapping[str, str]) -> None:
        """``numbers`` are the КСФ numbers of accepted cases, by operation. Raises :class:`Failure`."""
        self.stage.heading("admission")
        await self._unproven()
        async with Browser(self.gateway, self.language) as stranger:
            answer = await stranger.sign_in(STRANGER)
            self._tell(self.stage.text("who.stranger"), "sign-in", answer, ErrorCode.STAFF_NOT_AUTHORISED)
        await self._clerk(numbers)
        await self._technician()
        await self._pharmacy()
        self.stage.table(("who", "asks", "gets"), self._rows)

    async def _unproven(self) -> None:
        """No token, and a password, which the order on ESI rules out (clause 3(2))."""
        headers = {"Accept-Language": self.language.value}
        async with httpx.AsyncClient(base_url=self.gateway, trust_env=False, headers=headers) as client:
            somebody = self.stage.text("who.somebody")
            answer = await client.get("/v1/operations")
            self._tell(somebody, "operations", answer, ErrorCode.AUTH_REQUIRED)
            answer = await client.get("/v1/operations", auth=("clerk", "a-password"))
            self._tell(somebody, "with-password", answer, ErrorCode.AUTH_PASSWORD_FORBIDDEN)

    async def _clerk(self, numbers: Mapping[str, str]) -> None:
        """She reads the cases of her hospital; others' are to her as if they were not there."""
        by_hospital = {split(number).organisation == HOSPITAL: number for number in numbers.values()}
        own, foreign = by_hospital[True], by_hospital[False]
        async with Browser(self.gateway, self.language) as browser:
            who = await self._sign_in(browser, CLERK)
            self._tell(who, "own-case", await browser.get(f"/v1/treated-cases/{own}"))
            answer = await browser.get(f"/v1/treated-cases/{foreign}")
            self._tell(who, "foreign-case", answer, ErrorCode.CASE_NOT_FOUND)

    async def _technician(self) -> None:
        """The technical operator sees what waits for a person, and no patient."""
        async with Browser(self.gateway, self.language) as browser:
            who = await self._sign_in(browser, TECHNICIAN)
            answer = await browser.get("/v1/operations?state=parked")
            self._tell(who, "parked-operations", answer)
            number = orjson.loads(answer.content)["items"][0]["business_key"]
            answer = await browser.get(f"/v1/treated-cases/{number}")
            self._tell(who, "its-case", answer, ErrorCode.ACCESS_DENIED)

    async def _pharmacy(self) -> None:
        """Those who sign acts get in with a signature or an ID card; a password is not enough (clause 45)."""
        async with Browser(self.gateway, self.language) as browser:
            who = await self._sign_in(browser, HEAD)
            answer = await browser.get(_REPORTS)
            self._tell(who, "reports", answer, ErrorCode.AUTH_STEP_UP_REQUIRED)
        for member, method in ((HEAD, "signature"), (ACCOUNTANT, "card")):
            async with Browser(self.gateway, self.language) as browser:
                who = await self._sign_in(browser, member, method)
                self._tell(who, "reports", await browser.get(_REPORTS))
                session = orjson.loads((await browser.get("/v1/session")).content)
                self.signers[SignerRole(member.role.value)] = UUID(session["person"])

    async def _sign_in(self, browser: Browser, member: StaffMember, method: str = "password") -> str:
        """Returns what the person is called here."""
        title = ROLES[member.role].title.in_language(self.language)
        who = title if member.organisation is None else f"{title}, {member.organisation}"
        answer = await browser.sign_in(member.person, method)
        self._tell(who, "sign-in" if method == "password" else f"sign-in-{method}", answer)
        self.people[orjson.loads(answer.content)["person"]] = who
        return who

    def _tell(self, who: str, what: str, answer: httpx.Response, refusal: ErrorCode | None = None) -> None:
        """A row of the table. Raises :class:`Failure` when the gateway did not answer as it must."""
        body: dict[str, Any] = orjson.loads(answer.content)
        code = None if answer.is_success else body.get("code")
        if code != refusal:
            raise Failure(f"{who}, {what}: answered with {answer.status_code} {code}.")
        clause = body["findings"][0]["clause"] if refusal else None
        told = " · ".join(part for part in (f"{answer.status_code}", code, clause) if part)
        self._rows.append((who, self.stage.text(f"asks.{what}"), told))
