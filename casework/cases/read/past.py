"""What of a case's past do its pages need, without its events being read again?

A fold of the history (an event-sourced projection): which steps were done and when, which parts there were, what
machines were asked and answered, which event wrote a field last. It holds what is at work and the newest of what is
over, so it does not grow with the history. Pure: the same events give the same, in whatever portions they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from audit.selectors import Entry

Json = Any
Past = dict[str, Any]
"""JSON: numbers of instances, items and jobs are keys, and so texts."""

ROOT: Final = 1
"""The number of the root instance."""
PARTS_OVER: Final = 40
ITEMS_OVER: Final = 200
JOBS: Final = 20
DECISIONS: Final = 20
WRITTEN: Final = {"engine.InstanceStarted": "variables", "engine.VariablesChanged": "changes"}
"""Which events write data, and what of them."""
OPENED: Final = "opened"
OPEN: Final = "open"
"""Of a decision that is contested, and that nobody has looked at again."""
MODEL: Final = "model"
"""Beside a decision ("rules:ID") and an actor as the history names it: what data can come from."""
OF_OWNERS: Final = frozenset({"copies.healed", "copy.changed"})
"""After these the next data are what another system told, whoever asked for it."""
GONE: Final = frozenset({"completed", "terminated", "closed"})
"""States in which an item is over for good (CMMN 8.4.2, BPMN 13.3.2)."""
PLANNED: Final = {"engine.ItemPlanned": "planned", "engine.PlanRefused": "refused"}


def nothing() -> Past:
    """The past of a case that has none."""
    empty = ("parts", "over", "done", "left", "flows", "elsewhere", "items", "tasks", "changed", "writers", "jobs")
    lists: Past = {"decisions": [], "actors": [], "actions": []}
    return {"upto": 0, **{name: {} for name in empty}, **lists, "by": {}, "step": "", "next": ""}


def fold(past: Past, entries: Iterable[Entry]) -> Past:
    """Takes these events in, which follow what was taken in before. Changes `past` and gives it back."""
    for entry in entries:
        _answers(past, entry)
        _writer(past, entry)
        taker = _TAKERS.get(entry.action)
        if taker is not None and not entry.detail.get("erased"):
            taker(past, entry, entry.detail)
        for name, value in (("actors", entry.actor), ("actions", entry.action)):
            if value not in past[name]:
                past[name].append(value)
        past["upto"] = entry.sequence
    return past


def _writer(past: Past, entry: Entry) -> None:
    """Who or what the next data of this step comes from: who took the step, the rules after a decision, then the model.

    A step has one time; what it writes after its first data, and not right after a decision, the model works out.
    """
    if past["step"] != entry.at.isoformat():
        past["step"], past["next"] = entry.at.isoformat(), entry.actor
    if entry.action in OF_OWNERS and not entry.detail.get("erased"):
        past["next"] = f"owner:{entry.detail.get('owner', '')}"
    if entry.action == "engine.DecisionEvaluated":
        past["next"] = f"rules:{entry.detail.get('decision', '')}"


def _started(past: Past, entry: Entry, detail: Json) -> None:
    told = {name: detail.get(name) for name in ("kind", "key", "name", "parent")}
    past["parts"][str(detail["instance"])] = told
    _written(past, entry, detail)


def _written(past: Past, entry: Entry, detail: Json) -> None:
    names = detail.get(WRITTEN[entry.action])
    if not isinstance(names, dict):
        return
    if detail.get("instance", ROOT) == ROOT and detail.get("item") is None:
        past["changed"] |= dict.fromkeys(names, entry.at.isoformat())
        past["by"] |= dict.fromkeys(names, past["next"] if entry.action != "engine.InstanceStarted" else OPENED)
    past["next"] = MODEL
    if "instance" in detail and detail.get("item") is None:
        past["writers"].setdefault(str(detail["instance"]), {}).update(dict.fromkeys(names, entry.sequence))


def _ended(past: Past, entry: Entry, detail: Json) -> None:
    number = str(detail["instance"])
    past["over"].pop(number, None)
    past["over"][number] = str(detail["state"])
    gone = [number for number in past["over"] if number != "1" and number in past["parts"]]
    for number in gone[: max(0, len(gone) - PARTS_OVER)]:
        _drop(past, number)


def _drop(past: Past, number: str) -> None:
    """A part that is long over is kept as the steps that were done in its model."""
    part = past["parts"].pop(number)
    elsewhere = past["elsewhere"].setdefault(part["key"], {})
    elsewhere |= {node: at for node, (at, _) in past["done"].pop(number, {}).items()}
    for kept in ("over", "left", "flows", "writers"):
        past[kept].pop(number, None)


def _opened(past: Past, entry: Entry, detail: Json) -> None:
    if "item" in detail:
        name = detail.get("name") or detail["node"]
        past["items"][str(detail["item"])] = [
            name, detail.get("type", ""), detail["instance"], detail.get("parent"), detail["node"], False,
        ]  # fmt: skip


def _changed(past: Past, entry: Entry, detail: Json) -> None:
    if "target" not in detail:
        return
    item, number = past["items"].get(str(detail["item"])), str(detail["instance"])
    node = item[4] if item else detail["definition"]
    if detail["target"] == "terminated":
        past["left"].setdefault(number, {})[node] = detail.get("reason", "")
    if detail["target"] == "completed":
        _done(past, number, node, entry)
    if item is not None:
        item[5] = detail["target"] in GONE
        _forget_items(past)


def _forget_items(past: Past) -> None:
    if len(past["items"]) <= 2 * ITEMS_OVER:
        return
    over = [number for number, item in past["items"].items() if item[5]]
    for number in over[: len(over) - ITEMS_OVER]:
        del past["items"][number]
        past["tasks"].pop(number, None)


def _passed(past: Past, entry: Entry, detail: Json) -> None:
    if "node" in detail:
        number = str(detail["instance"])
        past["flows"].setdefault(number, {})[detail["node"]] = list(detail.get("taken", ()))
        _done(past, number, detail["node"], entry)


def _done(past: Past, number: str, node: str, entry: Entry) -> None:
    done = past["done"].setdefault(number, {})
    done[node] = [entry.at.isoformat(), done.get(node, [None, 0])[1] + 1]
    past["left"].get(number, {}).pop(node, None)


def _task(past: Past, entry: Entry, detail: Json) -> None:
    if "item" in detail:
        past["tasks"][str(detail["item"])] = detail["name"]


def _decided(past: Past, entry: Entry, detail: Json) -> None:
    past["decisions"] = [*past["decisions"], entry.sequence][-DECISIONS:]


def _contested(past: Past, entry: Entry, detail: Json) -> None:
    """Only where there is any, so that what was kept of before stays as it is."""
    past.setdefault("contested", {})[str(detail["decision"])] = detail.get("outcome", OPEN)


# what machines were asked


def _asked(past: Past, entry: Entry, detail: Json) -> None:
    if "job" not in detail:
        return
    jobs = past["jobs"]
    jobs[str(detail["job"])] = {
        "item": detail["item"], "instance": detail["instance"], "name": detail.get("name", ""),
        "capability": detail.get("capability", ""), "rules": entry.definition, "asked": entry.sequence,
        "at": entry.at.isoformat(), "given": dict(past["writers"].get(str(detail["instance"]), {})),
        "calls": [], "wrote": [], "planned": [], "refused": [], "answering": False, "over": False,
    }  # fmt: skip
    over = [number for number, job in jobs.items() if job["over"]]
    for number in over[: max(0, len(jobs) - JOBS)]:
        del jobs[number]


def _called(past: Past, entry: Entry, detail: Json) -> None:
    job = past["jobs"].get(str(detail.get("job")))
    if job is not None:
        told = [detail.get(name, "") for name in ("actor", "version", "input")]
        job["calls"] = [*job["calls"], [entry.action, entry.sequence, *told]][-JOBS:]


def _closed(past: Past, entry: Entry, detail: Json) -> None:
    job = past["jobs"].get(str(detail.get("job")))
    if job is not None and not job["over"]:
        job["answering"] = True


def _answers(past: Past, entry: Entry) -> None:
    """What an answer led to: the events from the end of the job to the end of its task."""
    for job in past["jobs"].values():
        if not job["answering"]:
            continue
        if entry.action == "engine.ItemChanged" and entry.detail.get("item") == job["item"]:
            job["answering"], job["over"] = False, True
        elif entry.action == "engine.VariablesChanged":
            job["wrote"].append([sorted(entry.detail.get("changes", ())), entry.sequence])
        elif entry.action in PLANNED:
            name = entry.detail.get("name") or entry.detail.get("definition", "")
            job[PLANNED[entry.action]].append([name, entry.sequence])


_TAKERS: Final[dict[str, Callable[[Past, Entry, Json], None]]] = {
    "engine.InstanceStarted": _started,
    "engine.VariablesChanged": _written,
    "engine.InstanceEnded": _ended,
    "engine.ItemOpened": _opened,
    "engine.ItemChanged": _changed,
    "engine.ElementPassed": _passed,
    "engine.TaskOpened": _task,
    "engine.DecisionEvaluated": _decided,
    "engine.JobRequested": _asked,
    "engine.JobClosed": _closed,
    "actor.called": _called,
    "actor.failed": _called,
    "decision.contested": _contested,
    "contest.decided": _contested,
}
