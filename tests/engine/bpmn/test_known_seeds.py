"""A hundred thousand steps of random processes, legal and illegal, from seeds that can be run again."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from orchestration.engine import events as e
from tests.engine.bpmn.processes import BLOCKS, Written, library
from tests.engine.bpmn.test_properties import Run, command

KINDS = ("task", "job", "fail", "timer", "message", "signal", "set", "trigger", "start", "suspend", "resume", "retry")
STEPS = 10_000  # of each seed


def block(random: Random, depth: int) -> Any:
    """A random tree of blocks (`processes.blocks`)."""
    if depth == 0 or random.random() < 0.25:
        return (random.choice(BLOCKS),)
    several = tuple(block(random, depth - 1) for _ in range(random.randint(2, 3)))
    holds = tuple(random.random() < 0.5 for _ in range(3))
    kind = random.choice(("seq", "and", "or", "xor", "sub", "call", "undo", "guard", "many"))
    match kind:
        case "seq" | "and":
            return kind, several
        case "or" | "xor":
            return kind, several, holds
        case "guard" | "many":
            return kind, several[0], random.randint(0, 2), holds[0]
    return kind, several[0]


def worked(random: Random) -> int:
    """A process in which everything is done that it waits for ends, with each task run as often as its blocks say."""
    written = Written()
    run, steps = Run(library(written.whole(block(random, 3)))), 1
    while not run.is_over and steps < 100:
        wanted = run.work()
        assert wanted is not None, "it waits for nothing, but is not over"
        assert run.do(wanted)
        steps += 1
    if run.is_over:
        opened = [event.node for event in run.events if isinstance(event, e.ItemOpened | e.ElementPassed)]
        assert run.state.root.state == "completed"
        assert {id: opened.count(id) for id in written.runs} == written.runs
    return steps


def disturbed(random: Random) -> int:
    """A process to which anything at all is said, most of it out of turn."""
    run = Run(library(Written().whole(block(random, 3))))
    for _ in range(40):
        wanted = run.work() if random.random() < 0.4 else None
        said = random.choice(KINDS), random.randrange(6), random.randrange(41), random.random() < 0.5
        run.do(wanted or command(run, *said))
    return 40


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_many_steps_from_known_seeds(seed: int) -> None:
    random, taken = Random(seed), 0
    while taken < STEPS:
        taken += worked(random) + disturbed(random)
