"""The client of the gateway for programs with an event loop."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from datetime import date
from types import TracebackType
from typing import Literal, Self, TypeVar
from uuid import UUID

import httpx
from tenacity import AsyncRetrying

from kopuro_pos.client import calls, retry
from kopuro_pos.client.calling import Answered, Calling, Exchange, Timeouts
from kopuro_pos.client.calls import Call
from kopuro_pos.client.clock import ClockOffset
from kopuro_pos.client.keys import Machine, SigningKey
from kopuro_pos.client.models import (
    Catalogue,
    DispenseOrder,
    DispenseView,
    Enrolment,
    FoundPrescription,
    KeyChanged,
    LookUp,
    QuoteRequest,
    QuoteView,
    ReferenceItem,
    ReleasedHold,
    ReversalOrder,
)

T = TypeVar("T")


class PharmacyClient:
    """A pharmacy's way to the gateway at ``origin`` (``https://gateway.example``, as its setting access.origin has it).

    ``machine`` signs in with its key; ``sender`` names the terminal to a gateway without access, on this machine only.
    Texts come in ``language`` (``ky``, ``ru``, ``en``), which every method can choose anew. ``verify`` is a context of
    one's own for authorities the system does not know; TLS is always verified. Raises :class:`ValueError` for an
    origin that is neither https nor loopback. ``now`` is this machine's clock, in seconds since 1970.

    Every method raises :class:`~kopuro_pos.client.errors.Refused`, :class:`~kopuro_pos.client.errors.NotSent` or
    :class:`~kopuro_pos.client.errors.InDoubt`. None repeats by itself, except :meth:`settle`. A call that is cancelled
    is in doubt, too.
    """

    def __init__(
        self,
        origin: str,
        *,
        machine: Machine | None = None,
        sender: str | None = None,
        language: str = "ru",
        timeouts: Timeouts | None = None,
        verify: ssl.SSLContext | Literal[True] = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._calling = Calling(
            origin, machine=machine, sender=sender, language=language, timeouts=timeouts or Timeouts(), now=now
        )
        self._http = httpx.AsyncClient(verify=verify, follow_redirects=False)

    @property
    def clock(self) -> ClockOffset | None:
        """How far this machine's clock is from the gateway's; ``None`` before the first answer."""
        return self._calling.clock

    async def look_up(self, order: LookUp, *, language: str | None = None) -> FoundPrescription:
        """Open a prescription by ПИН and number (clause 34): what it is, what is left, and all offers (clause 36)."""
        return await self._run(calls.look_up(order), language)

    async def quote(self, request: QuoteRequest, *, language: str | None = None) -> QuoteView:
        """What a sale would come to; with ``hold`` the prescription is kept from others. A repeat renews the hold."""
        return await self._run(calls.quote(request), language)

    async def release(self, hold_id: UUID, *, language: str | None = None) -> ReleasedHold:
        """Let others dispense again. Doing it again changes nothing."""
        return await self._run(calls.release(hold_id), language)

    async def dispense(self, order: DispenseOrder, *, key: str, language: str | None = None) -> DispenseView:
        """Record a sale, once. ``key`` is made and kept before the first try; a repeat with it gets the same answer.

        Raises :class:`ValueError` for a key that is not 1 to 255 printable ASCII characters.
        """
        return await self._run(calls.dispense(order, key), language)

    async def settle(
        self, order: DispenseOrder, *, key: str, deadline: float = 60.0, language: str | None = None
    ) -> DispenseView:
        """Record a sale, repeating with the same key by the retry table for at most ``deadline`` seconds.

        Raises what the last try raised; when that was no refusal for good, the same key is still good later.
        """
        return await AsyncRetrying(**retry.repeating(deadline))(self.dispense, order, key=key, language=language)

    async def reverse(
        self, dispense_id: UUID, order: ReversalOrder, *, key: str, language: str | None = None
    ) -> DispenseView:
        """Take a dispense back, whole and once. ``key`` as with :meth:`dispense`."""
        return await self._run(calls.reverse(dispense_id, order, key), language)

    async def get_dispense(self, dispense_id: UUID, *, language: str | None = None) -> DispenseView:
        """A dispense or reversal as it stands now, with what the fund has said."""
        return await self._run(calls.get_dispense(dispense_id), language)

    async def dispenses(
        self,
        *,
        pharmacy: str | None = None,
        first: date | None = None,
        last: date | None = None,
        recorded_first: date | None = None,
        recorded_last: date | None = None,
        mine: bool = False,
        receipt: str | None = None,
        language: str | None = None,
    ) -> AsyncIterator[DispenseView]:
        """One's own dispenses by Bishkek day of sale, reversals under the day of their sale.

        ``last`` is today and ``first`` a month before it when left out, unless days of recording are named; these
        find today's reversals of earlier sales. ``mine`` leaves out what other tills of the pharmacy have recorded.
        ``receipt`` is the exact number.
        """
        wanted = calls.Wanted(
            pharmacy=pharmacy,
            first=first,
            last=last,
            recorded_first=recorded_first,
            recorded_last=recorded_last,
            mine=mine,
            receipt=receipt,
        )
        after = None
        while True:
            page = await self._run(calls.dispenses(wanted, after), language)
            for one in page.items:
                yield one
            if (after := page.next) is None:
                return

    async def medicines(self, on: date | None = None, *, language: str | None = None) -> AsyncIterator[ReferenceItem]:
        """The reference («Маалымдама») as in force on a Bishkek day, today when left out; in order of codes."""
        after = None
        while True:
            page = await self._run(calls.medicines(on=on, after=after), language)
            for one in page.items:
                yield one
            if (after := page.next) is None:
                return

    async def errors(self, *, language: str | None = None) -> Catalogue:
        """The error catalogue of the gateway as it runs."""
        return await self._run(calls.errors(), language)

    async def enrol(self, code: str, key: SigningKey, *, language: str | None = None) -> Enrolment:
        """Redeem the operator's one-time code with a key made here. Needs no ``machine``; a repeat is the same answer.

        Keep the key before calling this. Earlier keys of the terminal end at once.
        """
        return await self._run(calls.enrol(code, key), language)

    async def change_key(self, new_key: SigningKey, *, language: str | None = None) -> KeyChanged:
        """Put ``new_key`` in the place of the machine's, and sign with it from now on; the client id stays.

        Keep the new key beside the old one before calling this: after :class:`InDoubt` either may be the one in force.
        """
        changed = await self._run(calls.change_key(new_key), language)
        self._calling.sign_with(new_key)
        return changed

    async def sign_in(self) -> None:
        """Get a token anew, to see whether the gateway knows the machine and its key.

        Raises :class:`~kopuro_pos.client.errors.SignInRefused` when not; :class:`ValueError` without a machine.
        """
        await self._drive(self._calling.sign_in())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _run(self, call: Call[T], language: str | None) -> T:
        return await self._drive(self._calling.exchange(call, language))

    async def _drive(self, exchange: Exchange[T]) -> T:
        try:
            request = next(exchange)
            while True:
                request = exchange.send(await self._answer(request))
        except StopIteration as done:
            result: T = done.value
            return result

    async def _answer(self, request: httpx.Request) -> Answered:
        try:
            async with asyncio.timeout(request.extensions["timeout"]["read"]):  # httpx counts each piece anew
                return await self._http.send(request)
        except TimeoutError:
            return httpx.ReadTimeout("too late", request=request)
        except httpx.RequestError as error:
            return error
