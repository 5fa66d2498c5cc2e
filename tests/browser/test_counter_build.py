"""The page's sources, its build, its texts and its idea of the contract hang together; one test needs Node."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel

from kopuro_pos.agent import contract

ROOT: Final = Path(__file__).parents[2] / "plugins" / "pos"
WEB: Final = ROOT / "web"
PAGE: Final = ROOT / "src" / "kopuro_pos" / "agent" / "page"
DIGEST: Final = "SOURCES.sha256"
LANGUAGES: Final = ("ky", "ru", "en")


def files(folder: Path) -> list[Path]:
    """Every file below, but for what is installed and the list of digests itself."""
    found = (path for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return sorted(path for path in found if path.name != DIGEST)


def test_the_committed_build_is_of_these_sources():
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {title}/{path.relative_to(folder).as_posix()}"
        for folder, title in ((PAGE, "page"), (WEB, "web"))
        for path in files(folder)
    ]
    written = (PAGE / DIGEST).read_text(encoding="utf-8").splitlines()
    assert sorted(lines) == sorted(written), "the page is stale: run make page"


@pytest.mark.skipif(
    shutil.which("node") is None or not (WEB / "node_modules").is_dir(), reason="enable with: Node and make page"
)
def test_building_it_again_gives_the_same_bytes(tmp_path: Path):
    build = ["npm", "run", "build", "--silent"]
    subprocess.run(
        build, cwd=WEB, env={**os.environ, "KOPURO_PAGE": str(tmp_path)}, check=True, capture_output=True, timeout=120
    )
    assert {path.relative_to(tmp_path): path.read_bytes() for path in files(tmp_path)} == {
        path.relative_to(PAGE): path.read_bytes() for path in files(PAGE)
    }


def test_no_page_names_another_host():
    for path in files(PAGE):
        hosts = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text(encoding="utf-8")))
        assert hosts <= {"http://www.w3.org"}, path
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


# ------------------------------------------------------------------------------------------------------------ texts


def texts(language: str) -> dict[str, str]:
    """Every text of a language by its key."""
    source = (WEB / "src" / "texts" / f"{language}.ts").read_text(encoding="utf-8")
    pairs = re.findall(r'^  "?([\w-]+)"?: "((?:[^"\\]|\\.)*)",$', source, re.MULTILINE)
    assert len(pairs) == len(re.findall(r'^  "?[\w-]+"?:', source, re.MULTILINE)), "one text, one line"
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_every_text_is_there_in_every_language_with_the_same_places():
    ky, ru, en = (texts(language) for language in LANGUAGES)
    assert ky.keys() == ru.keys() == en.keys()
    for key in ru:
        places = [sorted(re.findall(r"\{\w+\}", told[key])) for told in (ky, ru, en)]
        assert places[0] == places[1] == places[2], key
        assert all(told[key].strip() for told in (ky, ru, en)), key


def test_no_language_was_left_in_another():
    ky, ru, en = (texts(language) for language in LANGUAGES)
    assert not [
        key for key, text in en.items() if re.search("[а-яА-Я]", text.replace("ПИН", "").replace("Русский", ""))
    ]
    assert not [key for key, text in ru.items() if re.search("[өүңӨҮҢ]", text.replace("Кыргызча", ""))]
    same = {key for key in ru if ky[key] == ru[key] and re.search("[а-я]", ru[key])}
    words_of_both = {
        "som", "prescription", "step_1", "pharmacist", "terminal", "recorded", "day_gateway", "day_fund",
        "column_receipt", "gateway_number", "ordered", "dose_mcg", "dose_mg", "dose_g", "dose_ml", "dose_dose",
        "enter_code",
    }  # fmt: skip
    assert same <= words_of_both
    assert sum(bool(re.search("[өүң]", text)) for text in ky.values()) > 60


def test_every_text_is_used():
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (WEB / "src").rglob("*.ts") if path.parent.name != "texts"
    )
    built = re.compile(r"^(?:state|fund|reason|difference|kind|dose)_|^finding_|^(?:ask|hint)_")
    unused = [key for key in texts("ru") if not built.match(key) and not re.search(rf"\b{key}\b", sources)]
    assert unused == []


# --------------------------------------------------------------------------------------------------------- contract


def interfaces() -> dict[str, dict[str, tuple[bool, bool]]]:
    """The page's types: by name and field, whether it may be left out and whether it may be null."""
    source = (WEB / "src" / "contract.ts").read_text(encoding="utf-8")
    found = {}
    for name, body in re.findall(r"export interface (\w+) \{\n(.*?)\n\}", source, re.DOTALL):
        fields = re.findall(r"^  (\w+)(\??): (.+);$", body, re.MULTILINE)
        found[name] = {field: (bool(optional), kind.endswith("| null")) for field, optional, kind in fields}
    return found


def asked(model: type[BaseModel]) -> bool:
    """Whether the page sends it: then a field with a default may be left out."""
    return model.__name__ in {"Enter", "Scan", "LookUp", "QuoteOrder", "Release", "SaleOrder", "ReversalOrder", "Seen"}


def nullable(schema: dict[str, Any]) -> bool:
    """Whether a field may be null."""
    return any(one.get("type") == "null" for one in schema.get("anyOf", ()))


def test_the_pages_types_are_those_of_the_contract():
    shown = interfaces()
    models = {name: getattr(contract, name) for name in shown}
    assert {"AgentState", "Found", "Quote", "Sale", "Day", "QueueView", "Problem", "SaleOrder"} <= shown.keys()
    for name, model in models.items():
        schema = model.model_json_schema()
        required = set(schema.get("required", ()))
        expected = {
            field: (asked(model) and field not in required, nullable(told))
            for field, told in schema["properties"].items()
        }
        assert shown[name] == expected, name


def test_the_pages_words_are_those_of_the_contract():
    source = (WEB / "src" / "contract.ts").read_text(encoding="utf-8")
    for name, kinds in re.findall(r"export type (\w+) = (.+);", source):
        assert set(re.findall(r'"([\w-]+)"', kinds)) == {one.value for one in getattr(contract, name)}, name
