"""``gateway serve`` with the time its codec takes written down, so that another process can read the codec's share.

``… serve --config FILE SPENT``: SPENT is a file of two doubles, the processor seconds in the codec and its calls.
"""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from time import thread_time
from typing import Any

from adapters.xroad.codec import ZeepCodec
from adapters.xroad.compiled import CompiledCodec
from gateway.cli import main


def _timed(method: Callable[..., Any], spent: memoryview[float]) -> Callable[..., Any]:
    @wraps(method)
    def timed(*given: Any, **named: Any) -> Any:
        began = thread_time()
        try:
            return method(*given, **named)
        finally:
            spent[0] += thread_time() - began
            spent[1] += 1

    return timed


def _measure(file: Path) -> None:
    with file.open("r+b") as opened:
        spent: Any = memoryview(mmap.mmap(opened.fileno(), 16)).cast("d")
    for codec in (ZeepCodec, CompiledCodec):
        for name in ("encode", "decode"):
            setattr(codec, name, _timed(getattr(codec, name), spent))


if __name__ == "__main__":
    _measure(Path(sys.argv.pop()))
    main()
