"""A real headless Chromium, driven over the DevTools protocol as a person with a keyboard would."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
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
        self._number += 1
        waiting = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        async with asyncio.timeout(_DEADLINE):
            told = await waiting
        assert "error" not in told, (method, told["error"])
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, url: str) -> None:
        """Type an address."""
        await self.tell("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def press(self, key: str, *, apart: float | None = None, control: bool = False) -> None:
        """Press and release a key: ``Enter``, ``F4``, ``ArrowDown``, ``7``.

        ``apart``: exactly so many seconds after the one before, however long it takes; without it as a person does.
        """
        self.presses += 1
        plain = key not in _KEYS and key.isascii() and key.isalnum()
        code, text = _KEYS.get(key) or (ord(key.upper()) if plain else 0, key)
        fields: dict[str, Any] = {"key": text if key == "Space" else key, "windowsVirtualKeyCode": code}
        fields["code"] = _code(key)
        if control:
            text, fields["modifiers"] = "", _CONTROL
        person = max(time.time(), self._typed_at + _A_PERSON)
        self._typed_at = person if apart is None else self._typed_at + apart
        fields["timestamp"] = self._typed_at
        await self.tell("Input.dispatchKeyEvent", type="keyDown", text=text, **fields)
        if apart is None:  # machines are in a hurry, and pages do not listen to the release of their keys
            await self.tell("Input.dispatchKeyEvent", type="keyUp", **fields)

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
        while not await self._holds(expression):
            assert time.monotonic() < deadline, (expression, await self.value("location.href"), await self.text())
            await asyncio.sleep(0.05)

    async def _holds(self, expression: str) -> bool:
        with suppress(AssertionError):  # the page that was asked is gone
            return bool(await self.value(expression))
        return False

    async def picture(self, file: Path) -> None:
        """Take a picture of the page."""
        told = await self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(told["data"]))


def _code(key: str) -> str:
    """Which key of the board it is, whatever it types."""
    if key in _KEYS:
        return key
    if key.isascii() and key.isalpha():
        return f"Key{key.upper()}"
    return f"Digit{key}" if key.isdigit() else {"]": "BracketRight"}.get(key, "")


@asynccontextmanager
async def chromium(
    folder: Path, *more: str, language: str = "en", size: tuple[int, int] = (900, 700)
) -> AsyncIterator[Tab]:
    """A browser with an empty profile and one tab, in a window of this size; it ends with the test."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *options(folder),
        *("--remote-debugging-port=0", f"--window-size={size[0]},{size[1]}", f"--accept-lang={language}"),
        *(*more, "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with aiohttp.ClientSession() as http:
            port = await _port(folder / "DevToolsActivePort")
            async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
                [page] = [one for one in await answer.json() if one["type"] == "page"]
            async with http.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                listening = asyncio.create_task(tab.listen())
                for domain in ("Page", "Runtime", "Log"):
                    await tab.tell(f"{domain}.enable")
                yield tab
                await tab.tell("Browser.close")  # killed, it would leave folders behind
                await asyncio.wait_for(process.wait(), _DEADLINE)
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _port(file: Path) -> int:
    """Where the browser listens, once it has written that down."""
    deadline = time.monotonic() + _DEADLINE
    while not (lines := _lines(file)):
        assert time.monotonic() < deadline, "Chromium does not start"
        await asyncio.sleep(0.05)
    return int(lines[0])


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="ascii").splitlines() if file.exists() else []
