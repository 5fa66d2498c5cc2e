"""``python -m adapters.xroad.simulator``: the security server as a process."""

from __future__ import annotations

import argparse
import asyncio

from adapters.xroad.simulator import Provider, Spelling, run_security_server, serve_until_stopped


def main() -> None:
    """Read the arguments and serve until stopped."""
    arguments = argparse.ArgumentParser(prog="python -m adapters.xroad.simulator", description=__doc__)
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--client", action="append", required=True, help="identifiers of a client, as a path")
    arguments.add_argument("--provider", required=True, help="identifiers of the provider, as a path")
    arguments.add_argument("--provider-url", required=True)
    arguments.add_argument("--service", action="append", required=True, help="a service code of the provider")
    arguments.add_argument("--spelling", type=Spelling, choices=list(Spelling), default=Spelling.LEGACY)
    given = arguments.parse_args()
    provider = Provider(given.provider, given.provider_url, frozenset(given.service))
    asyncio.run(
        serve_until_stopped(
            lambda: run_security_server(
                clients=given.client, providers=(provider,), port=given.port, spelling=given.spelling
            )
        )
    )


if __name__ == "__main__":
    main()
