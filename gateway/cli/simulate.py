"""``gateway simulate``: stand-ins for the systems around the gateway, with synthetic people only."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from gateway.cli.failures import ExitCode, Failure
from gateway.cli.output import print_json
from schemas.drug_programme import SERVICES as PROGRAMME_SERVICES
from schemas.errors.model import Language
from schemas.foms import SERVICES

if TYPE_CHECKING:
    from adapters.esi.simulator import RegisteredClient
    from adapters.xroad.simulator import RunningSimulator
    from gateway.ports import Organisation

commands = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Stand-ins for the systems around the gateway. Each prints one line of JSON with its URLs once it is ready.",
)

CLIENT = "central-server/GOV/70000001/kopuro"
"""Who the gateway is to the simulated security server: an invented member."""
PROVIDER = "central-server/GOV/70000002/treated-cases"
"""Who the simulated fund is: an invented member."""
DRUG_PROGRAMME = "central-server/GOV/70000002/drug-programme"
"""Who the simulated fund is where it keeps prescriptions and dispenses."""
SOCIAL_FUND = "central-server/GOV/70000003/settlements-service"
"""Who the simulated Social Fund is, which tells who is insured."""
ATTACHMENT = "central-server/GOV/70000002/attachment"
"""Who the simulated fund is where it tells who is registered where."""
ESI_CLIENT = "kopuro"
"""The gateway's id at the simulated ESI."""
PERIOD_SERVICES = frozenset({"GetLastPeriodFOMS"})
ATTACHMENT_SERVICES = frozenset({"GetAttachment"})
KNMDB_USER = "pharmacy"
"""The pharmacy's account at the simulated medicines database."""
KNMDB_STAKEHOLDER = "Аптека «Үлгү»"
"""What that pharmacy is called there."""
EXAMPLE_REGISTER = Path(__file__).parents[2] / "config" / "examples" / "organisations.csv"
"""Twenty invented organisations over the nine rows of the roll-out schedule."""


class FundMode(StrEnum):
    """What the simulated fund is able to do."""

    DEDUPE = "dedupe"
    QUERY = "query"
    NEITHER = "neither"


PortOption = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")]
FolderOption = Annotated[Path, typer.Option(help="Where the fund keeps what it took.", file_okay=False)]
ModeOption = Annotated[
    FundMode, typer.Option(help="Whether the fund recognises repeats (dedupe), can only be asked (query), or neither.")
]
GatewayOption = Annotated[str | None, typer.Option("--gateway-url", help="Send cases there and follow its events.")]
OrganisationsOption = Annotated[
    Path, typer.Option(help="Register of the organisations that send.", dir_okay=False, exists=True)
]
SeedOption = Annotated[int, typer.Option(help="The same seed makes the same cases.")]
Start = Callable[[], Awaitable["RunningSimulator"]]


@commands.command(epilog="Example: gateway simulate foms --folder /tmp/fund --mode query")
def foms(
    *,
    folder: FolderOption,
    port: PortOption = 0,
    control_port: PortOption = 0,
    mode: ModeOption = FundMode.DEDUPE,
) -> None:
    """Run a fund that stores durably what it is sent. Its control is described in adapters/foms/README.md."""
    _run(_fund(folder, port, control_port, mode))


@commands.command("drug-programme", epilog="Example: gateway simulate drug-programme --folder /tmp/programme")
def drug_programme(
    *,
    folder: FolderOption,
    port: PortOption = 0,
    control_port: PortOption = 0,
    mode: ModeOption = FundMode.DEDUPE,
) -> None:
    """Run the fund's information system of the drug programme, as adapters/drug_programme/README.md describes it."""
    _run(_programme(folder, port, control_port, mode))


@commands.command(epilog="Example: gateway simulate insurance")
def insurance(*, port: PortOption = 0, organisations: OrganisationsOption = EXAMPLE_REGISTER) -> None:
    """Run the insurer: who is insured, and where registered. Its people and faults: adapters/insurance/README.md."""
    _run(_insurer(port, _codes(organisations)))


@commands.command(epilog="Example: gateway simulate knmdb --folder /tmp/knmdb --password-file knmdb-password")
def knmdb(
    *,
    folder: FolderOption,
    password_file: Annotated[Path, typer.Option(help="File with the account's password.", dir_okay=False, exists=True)],
    user_name: Annotated[str, typer.Option(help="The account's name.")] = KNMDB_USER,
    port: PortOption = 0,
) -> None:
    """Run the national medicines database with one pharmacy's account. See adapters/knmdb/README.md."""
    _run(_medicines_database(folder, password_file, user_name, port))


@commands.command(epilog="Example: gateway simulate xroad --fund-url http://127.0.0.1:8090/")
def xroad(
    *,
    fund_url: Annotated[str, typer.Option(help="Where the fund's service is.")],
    drug_programme_url: Annotated[
        str | None, typer.Option(help="Where the fund's information system of the drug programme is.")
    ] = None,
    insurance_url: Annotated[str | None, typer.Option(help="Where the insurer is.")] = None,
    port: PortOption = 0,
    client: Annotated[str, typer.Option(help="Identifiers of the subsystem that may ask.")] = CLIENT,
    provider: Annotated[str, typer.Option(help="Identifiers of the fund's subsystem.")] = PROVIDER,
) -> None:
    """Run a security server in front of the fund. Its faults are listed in adapters/xroad/README.md."""
    further = {
        DRUG_PROGRAMME: (drug_programme_url, PROGRAMME_SERVICES),
        SOCIAL_FUND: (insurance_url, PERIOD_SERVICES),
        ATTACHMENT: (insurance_url, ATTACHMENT_SERVICES),
    }
    _run(_security_server(fund_url, port, client, provider, further))


@commands.command(epilog="Example: gateway simulate sanarip --gateway-url http://127.0.0.1:8066")
def sanarip(
    *,
    gateway_url: GatewayOption = None,
    port: PortOption = 0,
    organisations: OrganisationsOption = EXAMPLE_REGISTER,
    seed: SeedOption = 1,
) -> None:
    """Run a hospital system that sends generated cases. Its control is described in adapters/sanarip/README.md."""
    _run(_hospital(gateway_url, port, _equipped(organisations), seed))


@commands.command(epilog="Example: gateway simulate esi --gateway-url http://127.0.0.1:8066 --secret-file esi-secret")
def esi(
    *,
    gateway_url: Annotated[str | None, typer.Option("--gateway-url", help="Register the gateway there.")] = None,
    client_id: Annotated[str, typer.Option(help="Its id at ESI.")] = ESI_CLIENT,
    secret_file: Annotated[
        Path | None, typer.Option(help="File with its secret at ESI; goes with --gateway-url.", dir_okay=False)
    ] = None,
    port: PortOption = 0,
) -> None:
    """Run an ESI with invented people. They, its pages and its faults are described in adapters/esi/README.md.

    Relying parties can also be registered later, over its control.
    """
    _run(_esi(gateway_url, client_id, secret_file, port))


@commands.command("all", epilog="Example: gateway simulate all --folder /tmp/fund --gateway-url http://127.0.0.1:8066")
def simulate_all(
    *,
    folder: FolderOption,
    mode: ModeOption = FundMode.DEDUPE,
    gateway_url: GatewayOption = None,
    organisations: OrganisationsOption = EXAMPLE_REGISTER,
    seed: SeedOption = 1,
) -> None:
    """Run the fund, the insurer, a security server in front of both, and a hospital system, in one process."""
    senders = _equipped(organisations)

    async def session() -> None:
        async with AsyncExitStack() as running:
            fund = await _started("foms", _fund(folder, 0, 0, mode), running)
            programme = await _started("drug-programme", _programme(folder / "drug-programme", 0, 0, mode), running)
            insurer = await _started("insurance", _insurer(0, _codes(organisations)), running)
            further = {
                DRUG_PROGRAMME: (programme.url, PROGRAMME_SERVICES),
                SOCIAL_FUND: (insurer.url, PERIOD_SERVICES),
                ATTACHMENT: (insurer.url, ATTACHMENT_SERVICES),
            }
            await _started("xroad", _security_server(fund.url, 0, CLIENT, PROVIDER, further), running)
            await _started("sanarip", _hospital(gateway_url, 0, senders, seed), running)
            await _until_stopped()

    asyncio.run(session())


def _fund(folder: Path, port: int, control_port: int, mode: FundMode) -> Start:
    from adapters.foms.simulator import Mode, run_fund  # noqa: PLC0415 - commands import what they need

    return lambda: run_fund(folder, port=port, control_port=control_port, mode=Mode(mode.value))


def _programme(folder: Path, port: int, control_port: int, mode: FundMode) -> Start:
    from adapters.drug_programme.simulator import run_drug_programme  # noqa: PLC0415 - commands import what they need
    from adapters.xroad.simulator.keeping import Mode  # noqa: PLC0415 - as above

    return lambda: run_drug_programme(folder, port=port, control_port=control_port, mode=Mode(mode.value))


def _insurer(port: int, organisations: Sequence[str]) -> Start:
    from adapters.insurance.simulator import run_insurer  # noqa: PLC0415 - commands import what they need

    return lambda: run_insurer(organisations=organisations, port=port)


def _medicines_database(folder: Path, password_file: Path, user_name: str, port: int) -> Start:
    from adapters.knmdb.simulator import MachineAccount, run_knmdb  # noqa: PLC0415 - commands import what they need

    try:
        password = password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise Failure.of_file(error) from None
    account = MachineAccount(user_name, password, 100, KNMDB_STAKEHOLDER)
    return lambda: run_knmdb(folder, accounts=[account], port=port)


def _codes(register: Path) -> Sequence[str]:
    from gateway.cli.reference import organisations_from  # noqa: PLC0415 - commands import what they need

    return [organisation.code for organisation in organisations_from(register, Language.EN)]


def _security_server(
    fund_url: str, port: int, client: str, provider: str, further: Mapping[str, tuple[str | None, frozenset[str]]]
) -> Start:
    from adapters.xroad.simulator import Provider, run_security_server  # noqa: PLC0415 - commands import what they need

    providers = [Provider(provider, fund_url, SERVICES)]
    providers += [Provider(path, url, services) for path, (url, services) in further.items() if url is not None]
    return lambda: run_security_server(clients=[client], providers=providers, port=port)


def _esi(gateway_url: str | None, client_id: str, secret_file: Path | None, port: int) -> Start:
    from adapters.esi.simulator import run_simulator  # noqa: PLC0415 - commands import what they need

    if (gateway_url is None) != (secret_file is None):
        problem = "--gateway-url and --secret-file go together."
        raise Failure(problem, "Give both to register a gateway, or neither.", code=ExitCode.USAGE)
    clients = [] if gateway_url is None or secret_file is None else [_party(gateway_url, client_id, secret_file)]
    return lambda: run_simulator(clients=clients, port=port)


def _party(gateway_url: str, client_id: str, secret_file: Path) -> RegisteredClient:
    """The gateway as ESI knows it, with the addresses that its configuration names."""
    from adapters.esi.simulator import RegisteredClient  # noqa: PLC0415 - commands import what they need

    try:
        secret = secret_file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise Failure.of_file(error) from None
    origin = gateway_url.rstrip("/")
    return RegisteredClient(
        client_id=client_id,
        client_secret=secret,
        redirect_uris=(f"{origin}/sign-in/callback",),
        post_logout_redirect_uris=(f"{origin}/",),
        backchannel_logout_uri=f"{origin}/sign-in/ended",
    )


def _hospital(gateway_url: str | None, port: int, organisations: Sequence[Organisation], seed: int) -> Start:
    from adapters.sanarip.simulator import run_hospital  # noqa: PLC0415 - commands import what they need

    today = datetime.now(ZoneInfo("Asia/Bishkek")).date()
    return lambda: run_hospital(organisations=organisations, until=today, seed=seed, gateway_url=gateway_url, port=port)


def _equipped(register: Path) -> Sequence[Organisation]:
    from gateway.cli.reference import organisations_from  # noqa: PLC0415 - commands import what they need

    return [organisation for organisation in organisations_from(register, Language.EN) if organisation.equipped]


def _run(start: Start) -> None:
    from adapters.xroad.simulator import serve_until_stopped  # noqa: PLC0415 - commands import what they need

    try:
        asyncio.run(serve_until_stopped(start))
    except OSError as error:
        raise Failure.of_file(error) from None


async def _started(name: str, start: Start, running: AsyncExitStack) -> RunningSimulator:
    simulator = await start()
    running.push_async_callback(simulator.close)
    print_json({"ready": True, "name": name, "url": simulator.url, "control_url": simulator.control_url})
    return simulator


async def _until_stopped() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
