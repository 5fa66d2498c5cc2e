"""The client of the gateway for programs without an event loop."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from datetime import date
from types import TracebackType
from typing import Literal, Self, TypeVar
from uuid import UUID

import httpx
from tenacity import Retrying

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


class BlockingPharmacyClient:
    """:class:`~kopuro_pos.client.PharmacyClient` with blocking methods: the same arguments, answers and errors.

    To be used by one thread at a time.
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
        self._http = httpx.Client(verify=verify, follow_redirects=False)

    @property
    def clock(self) -> ClockOffset | None:
        """How far this machine's clock is from the gateway's; ``None`` before the first answer."""
        return self._calling.clock

    def look_up(self, order: LookUp, *, language: str | None = None) -> FoundPrescription:
        """Open a prescription by ПИН and number (clause 34): what it is, what is left, and all offers (clause 36)."""
        return self._run(calls.look_up(order), language)

    def quote(self, request: QuoteRequest, *, language: str | None = None) -> QuoteView:
        """What a sale would come to; with ``hold`` the prescription is kept from others. A repeat renews the hold."""
        return self._run(calls.quote(request), language)

    def release(self, hold_id: UUID, *, language: str | None = None) -> ReleasedHold:
        """Let others dispense again. Doing it again changes nothing."""
        return self._run(calls.release(hold_id), language)

    def dispense(self, order: DispenseOrder, *, key: str, language: str | None = None) -> DispenseView:
        """Record a sale, once. ``key`` is made and kept before the first try; a repeat with it gets the same answer.

        Raises :class:`ValueError` for a key that is not 1 to 255 printable ASCII characters.
        """
        return self._run(calls.dispense(order, key), language)

    def settle(
        self, order: DispenseOrder, *, key: str, deadline: float = 60.0, language: str | None = None
    ) -> DispenseView:
        """Record a sale, repeating with the same key by the retry table for at most ``deadline`` seconds.

        Raises what the last try raised; when that was no refusal for good, the same key is still good later.
        """
        return Retrying(**retry.repeating(deadline))(self.dispense, order, key=key, language=language)

    def reverse(
        self, dispense_id: UUID, order: ReversalOrder, *, key: str, language: str | None = None
    ) -> DispenseView:
        """Take a dispense back, whole and once. ``key`` as with :meth:`dispense`."""
        return self._run(calls.reverse(dispense_id, order, key), language)

    def get_dispense(self, dispense_id: UUID, *, language: str | None = None) -> DispenseView:
        """A dispense or reversal as it stands now, with what the fund has said."""
        return self._run(calls.get_dispense(dispense_id), language)

    def dispenses(
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
    ) -> Iterator[DispenseView]:
        """One's own dispenses by Bishkek day of sale, reversals under the day of their sale.

        ``last`` is today and ``first`` a month before it when left out, unless days of recording are named; these
        find today's reversals of earlier sales. ``receipt`` is the exact number.
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
            page = self._run(calls.dispenses(wanted, after), language)
            yield from page.items
            if (after := page.next) is None:
                return

    def medicines(self, on: date | None = None, *, language: str | None = None) -> Iterator[ReferenceItem]:
        """The reference («Маалымдама») as in force on a Bishkek day, today when left out; in order of codes."""
        after = None
        while True:
            page = self._run(calls.medicines(on=on, after=after), language)
            yield from page.items
            if (after := page.next) is None:
                return

    def errors(self, *, language: str | None = None) -> Catalogue:
        """The error catalogue of the gateway as it runs."""
        return self._run(calls.errors(), language)

    def enrol(self, code: str, key: SigningKey, *, language: str | None = None) -> Enrolment:
        """Redeem the operator's one-time code with a key made here. Needs no ``machine``; a repeat is the same answer.

        Keep the key before calling this. Earlier keys of the terminal end at once.
        """
        return self._run(calls.enrol(code, key), language)

    def change_key(self, new_key: SigningKey, *, language: str | None = None) -> KeyChanged:
        """Put ``new_key`` in the place of the machine's, and sign with it from now on; the client id stays.

        Keep the new key beside the old one before calling this: after :class:`InDoubt` either may be the one in force.
        """
        changed = self._run(calls.change_key(new_key), language)
        self._calling.sign_with(new_key)
        return changed

    def sign_in(self) -> None:
        """Get a token anew, to see whether the gateway knows the machine and its key.

        Raises :class:`~kopuro_pos.client.errors.SignInRefused` when not; :class:`ValueError` without a machine.
        """
        self._drive(self._calling.sign_in())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, call: Call[T], language: str | None) -> T:
        return self._drive(self._calling.exchange(call, language))

    def _drive(self, exchange: Exchange[T]) -> T:
        try:
            request = next(exchange)
            while True:
                request = exchange.send(self._answer(request))
        except StopIteration as done:
            result: T = done.value
            return result

    def _answer(self, request: httpx.Request) -> Answered:
        try:
            return self._http.send(request)
        except httpx.RequestError as error:
            return error
