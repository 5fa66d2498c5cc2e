"""Where Tryton keeps the databases of these tests; imported before anything of Tryton.

An activated database is made once and kept beside Tryton's own environment, named by what the module consists of.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

MODULE = Path(__file__).parents[1] / "trytond_sale_point_prescription"


def digest() -> str:
    """Names the module as it is now."""
    content = sha256()
    for file in sorted(MODULE.rglob("*")):
        if file.suffix in {".cfg", ".po", ".py", ".xml"}:
            content.update(file.relative_to(MODULE).as_posix().encode() + b"\0" + file.read_bytes())
    return content.hexdigest()[:16]


os.environ.setdefault("TRYTOND_DATABASE_URI", "sqlite://")
os.environ.setdefault("TRYTOND_DATABASE__PATH", mkdtemp(prefix="tryton-till-"))
os.environ.setdefault("DB_NAME", "till")
os.environ.setdefault("DB_CACHE", str(Path(sys.prefix) / "databases" / digest()))
FOLDER = Path(os.environ["TRYTOND_DATABASE__PATH"])
