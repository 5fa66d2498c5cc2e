"""Problem bodies (RFC 9457): one form for every refusal and failure, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import orjson
from aiohttp import web

from gateway.rules.findings import Finding, errors
from schemas.errors import ErrorCode, Language, Text, entry

PROBLEM_TYPE: Final = "application/problem+json"
PROBLEM_CODES: Final = web.ResponseKey("problem_codes", tuple[ErrorCode, ...])
"""On a problem: the codes of its errors, for metrics and the access log."""

CHALLENGE: Final = 'DPoP algs="ES256 EdDSA", Bearer'
"""How machines prove who they are (RFC 9110, 11.6.1; RFC 9449, 7.1). People are sent to sign in by their pages."""

RETRY_UNAVAILABLE: Final = 5
"""Seconds of ``Retry-After`` for a 503 that names none."""

_TITLES: Final[Mapping[int, Text]] = {
    400: Text("Сурам туура эмес", "Неверный запрос", "Bad request"),
    401: Text("Ким экениңиз далилденген жок", "Отправитель не подтверждён", "The sender is not proven"),
    403: Text("Уруксат жок", "Нет разрешения", "Not allowed"),
    404: Text("Табылган жок", "Не найдено", "Not found"),
    405: Text("Ыкма колдоого алынбайт", "Метод не поддерживается", "Method not allowed"),
    408: Text("Сурам кечикти", "Запрос не пришёл вовремя", "The request did not arrive in time"),
    409: Text("Азыркы абалга карама-каршы", "Противоречит нынешнему состоянию", "Conflict with the present state"),
    410: Text("Мындан ары жок", "Больше не существует", "No longer there"),
    413: Text("Сурам өтө чоң", "Запрос слишком велик", "The request is too large"),
    415: Text("Форматы колдоого алынбайт", "Формат не поддерживается", "The format is not supported"),
    422: Text("Маалымат кабыл алынган жок", "Данные не приняты", "The data are refused"),
    429: Text("Сурамдар өтө көп", "Слишком много запросов", "Too many requests"),
    500: Text("Шлюздун катасы", "Ошибка шлюза", "The gateway failed"),
    503: Text("Шлюз убактылуу жеткиликсиз", "Шлюз временно недоступен", "The gateway is unavailable for a while"),
}
_CLOSING: Final = frozenset({408, 413})
"""After these the rest of the body is not worth reading."""


def problem(
    findings: Sequence[Finding], language: Language, request_id: str, retry_after: int | None = None
) -> web.Response:
    """The problem answer for ``findings``; its status and code are those of the first error among them."""
    deciding = errors(findings) or tuple(findings)
    first = deciding[0]
    status = entry(first.code).status
    body = {
        "type": f"/v1/errors/{first.code.value}",
        "title": _TITLES[status].in_language(language),
        "status": status,
        "detail": first.as_json(language)["message"],
        "instance": f"urn:uuid:{request_id}",
        "code": first.code.value,
        "findings": [finding.as_json(language) for finding in findings],
    }
    response = web.Response(status=status, body=orjson.dumps(body), headers=_headers(language, status, retry_after))
    response[PROBLEM_CODES] = tuple(finding.code for finding in deciding)
    if status in _CLOSING:
        response.force_close()
    return response


def from_http_exception(
    raised: web.HTTPException, method: str, language: Language, request_id: str
) -> web.StreamResponse:
    """The problem for what aiohttp itself raised; ``OPTIONS`` of a known path is answered with its methods."""
    if raised.status < 400:
        raise raised
    if isinstance(raised, web.HTTPMethodNotAllowed):
        allow = ",".join(sorted(raised.allowed_methods | {"OPTIONS"}))
        if method == "OPTIONS":
            return web.Response(status=204, headers={"Allow": allow})
        return _with_header(problem((Finding(ErrorCode.METHOD_NOT_ALLOWED),), language, request_id), "Allow", allow)
    code = ErrorCode.ROUTE_NOT_FOUND if isinstance(raised, web.HTTPNotFound) else ErrorCode.REQUEST_HEADER
    return problem((Finding(code),), language, request_id)


def _headers(language: Language, status: int, retry_after: int | None) -> dict[str, str]:
    headers = {"Content-Type": PROBLEM_TYPE, "Content-Language": language.value, "Vary": "Accept-Language"}
    if status == 401:
        headers["WWW-Authenticate"] = CHALLENGE
    if retry_after is None and status == 503:
        retry_after = RETRY_UNAVAILABLE
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return headers


def _with_header(response: web.Response, name: str, value: str) -> web.Response:
    response.headers[name] = value
    return response
