"""Do the scenario files of a case type hold?

A scenario file (format orch-scenario/1, as the conformance folder describes it) names models and runs; a run is a list
of steps with one key each. Beyond that format, our own files may answer work of machine actors:

    answer: {capability: intent, result: {...}}     the oldest open job that asks for it
    fail: {capability: intent, error: text}         the job fails for good
    resolve: {how: retry | skip, output: {...}}     a person decides about the oldest open incident
    expect: {jobs: [capabilities], incidents: n, groups: [candidate groups of open tasks]}
    routed: {capability: intent, to: [actor, ...]}  whom the rules of routing name for the oldest open job, in their
        order; beside: `within` (the deadline of the first), `work` and `actors` (what rules may ask of them), `by`
        (the decision, `work_routing`)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from orchestration.casetypes.scenario_engine import Engine
from orchestration.casetypes.scenario_post import Refused
from orchestration.engine.state import ENDED

Json = Any
Row = dict[str, Json]

ROUTING: Final = "work_routing"
"""The decision by which the case types that ship route work, where a step names no other."""

_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class Mismatch(Exception):
    """An expectation does not hold; the message says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one run of one file went. `message` is empty when it passed."""

    file: str
    run: str
    message: str = ""


def run_files(paths: Iterable[str | Path]) -> Iterator[Result]:
    """Every run of every scenario file in these files and folders."""
    for path in map(Path, paths):
        for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            yield from run_file(file)


def run_file(file: Path, make: Callable[[], Engine] = Engine) -> Iterator[Result]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        models = [file.parent / model for model in document["models"]]
        runs = [(run["name"], run["steps"]) for run in document["runs"]]
    except (yaml.YAMLError, OSError, ValueError, KeyError, TypeError) as error:
        yield Result(file.name, "", f"the file is no scenario file: {type(error).__name__}: {error}")
        return
    for name, steps in runs:
        yield Result(file.name, name, _play(make(), models, steps))


def _play(engine: Engine, models: Sequence[Path], steps: Sequence[Row]) -> str:
    try:
        engine.deploy(models)
    except Refused as refused:
        return f"the models are refused: {refused}"
    except OSError as error:
        return f"the models cannot be read: {error}"
    play = Play(engine)
    for number, step in enumerate(steps, 1):
        try:
            ((verb, given),) = step.items()
            play.step(verb, given)
        except (Mismatch, Refused, ValueError) as error:
            return f"step {number}: {error}"
        except (KeyError, TypeError, AttributeError) as error:
            return f"step {number} is no step that can be taken: {type(error).__name__}: {error}"
    return ""


class Play:
    """One run: the engine, the instances by alias, and the one that steps speak of."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.aliases: dict[str, str] = {}
        self.current = ""

    def step(self, verb: str, given: Json) -> None:
        """Raises Mismatch, Refused, or ValueError for a step that the format does not know."""
        target = self.current
        if isinstance(given, dict) and "in" in given:
            target = self.instance(given["in"])
            given = {name: value for name, value in given.items() if name != "in"}
        handler = _VERBS.get(verb)
        if handler is None:
            raise ValueError(f"no step is called {verb!r}")
        handler(self, target, given)

    def instance(self, name: str) -> str:
        """An alias, or the key of a called case or process: the newest one."""
        found = self.aliases.get(name) or self.called(self.current, name)
        if found is None:
            raise Mismatch(f"there is no instance {name!r}")
        return found

    def called(self, iid: str, key: str) -> str | None:
        found = None
        for child in self.engine.snapshot(iid)["children"]:
            found = child["iid"] if child["key"] == key else self.called(child["iid"], key) or found
        return found

    def begin(self, given: Row, iid: str) -> None:
        self.aliases[given.get("as", "main")] = iid
        self.current = self.current or iid

    # -- steps

    def start(self, _target: str, given: Row) -> None:
        kind = "case" if "case" in given else "process"
        self.begin(given, self.engine.start(kind, given[kind], given.get("variables", {})))

    def start_message(self, _target: str, given: Row) -> None:
        self.begin(given, self.engine.start_message(given["name"], given.get("variables", {})))

    def complete(self, target: str, given: Row) -> None:
        ref, count = given.get("item") or given["task"], 1
        if given.get("all"):
            count = sum(1 for row in self.items(target) if _is(row, ref) and row["state"] == "active")
        for _ in range(count):
            self.engine.complete(target, ref, given.get("variables", {}))

    def case_file(self, target: str, given: Row) -> None:
        ((op, name),) = ((key, value) for key, value in given.items() if key != "value")
        self.engine.case_file(target, op, name, given.get("value"))

    def routed(self, target: str, given: Row) -> None:
        found = self.engine.routed(target, given["capability"], given.get("by", ROUTING), given)
        _same(f"routing of {given['capability']}", given["to"], [_wish(row) for row in found])
        if "within" in given:
            _same(f"time for {given['capability']}", given["within"], found[0]["deadline"])

    def reactivate(self, target: str, given: Row) -> None:
        self.current = self.aliases["main"] = self.engine.reactivate(target, (given or {}).get("variables"))

    def fails(self, _target: str, given: Row) -> None:
        ((verb, inner),) = given.items()
        try:
            self.step(verb, inner)
        except Refused:
            return
        raise Mismatch(f"{verb} {inner} was not refused")

    def items(self, iid: str) -> list[Row]:
        rows: list[Row] = self.engine.snapshot(iid)["items"]
        return rows

    # -- expectations

    def expect(self, target: str, given: Row) -> None:
        wanted = dict(given)
        if "of" in wanted:
            target = self.instance(wanted.pop("of"))
        shown = self.engine.snapshot(target)
        for name, value in wanted.items():
            check = _EXPECTATIONS.get(name)
            if check is None:
                raise ValueError(f"no expectation is called {name!r}")
            check(self, target, shown, value)

    def child(self, target: str, _shown: Row, wanted: Row) -> None:
        key = wanted["of"]
        found = self.called(target, key)
        if found is None:
            raise Mismatch(f"{key} was not called")
        self.expect(found, {name: value for name, value in wanted.items() if name != "of"})

    def tasks_deep(self, target: str, shown: Row, wanted: list[str]) -> None:
        rows, todo = list(shown["tasks"]), list(shown["children"])
        while todo:
            below = self.engine.snapshot(todo.pop()["iid"])
            rows += below["tasks"]
            todo += below["children"]
        _same("open tasks, deep", _named(wanted, wanted), _named(rows, wanted))


def _wish(row: Row) -> str:
    """An actor as a scenario names it, with its mode where that is not the usual one."""
    return f"{row['actor']}" if row.get("mode") in (None, "automatic") else f"{row['actor']}, {row['mode']}"


def _is(row: Row, ref: str) -> bool:
    return ref in (row["name"], f"#{row['def']}")


def _named(rows: Iterable[Row | str], refs: Iterable[str]) -> list[str]:
    """Rows under the names that the scenario uses for them."""
    known = set(refs)
    names = (row if isinstance(row, str) else f"#{row['def']}" for row in rows)
    plain = [row if isinstance(row, str) else row["name"] for row in rows]
    return sorted(name if name in known else other for name, other in zip(names, plain, strict=True))


def _states(rows: Iterable[Row], refs: Iterable[str], ended: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if (row["state"] in ENDED) == ended:
            name = f"#{row['def']}" if f"#{row['def']}" in refs else row["name"]
            found.setdefault(name, []).append(row["state"])
    return {name: sorted(states) for name, states in found.items()}


def _same(what: str, wanted: Json, found: Json) -> None:
    if wanted != found:
        raise Mismatch(f"{what}: expected {wanted!r}, found {found!r}")


def _items(_play: Play, _target: str, shown: Row, wanted: Row) -> None:
    rows = [row for row in shown["items"] if row["state"] != "unavailable"]
    _same("open items", {name: sorted(states) for name, states in wanted.items()}, _states(rows, wanted, False))


def _some(_play: Play, _target: str, shown: Row, wanted: Row) -> None:
    found = _states(shown["items"], wanted, False)
    for name, states in wanted.items():
        if states != ["unavailable"] or name in found:
            _same(f"item {name}", sorted(states), found.get(name, []))


def _ended(_play: Play, _target: str, shown: Row, wanted: Row) -> None:
    found = _states(shown["items"], wanted, True)
    for name, states in wanted.items():
        _same(f"ended {name}", sorted(states), found.get(name, []))


def _local(_play: Play, _target: str, shown: Row, wanted: Row) -> None:
    for name, values in wanted.items():
        active = [row for row in shown["items"] if row["name"] == name and row["state"] == "active"]
        found = [{key: row["local"].get(key) for key in values[0]} for row in active]
        _same(f"local variables of {name}", sorted(values, key=repr), sorted(found, key=repr))


def _discretionary(_play: Play, _target: str, shown: Row, wanted: Row | list[str]) -> None:
    role = wanted.get("role") if isinstance(wanted, dict) else None
    names = wanted["items"] if isinstance(wanted, dict) else wanted
    rows = (row for row in shown["discretionary"] if role is None or not row["roles"] or role in row["roles"])
    _same("may be planned", sorted(names), sorted(row["name"] for row in rows))


def _entries(field: str, what: str) -> Callable[[Play, str, Row, Row], None]:
    def check(_play: Play, _target: str, shown: Row, wanted: Row) -> None:
        for name, value in wanted.items():
            _same(f"{what} {name}", value, shown[field].get(name))

    return check


def _listed(field: str, what: str) -> Callable[[Play, str, Row, list[Json]], None]:
    def check(_play: Play, _target: str, shown: Row, wanted: list[Json]) -> None:
        _same(what, sorted(wanted, key=repr), sorted(shown[field], key=repr))

    return check


def _equal(field: str, what: str) -> Callable[[Play, str, Row, Json], None]:
    return lambda _play, _target, shown, wanted: _same(what, wanted, shown[field])


def _tasks(_play: Play, _target: str, shown: Row, wanted: list[str]) -> None:
    _same("open tasks", _named(wanted, wanted), _named(shown["tasks"], wanted))


def _assignees(_play: Play, _target: str, shown: Row, wanted: list[str]) -> None:
    _same("assignees", sorted(wanted, key=str), sorted((row["assignee"] for row in shown["tasks"]), key=str))


def _groups(_play: Play, _target: str, shown: Row, wanted: list[str]) -> None:
    _same("candidate groups", sorted(wanted), sorted(group for row in shown["tasks"] for group in row["groups"]))


_EXPECTATIONS: Final[Mapping[str, Callable[[Play, str, Row, Any], None]]] = {
    "state": _equal("state", "state"),
    "items": _items,
    "some": _some,
    "ended": _ended,
    "tasks": _tasks,
    "tasks_deep": Play.tasks_deep,
    "assignees": _assignees,
    "groups": _groups,
    "waiting": _listed("waiting", "waiting"),
    "timers": _equal("timers", "timers"),
    "subscriptions": _entries("subscriptions", "subscriptions"),
    "milestones": _listed("milestones", "milestones"),
    "variables": _entries("variables", "variable"),
    "variables_exact": _equal("variables", "variables"),
    "local": _local,
    "child": Play.child,
    "file": _entries("file", "case file item"),
    "discretionary": _discretionary,
    "jobs": _listed("jobs", "open jobs"),
    "incidents": _equal("incidents", "open incidents"),
}


def _item_verb(name: str) -> Callable[[Play, str, Row | None], None]:
    return lambda play, target, given: getattr(play.engine, name)(target, (given or {}).get("item"))


def _seconds(duration: str) -> int:
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"{duration!r} is no duration")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


_VERBS: Final[Mapping[str, Callable[[Play, str, Any], None]]] = {
    "start": Play.start,
    "start_message": Play.start_message,
    "expect": Play.expect,
    "complete": Play.complete,
    "set": lambda play, target, given: play.engine.set_variables(target, given),
    "occur": lambda play, target, given: play.engine.occur(target, given["listener"]),
    "plan": lambda play, target, given: play.engine.plan(target, given["item"], given.get("role")),
    "case_file": Play.case_file,
    "message": lambda play, target, given: play.engine.message(
        target, given["name"], given.get("at"), given.get("variables", {})
    ),
    "publish": lambda play, _target, given: play.engine.publish(given["name"], given.get("payload", {})),
    "signal": lambda play, _target, given: play.engine.signal(given["name"], given.get("variables", {})),
    "trigger": lambda play, target, given: play.engine.trigger(target, given["activity"]),
    "advance": lambda play, _target, given: play.engine.advance(_seconds(given)),
    "reactivate": Play.reactivate,
    "routed": Play.routed,
    "fails": Play.fails,
    "answer": lambda play, target, given: play.engine.answer(target, given["capability"], given.get("result")),
    "resolve": lambda play, target, given: play.engine.resolve(target, given["how"], given.get("output")),
    "fail": lambda play, target, given: play.engine.fail(target, given["capability"], given.get("error", "")),
    **{
        name: _item_verb(name)
        for name in (
            "start_item",
            "disable",
            "enable",
            "suspend",
            "resume",
            "terminate",
            "fault",
            "reactivate_item",
        )
    },
}


def main(arguments: Sequence[str]) -> int:
    """`run PATHS...` -> 0 when every run passes, 1 when one does not, 2 when the arguments are wrong."""
    if len(arguments) < 2 or arguments[0] != "run":
        sys.stderr.write("usage: python -m orchestration.casetypes.scenarios run FILES-OR-FOLDERS...\n")
        return 2
    results = list(run_files(arguments[1:]))
    for result in results:
        verdict = f"FAIL  {result.file} [{result.run}] {result.message}" if result.message else ""
        sys.stdout.write((verdict or f"pass  {result.file} [{result.run}]") + "\n")
    failed = sum(1 for result in results if result.message)
    sys.stdout.write(f"{len(results) - failed} of {len(results)} runs pass\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
