"""A real headless Chromium, driven over the DevTools protocol as a person with a keyboard would."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium: Final = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here; enable with: apt-get install chromium"
)

QUIET: Final = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""No window, and no other host."""

_DEADLINE: Final = 30.0
_FIRST_LOOK, _LATER_LOOKS = 0.004, 0.05
"""Seconds between two looks at whether something has come true."""
_HEARD: Final = ("Page", "Runtime", "Log")
"""What a tab tells of by itself."""
_KEYS: Final = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    "Space": (32, " "),
    "Backspace": (8, ""),
    "Delete": (46, ""),
    "Escape": (27, ""),
    "PageUp": (33, ""),
    "PageDown": (34, ""),
    "End": (35, ""),
    "Home": (36, ""),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
    **{f"F{number}": (111 + number, "") for number in range(1, 13)},
}
_CONTROL: Final = 2
_A_PERSON: Final = 0.12
"""Least seconds between two keys of somebody who types fast; a scanner takes a few milliseconds."""


def options(folder: Path) -> list[str]:
    """Options of every Chromium of a test; its profile is in ``folder``."""
    # Chromium refuses to run as root otherwise.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [*QUIET, *sandbox, f"--user-data-dir={folder}", "--disable-dev-shm-usage"]


class Tab:
    """One tab. Everything is done with keys; ``complaints`` is what the browser wrote to its console,
    and what the page's scripts threw and nobody caught."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        self.presses = 0
        """How many keys were pressed."""
        self._typed_at = 0.0
        self._socket = socket
        self._number = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Take what the browser says, until it ends."""
        async for message in self._socket:
            told = json.loads(message.data)
            if (waiting := self._waiting.pop(told.get("id", 0), None)) is not None:
                waiting.set_result(told)
            elif told.get("method") == "Log.entryAdded":
                self.complaints.append(told["params"]["entry"]["text"])
            elif told.get("method") == "Runtime.exceptionThrown":
                thrown = told["params"]["exceptionDetails"]
                self.complaints.append(thrown.get("exception", {}).get("description", thrown["text"]))

    async def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the DevTools protocol; its result."""
        [result] = await self._tell_all(method, [parameters])
        return result

    async def _tell_all(self, method: str, each: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same command several times, without waiting in between; their results."""
        waiting = []
        for parameters in each:
            self._number += 1
            waiting.append(asyncio.get_running_loop().create_future())
            self._waiting[self._number] = waiting[-1]
            await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        async with asyncio.timeout(_DEADLINE):
            told = await asyncio.gather(*waiting)
        assert not [one for one in told if "error" in one], (method, told)
        return [one["result"] for one in told]

    async def open(self, url: str) -> None:
        """Type an address."""
        await self.tell("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def press(self, key: str, *, apart: float | None = None) -> None:
        """Press and release a key: ``Enter``, ``F4``, ``ArrowDown``, ``7``.

        ``apart``: exactly so many seconds after the one before, however long it takes; without it as a person does.
        """
        person = max(time.time(), self._typed_at + _A_PERSON)
        text, fields = self._stroke(key, person if apart is None else self._typed_at + apart)
        await self.tell("Input.dispatchKeyEvent", type="keyDown", text=text, **fields)
        await self.tell("Input.dispatchKeyEvent", type="keyUp", **fields)

    async def burst(self, keys: Iterable[str], *, apart: float) -> None:
        """Press keys as a machine does: each exactly so many seconds after the one before, however long it takes.

        ``Ctrl+]`` is one of them. Their releases are left out: machines are in a hurry, and pages do not listen.
        """
        strokes, at = [], max(time.time(), self._typed_at + _A_PERSON)
        for key in keys:
            text, fields = self._stroke(key.removeprefix("Ctrl+"), at)
            if key.startswith("Ctrl+"):
                text, fields["modifiers"] = "", _CONTROL
            strokes.append({"type": "keyDown", "text": text, **fields})
            at += apart
        await self._tell_all("Input.dispatchKeyEvent", strokes)

    def _stroke(self, key: str, at: float) -> tuple[str, dict[str, Any]]:
        """What a key types, and what else is told of it; ``at`` in seconds since 1970."""
        self.presses += 1
        self._typed_at = at
        plain = key not in _KEYS and key.isascii() and key.isalnum()
        code, text = _KEYS.get(key) or (ord(key.upper()) if plain else 0, key)
        named = text if key == "Space" else key
        return text, {"key": named, "code": _code(key), "windowsVirtualKeyCode": code, "timestamp": at}

    async def keys(self, text: str) -> None:
        """Type key by key, as :meth:`press` does: pages that listen to keys see them."""
        for letter in text:
            await self.press(letter)

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        for letter in text:
            await self.tell("Input.dispatchKeyEvent", type="char", text=letter)

    async def tab_to(self, what: str) -> None:
        """Press Tab until the focus is on what is named, labelled or called so, and can be seen there."""
        for _ in range(60):
            await self.press("Tab")
            if what in await self.focused():
                ring = "getComputedStyle(document.activeElement)"
                assert await self.value(f"{ring}.outlineStyle !== 'none' && {ring}.outlineWidth !== '0px'"), what
                return
        raise AssertionError(f"no Tab leads to {what!r}")

    async def focused(self) -> list[str]:
        """What may be called the name of the element that has the focus."""
        names: list[str] = await self.value(
            "(e => [e.id, e.textContent.trim(), ...[...(e.labels || [])].map(l => l.textContent.trim())])"
            "(document.activeElement)"
        )
        return names

    async def value(self, expression: str) -> Any:
        """What an expression is in the page. While pages change there is nothing to ask, and the answer is nothing."""
        told = await self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        return told["result"].get("value")

    async def text(self) -> str:
        """All that can be read."""
        return str(await self.value("document.body.innerText"))

    async def until(self, expression: str) -> None:
        """Wait until it is true."""
        deadline = time.monotonic() + _DEADLINE
        pause = _FIRST_LOOK
        while not await self._holds(expression):
            assert time.monotonic() < deadline, (expression, await self.value("location.href"), await self.text())
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LATER_LOOKS)

    async def _holds(self, expression: str) -> bool:
        with suppress(AssertionError):  # the page that was asked is gone
            return bool(await self.value(expression))
        return False

    async def picture(self, file: Path) -> None:
        """Take a picture of the page, once it is laid out."""
        await self.until("document.readyState === 'complete' && document.documentElement.scrollWidth > 0")
        told = await self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(told["data"]))


def _code(key: str) -> str:
    """Which key of the board it is, whatever it types."""
    if key in _KEYS:
        return key
    if key.isascii() and key.isalpha():
        return f"Key{key.upper()}"
    return f"Digit{key}" if key.isdigit() else {"]": "BracketRight"}.get(key, "")


class Browser:
    """A headless Chromium that several tests share, each in a context of its own: no cookies, no storage of another."""

    def __init__(self, port: int) -> None:
        self._port = port

    @asynccontextmanager
    async def tab(self, size: tuple[int, int]) -> AsyncIterator[Tab]:
        """An empty tab that shows so many pixels, as if it alone were there and had the keyboard."""
        async with aiohttp.ClientSession() as http, self._attached(http, await self._address(http), ()) as all_of_it:
            context = (await all_of_it.tell("Target.createBrowserContext"))["browserContextId"]
            try:
                made = await all_of_it.tell("Target.createTarget", url="about:blank", browserContextId=context)
                address = f"ws://127.0.0.1:{self._port}/devtools/page/{made['targetId']}"
                async with self._attached(http, address) as tab:
                    await tab.tell("Emulation.setFocusEmulationEnabled", enabled=True)
                    shown = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
                    await tab.tell("Emulation.setDeviceMetricsOverride", **shown)
                    yield tab
            finally:
                await all_of_it.tell("Target.disposeBrowserContext", browserContextId=context)

    @asynccontextmanager
    async def own_tab(self) -> AsyncIterator[Tab]:
        """The tab the browser has opened by itself, with the browser's own profile and language."""
        async with aiohttp.ClientSession() as http:
            async with http.get(f"http://127.0.0.1:{self._port}/json/list") as answer:
                [page] = [one for one in await answer.json() if one["type"] == "page"]
            async with self._attached(http, page["webSocketDebuggerUrl"]) as tab:
                yield tab

    async def _address(self, http: aiohttp.ClientSession) -> str:
        async with http.get(f"http://127.0.0.1:{self._port}/json/version") as answer:
            return str((await answer.json())["webSocketDebuggerUrl"])

    @asynccontextmanager
    async def _attached(
        self, http: aiohttp.ClientSession, address: str, told_of: Sequence[str] = _HEARD
    ) -> AsyncIterator[Tab]:
        async with http.ws_connect(address, max_msg_size=0) as socket:
            tab = Tab(socket)
            listening = asyncio.create_task(tab.listen())
            try:
                for domain in told_of:
                    await tab.tell(f"{domain}.enable")
                yield tab
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)


@contextmanager
def running_browser(
    folder: Path, *more: str, language: str = "en", size: tuple[int, int] = (900, 700)
) -> Iterator[Browser]:
    """A browser with an empty profile, until the end."""
    assert CHROMIUM is not None
    process = subprocess.Popen(
        [
            *(CHROMIUM, *options(folder)),
            *("--remote-debugging-port=0", f"--window-size={size[0]},{size[1]}", f"--accept-lang={language}"),
            *(*more, "about:blank"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield Browser(_port(folder / "DevToolsActivePort"))
        process.terminate()  # killed at once, it would leave folders behind
        process.wait(_DEADLINE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@asynccontextmanager
async def chromium(
    folder: Path, *more: str, language: str = "en", size: tuple[int, int] = (900, 700)
) -> AsyncIterator[Tab]:
    """A browser for one test alone, with a profile of its own, and its tab."""
    started = running_browser(folder, *more, language=language, size=size)
    with ExitStack() as running:
        browser = await asyncio.to_thread(running.enter_context, started)
        async with browser.own_tab() as tab:
            yield tab


def _port(file: Path) -> int:
    """Where the browser listens, once it has written that down."""
    deadline = time.monotonic() + _DEADLINE
    while not (lines := _lines(file)):
        assert time.monotonic() < deadline, "Chromium does not start"
        time.sleep(0.05)
    return int(lines[0])


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="ascii").splitlines() if file.exists() else []
