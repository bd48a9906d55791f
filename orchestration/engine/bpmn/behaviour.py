"""How does a process answer what happens to it?

The BPMN behaviour of the kernel (`step.Behaviour`): commands and occurrences come in here and go to the modules that
know them; all work is done from the agenda, so that a fault of the model becomes an incident where it arose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from orchestration.engine import commands as c
from orchestration.engine.bpmn import (
    activities,
    catching,
    compensation,
    execution_listeners,
    gateways,
    scopes,
    suspension,
    throwing,
    tokens,
    variable_events,
    variables,
    waits,
)
from orchestration.engine.bpmn.arrivals import ON_ARRIVAL
from orchestration.engine.bpmn.items import close_item, end_children, end_turn, node_of, process
from orchestration.engine.bpmn.model import Activity, CallActivity, Event, Gateway, Node, SubProcess, Task
from orchestration.engine.state import ROOT, Item, Wait
from orchestration.engine.step import CommandRejected, ErrorThrown, ModelFault, Step

Json = Any


class ProcessBehaviour:
    """BPMN 2.0 on the kernel. It has no state of its own."""

    on_arrival: Final = ON_ARRIVAL

    def start(self, step: Step, instance: int, at: str | None) -> None:
        model = process(step, instance)
        given = step.state.instances[instance].variables
        values = {d.name: d.value for d in model.body.data if d.value is not None and d.name not in given}
        variable_events.note(step, instance, "create", given)
        step.set_variables(instance, values)
        execution_listeners.carry_out(step, model.started, instance, None, inside=True)
        scopes.listen(step, instance, None, model.body)
        if at is None and not model.body.starts:
            at = next((id for id in model.body.nodes if model.nodes[id].type == "startEvent"), None)
        if at is None:
            for id in model.body.starts:
                tokens.begin(step, instance, None, id)
        elif at in model.nodes:
            _learn(step, instance, at)
            catching.enter_at(step, instance, at)
        else:
            raise CommandRejected("no-model", f"The process {model.id!r} has no start event {at!r}.")

    def command(self, step: Step, command: c.Command, instance: int, item: Item | None) -> None:
        match command:
            case c.Suspend() if item is None:
                suspension.suspend(step, instance)
            case c.Resume() if item is None:
                suspension.resume(step, instance)
            case c.Terminate() if item is None:
                self.terminate(step, instance)
                step.end_instance(instance, "terminated")
            case c.StartItem() | c.Trigger() if item is not None and item.state == "enabled":
                _awake(step, instance)
                _perform(step, item)
            case c.Trigger() if item is not None:
                _awake(step, instance)
                _trigger(step, item, command.variables)
            case c.CompleteItem() if item is not None:
                _awake(step, instance)
                _complete_by_hand(step, item, command.variables)
            case _:
                raise CommandRejected("state", f"{type(command).__name__} is not for what a process has open here.")

    def task_completed(self, step: Step, item: Item, variables: Mapping[str, Json]) -> None:
        _awake(step, item.instance)
        step.plan(activities.complete, step, item.id, variables)

    def job_completed(self, step: Step, item: Item, result: Json) -> None:
        _awake(step, item.instance)
        step.plan(activities.complete, step, item.id, variables.results(node_of(step, item), result))

    def job_failed(self, step: Step, item: Item, error: str, code: str | None) -> bool:
        _awake(step, item.instance)
        return code is not None and throwing.throw(step, item.instance, item.id, "error", code, error, at_work=True)

    def error_thrown(self, step: Step, thrown: ErrorThrown) -> bool:
        variables.assign(step, thrown.instance, thrown.item, thrown.changes)
        at_work = not thrown.inside
        return throwing.throw(step, thrown.instance, thrown.item, "error", thrown.error, str(thrown), at_work)

    def timer_fired(self, step: Step, wait: Wait) -> None:
        _awake(step, wait.instance)
        step.plan(catching.occurred, step, wait, {})

    def received(self, step: Step, wait: Wait, variables: Mapping[str, Json]) -> None:
        if step.state.instances[wait.instance].state == "suspended":
            if wait.kind == "signal":
                return
            if step.state.root.state != "suspended":
                return suspension.keep(step, wait, variables)
        _awake(step, wait.instance)
        step.plan(catching.occurred, step, wait, variables)

    def called_ended(self, step: Step, item: Item, instance: int, state: str, variables: Mapping[str, Json]) -> None:
        node = cast(CallActivity, node_of(step, item))
        if state != "completed" and not (node.kind == "case" and state == "terminated"):
            raise ModelFault(f"The {node.kind} that '{node.name or node.id}' called is {state}.", item.id, "called")
        takes = node.outputs or node.extensions.return_all
        activities.complete(step, item.id, variables if takes else {})

    def retry(self, step: Step, item: Item) -> None:
        node, stalled = node_of(step, item), item.facts.get("stalled")
        if stalled is None and isinstance(node, Activity):
            step.plan(activities.begin_again, step, item.id)
            return
        close_item(step, item.id, "closed", "retry")
        if isinstance(node, Activity) and stalled == "leaving":
            step.plan(tokens.leave, step, item.instance, item.parent, node)
        elif stalled == scopes.DEAF:
            step.plan(scopes.hear, step, item.instance, item.parent, cast(Event, node))
        else:
            tokens.begin(step, item.instance, item.parent, node.id)

    def skip(self, step: Step, item: Item, output: Json) -> None:
        node, stalled = node_of(step, item), item.facts.get("stalled")
        if stalled == scopes.DEAF:
            close_item(step, item.id, "closed", "skip")
        elif stalled == "leaving" or isinstance(node, Gateway):
            _go_by(step, item, node, output)
        elif isinstance(node, Event):
            step.plan(catching.caught, step, item.id, node, variables.results(node, output))
        else:
            step.plan(activities.complete, step, item.id, variables.results(node, output))

    def settle(self, step: Step, instance: int, changed: frozenset[str]) -> None:
        """The step is quiet: what only now can be said. The first thing that moves sends the step round again."""
        if step.state.instances[instance].state == "suspended":
            return
        if changed and process(step, instance).has_keys:
            waits.keep_keys(step, instance)
        if _moves(step, instance):
            step.touch(instance)
            return
        for scope in scopes.completing(step, instance) if process(step, instance).has_handlers else ():
            end_turn(step, instance, scope)
            catching.stop_listening(step, instance, scope)
        done = scopes.emptied(step, instance) or scopes.satisfied(step, instance)
        for item in done:
            step.plan(activities.complete, step, item.id, {})
        if not done and scopes.is_quiet(step, instance, None):
            step.end_instance(instance, "completed")
        elif not done and (passing := step.passing.pop(instance, None)):
            step.remove_variables(instance, passing)

    def written(
        self, step: Step, instance: int, item: int | None, names: frozenset[str], fresh: frozenset[str]
    ) -> None:
        variable_events.note(step, instance, "create", fresh)
        variable_events.note(step, instance, "update", names - fresh)

    def removed(self, step: Step, instance: int, names: frozenset[str]) -> None:
        variable_events.note(step, instance, "delete", names)

    def knows(self, step: Step, instance: int, item: int | None, name: str) -> Json:
        if name.startswith(("nrOf", "numberOf")):
            return activities.counts(step, item).get(name.replace("numberOf", "nrOf"))
        if name == "execution":
            return _facts(step, instance, item)
        return None

    def terminate(self, step: Step, instance: int) -> None:
        end_children(step, instance, None, "the process was terminated")


def _facts(step: Step, instance: int, item: int | None) -> dict[str, Json]:
    """What Flowable's `execution` tells about itself; without tenants theirs is the empty one."""
    key = step.state.instances[instance].key
    parent = (step.state.items[item].parent if item is not None else None) or instance
    return {
        "id": item or instance,
        "processInstanceId": instance,
        "rootProcessInstanceId": ROOT,
        "processDefinitionKey": key,
        "processDefinitionId": key,
        "currentActivityId": None if item is None else step.state.items[item].node,
        "parentId": parent,
        "parent": {"id": parent},
        "tenantId": "",
    }


def _go_by(step: Step, item: Item, node: Node, output: Json) -> None:
    """A token that could not go on goes along the flow that a person names."""
    flows = [flow for flow in node.outgoing if flow.id == output]
    if not flows:
        known = ", ".join(flow.id for flow in node.outgoing)
        raise CommandRejected("variables", f"To go on from here, name a sequence flow as the output: {known}.")
    close_item(step, item.id, "closed", "skip")
    tokens.send(step, item.instance, item.parent, flows)


def _moves(step: Step, instance: int) -> bool:
    """Let what waits for data occur; else joins that nothing can reach any more, else compensation."""
    waited = process(step, instance).has_conditions
    met = [*variable_events.heard(step, instance), *waits.conditions_met(step, instance)] if waited else []
    for wait in met:
        step.plan(catching.occurred, step, wait, {})
    return bool(met) or gateways.release(step, instance) or compensation.advance(step, instance)


def _awake(step: Step, instance: int) -> None:
    if step.state.instances[instance].state == "suspended":
        raise CommandRejected("suspended", f"{step.state.instances[instance].key} is suspended.")


def _perform(step: Step, item: Item) -> None:
    """A person starts an activity that an ad-hoc sub-process offers; it is offered again (13.3.5)."""
    scope = cast(int, item.parent)
    holder = step.state.items[scope]
    ad_hoc = cast(SubProcess, node_of(step, holder))
    if ad_hoc.sequential and scopes.performs(step, holder):
        raise CommandRejected("state", f"In '{ad_hoc.name or ad_hoc.id}' one activity is performed at a time.")
    close_item(step, item.id, "closed", "start")
    scopes.offer(step, item.instance, scope, item.node)
    tokens.begin(step, item.instance, scope, item.node)


def _trigger(step: Step, item: Item, values: Mapping[str, Json]) -> None:
    """The outside lets a receive task, or work asked of a machine, go on."""
    node = node_of(step, item)
    if activities.is_frame(item) or not (_receives(node) or step.state.waits_of(item.id, "job")):
        raise CommandRejected("state", f"'{node.name or node.id}' does not wait to be triggered.")
    step.plan(activities.complete, step, item.id, values)


def _complete_by_hand(step: Step, item: Item, values: Mapping[str, Json]) -> None:
    """A receive task, a job or a task is declared done, or an ad-hoc sub-process in which nothing is at work."""
    node = node_of(step, item)
    if scopes.is_ad_hoc(step, item.id):
        if scopes.performs(step, item):
            raise CommandRejected("state", f"In '{node.name or node.id}' something is still being performed.")
    elif activities.is_frame(item) or not (_receives(node) or step.state.waits_of(item.id, "task", "job")):
        raise CommandRejected("state", f"'{node.name or node.id}' is not completed by hand.")
    step.plan(activities.complete, step, item.id, values)


def _receives(node: Node) -> bool:
    return node.type == "receiveTask" or (isinstance(node, Task) and node.answer is not None)


def _learn(step: Step, instance: int, at: str) -> None:
    """The message that begins a process gives it its correlation key."""
    starter = next((s for s in process(step, instance).starters if s.at == at and s.kind == "message"), None)
    if starter is not None and starter.name is not None:
        message = Wait(0, instance, None, "message", starter.name)
        waits.learn_key(step, message, step.state.instances[instance].variables)
