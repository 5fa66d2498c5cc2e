# ruff: noqa: INP001, T201 - a program to read and to copy from, not a package; it prints
"""Follow the gateway's event feed from a stored cursor.

    python docs/examples/follow_events.py cursor.txt

The cursor is written after the events were handled. A crash in between brings them again: tell repeats by
``position``. Which gateway, and who asks, is said as for machine_access.py, which stands beside this file.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from machine_access import GATEWAY, access


def pages(client: httpx.Client, cursor: int) -> Iterator[dict[str, Any]]:
    """Pages of events past the cursor, for ever; waits on the gateway's side while there is nothing new."""
    while True:
        try:
            response = client.get("/v1/events", params={"after": cursor, "limit": 500, "wait": 25})
            response.raise_for_status()
        except httpx.HTTPError:
            time.sleep(5)
            continue
        page = response.json()
        cursor = page["next"]
        yield page


def handle(event: dict[str, Any]) -> None:
    """Store it in your own system here."""
    state = event["state"] or event["review_state"]
    print(event["position"], event["type"], event["business_key"], event["revision"], state, flush=True)


def main() -> None:
    """Follow until stopped."""
    kept = Path(sys.argv[1])
    cursor = int(kept.read_text()) if kept.exists() else 0
    with httpx.Client(base_url=GATEWAY, auth=access(), timeout=35.0) as client:
        for page in pages(client, cursor):
            for event in page["items"]:
                handle(event)
            kept.write_text(str(page["next"]))


if __name__ == "__main__":
    main()
