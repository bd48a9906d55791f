"""What happens when the case's data changes? (5.3, 8.3)

A case file item is the case variable of its name. Whoever writes the variable makes the item's transition; whoever
makes the transition writes the variable. Sentries and variable listeners see both.
"""

from __future__ import annotations

from typing import Any

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.cmmn import items, listeners
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.lifecycle import CASE_FILE_ITEM
from orchestration.engine.cmmn.model import CaseFileItem
from orchestration.engine.step import CommandRejected

Json = Any


def announce(run: CaseRun) -> None:
    """A case begins: the case file items that it was given are created, and its variables."""
    variables = run.step.state.instances[run.instance].variables
    for item in run.model.files.values():
        if item.name in variables:
            _made(run, item, "create")
    for name in sorted(run.model.watchers.keys() & variables):
        _tell_listeners(run, name, "create")


def written(run: CaseRun, names: frozenset[str], fresh: frozenset[str]) -> None:
    """Case variables were written, `fresh` of them for the first time."""
    for item in run.model.files.values():
        if item.name in names:
            _made(run, item, "create" if item.name in fresh else "update")
    for name in sorted(names):
        _tell_listeners(run, name, "create" if name in fresh else "update")


def removed(run: CaseRun, names: frozenset[str]) -> None:
    for item in run.model.files.values():
        if item.name in names:
            _made(run, item, "delete")
    for name in sorted(names):
        _tell_listeners(run, name, "delete")


def change(run: CaseRun, command: c.CaseFile, _item: object) -> None:
    """One transition of a case file item by hand; updated without a value, it keeps its content.

    Raises CommandRejected by the life cycle of 8.3.
    """
    item = _named(run, command.name)
    there = run.step.state.instances[run.instance].variables
    present = item.name in there
    appends = command.op == "create" and present and item.many
    if ((command.op, "available" if present else "absent") not in CASE_FILE_ITEM) and not appends:
        raise CommandRejected(
            "state", f"{item.name} is {'there already' if present else 'not there'}; it cannot {command.op}."
        )
    parent = run.model.files.get(item.parent or "")
    if command.op == "create" and parent is not None and parent.name not in there:
        raise CommandRejected("state", f"{item.name} belongs to {parent.name}, which is not there.")
    if command.op == "delete":
        _delete(run, item)
        return
    touched = command.op != "create" and command.value is None
    if command.op in ("create", "update", "replace") and not touched:
        value = _content(item, there.get(item.name), command)
        _write(run, item, value, fresh=not present)
    _made(run, item, command.op)


def _named(run: CaseRun, name: str) -> CaseFileItem:
    last = name.rpartition("/")[2]
    for item in run.model.files.values():
        if last in (item.name, item.id):
            return item
    raise CommandRejected("unknown", f"The case file has no item {name!r}.")


def _content(item: CaseFileItem, there: Json, command: c.CaseFile) -> Json:
    """Items that may be many hold a list: creating one more appends to it. (5.3.2, multiplicity)"""
    if not item.many or isinstance(command.value, list):
        return command.value
    if command.op == "create":
        return [*(there if isinstance(there, list) else ()), command.value]
    return [command.value]


def _write(run: CaseRun, item: CaseFileItem, value: Json, fresh: bool) -> None:
    run.step.emit(e.VariablesChanged(run.instance, None, {item.name: value}))
    run.step.touch(run.instance, item.name)
    _tell_listeners(run, item.name, "create" if fresh else "update")


def _delete(run: CaseRun, item: CaseFileItem) -> None:
    """With all that it contains, from the inside out."""
    for child in item.children:
        nested = run.model.files[child]
        if nested.name in run.step.state.instances[run.instance].variables:
            _delete(run, nested)
    run.step.emit(e.VariablesChanged(run.instance, None, {}, (item.name,)))
    run.step.touch(run.instance, item.name)
    _made(run, item, "delete")
    _tell_listeners(run, item.name, "delete")


def _made(run: CaseRun, item: CaseFileItem, transition: str) -> None:
    """Record the transition and tell sentries; a parent gains or loses a child by it. (table 8.2)"""
    run.step.emit(e.CaseFileChanged(run.instance, item.name, transition, item.id))
    run.on_transition(run, item.id, transition, None)
    parent = run.model.files.get(item.parent or "")
    if parent is not None and transition in ("create", "delete"):
        there = parent.name in run.step.state.instances[run.instance].variables
        if there:
            _made(run, parent, "addChild" if transition == "create" else "removeChild")


def _tell_listeners(run: CaseRun, name: str, kind: str) -> None:
    """Told when nothing else is left to do, so that a listener hears what happened in the step that created it."""
    for node in run.model.watchers.get(name, ()):
        if node in run.model.nodes and listeners.hears(run.model.nodes[node], name, kind):
            run.heard[node] = None
            run.step.touch(run.instance)


def tell(run: CaseRun) -> None:
    """Let the variable listeners that heard something in this step occur, each instance that is there once."""
    for node in run.heard:
        for item in run.open(node):
            if item.state == "available":
                run.step.plan(_occur, run, item.id)
    run.heard.clear()


def _occur(run: CaseRun, number: int) -> None:
    item = run.item(number)
    if item is not None and item.state == "available":
        items.finish(run, item, "occur")
