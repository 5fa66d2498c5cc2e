"""X-Road identifiers of members, subsystems and services (PR-MESS v4, section 2.1)."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

_ALLOWED: Final = re.compile(r"[A-Za-z0-9'()+,\-.=?]+")


def checked_part(value: str) -> str:
    """``value`` if it is made of the characters PR-MESS allows (section 2.7); raises ``ValueError`` otherwise.

    They are Latin letters, digits and ``' ( ) + , - . = ?``, so a part never holds a path separator.
    """
    if not _ALLOWED.fullmatch(value):
        raise ValueError("an X-Road identifier is made of Latin letters, digits and ' ( ) + , - . = ?")
    return value


IdentifierPart = Annotated[str, AfterValidator(checked_part)]
"""One part of an identifier."""


class Subsystem(BaseModel):
    """A subsystem of a member, or the member itself when ``subsystem_code`` is absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instance: IdentifierPart = "central-server"
    """The X-Road instance («xRoadInstance»); Tunduk's production instance unless set."""
    member_class: IdentifierPart = "GOV"
    """``GOV`` or ``COM`` at Tunduk."""
    member_code: IdentifierPart
    """Eight digits at Tunduk."""
    subsystem_code: IdentifierPart | None = None

    @property
    def object_type(self) -> str:
        """The value of ``id:objectType``."""
        return "MEMBER" if self.subsystem_code is None else "SUBSYSTEM"

    @property
    def elements(self) -> tuple[tuple[str, str], ...]:
        """Element names and values in the order of the schema."""
        parts = (
            ("xRoadInstance", self.instance),
            ("memberClass", self.member_class),
            ("memberCode", self.member_code),
            ("subsystemCode", self.subsystem_code),
        )
        return tuple((name, value) for name, value in parts if value is not None)

    def service(self, code: str, version: str | None = None) -> Service:
        """The service with this code that the subsystem provides."""
        return Service(provider=self, code=code, version=version)

    def __str__(self) -> str:
        return "/".join(value for _, value in self.elements)


class Service(BaseModel):
    """A service of a subsystem."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Subsystem
    code: IdentifierPart
    version: IdentifierPart | None = None

    @property
    def object_type(self) -> str:
        """The value of ``id:objectType``."""
        return "SERVICE"

    @property
    def elements(self) -> tuple[tuple[str, str], ...]:
        """Element names and values in the order of the schema."""
        own = (("serviceCode", self.code), ("serviceVersion", self.version))
        return (*self.provider.elements, *((name, value) for name, value in own if value is not None))

    def __str__(self) -> str:
        return "/".join(value for _, value in self.elements)
