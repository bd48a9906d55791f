"""How fast is a decision table, beside the same table written by hand and beside other engines?

`python -m tests.benchmarks.dmn_speed` measures tables of 5 and of 100 rules (a number range and a string test each) in
one thread and one run: slices of all contestants take turns, and the ratios are medians over the rounds. SpiffWorkflow
and zen-engine (requirements-bench.txt) are measured where they are installed. At the end: loading and compiling the
largest model of the conformance kit, where that is beside the checkout. Nothing is asserted of time: read the ratios.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from orchestration.engine.dmn import compile_model, parse
from tests.engine.dmn.samples import decision, definitions, input_data, table

Inputs = Mapping[str, Any]
Contestant = Callable[[Inputs], Any]
Rule = tuple[int, int, str, str]  # amount from (included), to (excluded), segment, lane

ROUNDS = 15
SLICE_SECONDS = 0.05
SEGMENTS = {5: ["retail", "business"], 100: [f"segment {number}" for number in range(5)]}
KIT = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "dmn-tck"


def rules(size: int) -> list[Rule]:
    """Rules that exclude each other: stretches of amounts for each segment."""
    segments = SEGMENTS[size]
    found = []
    for number in range(size):
        step, segment = divmod(number, len(segments))
        found.append((step * 50, step * 50 + 50, segments[segment], f"lane {number}"))
    return found


def samples(size: int, count: int = 500) -> list[dict[str, Any]]:
    """Inputs spread over the rules; one in ten matches none; floats and ints."""
    draw = random.Random(size)
    found = []
    for low, high, segment, _ in draw.choices(rules(size), k=count):
        amount: float = draw.randrange(low, high) if draw.random() < 0.5 else round(draw.uniform(low, high), 2)
        found.append({"amount": amount, "segment": segment if draw.random() < 0.9 else "unknown"})
    return found


def by_hand(size: int) -> Contestant:
    """The Python function that one would write: one `if` after the other."""
    lines = ["def decide(inputs):", "    amount = inputs['amount']", "    segment = inputs['segment']"]
    for low, high, segment, lane in rules(size):
        lines += [f"    if {low} <= amount < {high} and segment == {segment!r}:", f"        return {lane!r}"]
    names: dict[str, Any] = {}
    exec("\n".join([*lines, "    return None"]), names)
    return names["decide"]  # type: ignore[no-any-return]


def casewright(size: int) -> Contestant:
    rows = [[f"[{low}..{high})", f'"{segment}"', f'"{lane}"'] for low, high, segment, lane in rules(size)]
    body = table([("amount", "number"), ("segment", "string")], ["lane"], rows)
    source = definitions(
        input_data("amount", "number"), input_data("segment", "string"), decision("lane", body, ["amount", "segment"])
    )
    evaluate = compile_model(parse(source)).evaluate
    return lambda inputs: evaluate("lane", inputs).value


def spiffworkflow(size: int) -> Contestant | None:
    try:
        from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
        from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
        from SpiffWorkflow.dmn.specs import model
    except ImportError:
        return None
    decision_table = model.DecisionTable("t", "t", "UNIQUE")
    columns = [
        model.Input(name, name, name, name, kind) for name, kind in [("amount", "number"), ("segment", "string")]
    ]
    output = model.Output("lane", "lane", "lane", "string")
    for low, high, segment, lane in rules(size):
        rule = model.Rule(lane)
        for column, text in zip(columns, [f"{low} <= ? < {high}", repr(segment)], strict=True):
            entry = model.InputEntry("", column)
            entry.lhs.append(text)
            rule.inputEntries.append(entry)
        result = model.OutputEntry("", output)
        result.text = repr(lane)
        rule.outputEntries.append(result)
        decision_table.rules.append(rule)
    engine, workflow = DMNEngine(decision_table), SimpleNamespace(script_engine=PythonScriptEngine())
    return lambda inputs: engine.result(SimpleNamespace(data=dict(inputs), workflow=workflow)).get("lane")


def zen_engine(size: int) -> Contestant | None:
    try:
        import zen
    except ImportError:
        return None
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "field": name, "name": name} for name in ("amount", "segment")],
        "outputs": [{"id": "lane", "field": "lane", "name": "lane"}],
        "rules": [
            {"_id": lane, "amount": f"[{low}..{high})", "segment": f'"{segment}"', "lane": f'"{lane}"'}
            for low, high, segment, lane in rules(size)
        ],
    }
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": place},
        {"id": "table", "name": "table", "type": "decisionTableNode", "position": place, "content": content},
        {"id": "out", "name": "out", "type": "outputNode", "position": place},
    ]
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in [("in", "table"), ("table", "out")]
    ]
    compiled = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda inputs: compiled.evaluate(dict(inputs))["result"].get("lane")


CONTESTANTS: dict[str, Callable[[int], Contestant | None]] = {
    "by hand": by_hand,
    "casewright": casewright,
    "SpiffWorkflow": spiffworkflow,
    "zen-engine": zen_engine,
}


def rate(contestant: Contestant, inputs: list[dict[str, Any]]) -> float:
    """Evaluations per second over one slice of time."""
    done, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < SLICE_SECONDS:
        for each in inputs[done % len(inputs) :][:20]:
            contestant(each)
        done += 20
    return done / elapsed


def compare(size: int) -> None:
    contestants = {name: made for name, make in CONTESTANTS.items() if (made := make(size)) is not None}
    inputs = samples(size)
    expected = [contestants["by hand"](each) for each in inputs]
    for name, contestant in contestants.items():
        assert [contestant(each) for each in inputs[:100]] == expected[:100], f"{name} decides otherwise"
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            rates[name].append(rate(contestant, inputs))
    print(
        f"a table of {size} rules, evaluations per second (median of {ROUNDS} slices), and casewright's as a multiple"
    )
    for name, measured in rates.items():
        multiples = [ours / theirs for ours, theirs in zip(rates["casewright"], measured, strict=True)]
        print(f"  {name:14s} {statistics.median(measured):12,.0f}   {statistics.median(multiples):9.3f}")
    for name in set(CONTESTANTS) - set(contestants):
        print(f"  {name:14s} not installed (requirements-bench.txt)")


def largest_model() -> None:
    """Loading and compiling the kit's largest model, each time in a fresh process, so that nothing is known yet."""
    models = sorted(KIT.rglob("*.dmn"), key=lambda path: path.stat().st_size)
    if not models:
        print("no conformance kit beside the checkout: loading its largest model was not measured")
        return
    command = [sys.executable, "-m", "tests.benchmarks.dmn_speed", str(models[-1])]
    outputs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(5)]
    wall, cpu = (
        statistics.median(each) * 1000 for each in zip(*(map(float, out.split()) for out in outputs), strict=True)
    )
    size = models[-1].stat().st_size // 1024
    print(f"loading and compiling the kit's largest model ({size} kB): {wall:.0f} ms, {cpu:.0f} ms of them CPU")


def seconds_to_load(path: str) -> tuple[float, float]:
    """Seconds of wall time and of CPU time."""
    source = Path(path).read_bytes()
    wall, cpu = time.perf_counter(), time.process_time()
    compile_model(parse(source))
    return time.perf_counter() - wall, time.process_time() - cpu


def figures() -> None:
    """Print them as they come."""
    for size in SEGMENTS:
        compare(size)
    largest_model()


def main(arguments: list[str]) -> int:
    if arguments:
        print(*seconds_to_load(arguments[0]))
    else:
        figures()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
