"""The agent this Tryton server speaks to, and its refusals in the words of Tryton."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from trytond import config
from trytond.i18n import gettext
from trytond.transaction import Transaction

from .agent import Agent, AgentNotConfigured, AgentRefused, AgentSilent, Finding
from .exceptions import PrescriptionError


def the_agent() -> Agent:
    """The agent of the configuration file, in the user's language. Raises :class:`PrescriptionError`."""
    language = Transaction().language.partition("_")[0]
    try:
        return Agent.from_token_file(config.get("kopuro", "agent"), config.get("kopuro", "token_file"), language)
    except AgentNotConfigured as problem:
        raise PrescriptionError(gettext("sale_point_prescription.msg_agent_not_configured")) from problem


@contextmanager
def told() -> Iterator[None]:
    """Turn what the agent refuses, or its silence, into a message to the user."""
    try:
        yield
    except AgentRefused as refused:
        raise refusal(refused) from refused
    except AgentSilent as silent:
        raise PrescriptionError(gettext("sale_point_prescription.msg_agent_silent")) from silent


def refusal(refused: AgentRefused) -> PrescriptionError:
    """The findings of a refusal as a message."""
    title = gettext("sale_point_prescription.msg_agent_refused", code=refused.code)
    return PrescriptionError(title, text_of(refused.findings))


def text_of(findings: Iterable[Finding]) -> str:
    """Findings as lines of text."""
    return "\n".join(map(str, findings))
