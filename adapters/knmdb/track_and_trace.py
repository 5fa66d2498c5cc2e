"""What sales, cancellations and questions have in common: accounts, commands under a token, asking for boxes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random

from adapters.knmdb.errors import SUCCESS, UNKNOWN_BOX, Group, Symptom, group_of, of_code, of_symptom, reason_of
from adapters.knmdb.exchange import Envelope, Exchange, NoSuchThing, Unauthorised
from adapters.knmdb.mapping import INQUIRY, BoxAnswer, Declaration, inquiry_body
from adapters.knmdb.sessions import Sessions
from adapters.knmdb.settings import Account, KnmdbSettings
from adapters.xroad import outcomes
from adapters.xroad.outcomes import ExchangeFailed, Failure
from gateway.operations.model import Outcome, Rejection, Result

_INQUIRIES_AT_ONCE: Final = 8
_TRIES: Final = 2
_JITTER_SECONDS: Final = 0.25
_LONGEST_TEXT: Final = 1000

_Model = TypeVar("_Model", bound=BaseModel)
_log = structlog.get_logger(__name__)


class TrackAndTrace:
    """The API of that name: commands in an account's name, and questions, which need none."""

    def __init__(self, *, settings: KnmdbSettings, exchange: Exchange, sessions: Sessions) -> None:
        self._settings = settings
        self._exchange = exchange
        self._sessions = sessions

    def account(self, pharmacy: str) -> Account:
        """The account of a pharmacy; raises :class:`ExchangeFailed` when the settings have none."""
        found = self._settings.accounts.get(pharmacy)
        if found is None:
            raise ExchangeFailed(of_symptom(Symptom.NO_ACCOUNT))
        return found

    async def command(self, account: Account, path: str, body: bytes) -> Envelope:
        """Send a command once. After a 401, which nothing is executed behind, once more with a new token.

        Raises :class:`ExchangeFailed`.
        """
        for _ in range(_TRIES):
            token = await self._sessions.token(account)
            try:
                return await self._command(path, body, token)
            except Unauthorised:
                self._sessions.give_up(account, token)
        raise ExchangeFailed(of_symptom(Symptom.TOKEN_REFUSED))

    async def box(self, code: str) -> BoxAnswer | None:
        """What KNMDB says of a box; ``None`` when it does not have it. Tried twice: asking changes nothing.

        Raises :class:`ExchangeFailed` unless the answer is certain.
        """
        asking = AsyncRetrying(
            retry=retry_if_exception(_may_work_again),
            stop=stop_after_attempt(_TRIES),
            wait=wait_random(0, _JITTER_SECONDS),
            reraise=True,
        )
        found: BoxAnswer | None = await asking(self._box, code)
        return found

    async def boxes(self, codes: Sequence[str]) -> list[BoxAnswer | None]:
        """What KNMDB says of several boxes, in their order. Raises :class:`ExchangeFailed` unless all is certain."""
        places = asyncio.Semaphore(_INQUIRIES_AT_ONCE)

        async def ask(code: str) -> BoxAnswer | None:
            async with places:
                return await self.box(code)

        answers = await asyncio.gather(*(ask(code) for code in codes), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [answer for answer in answers if not isinstance(answer, BaseException)]

    async def close(self) -> None:
        """Release connections."""
        await self._exchange.close()

    async def _command(self, path: str, body: bytes, token: str) -> Envelope:
        try:
            return await self._exchange.call(path, body, token=token)
        except NoSuchThing:
            raise ExchangeFailed(of_symptom(Symptom.NO_SUCH_ADDRESS)) from None

    async def _box(self, code: str) -> BoxAnswer | None:
        try:
            envelope = await self._exchange.call(INQUIRY, inquiry_body(code))
        except NoSuchThing:
            return None
        except Unauthorised:
            raise ExchangeFailed(of_symptom(Symptom.TOKEN_REFUSED)) from None
        if envelope.result_code in UNKNOWN_BOX:
            return None
        if envelope.result_code != SUCCESS:
            raise ExchangeFailed(of_question(envelope.result_code))
        answer = read(envelope, BoxAnswer)
        if not answer.is_of(code):
            raise ExchangeFailed(outcomes.of_symptom(outcomes.Symptom.REPLY_OF_ANOTHER_CASE))
        return answer


def read(envelope: Envelope, model: type[_Model]) -> _Model:
    """What a successful answer carries; raises :class:`ExchangeFailed` unless it has all it must have."""
    try:
        return model.model_validate(envelope.action_result)
    except ValidationError:
        raise ExchangeFailed(outcomes.of_symptom(outcomes.Symptom.REPLY_INCOMPLETE)) from None


def of_question(code: int) -> Failure:
    """What a code means as the answer to a question: a refusal answers nothing."""
    failure = of_code(code)
    if group_of(code) in (Group.SALE, Group.TAKEN):
        return Failure(outcome=Outcome.IN_DOUBT, reason=failure.reason)
    return failure


def refused(envelope: Envelope) -> Result:
    """A refusal with its code; the text is KNMDB's, for those whose sale it is."""
    code = envelope.result_code
    text = (envelope.result_message or "")[:_LONGEST_TEXT]
    return Result(outcome=Outcome.REJECTED, reason=reason_of(code), rejections=(Rejection(str(code), text),))


def acknowledged(envelope: Envelope, reason: str) -> Result:
    """An acknowledgement with its number; raises :class:`ExchangeFailed` when it has none."""
    return delivered(read(envelope, Declaration).declaration_id, reason)


def delivered(declaration: int, reason: str) -> Result:
    """A declaration that KNMDB has."""
    return Result(outcome=Outcome.DELIVERED, reason=reason, record_number=str(declaration))


def failed(failure: Failure) -> Result:
    """An exchange that brought no answer; what somebody must see is logged."""
    if failure.alarm is not None:
        _log.warning("upstream_alarm", alarm=failure.alarm, reason=failure.reason)
    return failure.result(None)


def _may_work_again(error: BaseException) -> bool:
    return isinstance(error, ExchangeFailed) and error.failure.unavailable
