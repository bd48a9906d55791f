"""Whatever the model and whatever is asked: no crash, no half step, and the history is the state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.engine import commands as c
from orchestration.engine import step as kernel
from orchestration.engine.apply import replay
from orchestration.engine.codec import decode, decode_event, encode, encode_event
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.execute import execute
from orchestration.engine.state import ENDED, INSTANCE_ENDED, ROOT, State
from tests.engine.cmmn.random_cases import CaseWriter, command

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small_bound(monkeypatch):
    """Models that go round for ever are found out soon."""
    monkeypatch.setattr(kernel, "MAX_OPERATIONS", 400)


def library(random: Random) -> CompiledModels:
    built = build({"c.cmmn": CaseWriter(random, flowable=random.randrange(2) == 0).write()})
    assert isinstance(built, CompiledModels), built
    return built


def check_whole(state: State) -> None:
    """Everything that is open hangs together."""
    for item in state.items.values():
        assert item.state not in ENDED
        assert item.parent is None or item.parent in state.items
        assert state.instances[item.instance].state not in INSTANCE_ENDED - {"failed"}
    for wait in state.waits.values():
        assert wait.item is None or wait.id in state.items[wait.item].waits
        if wait.kind in ("task", "job"):
            assert state.items[wait.item or 0].state == "active"
    if state.instances and state.root.state == "suspended":
        assert all(wait.kind == "incident" for wait in state.waits.values() if wait.instance == ROOT)


def run(random: Random, steps: int) -> int:
    """One random case under random commands; how many steps it took."""
    models, now = library(random), NOW
    state, told = State(), State()
    history = []
    todo: list[c.Command] = [c.StartCase("c", {"n": 1} if random.randrange(2) else {})]
    for number in range(steps):
        asked = todo.pop() if todo else command(random, state)
        now += timedelta(minutes=random.choice((0, 1, 90)))
        before = encode(state) if state.instances else None
        outcome = execute(models, state, asked, now)
        assert before is None or encode(state) == before, "the state given was changed"
        if outcome.rejection is not None:
            assert outcome.state is state
            assert outcome.events == ()
            assert outcome.rejection.message
            if not state.instances:
                return number
            continue
        assert outcome.events
        history += [orjson.dumps(encode_event(event)) for event in outcome.events]
        told = replay(outcome.events, told)
        items, data = encode(outcome.state)
        data = outcome.state.root.variables.encode()[0] if data is None else data
        state = decode(items, data)
        assert state == outcome.state == told
        check_whole(state)
        if random.randrange(4) == 0:
            todo.append(asked)
    assert replay(decode_event(*orjson.loads(line)) for line in history) == state
    return steps


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.randoms(use_true_random=False))
def test_random_cases_under_random_commands(random):
    run(random, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_many_steps_from_known_seeds(seed):
    random, taken = Random(seed), 0
    while taken < 10_000:
        taken += run(random, 100) or 1
