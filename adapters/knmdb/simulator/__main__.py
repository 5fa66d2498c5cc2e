"""``python -m adapters.knmdb.simulator``: KNMDB as a process."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from adapters.knmdb.simulator import MachineAccount, run_knmdb
from adapters.xroad.simulator import serve_until_stopped


def main() -> None:
    """Read the arguments and serve until stopped."""
    arguments = argparse.ArgumentParser(prog="python -m adapters.knmdb.simulator", description=__doc__)
    arguments.add_argument("--folder", type=Path, required=True, help="where it keeps the list of declarations")
    arguments.add_argument("--user-name", default="pharmacy", help="of the account")
    arguments.add_argument("--password-file", type=Path, required=True, help="file with the account's password")
    arguments.add_argument("--stakeholder", default="Аптека «Үлгү»", help="the account's organisation")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    given = arguments.parse_args()
    password = given.password_file.read_text(encoding="utf-8").rstrip("\r\n")
    account = MachineAccount(given.user_name, password, 100, given.stakeholder)
    asyncio.run(serve_until_stopped(lambda: run_knmdb(given.folder, accounts=[account], port=given.port)))


if __name__ == "__main__":
    main()
