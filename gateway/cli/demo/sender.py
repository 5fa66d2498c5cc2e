"""One machine's requests in the acts about the drug programme, each with the answer that it must get."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from gateway.cli.failures import Failure


class Sender:
    """Sends as one machine, in one language."""

    def __init__(self, client: httpx.AsyncClient, proofs: httpx.Auth, name: str) -> None:
        self._client = client
        self._proofs = proofs
        self._name = name
        self._keys = itertools.count(1)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request that must succeed. Raises :class:`Failure`."""
        response = await self._send(path, body)
        if not response.is_success:
            raise Failure(f"{self._name}, {path}: answered with {response.status_code}: {response.text[:500]}")
        answer: dict[str, Any] = orjson.loads(response.content)
        return answer

    async def get(self, path: str) -> dict[str, Any]:
        """What is at this path. Raises :class:`Failure`."""
        response = await self._client.get(path, auth=self._proofs)
        if not response.is_success:
            raise Failure(f"{self._name}, {path}: answered with {response.status_code}: {response.text[:500]}")
        found: dict[str, Any] = orjson.loads(response.content)
        return found

    async def refused(self, path: str, body: Mapping[str, Any], *codes: str) -> list[dict[str, Any]]:
        """The findings of a request that must be refused with exactly these codes. Raises :class:`Failure`."""
        response = await self._send(path, body)
        findings: list[dict[str, Any]] = [] if response.is_success else orjson.loads(response.content)["findings"]
        if {finding["code"] for finding in findings} != set(codes):
            raise Failure(f"{self._name}, {path}: answered with {response.status_code}: {response.text[:500]}")
        return findings

    async def _send(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{self._name}-{next(self._keys)}"}
        return await self._client.post(path, content=orjson.dumps(body), headers=headers, auth=self._proofs)


def expect(what: str, answer: Mapping[str, Any], **wanted: object) -> None:
    """Raises :class:`Failure` when the answer does not say this."""
    said = {name: answer[name] for name in wanted}
    if said != wanted:
        raise Failure(f"{what} became {said} instead of {wanted}.")
