"""Generated treated cases: every field, any text XML can carry, all vocabularies. Valid by schema, not by rule."""

from __future__ import annotations

import enum
import inspect
import re
import types
import typing
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from schemas.treated_case import TreatedCase

_LETTERS = "АаЁёӨөҮүҢңabcXYZ0189 .,-'\"&<>]]>\t\r\n«»№"
_ALPHABET = st.one_of(
    st.sampled_from(_LETTERS),
    st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
)

_CODE_LENGTH = 16
_CODE = re.compile(r"[A-ZҮ][0-9]{2}(\.[0-9&<]{1,3})?")
"""Codes are brought into one spelling on the way in, so that only what resembles a code stays as it is."""


def treated_cases() -> st.SearchStrategy[TreatedCase]:
    return _model(TreatedCase, exclude=("ksf_number",)).map(TreatedCase.model_validate)


def _model(model: type[BaseModel], exclude: tuple[str, ...] = ()) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            name: _value(field.annotation, tuple(field.metadata))
            for name, field in model.model_fields.items()
            if name not in exclude
        }
    )


def _value(annotation: Any, metadata: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _value(arguments[0], (*arguments[1:], *metadata))
    if origin in (typing.Union, types.UnionType):
        present = next(one for one in arguments if one is not type(None))
        return st.none() | _value(present, metadata)
    if origin is tuple:
        least = _limit(metadata, "min_length") or 0
        return st.lists(_value(arguments[0], ()), min_size=least, max_size=3).map(tuple)
    if annotation is AwareDatetime:
        moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - the zone follows
        return moments.map(lambda moment: moment.replace(tzinfo=UTC))
    assert inspect.isclass(annotation)
    if issubclass(annotation, BaseModel):
        return _model(annotation)
    if issubclass(annotation, enum.Enum):
        return st.sampled_from(annotation)
    simple: dict[type, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(0, 100_000),
        date: st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    }
    return simple[annotation] if annotation is not str else _text(metadata)


def _text(metadata: tuple[Any, ...]) -> st.SearchStrategy[str]:
    pattern = _limit(metadata, "pattern")
    longest = _limit(metadata, "max_length")
    if longest is None:
        return st.from_regex(pattern.replace("$", r"\Z"))
    if longest == _CODE_LENGTH:
        return st.from_regex(_CODE, fullmatch=True)
    text = st.text(_ALPHABET, min_size=1, max_size=min(longest, 80)).map(lambda text: text.strip() or "Ө")
    return text.filter(lambda one: re.match(pattern, one) is not None)


def _limit(metadata: tuple[Any, ...], name: str) -> Any:
    return next((value for one in metadata if (value := getattr(one, name, None)) is not None), None)
