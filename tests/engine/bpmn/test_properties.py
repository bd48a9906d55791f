"""What holds for any process and any commands, legal or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.apply import replay
from orchestration.engine.codec import decode, encode
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.execute import execute
from orchestration.engine.state import INSTANCE_ENDED, State
from tests.engine.bpmn.processes import Written, blocks, graphs, library

SCENARIOS = Path(__file__).parents[1] / "scenarios" / "bpmn"
START = datetime(2026, 1, 1, tzinfo=UTC)
CALM = settings(deadline=None, suppress_health_check=list(HealthCheck))


class Run:
    """One process that is stored and read again after every step, and whose history must give its state."""

    def __init__(self, models: CompiledModels, variables: dict[str, Any] | None = None, key: str = "p") -> None:
        self.library = models
        self.now = START
        self.events: list[e.Event] = []
        self.data = b"{}"
        self.state = State()
        self.do(c.StartProcess(key, variables or {}))

    def do(self, command: c.Command) -> bool:
        """Carry out a command; whether it was accepted."""
        outcome = execute(self.library, self.state, command, self.now)
        if outcome.rejection is not None:
            assert outcome.events == ()
            assert outcome.state is self.state
            assert outcome.rejection.message
            return False
        self.events += outcome.events
        items, data = encode(outcome.state)
        self.data = data or self.data
        self.state = decode(items, self.data)
        assert self.state == outcome.state
        assert replay(self.events) == self.state
        self.check()
        return True

    def check(self) -> None:
        """Nothing hangs in the air, and what has ended has left nothing behind."""
        state = self.state
        for item in state.items.values():
            assert item.instance in state.instances
            assert item.parent is None or item.parent in state.items
        for wait in state.waits.values():
            assert wait.item is None or wait.item in state.items
        if state.root.state in INSTANCE_ENDED:
            assert not state.items
            assert not state.waits
        else:
            assert state.items or any(fact.startswith("tokens:") for fact in state.root.facts) or state.waits

    @property
    def is_over(self) -> bool:
        return self.state.root.state in INSTANCE_ENDED

    def work(self) -> c.Command | None:
        """Something that can be done: the oldest open wait, answered."""
        for wait in self.state.waits.values():
            if wait.kind == "task":
                return c.CompleteTask(wait.id)
            if wait.kind == "job":
                return c.CompleteJob(wait.id, {})
            if wait.kind == "message":
                return c.ReceiveMessage(wait.name, wait.node)
        return None


@CALM
@given(blocks())
def test_every_task_of_a_well_formed_process_runs_as_often_as_its_blocks_say(block):
    written = Written()
    run = Run(library(written.whole(block)))
    for _ in range(200):
        if run.is_over:
            break
        command = run.work()
        assert command is not None, "it waits for nothing, but is not over"
        assert run.do(command)
    opened = [event.node for event in run.events if isinstance(event, e.ItemOpened | e.ElementPassed)]
    ran = {id: opened.count(id) for id in written.runs}
    assert run.state.root.state == "completed"
    assert ran == written.runs
    assert not [fact for fact in run.state.root.facts if fact.startswith("tokens:")]


def commands() -> st.SearchStrategy[Any]:
    """(kind, which of the open things, a number that may be anything)"""
    kinds = (
        "task",
        "job",
        "fail",
        "timer",
        "message",
        "signal",
        "set",
        "trigger",
        "start",
        "suspend",
        "resume",
        "retry",
    )
    return st.tuples(st.sampled_from((*kinds, "task", "set")), st.integers(0, 5), st.integers(0, 40), st.booleans())


def command(run: Run, kind: str, which: int, number: int, wild: bool) -> c.Command:
    """A command, aimed at something open or, `wild`, at any number."""
    wanted = {"fail": "job", "retry": "incident"}.get(kind, kind)
    open_ones = [wait for wait in run.state.waits.values() if wait.kind == wanted]
    aim = number if wild or not open_ones else open_ones[which % len(open_ones)].id
    variables = {"abc"[number % 3]: number % 2 == 0}
    match kind:
        case "task":
            return c.CompleteTask(aim, variables)
        case "job":
            return c.CompleteJob(aim, variables)
        case "fail":
            return c.FailJob(aim, "broken", retry=number % 3 == 0, code="x" if number % 2 else None)
        case "timer":
            run.now += timedelta(hours=1)
            return c.FireTimer(aim)
        case "message" | "signal":
            name = "m" if wild or not open_ones else open_ones[which % len(open_ones)].name
            return c.ReceiveMessage(name, None, variables) if kind == "message" else c.ReceiveSignal(name, variables)
        case "set":
            return c.SetVariables(variables)
        case "suspend":
            return c.Suspend()
        case "resume":
            return c.Resume()
        case "retry":
            return c.ResolveIncident(aim)
    items = list(run.state.items)
    item = items[which % len(items)] if items and not wild else number
    return c.StartItem(item) if kind == "start" else c.Trigger(item)


@CALM
@given(graphs(), st.lists(commands(), max_size=12))
def test_no_command_breaks_any_process(text, steps):
    run = Run(library(text), {"a": True, "b": False, "c": None})
    for step in steps:
        if not run.state.instances:
            break
        run.do(command(run, *step))


@CALM
@given(blocks(), st.lists(commands(), max_size=15))
def test_no_command_breaks_a_well_formed_process(block, steps):
    run = Run(library(Written().whole(block)))
    for step in steps:
        run.do(command(run, *step))


def shown() -> list[tuple[CompiledModels, str]]:
    """Every process of our scenarios, with the models of its file."""
    found = []
    for path in sorted(SCENARIOS.glob("*.bpmn")):
        models = build(
            {one.name: one.read_bytes() for one in SCENARIOS.glob(f"{path.stem}.*") if one.suffix != ".yaml"}
        )
        assert isinstance(models, CompiledModels)
        found += [(models, key) for key in models.processes]
    return found


@CALM
@given(st.sampled_from(shown()), st.lists(commands(), max_size=15))
def test_no_command_breaks_what_our_scenarios_show(model, steps):
    models, key = model
    run = Run(models, {"a": True, "rooms": [1, 2], "people": ["ann"], "pause": "PT1H"}, key)
    for step in steps:
        if run.state.instances:
            run.do(command(run, *step))


@CALM
@given(blocks(), st.data())
def test_a_command_that_comes_twice_is_refused_the_second_time(block, data):
    run = Run(library(Written().whole(block)))
    for _ in range(10):
        wanted = run.work()
        if wanted is None or isinstance(wanted, c.ReceiveMessage):
            return
        assert run.do(wanted)
        assert not run.do(wanted)
