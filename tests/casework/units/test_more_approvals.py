"""In every case type that asks for approvals a unit asks for one more: nothing goes on without it."""

from __future__ import annotations

import re
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from casework.actors.bundled import CASE_TYPES
from orchestration.casetypes import scenario_engine
from orchestration.casetypes.case_type import CaseType, checked, folder_files
from orchestration.casetypes.scenario_engine import Engine
from orchestration.casetypes.scenarios import Play
from orchestration.engine.approval_chains import Beside
from orchestration.engine.execute import execute
from orchestration.ground import clock
from orchestration.view.asked_approvals import asked_approval
from orchestration.view.unasked_approvals import unasked_groups

APPROVING: Final = re.compile("approve|assess|underwrite|decide_late")
RUNS: Final = yaml.safe_load((Path(__file__).parent / "more_approvals.yaml").read_text("utf-8"))


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run['type']}: {run['name']}")
def test_what_a_unit_asks_for_is_asked_and_waited_for(run: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    case_type = _read(run["type"])
    assert case_type.chain is not None
    beside = Beside(case_type.chain, "north", "North", run["asks"])
    monkeypatch.setattr(scenario_engine, "execute", partial(execute, beside=beside))
    engine = Engine()
    engine.deploy(path for path in (CASE_TYPES / run["type"]).iterdir() if path.suffix in (".bpmn", ".cmmn", ".dmn"))
    play = Play(engine)
    for number, step in enumerate(run["steps"], 1):
        ((verb, given),) = step.items()
        try:
            play.step(verb, given)
        except Exception as wrong:
            raise AssertionError(f"step {number}: {wrong}") from wrong
        state = engine.known[0].state
        open_tasks = {state.items[wait.item].node for wait in state.waits.values() if wait.kind == "task"}
        south = {"key": "south", "name": "South", "asks": {f"{run['type']}: Nobody yet": 0}}
        approved = any(APPROVING.match(task) for task in open_tasks)
        assert unasked_groups(case_type, state, south) == (["Nobody yet"] if approved else []), (number, open_tasks)
        north = south | {"asks": {f"{run['type']}: {group}": least for group, least in run["asks"].items()}}
        assert unasked_groups(case_type, state, north) == []


def _read(key: str) -> CaseType:
    return checked(folder_files(CASE_TYPES / key), clock.utc_now())


@pytest.mark.parametrize(
    ("key", "amounts"),
    [
        ("payment-release", {"Analysts": 0, "Senior analysts": 10_000, "Payments team": 100_000}),
        ("refund", {"Analysts": 50, "Senior analysts": 1_000, "Payments team": inf}),
        ("loan", {"Analysts": 0, "Senior analysts": 25_000, "Payments team": inf}),
        ("supplier-invoice", {"Analysts": inf, "Senior analysts": 5_000, "Payments team": inf}),
        ("insurance-claim", {"Analysts": 0, "Senior analysts": 20_000, "Payments team": inf}),
        ("kyc-review", {"Analysts": inf, "Senior analysts": 0, "Payments team": inf}),
    ],
)  # fmt: skip
def test_from_which_amount_the_rules_ask_is_read_off_them(key: str, amounts: dict[str, float]) -> None:
    case_type = _read(key)
    found = {group: asked_approval(case_type, group) for group in amounts}
    assert {group: asked.amount for group, asked in found.items() if asked is not None} == amounts
