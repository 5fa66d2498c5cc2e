"""A gateway with the drug programme for the pages: composed as ``gateway serve`` does, with the example registers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from aiohttp import web
from sqlalchemy import Connection

from adapters.drug_programme.settings import DrugProgrammeSettings
from adapters.foms.settings import FomsSettings
from adapters.insurance.settings import InsuranceSettings
from adapters.xroad.settings import XRoadSettings
from config.sealing import SealingSettings
from config.sections import SenderSettings, StoreSettings
from config.settings import Settings
from gateway.api.application import make_runner
from gateway.app import running_gateway
from gateway.cli.reference import organisations_from
from gateway.cli.reference_tables import table_from
from gateway.reference.medicines import parse_medicines
from gateway.rules.days import bishkek_day
from gateway.sealing.sources import KeyDirectory
from gateway.store.medicines import NewVersion, add_version
from gateway.store.organisations import replace_organisations
from gateway.store.sqlite import SqliteStore
from schemas.errors import Language
from tests.docs.pages import ROOT
from tests.service.access_matrix.house import CLIENT, FUND, SOCIAL_FUND, insurer_behind_security_server

CLINIC: Final = "950174"
SENDERS: Final = {"clinic": CLINIC, "pharmacy": "700001", "other-pharmacy": "700002"}
"""Whom the examples name in ``Gateway-Sender``, beside the fund, which answers for all."""
_EXAMPLES: Final = ROOT / "config" / "examples"


@asynccontextmanager
async def programme_gateway(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway in an empty folder; nothing is delivered, and all patients are registered at the clinic."""
    KeyDirectory(folder / "keys").make(datetime.now(UTC))
    store = SqliteStore(folder / "kopuro.db")
    await store.open()
    await store.write(_registers)
    await store.close()
    async with AsyncExitStack() as stack:
        settings = Settings(
            store=StoreSettings(url=f"sqlite:///{folder / 'kopuro.db'}"),
            sealing=SealingSettings(keys=folder / "keys"),
            senders={
                "sanarip": SenderSettings(),
                **{name: SenderSettings(organisations=(code,)) for name, code in SENDERS.items()},
            },
            xroad=XRoadSettings(
                security_server_url=await insurer_behind_security_server(stack, [CLINIC]), client=CLIENT
            ),
            foms=FomsSettings(provider=FUND),
            drug_programme=DrugProgrammeSettings(provider=FUND),
            insurance=InsuranceSettings(
                social_fund=SOCIAL_FUND, fund=FUND, request_organisation="Köpürö", request_person="Сыноо"
            ),
        )
        gateway = await stack.enter_async_context(running_gateway(settings))
        await gateway.dispatcher.pause("drug-programme", by="test", reason="nobody is there")
        runner = make_runner(gateway.application)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))


def _registers(connection: Connection) -> None:
    now = datetime.now(UTC)
    replace_organisations(connection, organisations_from(_EXAMPLES / "organisations.csv", Language.EN))
    first = bishkek_day(now) - timedelta(days=1)
    version = NewVersion(
        medicines=table_from(_EXAMPLES / "medicines.csv", parse_medicines).medicines,
        valid_from=first,
        list_approved_on=first,
        levels_set_on=first,
        today=first,
        at=now,
        by="test",
    )
    add_version(connection, version)
