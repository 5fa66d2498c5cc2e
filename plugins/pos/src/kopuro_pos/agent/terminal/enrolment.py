"""How a terminal becomes one: a one-time code buys the gateway's trust in a key that was made here.

Who the terminal is, and which of the keys kept here is its own, stands in one file that is replaced at once; so a
crash at any instant leaves the old terminal or the new one. A key is kept before it is sent, and what was sent without
an answer is sent again: the same code and key get the same answer, and a changed key is tried before it is sent again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from kopuro_pos import client as gateway_client
from kopuro_pos.agent.failures import Failure
from kopuro_pos.agent.ports import Clock
from kopuro_pos.agent.settings import GatewayOrigin
from kopuro_pos.agent.storage.private_files import private_folder, read_private, remove_private, write_private
from kopuro_pos.agent.terminal.keys import KeyStore, KeyUnusable

_CODE: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
"""80 bits in Crockford's base 32."""
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
Kept = TypeVar("Kept", bound=BaseModel)

_READ_AS: Final = str.maketrans("OIL", "011", " -")


class EnrolmentFailed(Failure):
    """The terminal could not be enrolled or its key not be changed; nothing is lost. ``advice`` says what to do."""


class Enrolled(BaseModel):
    """The terminal as the gateway knows it, and which key it has. Instants are UTC."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gateway: GatewayOrigin
    client: str
    title: str
    pharmacy: str
    pharmacy_name: str | None
    scopes: tuple[str, ...]
    kid: str
    """Thumbprint of its key."""
    next_kid: str | None = None
    """A key that was made to follow; the gateway may know it already or not."""
    enrolled_at: datetime
    key_changed_at: datetime


class _Begun(BaseModel):
    """An enrolment whose answer has not come yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code_digest: str
    kid: str


class Gateway(Protocol):
    """What is used of :class:`kopuro_pos.client.PharmacyClient`."""

    async def __aenter__(self) -> Self:
        """Open it."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close it."""
        ...

    async def enrol(self, code: str, key: gateway_client.SigningKey) -> gateway_client.Enrolment:
        """Redeem a code."""
        ...

    async def change_key(self, new_key: gateway_client.SigningKey) -> gateway_client.KeyChanged:
        """Have a new key registered beside the old one."""
        ...

    async def sign_in(self) -> None:
        """Get a token with the machine's key. Raises ``SignInRefused`` when the gateway does not know it."""
        ...


Connect = Callable[[str, gateway_client.Machine | None], Gateway]
"""A client of the gateway at this address, with the terminal's key or without."""


class TerminalFile:
    """``terminal.json`` in the state folder, and what stands beside it while a change is under way."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._file = state / "terminal.json"
        self._begun = state / "enrolling.json"

    def load(self) -> Enrolled | None:
        """The terminal; ``None`` before it is enrolled. Raises ``UnsafeFile``, :class:`EnrolmentFailed`."""
        return _parsed(Enrolled, read_private(self._file))

    def save(self, terminal: Enrolled) -> None:
        """Replace it durably."""
        write_private(self._file, terminal.model_dump_json(indent=1).encode())

    @property
    def version(self) -> int | None:
        """Changes whenever the file does; ``None`` while there is none."""
        try:
            return self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def begun(self) -> _Begun | None:
        """The enrolment that waits for its answer."""
        return _parsed(_Begun, read_private(self._begun))

    def begin(self, begun: _Begun) -> None:
        """Remember that this code is redeemed with this key."""
        write_private(self._begun, begun.model_dump_json().encode())

    def end(self) -> None:
        """It is done."""
        remove_private(self._begun)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One change at a time, over all processes. Raises :class:`EnrolmentFailed` while another is under way."""
        private_folder(self._state)
        descriptor = os.open(self._state / "terminal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                problem = "The terminal's key is being changed by another program right now."
                raise EnrolmentFailed(problem, "Try again in a moment.") from None
            yield
        finally:
            os.close(descriptor)


async def enrol(
    code: str,
    *,
    gateway: str,
    file: TerminalFile,
    keys: KeyStore,
    connect: Connect,
    clock: Clock,
    waiting: Callable[[], Awaitable[int]],
) -> Enrolled:
    """Redeem the operator's one-time code with a key made here. Raises :class:`EnrolmentFailed`.

    ``waiting`` counts what the queue holds: until it is empty the terminal stays the same client of the gateway, for
    the gateway knows repeats only of the same client.
    """
    symbols = _symbols(code)
    with file.changing():
        begun, key = _begin(hashlib.sha256(symbols.encode()).hexdigest(), file, keys)
        async with connect(gateway, None) as client:
            answer = await _enrolled(client, symbols, key)
        before = file.load()
        if before is not None and before.client != answer.client and await waiting():
            problem = f"The code is for the terminal {answer.client}, but the queue holds sales of {before.client}."
            advice = f"Ask the gateway's operator for a code for {before.client}; use this one when the queue is empty."
            raise EnrolmentFailed(problem, advice)
        now = clock.now()
        terminal = Enrolled(
            gateway=gateway,
            client=answer.client,
            title=answer.title,
            pharmacy=answer.organisation,
            pharmacy_name=answer.organisation_name,
            scopes=tuple(answer.scopes),
            kid=begun.kid,
            enrolled_at=now,
            key_changed_at=now,
        )
        file.save(terminal)
        file.end()
        if before is not None:
            _forget(keys, {before.kid, before.next_kid} - {terminal.kid})
        return terminal


async def change_key(*, file: TerminalFile, keys: KeyStore, connect: Connect, clock: Clock) -> Enrolled:
    """Give the terminal a new key; the old one goes once the gateway has answered. Raises :class:`EnrolmentFailed`.

    A change that was interrupted is taken up: the key may be known to the gateway already, so it is tried first.
    """
    with file.changing():
        terminal = file.load()
        if terminal is None:
            raise EnrolmentFailed("This terminal is not enrolled.", "Run «kopuro-pos enrol CODE».")
        if terminal.next_kid is not None and await _works(terminal, terminal.next_kid, keys, connect):
            return _changed(terminal, file, keys, clock)
        if terminal.next_kid is None:
            terminal = terminal.model_copy(update={"next_kid": keys.save(gateway_client.generate_key())})
            file.save(terminal)
        assert terminal.next_kid is not None
        try:
            async with connect(terminal.gateway, machine(terminal, keys)) as client:
                await client.change_key(signing_key(terminal.next_kid, keys))
        except gateway_client.Unreachable:
            problem = "The gateway does not answer; the old key goes on to be used."
            raise EnrolmentFailed(problem, "Try again when the line is back.") from None
        except gateway_client.Refused as refusal:
            if _is_final(refusal):
                file.save(terminal.model_copy(update={"next_kid": None}))
                _forget(keys, {terminal.next_kid})
            raise EnrolmentFailed(f"The gateway refused the new key ({refusal.code}).", _advice(refusal)) from None
        return _changed(terminal, file, keys, clock)


def change_is_due(terminal: Enrolled, now: datetime, days: int) -> bool:
    """Whether a new key is wanted: the old one is so many days old, or a change was interrupted."""
    return terminal.next_kid is not None or now - terminal.key_changed_at >= timedelta(days=days)


def machine(terminal: Enrolled, keys: KeyStore) -> gateway_client.Machine:
    """What the terminal proves itself with. Raises ``KeyUnusable`` when its key is gone."""
    return gateway_client.Machine(terminal.client, signing_key(terminal.kid, keys))


def signing_key(kid: str, keys: KeyStore) -> gateway_client.SigningKey:
    """One of the keys kept here. Raises ``KeyUnusable`` when it is gone."""
    jwk = keys.load(kid)
    if jwk is None:
        advice = "Get a new code for this same terminal from the gateway's operator and run «kopuro-pos enrol CODE»."
        raise KeyUnusable("The terminal's private key is gone.", advice)
    return gateway_client.LocalKey(jwk)


def _symbols(code: str) -> str:
    symbols = code.upper().translate(_READ_AS)
    if not _CODE.fullmatch(symbols):
        problem = "That is no code: one has 16 letters and digits, like ABCD-EFGH-JKMN-PQRS."
        raise EnrolmentFailed(problem, "Read it again, or ask the gateway's operator for a new one.")
    return symbols


def _begin(digest: str, file: TerminalFile, keys: KeyStore) -> tuple[_Begun, gateway_client.SigningKey]:
    """The key this code is redeemed with: the one of the first try, if there was one."""
    begun = file.begun()
    if begun is not None and begun.code_digest == digest and (jwk := keys.load(begun.kid)) is not None:
        return begun, gateway_client.LocalKey(jwk)
    if begun is not None and begun.kid not in _in_use(file):
        keys.remove(begun.kid)
    jwk = gateway_client.generate_key()
    begun = _Begun(code_digest=digest, kid=keys.save(jwk))
    file.begin(begun)
    return begun, gateway_client.LocalKey(jwk)


def _in_use(file: TerminalFile) -> set[str | None]:
    terminal = file.load()
    return set() if terminal is None else {terminal.kid, terminal.next_kid}


async def _enrolled(client: Gateway, symbols: str, key: gateway_client.SigningKey) -> gateway_client.Enrolment:
    try:
        return await client.enrol("-".join(re.findall("....", symbols)), key)
    except gateway_client.Unreachable:
        problem = "The gateway does not answer."
        raise EnrolmentFailed(problem, "Check its address and the internet, then repeat with the same code.") from None
    except gateway_client.Refused as refusal:
        raise EnrolmentFailed(f"The gateway refused ({refusal.code}).", _advice(refusal)) from None


async def _works(terminal: Enrolled, kid: str, keys: KeyStore, connect: Connect) -> bool:
    """Whether the gateway knows this key."""
    key = signing_key(kid, keys)
    async with connect(terminal.gateway, gateway_client.Machine(terminal.client, key)) as client:
        try:
            await client.sign_in()
        except gateway_client.SignInRefused as refusal:
            if _is_final(refusal):
                return False
            raise EnrolmentFailed(f"The gateway gives no token now ({refusal.code}).", "Try again later.") from None
        except gateway_client.Unreachable:
            problem = "The gateway does not answer; the old key goes on to be used."
            raise EnrolmentFailed(problem, "Try again when the line is back.") from None
    return True


def _changed(terminal: Enrolled, file: TerminalFile, keys: KeyStore, clock: Clock) -> Enrolled:
    assert terminal.next_kid is not None
    changed = terminal.model_copy(update={"kid": terminal.next_kid, "next_kid": None, "key_changed_at": clock.now()})
    file.save(changed)
    _forget(keys, {terminal.kid})
    return changed


def _forget(keys: KeyStore, kids: set[str | None]) -> None:
    for kid in kids:
        if kid is not None:
            keys.remove(kid)


def _is_final(refusal: gateway_client.Refused) -> bool:
    """Whether the gateway means what was asked, and not that it cannot answer now."""
    return refusal.status < _SERVER_ERROR and refusal.status != _TOO_MANY


def _advice(refusal: gateway_client.Refused) -> str:
    actions = [finding.action for finding in refusal.findings if finding.action]
    return " ".join(dict.fromkeys(actions)) or "Ask the gateway's operator."


def _parsed(model: type[Kept], content: bytes | None) -> Kept | None:
    if content is None:
        return None
    try:
        return model.model_validate_json(content)
    except ValidationError:
        problem = "What is kept about this terminal cannot be read."
        raise EnrolmentFailed(problem, "Get a new code for this same terminal and enrol it again.") from None
