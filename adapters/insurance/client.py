"""The client of the insurer's services: a :class:`gateway.programme.ports.InsuranceSource`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
import structlog
from lxml import etree
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random

from adapters.insurance.answers import ATTACHMENT, LAST_PERIOD, NoAnswer, Period, attachment, last_period
from adapters.insurance.settings import InsuranceSettings
from adapters.xroad.codec import Codec, Values, ZeepCodec
from adapters.xroad.compiled import CompiledCodec
from adapters.xroad.identifiers import Service
from adapters.xroad.outcomes import ExchangeFailed
from adapters.xroad.replies import ProviderFault
from adapters.xroad.settings import XRoadSettings
from adapters.xroad.soap import Answer, SoapConsumer
from adapters.xroad.transport import open_http
from gateway.operations.model import Outcome
from gateway.ports import Clock, Ids
from gateway.programme.ports import InsuranceAnswer
from gateway.rules.days import bishkek_day
from schemas import insurance as contracts

SOURCE: Final = "social-fund"
"""Who answered: kept with each answer, beside the id of the message as the security server's log has it."""

_JITTER_SECONDS: Final = 0.25

_log = structlog.get_logger(__name__)


class InsuranceClient:
    """Asks the Social Fund for the last period of insurance and the fund for the attachment, at the same time."""

    def __init__(
        self,
        *,
        settings: InsuranceSettings,
        periods: SoapConsumer,
        attachments: SoapConsumer,
        clock: Clock,
        on_no_answer: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._periods = periods
        self._attachments = attachments
        self._clock = clock
        self._on_no_answer = on_no_answer

    async def check(self, pin: str) -> InsuranceAnswer | None:
        """See :meth:`gateway.programme.ports.InsuranceSource.check`. Both services must have answered for certain."""
        try:
            async with asyncio.timeout(self._settings.check_seconds):
                period, organisation = await asyncio.gather(
                    self._last_period(pin), self._attachment(pin), return_exceptions=True
                )
            return self._answer(period, organisation)
        except NoAnswer as error:
            self._no_answer(error)
        except TimeoutError:
            self._no_answer(NoAnswer("INSURANCE_DEADLINE"))
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._periods.close()
        await self._attachments.close()

    def _answer(
        self, period: tuple[Period | None, str] | BaseException, organisation: str | BaseException | None
    ) -> InsuranceAnswer:
        if isinstance(period, BaseException):
            raise period
        if isinstance(organisation, BaseException):
            raise organisation
        now = self._clock.now()
        found, reference = period
        return InsuranceAnswer(
            insured=found is not None and found.covers(bishkek_day(now)),
            organisation=organisation,
            checked_at=now,
            source=SOURCE,
            reference=reference,
        )

    async def _last_period(self, pin: str) -> tuple[Period | None, str]:
        settings = self._settings
        service = settings.social_fund.service(LAST_PERIOD, settings.service_version)
        values = {
            "PIN": pin,
            "RequestOrg": settings.request_organisation,
            "RequestPerson": settings.request_person,
        }

        async def ask() -> tuple[Period | None, str]:
            answer = await _call(self._periods, service, values)
            return last_period(answer.body, pin, settings), answer.message_id

        return await self._trying()(ask)

    async def _attachment(self, pin: str) -> str | None:
        service = self._settings.fund.service(ATTACHMENT, self._settings.service_version)

        async def ask() -> str | None:
            answer = await _call(self._attachments, service, {"pin": pin})
            return attachment(answer.body, pin, bishkek_day(self._clock.now()))

        return await self._trying()(ask)

    def _trying(self) -> AsyncRetrying:
        return AsyncRetrying(
            retry=retry_if_exception(_may_work_again),
            stop=stop_after_attempt(self._settings.tries),
            wait=wait_random(0, _JITTER_SECONDS),
            reraise=True,
        )

    def _no_answer(self, error: NoAnswer) -> None:
        if error.alarm is not None:
            _log.warning("upstream_alarm", alarm=error.alarm, reason=error.reason)
        _log.warning("insurance_check_failed", reason=error.reason)
        self._on_no_answer(error.reason)


def open_insurance_client(
    settings: InsuranceSettings,
    xroad: XRoadSettings,
    clock: Clock,
    ids: Ids,
    on_no_answer: Callable[[str], None] = lambda _: None,
) -> InsuranceClient:
    """A client through the security server. ``on_no_answer`` is told the reason of each check that had no answer.

    Raises ``OSError`` for unusable TLS files.
    """
    http = open_http(xroad)

    def consumer(wsdl: Path, messages: Path) -> SoapConsumer:
        return _consumer(settings, xroad, http, ids, wsdl, messages)

    return InsuranceClient(
        settings=settings,
        periods=consumer(contracts.LAST_PERIOD_WSDL, contracts.LAST_PERIOD),
        attachments=consumer(contracts.ATTACHMENT_WSDL, contracts.ATTACHMENT),
        clock=clock,
        on_no_answer=on_no_answer,
    )


def _consumer(
    settings: InsuranceSettings, xroad: XRoadSettings, http: httpx.AsyncClient, ids: Ids, wsdl: Path, messages: Path
) -> SoapConsumer:
    codec: Codec = ZeepCodec(wsdl) if settings.codec == "zeep" else CompiledCodec(wsdl)
    return SoapConsumer(
        settings=xroad,
        http=http,
        codec=codec,
        schema=etree.XMLSchema(etree.parse(str(messages))),
        new_id=ids.new,
        connect_tries=1,  # a whole question is tried again, which covers it
    )


async def _call(soap: SoapConsumer, service: Service, values: Values) -> Answer:
    try:
        return await soap.call(service, values)
    except ExchangeFailed as error:
        # The consumer has logged its alarm.
        raise NoAnswer(error.failure.reason, again=error.failure.outcome is not Outcome.REFUSED) from None
    except ProviderFault:
        # Its code and text are the provider's words and may repeat what was asked.
        raise NoAnswer("INSURANCE_FAULT", again=True) from None


def _may_work_again(error: BaseException) -> bool:
    return isinstance(error, NoAnswer) and error.again
