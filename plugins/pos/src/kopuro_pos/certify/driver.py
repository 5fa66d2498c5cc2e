"""The kit's side of the harness: actions go to the till under test, screens come back."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

import httpx
from pydantic import ValidationError

from kopuro_pos.certify.harness import Action, Screen

_SHOWN: Final = 5
"""How many faults of one answer are told."""


class HarnessFailed(Exception):
    """The harness did not do its part, so nothing can be said of the till. The text says what is wrong, in English."""


class Driver:
    """Performs actions at ``{url}/perform``. Actions may overlap, so it opens connections as needed."""

    def __init__(self, url: str, *, limit_seconds: float = 60.0) -> None:
        """``limit_seconds``: how long one action may take, the till's own tries included."""
        self._url = url.rstrip("/") + "/perform"
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(limit_seconds, connect=5.0), trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def perform(self, action: Action) -> Screen:
        """What the pharmacist sees afterwards; :class:`HarnessFailed` when there is no such answer."""
        try:
            answer = await self._http.post(self._url, json=action.model_dump(mode="json", exclude_none=True))
        except httpx.TransportError as error:
            raise HarnessFailed(f"{action.action}: no answer ({type(error).__name__})") from None
        if answer.status_code != httpx.codes.OK:
            raise HarnessFailed(f"{action.action}: answered {answer.status_code} instead of 200")
        try:
            return Screen.model_validate_json(answer.content)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()[:_SHOWN]]
            raise HarnessFailed(f"{action.action}: the answer is no screen ({'; '.join(faults)})") from None
