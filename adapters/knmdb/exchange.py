"""Requests to KNMDB and its answers: the envelope is read, everything else is told as what it says of execution."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from adapters.knmdb.errors import Symptom, of_symptom
from adapters.knmdb.settings import KnmdbSettings
from adapters.xroad import outcomes
from adapters.xroad.outcomes import ExchangeFailed, Failure, of_transport_error
from adapters.xroad.transport import PooledTransport, http_client

_JSON_TYPES: Final = frozenset(("application/json", "text/json", "application/problem+json"))
_OF_THE_FRAMEWORK: Final[Mapping[int, Symptom]] = {
    400: Symptom.MODEL_CHECK,
    403: Symptom.FORBIDDEN,
    404: Symptom.NO_SUCH_ADDRESS,
    405: Symptom.NO_SUCH_ADDRESS,
    415: Symptom.MODEL_CHECK,
}
"""Statuses without a result code: the framework has answered, before any action was run."""


class Envelope(BaseModel):
    """``{resultCode, resultMessage, actionResult}``: zero is success, and errors come with HTTP 200 as well."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True)

    result_code: Annotated[int, Field(ge=0)]
    result_message: str | None = None
    action_result: Any = None


class Unauthorised(Exception):
    """401: the token is not (or no longer) good. Nothing was executed."""


class NoSuchThing(Exception):
    """404 of the framework."""


class JsonReply(NamedTuple):
    """A reply that is JSON: its HTTP status and what it holds."""

    status: int
    content: Any


class Exchange:
    """One POST at a time. Bind it to one event loop and close it."""

    def __init__(self, settings: KnmdbSettings, http: httpx.AsyncClient) -> None:
        self._origin = settings.url.rstrip("/")
        self._headers = {"Accept": "application/json", "User-Agent": settings.user_agent}
        self._http = http

    async def call(self, path: str, body: bytes, *, token: str | None = None) -> Envelope:
        """POST a JSON body once; the envelope of the answer, whatever its code.

        Raises :class:`ExchangeFailed`, which says what is known of execution, :class:`Unauthorised` or
        :class:`NoSuchThing`.
        """
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        reply = await self.post(path, content=body, headers=headers)
        return _envelope(reply)

    async def post(
        self,
        path: str,
        *,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> JsonReply:
        """POST once; raises :class:`ExchangeFailed` for all that is no JSON."""
        request = httpx.Request(
            "POST", self._origin + path, content=content, data=form, headers={**self._headers, **(headers or {})}
        )
        try:
            response = await self._http.send(request)
        except httpx.TransportError as error:
            raise ExchangeFailed(of_transport_error(error)) from error
        return JsonReply(response.status_code, _json(response))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def open_exchange(settings: KnmdbSettings) -> Exchange:
    """An exchange over pooled connections; raises ``OSError`` for an unusable file of authorities."""
    transport = PooledTransport(
        deadlines=settings.deadlines,
        connections=settings.connections,
        reply_limit=settings.reply_limit,
        tls=settings.tls_context(),
    )
    return Exchange(settings, http_client(transport))


def _json(response: httpx.Response) -> Any:
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return None  # a challenge has no body worth reading
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.is_redirect or media_type not in _JSON_TYPES or not response.content:
        raise ExchangeFailed(_unusable(response, media_type))
    try:
        # Sums and amounts are JSON numbers here; as floats they would no longer be what was written.
        return json.loads(response.content, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise ExchangeFailed(of_symptom(Symptom.NOT_JSON)) from None


def _unusable(response: httpx.Response, media_type: str) -> Failure:
    status = response.status_code
    detail = f"HTTP status {status}"
    if response.is_redirect:
        return outcomes.of_symptom(outcomes.Symptom.REPLY_REDIRECT, detail)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return outcomes.of_symptom(outcomes.Symptom.REPLY_TOO_MANY_REQUESTS, detail, retry_after=_retry_after(response))
    if "html" in media_type:
        page = outcomes.Symptom.REPLY_HTML_PAGE if response.is_success else outcomes.Symptom.REPLY_HTML_ERROR
        return outcomes.of_symptom(page, detail)
    if not response.is_success:
        return outcomes.of_symptom(outcomes.Symptom.REPLY_STATUS, detail, retry_after=_retry_after(response))
    symptom = outcomes.Symptom.REPLY_CONTENT_TYPE if response.content else outcomes.Symptom.REPLY_EMPTY
    return outcomes.of_symptom(symptom, detail)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), 86_400.0) if value.isascii() and value.isdigit() else None


def _envelope(reply: JsonReply) -> Envelope:
    if reply.status == httpx.codes.UNAUTHORIZED:
        raise Unauthorised
    try:
        envelope = Envelope.model_validate(reply.content)
    except ValidationError:
        raise _without_code(reply.status) from None
    if envelope.result_code == 0 and reply.status != httpx.codes.OK:
        raise ExchangeFailed(outcomes.of_symptom(outcomes.Symptom.REPLY_STATUS, f"HTTP status {reply.status}"))
    return envelope


def _without_code(status: int) -> Exception:
    if status == httpx.codes.NOT_FOUND:
        return NoSuchThing()
    symptom = _OF_THE_FRAMEWORK.get(status)
    if symptom is not None:
        return ExchangeFailed(of_symptom(symptom))
    if status == httpx.codes.OK:
        return ExchangeFailed(outcomes.of_symptom(outcomes.Symptom.REPLY_INCOMPLETE, "no result code"))
    return ExchangeFailed(outcomes.of_symptom(outcomes.Symptom.REPLY_STATUS, f"HTTP status {status}"))
