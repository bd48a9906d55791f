"""What does a persisted process cost beside the bare writes and beside SpiffWorkflow?

W1 straight through: start, service, 5-rule decision, exclusive gateway, service, end. W2 human: the gateway leads to a
user task; persisted, loaded again, completed with data, to the end. Ours with the whole shell: state, task rows,
candidates and the hash-chained history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from casework.access.roles import ensure_roles
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteTask, SetVariables, StartProcess
from orchestration.models import Definition, Instance
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.benchmarks import floor, spiff
from tests.benchmarks.ratios import Timed, in_turns, middle, ratio
from tests.benchmarks.shell import BENCH, going_round
from tests.sql import statements

ORDER = {"amount": 50, "segment": "small"}


def ours(definition: Definition, *, person: bool) -> Callable[[], None]:
    """The product's own shell."""

    def run() -> None:
        done = services.start(definition, StartProcess("human" if person else "straight", ORDER), BENCH)
        assert isinstance(done, Done)
        if person:
            done = services.send(done.instance, CompleteTask(next(iter(done.effects.tasks)), {"checked": True}), BENCH)
        assert isinstance(done, Done) and done.ended

    return run


def against_others(dsn: str) -> Iterator[str]:
    definition = _orders()
    for name, person, aim in (("W1 straight through", False, 2.0), ("W2 through a person", True, 2.5)):
        mine = ours(definition, person=person)
        with statements() as sent:
            mine()
        ways = [mine, floor.writes(dsn, mine)]
        try:
            ways.append(spiff.orders(dsn, person=person))
        except ImportError:
            yield "SpiffWorkflow is not installed (requirements-bench.txt), so it is left out"
        slices = in_turns(15, 25, *ways)
        yield f"{name}: {len(sent)} statements in all; " + _compared(slices, aim)


def _compared(slices: list[list[Timed]], aim: float) -> str:
    mine, floor_, *others = slices
    told = [
        f"{middle(mine):.2f} ms (CPU {middle(mine, 'cpu'):.2f})",
        f"floor {middle(floor_):.2f} ms (CPU {middle(floor_, 'cpu'):.2f})",
        f"ratio {ratio(mine, floor_):.2f} wall, {ratio(mine, floor_, 'cpu'):.2f} CPU, aim {aim}",
    ]
    told += [f"SpiffWorkflow {middle(other):.2f} ms, {ratio(other, mine):.1f} times ours" for other in others]
    return "; ".join(told)


def with_much_data() -> Iterator[str]:
    """A step of a case with 1 kB and with 100 kB of data, in turns."""
    steps, sizes = [], []
    for size in (1_000, 100_000):
        instance, step = going_round()
        lines = {f"line {n}": "x" * 80 for n in range(size // 100)}
        assert isinstance(services.send(instance, SetVariables({"order": lines}), BENCH), Done)
        sizes.append(len(Instance.objects.get(pk=instance).data))
        steps.append(step)
    little, much = in_turns(9, 20, *steps)
    for size, slices in zip(sizes, (little, much), strict=True):
        yield f"{size:>7,} bytes of data: {middle(slices):.2f} ms a step"
    yield f"ratio {ratio(much, little):.2f} wall, {ratio(much, little, 'cpu'):.2f} CPU, aim 1.5"


def _orders() -> Definition:
    published = deploy(folder_files(Path(__file__).parent / "orders"), BENCH)
    assert isinstance(published, Published), published
    ensure_roles(published.case_type)
    return published.definition
