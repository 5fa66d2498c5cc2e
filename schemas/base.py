"""What all contract models share: strictness, immutability and the common field types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

ONE_LINE = r"^[^\x00-\x1F\x7F-\x9F\uFFFE\uFFFF]*$"
"""No control characters and no line breaks: what XML 1.0 can carry and a form can show in one line."""

LINES = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\uFFFE\uFFFF]*$"
"""The same, with tabs and line breaks."""


class Contract(BaseModel):
    """A message part of contract v1: unknown fields are refused, values are not coerced, instances do not change."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )


INSTANT_YEARS: Final = range(1900, 2200)
"""Those in which instants lie: bounds far off, so that no calendar arithmetic ever leaves what a datetime can hold."""


def _to_utc(value: datetime) -> datetime:
    if value.year not in INSTANT_YEARS:
        raise PydanticCustomError("datetime_range", "an instant lies in the years 1900 to 2199")
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment with an offset (RFC 3339), in the years 1900 to 2199; kept and compared in UTC."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=ONE_LINE)]
"""A number, mark or code with letters: 1 to 64 characters."""

NameText = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=ONE_LINE)]
"""A person's or organisation's name: 1 to 128 characters."""

LongText = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=LINES)]
"""Free text: 1 to 1,000 characters."""

OrganisationCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
"""The fund's code of a health organisation («код организации здравоохранения»): six ASCII digits."""

DepartmentCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
"""The code of a department within its organisation («код отделения»): two ASCII digits."""

CodeText = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern=ONE_LINE)]
"""A value of a classification (ICD-10, operations); whether it exists is a rule's question, not the schema's."""
