"""The faults that can be asked for, by id: answers that are not what they should be.

What goes wrong on the way is asked of the simulated security server.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from lxml import etree

from adapters.xroad.simulator.disturbing import FaultPlan, OperationFaultOrder


class Change(Protocol):
    """Changes an answer's element."""

    def __call__(self, answer: etree._Element) -> etree._Element:
        """The answer as it is given."""
        ...


def _with(name: str, value: str) -> Change:
    """Another value in the element of this name, which is added when there is none."""

    def change(answer: etree._Element) -> etree._Element:
        found = _find(answer, name)
        if found is None:
            found = etree.SubElement(answer, f"{{{etree.QName(answer).namespace}}}{name}")
        found.text = value
        return answer

    return change


def _without(*names: str) -> Change:
    def change(answer: etree._Element) -> etree._Element:
        for name in names:
            if (found := _find(answer, name)) is not None:
                answer.remove(found)
        return answer

    return change


def _both(first: Change, second: Change) -> Change:
    return lambda answer: second(first(answer))


def _find(answer: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in answer if etree.QName(child).localname == name), None)


def _renamed(child_namespace: str | None, root_namespace: str | None, name: str = "") -> Change:
    """The same elements under other namespaces."""

    def change(answer: etree._Element) -> etree._Element:
        local = name or etree.QName(answer).localname
        changed = etree.Element(etree.QName(root_namespace, local))
        for child in answer:
            etree.SubElement(changed, etree.QName(child_namespace, etree.QName(child).localname)).text = child.text
        return changed

    return change


def _wrapped(answer: etree._Element) -> etree._Element:
    changed = etree.Element(answer.tag)
    etree.SubElement(changed, "response").extend(list(answer))
    return changed


def _repeated(name: str) -> Change:
    def change(answer: etree._Element) -> etree._Element:
        if (found := _find(answer, name)) is not None:
            etree.SubElement(answer, found.tag).text = found.text
        return answer

    return change


def _dotted(answer: etree._Element) -> etree._Element:
    for name in ("DateBegin", "DateEnd"):
        if (found := _find(answer, name)) is not None and found.text:
            year, month, day = found.text[:10].split("-")
            found.text = f"{day}.{month}.{year} 0:00:00"
    return answer


_SOCIAL_FUND: Final = "http://tunduk-sf.x-road.fi/producer"

FAULTS: Final[Mapping[str, Change]] = MappingProxyType(
    {
        # Variations that are seen at Tunduk and change nothing
        "unqualified": _renamed(None, _SOCIAL_FUND),
        "other-namespace": _renamed("http://tunduk.gov.kg", "http://tunduk.gov.kg"),
        "wrapped": _wrapped,
        "extra-element": _with("AddedLater", "1"),
        "cause-of-error": _both(_without("State"), _with("CauseOfError", "OK")),
        "dotted-dates": _dotted,
        # Answers that answer nothing
        "other-pin": _both(_with("PIN", "20101199000000"), _with("pin", "20101199000000")),
        "no-pin": _without("PIN", "pin"),
        "internal-error": _with("State", "INTERNAL_ERROR"),
        "pin-incorrect": _with("State", "PIN_INCORRECT"),
        "unknown-state": _with("State", "AKTIVE"),
        "two-states": _with("CauseOfError", "INTERNAL_ERROR"),
        "no-state": _without("State", "status"),
        "no-dates": _without("DateBegin", "DateEnd"),
        "one-date": _with("DateEnd", ""),
        "garbled-date": _with("DateEnd", "31/12/26"),
        "default-date": _with("DateBegin", "0001-01-01T00:00:00"),
        "swapped-dates": _with("DateBegin", "2999-01-01"),
        "repeated-date": _repeated("DateEnd"),
        "other-answer": _renamed(_SOCIAL_FUND, _SOCIAL_FUND, "GetWorkPeriodInfoResponse"),
        "no-code": _without("organisation"),
        "name-for-code": _with("organisation", "ЦСМ 1"),
        "no-since": _without("since"),
        "future-since": _with("since", "2999-01-01"),
    }
)
"""Every fault by its id."""

FAULT_IDS: Final = tuple(FAULTS)


def changed(plan: FaultPlan[OperationFaultOrder], operation: str, answer: etree._Element) -> etree._Element:
    """The answer as it is given."""
    order = plan.next(lambda one: one.concerns(operation))
    return answer if order is None else FAULTS[order.id](answer)
