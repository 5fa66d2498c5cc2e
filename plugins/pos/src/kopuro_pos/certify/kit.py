"""Plays the scenarios one after another, each with a fresh simulator, and reports."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Final

import orjson

from kopuro_pos import __version__
from kopuro_pos.agent import contract
from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.checks import MENDING, Check, CheckId
from kopuro_pos.certify.driver import Driver, HarnessFailed
from kopuro_pos.certify.harness import Screen
from kopuro_pos.certify.report import CheckReport, Outcome, Report, ScenarioReport, ThreeLanguages
from kopuro_pos.certify.scenarios import SCENARIOS
from kopuro_pos.certify.scenarios.selling import NoQuote
from kopuro_pos.certify.simulator import Simulator
from kopuro_pos.certify.stage import Pace, Scenario, Stage
from kopuro_pos.certify.world import now_utc

_TEXTS_TOLD: Final = 6
_LETTERS_TOLD: Final = 160

Progress = Callable[[ScenarioReport], None]


def chosen(ids: Iterable[str]) -> tuple[Scenario, ...]:
    """The scenarios with these ids in their order; all without any. :class:`KeyError` names the first unknown id."""
    wanted = {one.strip().upper() for one in ids} - {""}
    unknown = sorted(wanted - {scenario.id for scenario in SCENARIOS})
    if unknown:
        raise KeyError(unknown[0])
    return tuple(scenario for scenario in SCENARIOS if not wanted or scenario.id in wanted)


async def certify(
    url: str,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    agent_port: int = 0,
    origins: frozenset[str] = frozenset(),
    pace: Pace | None = None,
    progress: Progress = lambda _report: None,
    now: Callable[[], datetime] = now_utc,
) -> Report:
    """Play them against the harness at ``url``.

    ``agent_port`` 0 takes a free port for the simulator; ``origins`` are the pages of a till that runs in a browser.
    """
    reports = []
    async with Driver(url) as till:
        for scenario in scenarios:
            report = await _play(till, scenario, Simulator(agent_port, origins=origins), pace or Pace())
            progress(report)
            reports.append(report)
    passed = sum(report.outcome is Outcome.PASSED for report in reports)
    return Report(
        certified=passed == len(SCENARIOS),
        at=now(),
        kit=__version__,
        contract=contract_digest(),
        till=url,
        passed=passed,
        played=len(reports),
        of=len(SCENARIOS),
        scenarios=reports,
    )


@cache
def contract_digest() -> str:
    """Which contract is played: twelve hex digits over the schemas of its messages."""
    models = sorted(
        (name, model.model_json_schema())
        for name, model in vars(contract).items()
        if isinstance(model, type) and issubclass(model, contract.Flat) and model is not contract.Flat
    )
    return hashlib.sha256(orjson.dumps(models, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


async def _play(till: Driver, scenario: Scenario, agent: Simulator, pace: Pace) -> ScenarioReport:
    began = time.monotonic()
    harness_did = True
    async with agent:
        agent.look_up_gives_up_seconds = pace.look_up_gives_up
        stage = Stage(agent, till, pace)
        try:
            await scenario.play(stage)
        except HarnessFailed as failed:
            harness_did = False
            stage.checks.append(Check(CheckId.HARNESS, right=False, seen=str(failed)))
        except NoQuote:
            pass  # the check that says so is written down already
        stage.must_follow_the_contract()
    return _reported(scenario, stage, time.monotonic() - began, harness_did=harness_did)


def _reported(scenario: Scenario, stage: Stage, seconds: float, *, harness_did: bool) -> ScenarioReport:
    outcome = Outcome.NOT_PLAYED
    if harness_did:
        outcome = Outcome.PASSED if stage.right() else Outcome.FAILED
    words = scenario.words
    return ScenarioReport(
        id=scenario.id,
        title=_three(words.title),
        happens=_three(words.happens),
        right=_three(words.right),
        clause=None if scenario.clause is None else _three(scenario.clause),
        outcome=outcome,
        checks=[
            CheckReport(
                check=check.id,
                right=check.right,
                seen=check.seen,
                mend=None if check.right else _three(MENDING[check.id]),
            )
            for check in stage.checks
        ],
        calls=[call.told() for call in stage.agent.journal.calls],
        screens=[f"{action}: {_told(screen)}" for action, screen in stage.steps],
        seconds=round(seconds, 3),
    )


def _three(text: Text) -> ThreeLanguages:
    return ThreeLanguages(ky=text.ky, ru=text.ru, en=text.en)


def _told(screen: Screen) -> str:
    """A screen in one line; long lists by their number."""
    parts = [f"sale={screen.sale}", f"handed_over={str(screen.handed_over).lower()}", f"asks={screen.asks}"]
    if screen.sums is not None:
        parts.append(f"sums={screen.sums.retail}/{screen.sums.compensation}/{screen.sums.patient}")
    if screen.offers:
        parts.append(f"offers={len(screen.offers)}")
    if screen.hold is not None:
        parts.append(f"hold={screen.hold}")
    if screen.offline:
        parts.append("offline")
    parts += [f"«{text[:_LETTERS_TOLD]}»" for text in screen.texts[:_TEXTS_TOLD]]
    return " ".join(parts)
