"""What the messages share. What we send is closed; of what we receive, fields of a newer gateway are passed over."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ONE_LINE = r"^[^\x00-\x1F\x7F-\x9F\uFFFE\uFFFF]*$"
"""No control characters and no line breaks."""

LINES = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\uFFFE\uFFFF]*$"
"""The same, with tabs and line breaks."""

OrganisationCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
"""The fund's code of a pharmacy or clinic: six digits."""

MedicineCode = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+$")]
"""The fund's code of a row of the reference of medicines («Маалымдама»)."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=ONE_LINE)]
NameText = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=ONE_LINE)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=LINES)]

_Term = TypeVar("_Term")

Known = Annotated[_Term | str, Field(union_mode="left_to_right")]
"""A value of a vocabulary, or the bare text of a value that only a newer gateway knows."""


class Sent(BaseModel):
    """A message to the gateway, which refuses fields it does not know: so do we, before anything is sent."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        defer_build=True,  # a till starts sooner
    )


class Received(BaseModel):
    """A message of the gateway."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True, defer_build=True
    )
