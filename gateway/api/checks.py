"""``POST /v1/treated-cases/check``: what would be said of a case, or of a batch of them. Writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from gateway.api.answers import answer, encode
from gateway.api.views import finding_views
from gateway.middleware.body import JSON, NDJSON, check_headers, read_body, read_lines
from gateway.middleware.context import CONTEXT, sender_of
from gateway.middleware.validation import facts_for
from gateway.rules.findings import Finding, Refused
from gateway.rules.treated_case import CaseFacts, check_json
from gateway.services import SERVICES, Services
from schemas.errors import ErrorCode, Language

YIELD_EVERY: Final = 32
"""Records after which other requests get their turn."""


async def check(request: web.Request) -> web.StreamResponse:
    """One case as JSON: its findings. A batch as NDJSON: a line for each record while it is read, then a summary."""
    services = request.app[SERVICES]
    facts = facts_for(services, sender_of(request))
    language = request[CONTEXT].language
    if check_headers(request, JSON, NDJSON) == NDJSON:
        return await _check_batch(request, services, facts, language)
    limits = services.limits
    body = await read_body(request, limit=limits.body_bytes, seconds=limits.body_seconds)
    return answer(_record(body, 1, facts, language), language=language)


@dataclass(slots=True)
class _Tally:
    """What the summary of a batch counts."""

    records: int = 0
    accepted: int = 0
    problem: Finding | None = None

    def as_view(self, language: Language) -> dict[str, Any]:
        """``CheckSummary``."""
        return {
            "records": self.records,
            "accepted": self.accepted,
            "refused": self.records - self.accepted,
            "complete": self.problem is None,
            "problem": self.problem.as_json(language) if self.problem else None,
        }


async def _check_batch(
    request: web.Request, services: Services, facts: CaseFacts, language: Language
) -> web.StreamResponse:
    """The protocol, written while the batch is read: the client has to read while it sends."""
    response = web.StreamResponse(
        headers={"Content-Type": NDJSON, "Content-Language": language.value, "Vary": "Accept-Language"}
    )
    request[CONTEXT].mark(response)
    await response.prepare(request)
    tally = _Tally()
    async for line in _protocol(request, services, facts, language, tally):
        # A client that sends without reading would hold the connection for ever.
        async with asyncio.timeout(services.limits.body_seconds):
            await response.write(line)
    await response.write(encode(tally.as_view(language)) + b"\n")
    if tally.problem is not None:
        response.force_close()
    await response.write_eof()
    return response


async def _protocol(
    request: web.Request, services: Services, facts: CaseFacts, language: Language, tally: _Tally
) -> AsyncIterator[bytes]:
    limits = services.limits
    try:
        async for line in read_lines(request, limit=limits.body_bytes, seconds=limits.body_seconds):
            if tally.records == limits.batch_records:
                raise Refused.because(ErrorCode.REQUEST_PARAMETER, name="records", expected=f"≤ {limits.batch_records}")
            tally.records += 1
            record = _record(line, tally.records, facts, language)
            tally.accepted += record["accepted"]
            yield encode(record) + b"\n"
            if tally.records % YIELD_EVERY == 0:
                await asyncio.sleep(0)
    except Refused as refused:
        # The status went out with the first line, so the summary has to tell what broke the batch off.
        tally.problem = refused.findings[0]


def _record(body: bytes, number: int, facts: CaseFacts, language: Language) -> dict[str, Any]:
    """``CheckedRecord``."""
    checked = check_json(body, facts)
    return {
        "record": number,
        "accepted": checked.case is not None,
        "findings": finding_views(checked.findings, language),
    }
