"""``/v1/errors``: the error catalogue, in the reader's language."""

from __future__ import annotations

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.views import catalogue_view
from gateway.middleware.context import CONTEXT
from gateway.rules.findings import Refused
from schemas.errors import CATALOGUE, ErrorCode

CODE = parameters.text("code", "An error code, for example `KSF_LENGTH`.", place="path")


async def index(request: web.Request) -> web.Response:
    """``GET /v1/errors``: all codes."""
    language = request[CONTEXT].language
    return answer({"items": [catalogue_view(code, language) for code in CATALOGUE]}, language=language)


async def show(request: web.Request) -> web.Response:
    """``GET /v1/errors/{code}``: one code; the ``type`` of a problem leads here."""
    language = request[CONTEXT].language
    try:
        code = ErrorCode(request.match_info["code"])
    except ValueError:
        raise Refused.because(ErrorCode.ROUTE_NOT_FOUND, "path:code") from None
    return answer(catalogue_view(code, language), language=language)
