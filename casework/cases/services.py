"""What may people and programs do to cases?

Every write goes through here: it checks what it was given, asks the shell, keeps the case's face in step and answers
with a value, done or refused with a sentence. Who may do it was decided when the case or task was fetched
(`casework.access.permissions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from django.contrib.auth.models import User
from django.db import transaction
from psycopg.errors import UniqueViolation

from audit.models import AuditEvent
from audit.services import Fact, Origin
from casework.access import permissions
from casework.access.permissions import origin_of
from casework.access.separation_of_duties import done_before
from casework.cases import available_actions
from casework.cases.available_actions import waiting_places
from casework.cases.case_row import open_face
from casework.cases.verification import verify
from casework.forms import answer_validation
from casework.models import Case, Reveal
from orchestration.casetypes.case_type import CaseType, Form, by_definition, current
from orchestration.engine.cmmn.view import Entry
from orchestration.engine.commands import (
    Command,
    CompleteTask,
    PlanItem,
    ReceiveMessage,
    ResolveIncident,
    Terminate,
    Trigger,
)
from orchestration.engine.state import State
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.privacy.masking import View, mask, refuse_writes_to_masked
from orchestration.shell import selectors, services
from orchestration.shell.services import Done
from orchestration.shell.verification import Verdict

Json = Any

REVEALED_FOR = timedelta(minutes=15)
VIEW_AGAIN_AFTER = timedelta(minutes=10)
REASON_MOST = 500
RESULT_MOST = 256_000
"""Bytes of JSON that a person may give in place of a machine's result."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case is there; `created` is false when the sender's reference had brought it in before."""

    case: Case
    created: bool


def case_open(
    *, by: User | None, case_type: str, reference: str, source: str, data: Mapping[str, Json], cause: str = ""
) -> Opened | Refused:
    """Bring a case in. The same source and reference twice make one case. `by` None: the product itself (a file)."""
    definition = current(case_type)
    model = by_definition(definition.pk)
    data = answer_validation.typed(model.schema, data)
    errors = answer_validation.text_errors({"reference": reference, "source": source}) | answer_validation.text_errors(
        data
    )
    errors |= answer_validation.schema_errors(model, data) if not errors else {}
    if not reference or len(reference) > 100:
        errors["reference"] = "A reference of at most 100 characters is needed."
    if not source or len(source) > 64:
        errors["source"] = "A source of at most 64 characters is needed."
    if errors:
        return Refused("invalid", "This could not be taken in. Correct it and send it again.", errors)
    if found := Case.objects.filter(case_type=case_type, source=source, reference=reference).first():
        return Opened(found, created=False)
    origin = Origin("system:intake", cause=cause) if by is None else Origin(origin_of(by).actor, cause=cause)
    opened = Fact("case.opened", {"case_type": case_type, "source": source, "reference": reference})
    try:
        done = services.start(
            definition,
            model.begin(data, None if by is None else by.username),
            origin,
            [opened],
            lambda done: open_face(done, source, reference),
        )
    except UniqueViolation:  # the same reference came in at the same moment, by another door
        return Opened(Case.objects.get(case_type=case_type, source=source, reference=reference), created=False)
    return done if isinstance(done, Refused) else Opened(Case.objects.get(instance=done.instance), created=True)


def task_claim(*, by: User, task: HumanTask) -> HumanTask | Refused:
    """Take a task that nobody has. Of two people at once, one gets it and the other is told who has it."""
    with transaction.atomic():
        row = _locked(task)
        if row.state != HumanTask.State.OPEN:
            refused = Refused("over", f"This task is {row.state} already.")
        elif row.assignee_id not in (None, by.pk):
            refused = Refused("taken", f"{_name(row.assignee)} has taken this task. Choose another, or ask for it.")
        elif row.assignee_id == by.pk:
            return row
        elif did := done_before(by, row):
            refused = _somebody_else(did)
        else:
            services.record(row.instance_id, [_assign(row, by, "task.claimed")], origin_of(by))
            return row
        return _kept(row, by, "claim", refused)


def task_release(*, by: User, task: HumanTask) -> HumanTask | Refused:
    """Give a task back to its groups."""
    with transaction.atomic():
        row = _locked(task)
        if row.state != HumanTask.State.OPEN:
            return _kept(row, by, "release", Refused("over", f"This task is {row.state} already."))
        if row.assignee_id != by.pk:
            return _kept(
                row, by, "release", Refused("not-yours", "This task is not yours, so you cannot give it back.")
            )
        services.record(row.instance_id, [_assign(row, None, "task.released")], origin_of(by))
        return row


def task_complete(*, by: User, task: HumanTask, answers: Mapping[str, Json]) -> Done | Refused:
    """Finish a task with a person's answers (by dotted path), checked against its form and the case's schema."""
    with transaction.atomic():
        row = _locked(task)
        if row.state == HumanTask.State.OPEN and row.assignee_id not in (None, by.pk):
            return _kept(row, by, "complete", Refused("taken", f"{_name(row.assignee)} has taken this task."))
        if row.state == HumanTask.State.OPEN and (did := done_before(by, row)):
            return _kept(row, by, "complete", _somebody_else(did))
        asked = _seen(row.instance.case, by, row.item)
        changes = _accepted(asked, asked.case_type.forms.get(row.form, Form(row.form, ())), answers)
        if isinstance(changes, Refused):
            return changes
        taken = row.assignee_id is None and row.state == HumanTask.State.OPEN
        facts = [_assign(row, by, "task.claimed")] if taken else []
        return services.send(row.instance_id, CompleteTask(row.item, changes), origin_of(by), facts)


def external_receive(
    *, by: User, case: Case, item: str, answers: Mapping[str, Json], at: int | None = None
) -> Done | Refused:
    """What a case has been waiting for has come in from outside (the customer's reply, say).

    `at`: which of several items that wait for it; None: the first.
    """
    with transaction.atomic():
        case_type, state = _locked_state(case)
        waited = next((external for external in case_type.external if external.item == item), None)
        if waited is None:
            return Refused("unknown", f"Cases of this type never wait for {item!r}.")
        waiting = next((place for place in waiting_places(state, waited) if at in (None, place)), None)
        if waiting is None:
            late = Refused("not-waiting", f"The case is not waiting for this now: {waited.label}.")
            return _refused(case.instance_id, by, {"command": "receive", "node": item}, late)
        changes = _accepted(_seen(case, by, waiting), case_type.forms[waited.form], answers)
        if isinstance(changes, Refused):
            return changes
        return services.send(case.instance_id, _arrival(state, waiting, item, changes), origin_of(by))


def _arrival(state: State, waiting: int, node: str, changes: Mapping[str, Json]) -> Command:
    """The message that the item waits for, where it waits for one; else a word that it may go on."""
    for wait in state.waits_of(waiting, "message"):
        if wait.node == node:
            return ReceiveMessage(wait.name, node, changes, instance=wait.instance)
    return Trigger(waiting, changes)


def item_plan(*, by: User, case: Case, definition: str, within: int | None = None) -> Done | Refused:
    """Add a step that the model offers this person at this moment; once, as long as it is not over.

    `within`: the item or the case whose planning table it is (`available_actions.within`); None: any that offers it.
    """
    with transaction.atomic():
        case_type, state = _locked_state(case)
        found = [
            entry
            for entry in available_actions.entries(case_type, state, clock.utc_now())
            if _is_meant(entry, definition, within)
        ]
        free = [entry for entry in found if not available_actions.is_there(case_type, state, entry)]
        if within is not None and not found:
            refused = Refused("unknown", "That part of the case does not offer this step.")
            return _refused(case.instance_id, by, {"command": "PlanItem", "definition": definition}, refused)
        if found and not free:
            refused = Refused("state", "This step is part of the case already.")
            return _refused(case.instance_id, by, {"command": "PlanItem", "definition": definition}, refused)
        roles = _roles(by)
        wishes = [available_actions.planning(entry, roles) for entry in free] or [PlanItem(definition[:200], roles)]
        now = clock.utc_now()
        wish = next(
            (each for each in wishes if not available_actions.rejection(case_type, state, each, now)), wishes[0]
        )
        return services.send(case.instance_id, wish, origin_of(by))


def _is_meant(entry: Entry, definition: str, within: int | None) -> bool:
    return entry.node == definition and within in (None, available_actions.within(entry))


def item_remove(*, by: User, case: Case, item: int, reason: str) -> Done | Refused:
    """Take a step away that somebody, or a machine, added and that is not over. The reason is kept."""
    reason = reason.strip()
    if not 3 <= len(reason) <= REASON_MOST or answer_validation.text_errors({"reason": reason}):
        errors = {"reason": f"Say in 3 to {REASON_MOST} characters why it is not needed."}
        return Refused("invalid", errors["reason"], errors)
    with transaction.atomic():
        case_type, state = _locked_state(case)
        found = next((each for each in available_actions.removable(case_type, state) if each.id == item), None)
        if found is None:
            refused = Refused("state", "Only a step that was added to the plan and is not over can be removed.")
            return _refused(case.instance_id, by, {"command": "remove", "item": item}, refused)
        model = case_type.library.cases[state.instances[found.instance].key]
        detail = {"instance": found.instance, "item": item, "name": model.nodes[found.node].name, "reason": reason}
        return services.send(case.instance_id, Terminate(item), origin_of(by), [Fact("item.removed", detail)])


def item_do(*, by: User, case: Case, item: int, how: str) -> Done | Refused:
    """Start, finish or let happen by hand what the model leaves to people; item 0: the case."""
    with transaction.atomic():
        case_type, state = _locked_state(case)
        choices = available_actions.choices(case_type, state, _roles(by), clock.utc_now())
        choice = next((each for each in choices if (each.item or 0) == item and each.how == how), None)
        if choice is None:
            refused = Refused("state", "This cannot be done by hand now.")
            return _refused(case.instance_id, by, {"command": how[:40], "item": item}, refused)
        return services.send(case.instance_id, choice.command, origin_of(by))


def case_change(*, by: User, case: Case, transition: str, reason: str = "") -> Done | Refused:
    """Suspend, resume, terminate, reactivate or close the whole case (CMMN 8.3); a reason is kept, where given."""
    command = available_actions.CHANGES.get(transition)
    errors = {} if command else {"transition": "This should be one of: " + ", ".join(available_actions.CHANGES) + "."}
    if len(reason) > REASON_MOST or answer_validation.text_errors({"reason": reason}):
        errors["reason"] = f"Say it in at most {REASON_MOST} characters."
    if command is None or errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    facts = [Fact("case.changed", {"transition": transition, "reason": reason.strip()})]
    with transaction.atomic():
        case_type, state = _locked_state(case)
        if available_actions.rejection(case_type, state, command, clock.utc_now()):
            facts = []
        return services.send(case.instance_id, command, origin_of(by), facts)


def incident_resolve(*, by: User, case: Case, incident: int, how: str, output: Json = None) -> Done | Refused:
    """Decide about something that failed: "retry" it, or "skip" it with an output given by hand."""
    if how not in ("retry", "skip"):
        return Refused("invalid", "Choose to retry or to skip.")
    if errors := answer_validation.text_errors({"output": output}):
        return Refused("invalid", "This cannot be kept as the result.", errors)
    if len(orjson.dumps(output, option=orjson.OPT_NON_STR_KEYS)) > RESULT_MOST:
        sentence = f"A result given by hand has at most {RESULT_MOST:,} bytes."
        return Refused("invalid", sentence, {"output": sentence})
    return services.send(case.instance_id, ResolveIncident(incident, how, output), origin_of(by))  # type: ignore[arg-type]


def field_reveal(*, by: User, case: Case, path: str, reason: str, item: int | None = None) -> Reveal | Refused:
    """Show a masked field (a JSON Pointer) to this person for a while. The reason is kept in the history.

    `item`: the open item in whose part of the case the field stands; None: the case itself.
    """
    reason = reason.strip()
    if not 5 <= len(reason) <= 500 or answer_validation.text_errors({"reason": reason}):
        errors = {"reason": "Say in 5 to 500 characters why you need to see this."}
        return Refused("invalid", errors["reason"], errors)
    if path not in _seen(case, by, item).view.masked:
        return Refused("unknown", "There is nothing masked for you at this place.")
    with transaction.atomic():
        services.record(case.instance_id, [Fact("field.revealed", {"path": path, "reason": reason})], origin_of(by))
        return Reveal.objects.create(
            case=case, person=by, path=path, reason=reason, until=clock.utc_now() + REVEALED_FOR
        )


def case_viewed(*, by: User, case: Case) -> None:
    """Keep that somebody looked, once in a while rather than at every click."""
    recent = AuditEvent.objects.filter(
        chain=case.instance_id,
        action="case.viewed",
        actor=origin_of(by).actor,
        at__gt=clock.utc_now() - VIEW_AGAIN_AFTER,
    )
    if not recent.exists():
        services.record(case.instance_id, [Fact("case.viewed")], origin_of(by))


def case_verify(*, by: User, case: Case) -> Verdict:
    """Check the case's history while nobody can add to it, and keep that it was checked."""
    with transaction.atomic():
        verdict = verify(type(case.instance).objects.select_for_update().get(pk=case.instance_id))
        detail = {"ok": verdict.ok, "events": verdict.events, "reason": verdict.reason}
        services.record(case.instance_id, [Fact("case.verified", detail)], origin_of(by))
    return verdict


@dataclass(frozen=True, slots=True)
class _Seen:
    """The clear data that an item sees, what a person may see of it, and the data of the root case around it."""

    case_type: CaseType
    data: dict[str, Json]
    view: View
    root: dict[str, Json]


def _seen(case: Case, by: User, item: int | None = None) -> _Seen:
    """The case through the eyes of a person, as an item of it sees it (None: the root)."""
    case_type = by_definition(case.instance.definition_id)
    state = selectors.state_of(case.instance)
    data, root = selectors.visible(state, item), dict(state.root.variables)
    principal = permissions.principal(by, case, clock.utc_now())
    return _Seen(case_type, data, mask(data, case_type.classification, principal, [root]), root)


def _locked_state(case: Case) -> tuple[CaseType, State]:
    """The case type and the state as it is now, with the root case locked until the transaction ends."""
    type(case.instance).objects.select_for_update().get(pk=case.instance_id)
    case.instance.refresh_from_db()
    return by_definition(case.instance.definition_id), selectors.state_of(case.instance)


def _roles(by: User) -> tuple[str, ...]:
    """The person's groups, which are the roles that a model may ask for."""
    return tuple(sorted(by.groups.values_list("name", flat=True)))


def _accepted(seen: _Seen, form: Form, answers: Mapping[str, Json]) -> dict[str, Json] | Refused:
    """The variables that these answers write, or what is wrong with them."""
    case_type, data, view = seen.case_type, seen.data, seen.view
    answers = answer_validation.typed_answers(case_type.schema, answers)
    complete = answer_validation.with_initial(form, answers, data, view)
    errors = answer_validation.form_errors(form, complete) | answer_validation.text_errors(complete)
    errors |= answer_validation.changed_although_fixed(form, complete, data) | answer_validation.placeholder_errors(
        form, complete, data
    )
    touched = {path: value for path, value in complete.items() if answers.get(path) not in (None, "")}
    untouched = {path for path in touched if touched[path] != answers.get(path)}
    asked = answer_validation.nested((path, value) for path, value in touched.items() if path not in untouched)
    for refusal in refuse_writes_to_masked(asked, view):
        errors.setdefault(refusal.path.strip("/").replace("/", "."), refusal.reason)
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    changes = answer_validation.placed(data, answer_validation.filled(form, complete, data))
    errors = answer_validation.schema_errors(case_type, seen.root | changes)
    return Refused("invalid", "Please correct what is marked.", errors) if errors else changes


def _locked(task: HumanTask) -> HumanTask:
    """The task as it is now, with its root case locked until the transaction ends."""
    type(task.instance).objects.select_for_update().get(pk=task.instance_id)
    return HumanTask.objects.select_related("instance__case", "assignee").get(pk=task.pk)


def _assign(row: HumanTask, to: User | None, action: str) -> Fact:
    """Give the task to somebody, or to nobody; what the history should say of it."""
    row.assignee = to
    row.save(update_fields=["assignee"])
    row.candidates.update(assigned=to is not None)
    return Fact(action, {"task": row.name, "item": row.item, "definition": row.definition_item})


def _somebody_else(did: str) -> Refused:
    return Refused("four-eyes", f"You {did}, so somebody else has to do this.")


def _kept(row: HumanTask, by: User, command: str, refused: Refused) -> Refused:
    return _refused(row.instance_id, by, {"command": command, "item": row.item}, refused)


def _refused(instance: int, by: User, asked: Mapping[str, Json], refused: Refused) -> Refused:
    """A refusal that the engine never saw is kept in the history as well."""
    detail = {**asked, "code": refused.code, "reason": refused.message}
    services.record(instance, [Fact("command.refused", detail)], origin_of(by))
    return refused


def _name(user: User | None) -> str:
    return "" if user is None else user.get_full_name() or user.get_username()
