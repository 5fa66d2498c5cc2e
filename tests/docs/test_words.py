"""Words of the pages that programs know too: error codes, settings, fields, metrics, log events, rules of adapters."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

from adapters.foms.settings import FomsSettings
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.settings import XRoadSettings
from config.secret import SecretReference
from config.sections import SenderSettings
from config.settings import Settings
from gateway.access.principal import Scope
from gateway.limits.policy import RatePolicy
from gateway.operations.model import Outcome, State
from gateway.telemetry.metrics import Metrics
from schemas.errors import ErrorCode, entry
from tests.docs.fields import fields
from tests.docs.pages import GENERATED, PAGES, ROOT, name_of, read, rows, spans

OPERATORS = ROOT / "docs" / "operators.md"
CODES = {code.value for code in ErrorCode} | set(Outcome.__members__) | set(State.__members__)
VARIABLES = ("GATEWAY_", "KOPURO_", "SSL_")
"""How names of environment variables begin."""
WRITTEN = [page for page in PAGES if page != GENERATED]
_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_STATUS_AND_CODES = re.compile(r"\b([1-5][0-9]{2}) ((?:`[A-Z0-9_]+`(?:, )?)+)")


def sources() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("gateway", "adapters", "plugins/pos/src")
        for path in (ROOT / folder).rglob("*.py")
    )


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_codes_exist(page: Path):
    """A code of the catalogue, an outcome, a state, or a reason that the sources give."""
    found = {span for span in spans(read(page)) if _CODE.fullmatch(span) and not span.startswith(VARIABLES)}
    reasons = sources()
    assert [code for code in found if code not in CODES and f'"{code}' not in reasons] == []


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_families_of_codes_exist(page: Path):
    families = {span.removesuffix("…") for span in spans(read(page)) if re.fullmatch(r"[A-Z]+_…", span)}
    assert [family for family in families if not any(code.startswith(family) for code in CODES)] == []


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_codes_stand_beside_their_status(page: Path):
    for status, codes in _STATUS_AND_CODES.findall(read(page)):
        for code in re.findall(r"`([A-Z0-9_]+)`", codes):
            assert entry(ErrorCode(code)).status == int(status), code


TOLD_IN_WORDS = {
    "server.checkers": "one for each further core, at most 3",
    "sealing.keys": "`data/keys`",
    "esi.accepted_methods": "all",
    "esi.authorities": "system's",
    "xroad.tls.authorities": "system's",
}
"""Settings left out stand for these; their defaults in the code are ``None``."""


def settings(model: type[BaseModel], prefix: str = "", given: BaseModel | None = None) -> Iterator[tuple[str, Any]]:
    """Every setting by its dotted name, with its default: that of the section around it, where it has one."""
    for name, field in model.model_fields.items():
        kinds = [kind for kind in (typing.get_args(field.annotation) or (field.annotation,)) if isinstance(kind, type)]
        parts = [kind for kind in kinds if issubclass(kind, BaseModel) and kind not in {SecretReference, RatePolicy}]
        default = field.get_default(call_default_factory=True) if given is None else getattr(given, name)
        if parts:
            inner = default if isinstance(default, parts[-1]) else None
            yield from settings(parts[-1], f"{prefix}{name}.", inner)
        else:
            yield prefix + name, default


def in_words(default: Any) -> str:
    """A default as the tables write it."""
    if default is PydanticUndefined:
        return "required"
    match default:
        case None:
            return "none"
        case bool():
            return f"`{str(default).lower()}`"
        case tuple():
            return "`[" + ", ".join(f'"{item}"' for item in default) + "]`"
        case RatePolicy(requests=requests, seconds=seconds, when_uncounted=uncounted):
            return f'`{{ requests = {requests}, seconds = {seconds}, when_uncounted = "{uncounted}" }}`'
        case _:
            return f"`{default}`"


def test_every_setting_is_described_with_its_default():
    described = {
        cells[0].strip("`"): cells[1] for cells in rows(read(OPERATORS), 3) if re.fullmatch(r"`[a-z_.]+`", cells[0])
    }
    described = {name: default for name, default in described.items() if "." in name}
    known = {name: in_words(default) for name, default in settings(Settings)}
    assert {name for name in TOLD_IN_WORDS if known[name] != "none"} == set()
    alike = {name for name, default in known.items() if known.get(_as_for_the_fund(name)) == default}
    assert described == {name: known[name] for name in known if name not in alike} | TOLD_IN_WORDS


def _as_for_the_fund(name: str) -> str | None:
    """The setting of the first upstream that stands for the same one of a further upstream."""
    upstream = re.match(r"delivery\.(?!foms\.)[a-z_]+\.", name)
    return None if upstream is None else f"delivery.foms.{name.removeprefix(upstream[0])}"


def test_required_settings_are_told():
    for model in (XRoadSettings, FomsSettings, Subsystem):
        with pytest.raises(ValidationError):
            model.model_validate({})
    assert SenderSettings()
    assert "Two settings have no default and must be given: `xroad.client` and `foms.provider`." in " ".join(
        read(OPERATORS).split()
    )


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_settings_named_exist(page: Path):
    known = {name for name, _ in settings(Settings)}
    tables = {name.rsplit(".", 1)[0] for name in known} | {name.split(".")[0] for name in known}
    named = {span for span in spans(read(page)) if re.fullmatch(r"[a-z]+(\.[a-z_]+)+", span)}
    named = {name for name in named if name.split(".")[0] in {one for one in tables if "." not in one}}
    assert [name for name in named if name not in known and name not in tables] == []


def test_the_table_of_fields_is_that_of_the_models():
    listed = [
        (cells[0].strip("`"), cells[1].replace("\\|", "|"), cells[2] == "yes")
        for cells in rows(read(ROOT / "docs" / "contracts.md"), 4)
        if cells[2] in {"yes", "no"}
    ]
    assert listed == [tuple(field) for field in fields()]


def test_scopes_are_all_described():
    told = rows(read(ROOT / "docs" / "integrators.md"), 2)
    described = {name for cells in told for name in re.findall(r"`([a-z]+:[a-z]+)`", cells[0])}
    assert described == {scope.value for scope in Scope}


def test_events_for_people_are_all_described():
    """Whatever the sources mark as an alarm stands in the table of alarms, and nothing else does."""
    marked = set(re.findall(r'log\.\w+\(\s*"([a-z_]+)", alarm=True', sources()))
    assert {"payload_unreadable", "tls_files_unusable"} <= marked
    text = read(OPERATORS).partition('Lines with `"alarm":true` are for people:')[2].partition("Beside them")[0]
    described = {name for cells in rows(text, 3) for name in re.findall(r"^`([a-z_]+)`", cells[0])}
    assert described == marked | {"client_looping"}


def test_events_named_beside_alarms_exist():
    text = read(OPERATORS).partition("Beside them, without that mark:")[2].partition("\n\n")[0]
    events = re.findall(r"`([a-z_]+)`", text)
    assert "key_ring_unusable" in events
    known = sources()
    assert [event for event in events if f'"{event}"' not in known] == []


def test_what_keeps_the_gateway_from_starting_is_worded_as_the_sources_have_it():
    text = read(OPERATORS).partition("### start-up refuses")[2].partition("Exit codes")[0]
    told = [part for cells in rows(text, 2) for part in re.findall(r"`([A-Z][^`]+)`", cells[0])]
    assert len(told) > 10
    said = "".join(
        (ROOT / folder / name).read_text(encoding="utf-8")
        for folder, name in (
            *(("config", path.name) for path in (ROOT / "config").glob("*.py")),
            ("gateway", "app.py"),
            ("gateway/cli", "failures.py"),
            *(("gateway/sealing", path.name) for path in (ROOT / "gateway" / "sealing").glob("*.py")),
        )
    )
    pieces = [
        piece for message in told for piece in re.split(r" ?… ?|: No such file.*|\b0\b", message) if piece.strip()
    ]
    assert [piece for piece in pieces if piece.strip() not in said] == []


def test_metrics_are_all_described_and_exist():
    text = Metrics().render().decode()
    exposed = set(re.findall(r"^# TYPE (gateway_\w+) ", text, re.MULTILINE))
    exposed = {name for name in exposed if not name.endswith("_created")}
    described = {span for span in spans(read(OPERATORS)) if re.fullmatch(r"gateway_[a-z_]+", span)}
    assert described == exposed


def test_log_events_exist():
    text = read(OPERATORS).partition("Lines worth an alert:")[2].partition("\n\n")[0]
    events = re.findall(r"`([a-z_]+)`", text)
    assert events
    known = sources()
    assert [event for event in events if f'"{event}"' not in known] == []


def test_rules_of_adapters_are_described():
    described = set(re.findall(r"^([a-z-]+):", read(ROOT / "docs" / "adapters.md"), re.MULTILINE))
    kept = {
        rule
        for path in (ROOT / "adapters").glob("*/quality.yaml")
        for rule in re.findall(r"^([a-z-]+):", read(path), re.MULTILINE)
    }
    assert kept == described


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_files_named_exist(page: Path):
    """Tests and sources that a page names by their path; what only stands for some of them has a mark of it."""
    named = {
        span
        for span in spans(read(page))
        if re.fullmatch(r"(tests|gateway|adapters|schemas|config)/[a-z_/0-9]+\.py", span)
    }
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_attack_has_its_tests():
    attacks = [cells for cells in rows(read(ROOT / "docs" / "architecture.md"), 3) if re.match(r"S[0-9]+ ", cells[0])]
    assert {int(cells[0].split()[0][1:]) for cells in attacks} == set(range(1, 22))
    without = [cells[0] for cells in attacks if "tests/" not in cells[2]]
    assert without == []
