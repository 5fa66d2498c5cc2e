"""Activates the module in a database that the tests then copy: a minute, once for each state of the module."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory


def main() -> None:
    """Nothing is done where the database is there already."""
    with TemporaryDirectory(prefix="tryton-till-") as folder:
        os.environ["TRYTOND_DATABASE__PATH"] = folder
        import environment  # noqa: F401, PLC0415 - says where the database is kept, once it is known

        if any(Path(os.environ["DB_CACHE"]).glob("*.dump")):
            return
        from trytond.tests.tools import activate_modules  # noqa: PLC0415 - slow to import

        activate_modules("sale_point_prescription")


if __name__ == "__main__":
    main()
