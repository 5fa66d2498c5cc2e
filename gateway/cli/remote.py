"""Talks to the running gateway over its own HTTP interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx
import orjson

from gateway.cli.failures import ExitCode, Failure
from schemas.errors.model import Language

SENDER_HEADER = "Gateway-Sender"
"""Names the sender; the service itself defines it, a test holds that both agree."""

_TIMEOUT = httpx.Timeout(35.0, connect=3.0)
"""Longer than the longest wait the gateway offers (25 s)."""


class Remote:
    """A client of one gateway. Raises :class:`Failure` when it cannot be reached or refuses."""

    def __init__(self, url: str, language: Language, *, sender: str | None = None) -> None:
        headers = {"Accept-Language": language.value, "Accept": "application/json, application/problem+json"}
        if sender is not None:
            headers[SENDER_HEADER] = sender
        self._url = url
        try:
            self._client = httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT, trust_env=False)
        except httpx.InvalidURL:
            raise Failure(f"{url} is no URL.", "Write one like http://127.0.0.1:8066.", code=ExitCode.USAGE) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """The JSON object at ``path``."""
        return self._accepted(self.exchange("GET", path, parameters=parameters))

    def post(self, path: str, body: object) -> dict[str, Any]:
        """The answer to a command."""
        return self._accepted(
            self.exchange("POST", path, content=orjson.dumps(body), headers={"Content-Type": "application/json"})
        )

    def pages(self, path: str, parameters: Mapping[str, str | int], most: int) -> Iterator[dict[str, Any]]:
        """The items of a paged list, ``most`` at the most."""
        wanted = dict(parameters)
        left = most
        while left > 0:
            page = self.get(path, wanted | {"limit": min(left, 500)})
            yield from page["items"]
            left -= len(page["items"])
            if page["next"] is None or not page["items"]:
                return
            wanted["after"] = page["next"]

    def exchange(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str | int] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One exchange, whatever its status. Raises :class:`Failure` when there is no answer."""
        with _reachable(self._url):
            return self._client.request(method, path, params=parameters, content=content, headers=headers)

    def _accepted(self, response: httpx.Response) -> dict[str, Any]:
        body = json_object(response)
        if response.is_success:
            return body
        raise Failure(*_problem(response, body))


def json_object(response: httpx.Response) -> dict[str, Any]:
    """The body as a JSON object. Raises :class:`Failure` when something else answers at the address."""
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        problem = f"{response.request.url.host} answers, but not as a gateway (HTTP {response.status_code})."
        raise Failure(problem, "Check --url.", code=ExitCode.UNREACHABLE)
    return body


def _problem(response: httpx.Response, body: Mapping[str, Any]) -> tuple[str, str]:
    findings = body.get("findings") or []
    lines = [f"{finding['code']} {finding['path']}: {finding['message']}" for finding in findings]
    advice = " ".join(dict.fromkeys(finding["action"] for finding in findings))
    return "\n".join(lines) or f"{body.get('title', 'Refused')} (HTTP {response.status_code}).", advice


@contextmanager
def _reachable(url: str) -> Iterator[None]:
    advice = "Is it running? Start it with «gateway serve», or name its address with --url."
    try:
        yield
    except httpx.TimeoutException:
        raise Failure(f"The gateway at {url} did not answer in time.", advice, code=ExitCode.UNREACHABLE) from None
    except (httpx.TransportError, httpx.InvalidURL):
        raise Failure(f"The gateway at {url} cannot be reached.", advice, code=ExitCode.UNREACHABLE) from None
