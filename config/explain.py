"""Turns pydantic's errors into configuration problems: source, key, what is wrong, what to do."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.problems import ConfigProblem

ENVIRONMENT_PREFIX = "GATEWAY_"

_DELIMITER = "__"

_ADVICE = {
    "missing": "Add it.",
    "secret_literal": 'Move it to a file or variable and write {file = "…"} or {environment = "…"} here.',
    "secret_reference": 'Write {file = "…"} or {environment = "…"}.',
    "store_url": "Write sqlite:///path/kopuro.db or postgresql://user@host:5432/database.",
    "store_url_secret": "Leave it out of the URL and set store.password to a reference.",
    "loopback_sender": "Name one of the entries of `senders`, or add that entry.",
}

_ADVICE_BY_PREFIX = {
    "int": "Give a whole number.",
    "float": "Give a number.",
    "bool": "Give true or false.",
    "date": "Give a day as YYYY-MM-DD.",
    "url": "Give a full URL such as http://127.0.0.1:8070/.",
    "path": "Give a path in quotes.",
    "string": "Give text in quotes of the form asked for.",
    "greater": "Give a larger number.",
    "less": "Give a smaller number.",
    "enum": "Choose one of the values named.",
    "literal": "Choose one of the values named.",
    "tuple": "Give a list in square brackets.",
    "dict": "Give a table.",
    "model": "Give a table with the keys of config/gateway.toml.",
}


def explain(
    error: ValidationError, path: Path | None, environment: Mapping[str, str], root: type[BaseModel]
) -> list[ConfigProblem]:
    """One problem for each of pydantic's; the values themselves never appear."""
    return [
        _problem(detail, path, environment, root) for detail in error.errors(include_url=False, include_input=False)
    ]


def unknown_variables(environment: Mapping[str, str], root: type[BaseModel], *known: str) -> list[ConfigProblem]:
    """Variables with our prefix that name no section; pydantic-settings passes over them in silence."""
    problems = []
    for name in sorted(environment):
        if not name.startswith(ENVIRONMENT_PREFIX) or name in known:
            continue
        section = name.removeprefix(ENVIRONMENT_PREFIX).split(_DELIMITER)[0].lower()
        if section not in root.model_fields:
            advice = f"Remove it{_suggestion(section, tuple(root.model_fields))}; the form is GATEWAY_SECTION__FIELD."
            problems.append(ConfigProblem(_variable(name), section, "No section has this name.", advice))
    return problems


def unreadable_tables(environment: Mapping[str, str], root: type[BaseModel]) -> list[ConfigProblem]:
    """Variables that set a whole section or table and are not the JSON that takes."""
    advice = f"Write the table as JSON, or set single keys: {ENVIRONMENT_PREFIX}SECTION__FIELD."
    problems = []
    for name, value in sorted(environment.items()):
        section = name.upper().removeprefix(ENVIRONMENT_PREFIX).lower()
        if name.upper().startswith(ENVIRONMENT_PREFIX) and section in root.model_fields and not _is_json(value):
            problems.append(ConfigProblem(_variable(name), section, "The value is not JSON.", advice))
    return problems


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _problem(
    detail: ErrorDetails, path: Path | None, environment: Mapping[str, str], root: type[BaseModel]
) -> ConfigProblem:
    location = detail["loc"]
    key = ".".join(str(part) for part in location) or "(whole file)"
    source = _source(location, path, environment)
    if detail["type"] == "extra_forbidden":
        advice = f"Remove it{_suggestion(str(location[-1]), _keys_beside(location, root))}."
        return ConfigProblem(source, key, "This key is unknown.", advice)
    message = detail["msg"].rstrip(".") + "."
    return ConfigProblem(source, key, message, _advice(detail["type"]))


def _advice(kind: str) -> str:
    if kind in _ADVICE:
        return _ADVICE[kind]
    for prefix, advice in _ADVICE_BY_PREFIX.items():
        if kind.startswith(prefix):
            return advice
    return "See config/gateway.toml for the form."


def _source(location: Sequence[int | str], path: Path | None, environment: Mapping[str, str]) -> str:
    """The variable that set the value (or the table around it), else the file."""
    by_upper = {name.upper(): name for name in environment}
    for length in range(len(location), 0, -1):
        wanted = ENVIRONMENT_PREFIX + _DELIMITER.join(str(part) for part in location[:length]).upper()
        if wanted in by_upper:
            return _variable(by_upper[wanted])
    return str(path) if path is not None else "built-in defaults"


def _variable(name: str) -> str:
    return f"environment variable {name}"


def _keys_beside(location: Sequence[int | str], root: type[BaseModel]) -> tuple[str, ...]:
    """The known keys of the table the unknown one stands in."""
    model: Any = root
    for part in location[:-1]:
        field = model.model_fields.get(part)
        model = field.annotation if field is not None else None
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return ()
    return tuple(model.model_fields)


def _suggestion(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f", or write `{near[0]}` if that was meant" if near else ""
