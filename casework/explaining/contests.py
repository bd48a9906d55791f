"""Who contests a decision, and who looks at it again?

The objection of an affected person is recorded by somebody who works the case. It waits, as a task of a case of its own
(`second_look`), for a person who may work the case and has had no part in it: whoever did a step of the case, or took
the step in which it was decided, is kept from it. What they find is recorded; what follows from it is done in the case,
by its own steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.models import AuditEvent
from audit.selectors import timeline
from audit.services import Fact, Origin
from casework.access import permissions
from casework.access.permissions import origin_of
from casework.cases.locking import keep_refusal, locked
from casework.explaining.letters import DRAFTED, text_amiss
from casework.explaining.models import Contest
from casework.explaining.second_look import DECIDED, State, case_of_its_own, decision, had_part, task_of
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.ground.refusals import Refused
from orchestration.shell import services

CONTESTED: Final = "decision.contested"
MADE: Final = "engine.DecisionEvaluated"
SHOWN: Final = 100
SAMPLES: Final = Origin("system:samples")
OUTCOMES: Final = {
    "stands": "The decision stands",
    "changes": "The decision has to be changed",
}


def decision_contest(*, by: User | None, case: Case, sequence: int, objection: str) -> Contest | Refused:
    """Record the objection of the person whom a decision concerns. `by` None: the product itself, of a sample case."""
    origin = SAMPLES if by is None else origin_of(by)
    objection = objection.strip()
    if wrong := text_amiss("objection", objection, 10, 2000):
        return Refused("invalid", "Please correct what is marked.", wrong)
    with transaction.atomic():
        held = locked(case.instance_id)
        if not AuditEvent.objects.filter(chain=case.instance_id, sequence=sequence, action=MADE).exists():
            return Refused("unknown", "There is no such decision in this case.")
        if Contest.objects.filter(case=case, sequence=sequence, state=State.OPEN).exists():
            return Refused("contested", "This decision is contested already, and waits for somebody to look at it.")
        row = Contest.objects.create(
            case=case, sequence=sequence, objection=objection, letter=_letter(case, sequence), by=origin.actor,
            at=held.at,
        )  # fmt: skip
        row.own = case_of_its_own(row, origin)
        row.save(update_fields=["own"])
        services.record(held, [Fact(CONTESTED, said_of(row))], origin)
    return row


def said_of(row: Contest) -> dict[str, object]:
    """What the history keeps of a contest, and is held against its row."""
    return {"contest": row.pk, "decision": row.sequence, "objection": row.objection, "letter": row.letter,
            "own": row.own}  # fmt: skip


def _letter(case: Case, sequence: int) -> int:
    """The newest draft that explained the decision."""
    drafts = timeline(case.instance_id, action=DRAFTED, after=sequence)
    return max((one.sequence for one in drafts if one.detail.get("decision") == sequence), default=0)


def contest_decide(*, by: User, contest_id: int, outcome: str, finding: str) -> Contest | Refused:
    """What a second person found, from the page of the contest. Who may work the case was decided before.

    It completes the task, which decides the contest (`second_look`), with all that is asked of who completes one.
    """
    answers = {"outcome": outcome, "finding": finding.strip()}
    wrong = text_amiss("finding", answers["finding"], 10, 2000)
    if outcome not in OUTCOMES:
        wrong["outcome"] = "Choose one of these."
    if wrong:
        return Refused("invalid", "Please correct what is marked.", wrong)
    row = Contest.objects.select_related("case").get(pk=contest_id)
    if kept_from := _kept_from(by, row):
        return kept_from
    if (task := task_of(row)) is None:
        return _decide_here(by, row, answers)
    done = task_complete(by=by, task=task, answers=answers)
    return done if isinstance(done, Refused) else Contest.objects.get(pk=contest_id)


def _kept_from(by: User, row: Contest) -> Refused | None:
    if row.state != State.OPEN:
        return Refused("decided", f"Somebody has looked at it meanwhile: it {row.get_state_display()}.")
    if not (part := had_part(by, [row])):
        return None
    with transaction.atomic():
        asked = {"command": DECIDED, "contest": row.pk}
        return keep_refusal(locked(row.case.instance_id), by, asked, Refused("second", part[row.pk]))


def _decide_here(by: User, row: Contest, answers: Mapping[str, str]) -> Contest | Refused:
    """Of one that has no task: from before there were any, or its task was ended by hand."""
    with transaction.atomic():
        decided = decision(row.pk, origin_of(by))
        return decided if isinstance(decided, Refused) else decided(answers)


def waiting(user: User) -> list[Contest]:
    """Contests of the cases that this person may work, those that wait first, the longest first."""
    theirs = Case.objects.filter(permissions.cases_with_right(user, "work"))
    found = Contest.objects.filter(case__in=theirs).select_related("case__instance")
    over = found.exclude(state=State.OPEN).order_by("-decided")
    return [*found.filter(state=State.OPEN).order_by("at", "pk")[:SHOWN], *over[:SHOWN]]
