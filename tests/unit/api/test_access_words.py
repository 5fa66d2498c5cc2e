"""The words of the contract are those of the gateway's own enumerations, and every route has its row."""

from __future__ import annotations

from enum import StrEnum

import pytest

from gateway.access.clients import Binding, ClientKind
from gateway.access.principal import Role, Scope
from gateway.access.table import without_a_row
from gateway.api.access_routes import ACCESS_ROUTES
from gateway.audit.actions import Purpose
from gateway.operations.model import Channel
from schemas import access_api


@pytest.mark.parametrize(
    ("contract", "ours"),
    [
        (access_api.RoleName, Role),
        (access_api.ScopeName, Scope),
        (access_api.ClientKindName, ClientKind),
        (access_api.BindingName, Binding),
        (access_api.ChannelName, Channel),
        (access_api.PurposeName, Purpose),
    ],
)
def test_both_have_the_same_words(contract: type[StrEnum], ours: type[StrEnum]):
    assert [(one.name, one.value) for one in contract] == [(one.name, one.value) for one in ours]


def test_somebody_has_decided_about_every_route():
    assert without_a_row(route.name for route in ACCESS_ROUTES) == []
