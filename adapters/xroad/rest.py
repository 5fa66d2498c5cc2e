"""A consumer of REST services behind the security server (PR-REST 1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID

import httpx

from adapters.xroad.identifiers import Service, Subsystem
from adapters.xroad.outcomes import ExchangeFailed, Symptom, of_symptom, of_transport_error, of_xroad_fault
from adapters.xroad.settings import XRoadSettings

_PROTOCOL: Final = "r1"


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """What the provider answered, its error statuses included. ``request_id`` names the delivery in X-Road's logs."""

    message_id: str
    request_id: str | None
    status: int
    content_type: str
    content: bytes


class RestConsumer:
    """Calls REST services. Provider's errors are answers here; what they mean is in the provider's contract."""

    def __init__(self, *, settings: XRoadSettings, http: httpx.AsyncClient, new_id: Callable[[], UUID]) -> None:
        self._settings = settings
        self._http = http
        self._new_id = new_id

    async def call(
        self,
        service: Service,
        method: str,
        path: Sequence[str] = (),
        *,
        query: Mapping[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "application/json",
        issue: str | None = None,
    ) -> RestAnswer:
        """Call ``service`` once with a new message id. ``path`` holds the parts behind the service code, unencoded.

        Raises :class:`ExchangeFailed`, which says what is known of execution; ``ValueError`` for a provider without a
        subsystem, which X-Road does not route.
        """
        message_id = str(self._new_id())
        request = self._http.build_request(
            method,
            self._settings.security_server_url.rstrip("/") + service_path(service, path),
            params=query,
            content=content,
            headers=self._headers(message_id, issue, content_type if content is not None else None),
        )
        try:
            response = await self._http.send(request)
            self._check(response, message_id)
        except httpx.TransportError as error:
            raise ExchangeFailed(of_transport_error(error), message_id) from error
        except ExchangeFailed as error:
            error.message_id = message_id
            raise
        return RestAnswer(
            message_id=message_id,
            request_id=response.headers.get("X-Road-Request-Id"),
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            content=response.content,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _headers(self, message_id: str, issue: str | None, content_type: str | None) -> dict[str, str]:
        headers = {
            "X-Road-Client": _encoded(self._settings.client),
            "X-Road-Id": message_id,
            "X-Road-UserId": self._settings.user_id,
            "X-Road-Issue": issue,
            "Content-Type": content_type,
            "Accept": "application/json",
        }
        return {name: value for name, value in headers.items() if value is not None}

    def _check(self, response: httpx.Response, message_id: str) -> None:
        """Tell a provider's answer from all else. The request hash is left alone: X-Road makes it of its own parts."""
        code = response.headers.get("X-Road-Error")
        if code is not None:
            raise ExchangeFailed(of_xroad_fault(code))
        if response.is_redirect:
            raise ExchangeFailed(of_symptom(Symptom.REPLY_REDIRECT, f"HTTP status {response.status_code}"))
        if response.headers.get("X-Road-Id") == message_id:
            return
        if "html" in response.headers.get("Content-Type", ""):
            symptom = Symptom.REPLY_HTML_PAGE if response.is_success else Symptom.REPLY_HTML_ERROR
        else:
            symptom = Symptom.REPLY_HEADER if response.is_success else Symptom.REPLY_STATUS
        raise ExchangeFailed(of_symptom(symptom, f"HTTP status {response.status_code}"))


def service_path(service: Service, path: Sequence[str] = ()) -> str:
    """The path of a service, each part percent-encoded by itself.

    The specification calls the subsystem optional, but security servers need all five parts.
    """
    if service.provider.subsystem_code is None:
        raise ValueError("a REST service's provider must be a subsystem")
    parts = [value for name, value in service.elements if name != "serviceVersion"] + list(path)
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError("a part of the path is empty or climbs")
    return "/".join(["", _PROTOCOL, *(quote(part, safe="") for part in parts)])


def _encoded(client: Subsystem) -> str:
    return "/".join(quote(value, safe="") for _, value in client.elements)
