"""Talks to the running gateway over its own HTTP interface."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx
import orjson

from gateway.cli.failures import ExitCode, Failure
from gateway.cli.machine import MachineAuth
from gateway.cli.options import Caller

SENDER_HEADER = "Gateway-Sender"
"""Names the sender; the service itself defines it, a test holds that both agree."""

_TIMEOUT = httpx.Timeout(35.0, connect=3.0)
"""Longer than the longest wait the gateway offers (25 s)."""


class Remote:
    """A client of one gateway. Raises :class:`Failure` when it cannot be reached or refuses.

    Trusted are the authorities of this machine, or those of the file that ``SSL_CERT_FILE`` names.
    ``sender`` names who sends, to a gateway that believes names; others are shown the caller's key.
    """

    def __init__(self, caller: Caller, *, sender: str | None = None) -> None:
        headers = {"Accept-Language": caller.language.value, "Accept": "application/json, application/problem+json"}
        if sender is not None:
            headers[SENDER_HEADER] = sender
        self._caller = caller
        self._machine = _machine(caller)
        try:
            self._client = httpx.Client(
                base_url=caller.url,
                headers=headers,
                timeout=_TIMEOUT,
                trust_env=False,
                auth=self._machine,
                verify=ssl.create_default_context() if caller.url.startswith("https:") else True,
            )
        except httpx.InvalidURL:
            problem = f"{caller.url} is no URL."
            raise Failure(problem, "Write one like http://127.0.0.1:8066.", code=ExitCode.USAGE) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """The JSON object at ``path``."""
        return json_object(accepted(self.exchange("GET", path, parameters=parameters)))

    def post(self, path: str, body: object) -> dict[str, Any]:
        """The answer to a command."""
        headers = {"Content-Type": "application/json"}
        return json_object(accepted(self.exchange("POST", path, content=orjson.dumps(body), headers=headers)))

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
        """One exchange. Raises :class:`Failure` when there is no answer, or the caller is not let in (401, 403)."""
        with _reachable(self._caller.url):
            response = self._client.request(method, path, params=parameters, content=content, headers=headers)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise self._unproven(response)
        if response.status_code == httpx.codes.FORBIDDEN:
            raise _refusal(response)
        return response

    def _unproven(self, response: httpx.Response) -> Failure:
        """Why the gateway does not know the caller: no key was named, or it brought no token."""
        if self._machine is None:
            problem = f"The gateway at {self._caller.url} wants to know who asks."
            advice = (
                "Name a client and its key with --client and --key-file, or GATEWAY_CLIENT and GATEWAY_KEY_FILE; "
                "«gateway client add» makes both."
            )
            return Failure(problem, advice)
        if self._machine.refusal is None:
            return _refusal(response)
        body = json_object(self._machine.refusal)
        reason = body.get("error_description") or body.get("title") or f"HTTP {self._machine.refusal.status_code}"
        advice = (
            "Compare --client and --key-file with «gateway client list», the clocks of both machines, and --url with "
            "access.origin of the gateway: both must be the same."
        )
        return Failure(f"The client {self._caller.client} gets no token: {reason}", advice)


def _machine(caller: Caller) -> MachineAuth | None:
    if caller.client is None and caller.key_file is None:
        return None
    if caller.client is None or caller.key_file is None:
        problem = "--client and --key-file go together, or GATEWAY_CLIENT and GATEWAY_KEY_FILE."
        raise Failure(problem, "Give both, or neither where the gateway believes names.", code=ExitCode.USAGE)
    return MachineAuth.of_file(client=caller.client, file=caller.key_file, origin=caller.url)


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


def accepted(response: httpx.Response) -> httpx.Response:
    """A success; raises :class:`Failure` with everything that was found otherwise."""
    if response.is_success:
        return response
    raise _refusal(response)


def _refusal(response: httpx.Response) -> Failure:
    body = json_object(response)
    findings = body.get("findings") or []
    lines = [f"{finding['code']} {finding['path']}: {finding['message']}" for finding in findings]
    advice = " ".join(dict.fromkeys(finding["action"] for finding in findings))
    return Failure("\n".join(lines) or f"{body.get('title', 'Refused')} (HTTP {response.status_code}).", advice)


@contextmanager
def _reachable(url: str) -> Iterator[None]:
    advice = "Is it running? Start it with «gateway serve», or name its address with --url."
    try:
        yield
    except httpx.TimeoutException:
        raise Failure(f"The gateway at {url} did not answer in time.", advice, code=ExitCode.UNREACHABLE) from None
    except (httpx.TransportError, httpx.InvalidURL):
        raise Failure(f"The gateway at {url} cannot be reached.", advice, code=ExitCode.UNREACHABLE) from None
