"""What the tests of the fund's adapter share: messages, settings, and a client behind any transport."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
from lxml import etree

from adapters.foms import FomsClient, FomsSettings
from adapters.xroad.codec import Codec, ZeepCodec
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.record_keeper import RecordKeeper
from adapters.xroad.settings import Deadlines, XRoadSettings
from adapters.xroad.soap import SoapConsumer
from gateway.operations.model import Channel, OperationKind, OutboundMessage
from gateway.rules.treated_case import canonical_payload
from schemas.foms import MESSAGES, WSDL
from tests.builders import EXAMPLE_NUMBER, ORGANISATION, case_model

GATEWAY = Subsystem(member_code="70000001", subsystem_code="gateway")
FUND = Subsystem(member_code="70000002", subsystem_code="treated-cases")

QUICK = Deadlines(connect=0.5, read=0.4, total=0.8)
"""Deadlines short enough to wait for in a test."""


class RandomIds:
    """Ids of tests."""

    def new(self) -> UUID:
        return uuid4()


def message(
    number: str = EXAMPLE_NUMBER, revision: int = 1, operation_id: UUID | None = None, **case: Any
) -> OutboundMessage:
    """An operation as the dispatcher hands it over; ``case`` overrides fields of the treated case."""
    return OutboundMessage(
        operation_id=operation_id or uuid4(),
        kind=OperationKind.SUBMIT_TREATED_CASE,
        business_key=number,
        revision=revision,
        organisation=ORGANISATION,
        channel=Channel.SYSTEM,
        pilot=True,
        payload=canonical_payload(case_model(**case)),
        attempt=1,
    )


def foms_settings(**changed: Any) -> FomsSettings:
    return FomsSettings.model_validate({"provider": FUND, **changed})


def xroad_settings(url: str = "http://127.0.0.1:1", **changed: Any) -> XRoadSettings:
    return XRoadSettings.model_validate({"security_server_url": url, "client": GATEWAY, **changed})


def client_over(transport: httpx.AsyncBaseTransport, codec: Codec | None = None, **foms: Any) -> FomsClient:
    """The real client over a given httpx transport."""
    codec = codec or ZeepCodec(WSDL)
    settings = foms_settings(**foms)
    soap = SoapConsumer(
        settings=xroad_settings(),
        http=httpx.AsyncClient(transport=transport),
        codec=codec,
        schema=etree.XMLSchema(etree.parse(str(MESSAGES))),
        new_id=uuid4,
    )
    return FomsClient(RecordKeeper(settings=settings, soap=soap, codec=codec))
