"""The command line: ``gateway …``.

Commands import what they need when they run, so that a small one answers at once.
Exit codes: 0 fine, 1 findings or refusals, 2 wrong usage or configuration, 3 a file, host or store cannot be reached.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the ``gateway`` command."""
    from gateway.cli.application import build  # noqa: PLC0415 - keeps importing this package cheap

    build()()


__all__ = ["main"]
