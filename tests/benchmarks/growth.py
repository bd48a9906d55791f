"""How does the cost of the engine grow with its models and with what is open? In memory, CPU, ratios in one run.

`python -m tests.benchmarks growth`. That it does not grow is tested by counting calls (`test_growth.py`,
`test_state_rows.py`); here is what it comes to in time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from orchestration.engine import commands as c
from orchestration.engine.codec import decode, encode
from orchestration.engine.compile_models import build
from orchestration.engine.dmn import compile_model, parse
from orchestration.engine.execute import execute
from tests.benchmarks.ratios import in_turns
from tests.engine.cmmn import test_growth as cases
from tests.engine.dmn.test_growth import table
from tests.engine.models import NOW
from tests.engine.test_state_rows import Begun, chain, data_of, instances, task_in, tasks


def figures() -> Iterator[str]:
    yield from tables()
    yield from models()
    yield from open_items()


def tables() -> Iterator[str]:
    """A decision table with ten times the rules."""
    few, many = (_least(lambda n=rules: _table(n)) for rules in (1_000, 10_000))
    yield f"decision table, 10,000 rules: read and compiled in {many:.2f} s, {many / few:.1f} times 1,000 rules"


_fresh = iter(range(1, 1_000_000))


def _table(rules: int) -> None:
    compile_model(parse(table(rules, first=next(_fresh) * 100_000)))


def models() -> Iterator[str]:
    """A case model with ten times the items."""
    for name, model in (
        ("chain of tasks", cases.chain),
        ("tasks under conditions", cases.conditions),
        ("stages of ten tasks", cases.stages),
    ):
        small, large = model(200), model(2_000)
        few, many = (_least(lambda s=source: build({"c.cmmn": s})) for source in (small, large))
        yield f"{name}, 2,000 items: compiled in {many:.2f} s, {many / few:.1f} times 200 items"


def open_items() -> Iterator[str]:
    """A step (decode, execute, encode) where a hundred times as much is open."""
    for name, kind in (("tasks", tasks), ("tasks that wait", chain), ("instances of a loop", instances)):
        few, some, many = in_turns(15, 40, *(_step(kind(count)) for count in (10, 100, 1_000)))
        least = [min(slice.cpu for slice in slices) for slices in (few, some, many)]
        yield (
            f"a step, {name}: 10 open {least[0] * 1e6:.0f} us, 100 open {least[1] / least[0]:.1f} times,"
            f" 1,000 open {least[2] / least[0]:.1f} times that"
        )


def _step(begun: Begun) -> Callable[[], object]:
    models, state, _ = begun
    items, data, task = encode(state)[0], data_of(state), task_in(state)
    return lambda: encode(execute(models, decode(items, data), c.CompleteTask(task), NOW).state)


def _least(work: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of the quickest of a few."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)
