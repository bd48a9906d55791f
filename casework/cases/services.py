"""What may people and programs do to a case that is there?

Every write goes through here: it checks what it was given, asks the shell and answers with a value, done or refused
with a sentence. Who may was decided when the case was fetched (`access.permissions.case_for_user`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from audit.data_keys import KeyFault
from audit.models import AuditEvent
from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.answers import accepted, seen
from casework.cases.dependent import not_by_itself
from casework.cases.locking import keep_refusal, locked
from casework.cases.own_words import keep_own_words, masked_words
from casework.cases.verification import verify
from casework.forms import answer_validation
from casework.forms.answer_validation import tells
from casework.models import Case
from orchestration.agents.approvals import skip_is_over
from orchestration.engine.commands import Command, PlanItem, ReceiveMessage, Terminate, Trigger
from orchestration.ground import clock
from orchestration.ground.refusals import NO_SUCH, Refused
from orchestration.models import Instance
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import Verdict
from orchestration.view import available_actions
from orchestration.view.available_actions import waiting_places
from orchestration.view.planning import Entry
from orchestration.view.state import State

Json = Any

VIEW_AGAIN_AFTER = timedelta(minutes=10)
REASON_LEAST, REASON_MOST = 3, 500


def external_receive(
    *, by: User, case: Case, item: str, answers: Mapping[str, Json], at: int | None = None
) -> Done | Refused:
    """What a case has been waiting for has come in from outside (the customer's reply, say).

    `at`: which of several items that wait for it; None: the first.
    """
    with transaction.atomic():
        held = locked(case.instance_id)
        case_type, state = held.case_type, held.state
        waited = next((external for external in case_type.external if external.item == item), None)
        if waited is None:
            return Refused("unknown", f"Cases of this type never wait for {item!r}.")
        waiting = next((place for place in waiting_places(state, waited) if at in (None, place)), None)
        if waiting is None:
            late = Refused("not-waiting", f"The case is not waiting for this now: {waited.label}.")
            return keep_refusal(held, by, {"command": "receive", "node": item}, late)
        look = seen(held, case, by, waiting)
        changes = accepted(look, case_type.forms[waited.form], answers)
        if isinstance(changes, Refused):
            return changes
        words = list(masked_words(look, answers))
        outcome = services.send(held, _arrival(state, waiting, item, changes), origin_of(by))
        keep_own_words(case, by, words, outcome)
        return outcome


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
        held = locked(case.instance_id)
        case_type, state = held.case_type, held.state
        found = [
            entry
            for entry in available_actions.entries(case_type, state, held.at)
            if _is_meant(entry, definition, within)
        ]
        free = [entry for entry in found if not available_actions.is_there(case_type, state, entry)]
        if within is not None and not found:
            refused = Refused("unknown", "That part of the case does not offer this step.")
            return keep_refusal(held, by, {"command": "PlanItem", "definition": definition}, refused)
        if found and not free:
            refused = Refused("state", "This step is part of the case already.")
            return keep_refusal(held, by, {"command": "PlanItem", "definition": definition}, refused)
        roles = _roles(by)
        wishes = [available_actions.planning(entry, roles) for entry in free] or [PlanItem(definition[:200], roles)]
        wish = next(
            (each for each in wishes if not available_actions.rejection(case_type, state, each, held.at)), wishes[0]
        )
        return services.send(held, wish, origin_of(by))


def _is_meant(entry: Entry, definition: str, within: int | None) -> bool:
    return entry.node == definition and within in (None, available_actions.within(entry))


def item_remove(*, by: User, case: Case, item: int, reason: str) -> Done | Refused:
    """Take a step away that somebody, or a machine, added and that is not over. The reason is kept."""
    reason = reason.strip()
    if not tells(reason, REASON_LEAST, REASON_MOST) or answer_validation.text_errors({"reason": reason}):
        errors = {"reason": f"Say in {REASON_LEAST} to {REASON_MOST} characters why it is not needed."}
        return Refused("invalid", errors["reason"], errors)
    with transaction.atomic():
        held = locked(case.instance_id)
        case_type, state = held.case_type, held.state
        found = next((each for each in available_actions.removable(case_type, state) if each.id == item), None)
        if found is None:
            refused = _no_step(state, item) or Refused(
                "state", "Only a step that was added to the plan and is not over can be removed."
            )
            return keep_refusal(held, by, {"command": "remove", "item": item}, refused)
        model = case_type.library.cases[state.instances[found.instance].key]
        detail = {"instance": found.instance, "item": item, "name": model.nodes[found.node].name, "reason": reason}
        outcome = services.send(held, Terminate(item), origin_of(by), [Fact("item.removed", detail)])
        keep_own_words(case, by, [reason], outcome)
        return outcome


def _no_step(state: State, item: int) -> Refused | None:
    """Where no step ever had this number: they are counted on."""
    return None if item < state.next_id else Refused(NO_SUCH, "There is no such step in this case.")


def item_do(*, by: User, case: Case, item: int, how: str) -> Done | Refused:
    """Start, finish or let happen by hand what the model leaves to people; item 0: the case."""
    with transaction.atomic():
        held = locked(case.instance_id)
        case_type, state = held.case_type, held.state
        choices = available_actions.choices(case_type, state, _roles(by), held.at)
        choice = next((each for each in choices if (each.item or 0) == item and each.how == how), None)
        if choice is None:
            refused = _no_step(state, item) or Refused("state", "This cannot be done by hand now.")
            return keep_refusal(held, by, {"command": how[:40], "item": item}, refused)
        outcome = services.send(held, choice.command, origin_of(by))
        if how == "enable" and isinstance(outcome, Done):
            skip_is_over(case.instance_id, item)
        return outcome


def case_change(*, by: User, case: Case, transition: str, reason: str = "") -> Done | Refused:
    """Suspend, resume, terminate, reactivate or close the whole case (CMMN 8.3); a reason is kept, where given."""
    known = (*available_actions.CHANGES, *available_actions.URGENCY)
    errors = {} if transition in known else {"transition": "This should be one of: " + ", ".join(known) + "."}
    if len(reason) > REASON_MOST or answer_validation.text_errors({"reason": reason}):
        errors["reason"] = f"Say it in at most {REASON_MOST} characters."
    elif transition in available_actions.REASON_NEEDED and not tells(reason, REASON_LEAST, REASON_MOST):
        errors["reason"] = f"Say in {REASON_LEAST} to {REASON_MOST} characters why: it is kept in the history."
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    facts = [Fact("case.changed", {"transition": transition, "reason": reason.strip()})]
    with transaction.atomic():
        held = locked(case.instance_id)
        case_type, state = held.case_type, held.state
        if depends := not_by_itself(case_type.key):
            return keep_refusal(held, by, {"command": transition}, depends)
        command = available_actions.change(case_type, transition)
        if command is None:
            return Refused("state", "Cases of this type are not marked as urgent.")
        if available_actions.rejection(case_type, state, command, held.at):
            facts = []
        outcome = services.send(held, command, origin_of(by), facts)
        keep_own_words(case, by, [reason.strip()] if reason.strip() else [], outcome)
        return outcome


def case_viewed(*, by: User, case: Case) -> int:
    """Keep that somebody looked, once in a while rather than at every click. How many events that added."""
    looked = AuditEvent.objects.filter(chain=case.instance_id, action="case.viewed", actor=origin_of(by).actor)
    if looked.filter(at__gt=clock.utc_now() - VIEW_AGAIN_AFTER).exists():
        return 0
    services.record(case.instance_id, [Fact("case.viewed")], origin_of(by))
    return 1


def case_verify(*, by: User, case: Case) -> Verdict:
    """Check the case's history while nobody can add to it, and keep that it was checked: in clear where its key is
    gone, which the verdict names."""
    with transaction.atomic():
        verdict = verify(Instance.objects.select_for_update().get(pk=case.instance_id))
        detail = {"ok": verdict.ok, "events": verdict.events, "reason": verdict.reason}
        facts, origin = [Fact("case.verified", detail)], origin_of(by)
        try:
            with transaction.atomic():
                services.record(case.instance_id, facts, origin)
        except KeyFault:
            services.record_in_clear(case.instance_id, facts, origin)
    return verdict


def _roles(by: User) -> tuple[str, ...]:
    """The person's groups, which are the roles that a model may ask for."""
    return tuple(sorted(by.groups.values_list("name", flat=True)))
