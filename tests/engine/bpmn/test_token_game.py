"""Do tokens move through gateways as the standard says? A second reading of it foretells each step."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from orchestration.engine import commands as c
from orchestration.engine.execute import execute
from orchestration.engine.state import State
from tests.engine.bpmn import token_game as game
from tests.engine.bpmn.processes import library

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def tasks(state: State) -> Counter[str]:
    return Counter(state.items[wait.id].node for wait in state.waits.values() if wait.kind == "task")


def play(seed: int) -> int:
    """Complete tasks as they come, ten at most; how many were. Endless models are the engine's to refuse."""
    random = Random(seed)
    graph = game.random_graph(random)
    models = library(graph.xml())
    may_be = game.begun(graph)
    state = execute(models, State(), c.StartProcess("p", {}), NOW).state
    for done in range(10):
        open_tasks = tasks(state)
        over = state.root.state == "completed"
        may_be = {rest for rest in may_be if Counter(dict(rest[0])) == open_tasks and over == (not any(rest))}
        assert may_be, f"seed {seed}: after {done} tasks the engine has {dict(open_tasks)}, over: {over}"
        if not open_tasks:
            return done
        chosen = random.choice(sorted(open_tasks))
        may_be = {after for rest in may_be for after in game.completed(graph, rest, chosen)}
        wait = next(wait for wait in state.waits.values() if state.items[wait.item].node == chosen)
        outcome = execute(models, state, c.CompleteTask(wait.id), NOW)
        assert outcome.rejection is None
        state = outcome.state
    return 10


@pytest.mark.parametrize("first", [0, 50, 100, 150, 200, 1450])
def test_tokens_move_as_a_second_reading_foretells(first):
    steps = 0
    for seed in range(first, first + 50):
        try:
            steps += play(seed)
        except game.Endless:
            continue
    assert steps > 50
