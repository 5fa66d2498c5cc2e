"""How bodies are read and answers written: strict JSON in, JSON or a problem (RFC 9457) out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import orjson
from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from kopuro_pos.agent.contract import Finding, Problem, Severity
from kopuro_pos.agent.problems import ENTRIES, AgentProblem, ProblemCode
from kopuro_pos.agent.texts import LANGUAGES, Language, wanted_language

JSON_TYPE: Final = "application/json"
PROBLEM_TYPE: Final = "application/problem+json"
LARGEST_BODY: Final = 64 << 10
LARGEST_STOCK: Final = 4 << 20

DEFAULT_LANGUAGE: Final = web.AppKey("default_language", Language)

Message = TypeVar("Message", bound=BaseModel)


def language_of(request: web.Request) -> Language:
    """``?language=``, else ``Accept-Language``, else the settings'."""
    named = request.query.get("language", "")
    if named in LANGUAGES:
        return Language(named)
    return wanted_language(request.headers.get(hdrs.ACCEPT_LANGUAGE), request.app[DEFAULT_LANGUAGE])


def answer(message: BaseModel | list[Any], *, status: int = 200) -> web.Response:
    """A message of the contract."""
    if isinstance(message, BaseModel):
        return web.Response(body=message.model_dump_json().encode(), status=status, content_type=JSON_TYPE)
    items = [one.model_dump(mode="json") for one in message]
    return web.Response(body=orjson.dumps(items), status=status, content_type=JSON_TYPE)


def refusal(problem: AgentProblem, language: str) -> web.Response:
    """A problem in this language."""
    told: Problem = problem.told(language)
    headers: Mapping[str, str] = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    body = told.model_dump_json().encode()
    return web.Response(body=body, status=told.status, headers=headers, content_type=PROBLEM_TYPE)


async def body_of(request: web.Request, model: type[Message], *, largest: int = LARGEST_BODY) -> Message:
    """The body as a message. Raises ``AgentProblem``: CONTENT_TYPE_REFUSED, TOO_LARGE, BODY_INVALID.

    Findings name fields and never quote what was sent: there may be a ПИН in it.
    """
    if request.content_type != JSON_TYPE:
        raise AgentProblem(ProblemCode.CONTENT_TYPE_REFUSED)
    if (request.content_length or 0) > largest:
        raise AgentProblem(ProblemCode.TOO_LARGE)
    content = await request.read()
    if len(content) > largest:
        raise AgentProblem(ProblemCode.TOO_LARGE)
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        language = language_of(request)
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise AgentProblem(
            ProblemCode.BODY_INVALID, findings=[_finding(one["loc"], language) for one in problems]
        ) from None


def invalid(path: str, language: str) -> AgentProblem:
    """A parameter does not follow the contract."""
    return AgentProblem(ProblemCode.BODY_INVALID, findings=[_finding_at(path, language)])


def _finding(place: tuple[int | str, ...], language: str) -> Finding:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step[:64]}" for step in place)
    return _finding_at("$" + "".join(steps), language)


def _finding_at(path: str, language: str) -> Finding:
    entry = ENTRIES[ProblemCode.BODY_INVALID]
    return Finding(
        code=ProblemCode.BODY_INVALID,
        severity=Severity.ERROR,
        path=path,
        message=entry.message.of(language),
        action=entry.action.of(language),
    )
