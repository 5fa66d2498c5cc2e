# ruff: noqa: INP001, T201 - a program to read and to copy from, not a package; it prints
"""Send one treated case and hold on until the gateway has answered for good.

    python docs/examples/send_case.py docs/examples/01-accepted-202.json card-1234-25

The second argument is the Idempotency-Key. Make it once for a case, store it with the case, and use it for every try.
Which gateway, and who sends, is said as for machine_access.py, which stands beside this file.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import httpx
from machine_access import GATEWAY, access

LATER = {408, 409, 429, 500, 503}
"""Statuses after which the same request, with the same key, is sent again."""


def send(client: httpx.Client, body: bytes, key: str, tries: int = 8) -> httpx.Response:
    """The gateway's answer; raises ``httpx.TransportError`` when it could not be reached in all tries."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Prefer": "wait=10", "Accept-Language": "ru"}
    for attempt in range(1, tries + 1):
        pause = min(2.0**attempt, 60.0)
        try:
            response = client.post("/v1/treated-cases", content=body, headers=headers)
        except httpx.TransportError:  # it may or may not have arrived: the key makes another try safe
            if attempt == tries:
                raise
        else:
            if response.status_code not in LATER or attempt == tries:
                return response
            pause = float(response.headers.get("Retry-After", pause))
        time.sleep(pause)
    raise AssertionError("unreachable")


def main() -> None:
    """Send the case and print what became of it."""
    path, key = Path(sys.argv[1]), sys.argv[2]
    with httpx.Client(base_url=GATEWAY, auth=access(), timeout=35.0) as client:
        response = send(client, path.read_bytes(), key)
    answer = response.json()
    if response.is_success:
        operation = answer["operation"]
        print(response.status_code, answer["ksf_number"], operation["state"], operation["record_number"])
    else:
        print(response.status_code, answer["code"])
    for finding in answer.get("findings") or answer.get("operation", {}).get("findings", []):
        print(json.dumps(finding, ensure_ascii=False))


if __name__ == "__main__":
    main()
