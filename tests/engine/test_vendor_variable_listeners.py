"""Do Flowable's variable listeners of a process hear what happens to a variable?"""

from __future__ import annotations

import pytest

from tests.engine.vendors import Run, bpmn, flows, line, sentences


def hears(name: str = "level", change: str = "") -> str:
    kind = f'variableChangeType="{change}"' if change else ""
    listens = f'<flowable:variableListenerEventDefinition variableName="{name}" {kind}/>'
    return f"<extensionElements>{listens}</extensionElements>"


def caught(change: str = "") -> bytes:
    event = f'<intermediateCatchEvent id="t">{hears(change=change)}</intermediateCatchEvent>'
    return bpmn(
        '<startEvent id="s"/><userTask id="before"/>', event, '<endEvent id="e"/>', flows("s", "before", "t", "e")
    )


def beside(change: str = "", interrupts: str = "false") -> bytes:
    border = f'<boundaryEvent id="b" attachedToRef="t" cancelActivity="{interrupts}">{hears(change=change)}'
    after = '<userTask id="after"/>' + flows("b", "after")
    return line('<userTask id="t"/>', f"{border}</boundaryEvent>", after)


def tasks(run: Run) -> list[str]:
    return sorted(row["def"] for row in run.seen["tasks"])


def test_an_event_waits_until_its_variable_changes():
    run = Run(caught(), {"level": 1})
    run.engine.complete(run.id, "#before", {})
    run.engine.set_variables(run.id, {"other": 1})
    assert run.seen["waiting"] == ["t"]
    run.engine.set_variables(run.id, {"level": 2})
    assert run.seen["state"] == "completed"


@pytest.mark.parametrize(
    ("change", "given", "writes", "heard"),
    [
        ("create", {"level": 1}, [{"level": 2}], False),
        ("create", {}, [{"level": 2}], True),
        ("update", {}, [{"level": 2}], False),
        ("update", {}, [{"level": 2}, {"level": 3}], True),
        ("update-create", {}, [{"level": 2}], True),
        ("delete", {"level": 1}, [{"level": 2}], False),
        ("all", {"level": 1}, [{"level": 2}], True),
    ],
)
def test_it_may_ask_for_one_kind_of_change(change, given, writes, heard):
    run = Run(caught(change), given)
    run.engine.complete(run.id, "#before", {})
    for changes in writes:
        run.engine.set_variables(run.id, changes)
    assert run.seen["state"] == ("completed" if heard else "active")


def test_at_the_border_of_a_task_it_is_heard_again_and_again():
    run = Run(beside())
    for level in (1, 2):
        run.engine.set_variables(run.id, {"level": level})
    assert tasks(run) == ["after", "after", "t"]


def test_at_the_border_of_a_task_it_may_end_the_task():
    run = Run(beside(interrupts="true"))
    run.engine.set_variables(run.id, {"level": 1})
    assert tasks(run) == ["after"]


def test_what_a_process_is_given_as_it_starts_is_heard_in_the_same_step():
    run = Run(beside("create"), {"level": 1})
    assert tasks(run) == ["after", "t"]
    run.engine.set_variables(run.id, {"level": 2})
    assert tasks(run) == ["after", "t"]


def test_a_variable_that_changes_while_a_task_completes_is_heard_by_what_follows():
    run = Run(caught("create"))
    run.engine.complete(run.id, "#before", {"level": 1})
    assert run.seen["state"] == "completed"


@pytest.mark.parametrize(("interrupts", "open_"), [("true", ["second"]), ("false", ["second", "t"])])
def test_an_event_sub_process_begins_at_the_start_event_whose_variable_changed(interrupts, open_):
    starts = "".join(
        f'<startEvent id="on-{name}" isInterrupting="{interrupts}">{hears(name)}</startEvent>'
        f'<userTask id="{name}"/>{flows(f"on-{name}", name)}'
        for name in ("first", "second")
    )
    run = Run(line('<userTask id="t"/>', f'<subProcess id="sub" triggeredByEvent="true">{starts}</subProcess>'))
    run.engine.set_variables(run.id, {"second": 1})
    assert tasks(run) == open_


def test_a_listener_that_names_no_variable_is_refused():
    event = f'<intermediateCatchEvent id="t">{hears("")}</intermediateCatchEvent>'
    assert sentences(line(event))["t"] == [(True, "The variable listener names no variable.")]
