"""Ordering a simulator's faults: by id, a number of times or always, over its control."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from aiohttp import web
from aiohttp.web_routedef import AbstractRouteDef
from pydantic import Field, ValidationError

from adapters.xroad.simulator.running import Order


class FaultOrder(Order):
    """What ``POST /simulator/faults`` takes. Without ``count`` the fault happens every time."""

    id: Annotated[str, Field(min_length=1)]
    count: Annotated[int, Field(ge=1)] | None = None


class OperationFaultOrder(FaultOrder):
    """An order for one operation, or for all."""

    operation: str | None = None

    def concerns(self, operation: str) -> bool:
        """Whether it is meant for an operation."""
        return self.operation in (None, operation)


_Order = TypeVar("_Order", bound=FaultOrder)


@dataclass(slots=True)
class _Active(Generic[_Order]):
    order: _Order
    left: int | None


class FaultPlan(Generic[_Order]):
    """The faults ordered, of those ``known`` by their ids."""

    def __init__(self, known: Collection[str]) -> None:
        self.happened: dict[str, int] = {}
        """How often each has happened."""
        self._known = known
        self._active: list[_Active[_Order]] = []

    def add(self, order: _Order) -> None:
        """Order a fault; raises ``KeyError`` for an unknown id."""
        if order.id not in self._known:
            raise KeyError(order.id)
        self._active.append(_Active(order, order.count))

    def clear(self) -> None:
        """Forget all orders; the counts stay."""
        self._active.clear()

    def next(self, happens: Callable[[_Order], bool]) -> _Order | None:
        """The fault that happens now: the first order that is not used up and of which ``happens`` says so."""
        for active in self._active:
            if active.left == 0 or not happens(active.order):
                continue
            if active.left is not None:
                active.left -= 1
            self.happened[active.order.id] = self.happened.get(active.order.id, 0) + 1
            return active.order
        return None


def fault_controls(plan: FaultPlan[_Order], kind: type[_Order]) -> Sequence[AbstractRouteDef]:
    """``POST`` and ``DELETE`` of ``/simulator/faults``; an order that cannot be meant is refused with 400."""

    async def order(http: web.Request) -> web.StreamResponse:
        try:
            plan.add(kind.model_validate_json(await http.read()))
        except (ValidationError, KeyError) as error:
            return web.Response(status=400, text=f"{error}\n")
        return web.Response(status=204)

    async def clear(_: web.Request) -> web.StreamResponse:
        plan.clear()
        return web.Response(status=204)

    return (web.post("/simulator/faults", order), web.delete("/simulator/faults", clear))
