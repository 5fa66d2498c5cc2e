"""``GET /v1/events``: what changed since a cursor, oldest first, with a long poll."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.parameters import Query
from gateway.api.views import event_view
from gateway.api.waiting import unless_draining
from gateway.middleware.context import sender_of, stepping_out
from gateway.operations.journal import Journal
from gateway.operations.model import Event
from gateway.services import SERVICES, Limits

DEFAULT_PAGE: Final = 100

AFTER: Final = parameters.integer("after", "The last page's `next`; 0 for the beginning.", least=0, default=0)
LIMIT: Final = parameters.integer("limit", "Most items.", least=1, most=Limits().page, default=DEFAULT_PAGE)
WAIT: Final = parameters.integer(
    "wait", "Seconds to wait while there is nothing new.", least=0, most=Limits().wait_seconds, default=0
)
FILTERS: Final = (AFTER, LIMIT, WAIT)


async def feed(request: web.Request) -> web.Response:
    """The sender's own events past the cursor, and the cursor for the next call."""
    services = request.app[SERVICES]
    organisations = sender_of(request).organisations
    query = Query(request, FILTERS)
    cursor, limit, wait = query.get(AFTER) or 0, query.get(LIMIT) or DEFAULT_PAGE, query.get(WAIT) or 0
    query.done()

    journal = services.journal
    events = await journal.events(cursor, limit, organisations)
    if not events and wait:
        watch = Watch(journal, cursor, limit, organisations)
        with stepping_out(request):
            await unless_draining(services.lifecycle, watch.run(wait))
        events, cursor = watch.found, watch.cursor
    if events:
        cursor = events[-1].position
    return answer({"items": [event_view(event) for event in events], "next": cursor})


class Watch:
    """Waits for events of some organisations.

    Others' events wake it too; the cursor moves past them, so that neither this wait nor the next one meets them again.
    """

    def __init__(self, journal: Journal, cursor: int, limit: int, organisations: frozenset[str] | None) -> None:
        self.found: Sequence[Event] = ()
        self.cursor = cursor
        self._journal = journal
        self._limit = limit
        self._organisations = organisations

    async def run(self, seconds: float) -> None:
        """Return once something was found, or after ``seconds``."""
        clock = asyncio.get_running_loop()
        deadline = clock.time() + seconds
        while not self.found and (remaining := deadline - clock.time()) > 0:
            await self._journal.wait_for_events(self.cursor, remaining)
            fresh = await self._journal.events(self.cursor, self._limit, None)
            self.found = [event for event in fresh if self._is_own(event)]
            if fresh:
                self.cursor = fresh[-1].position

    def _is_own(self, event: Event) -> bool:
        return self._organisations is None or event.organisation in self._organisations
