"""Who contests a decision, and who looks at it again?

The objection of an affected person is recorded by somebody who works the case. It waits for a person who may work the
case and has had no part in it: whoever did a step of the case, or took the step in which it was decided, is kept from
it. What they find is recorded; what follows from it is done in the case, by its own steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.db.sql import cursor
from audit.models import AuditEvent
from audit.selectors import timeline
from audit.services import Fact
from casework.access import permissions
from casework.access.permissions import origin_of
from casework.cases.locking import keep_refusal, locked
from casework.explaining.letters import DRAFTED, text_amiss
from casework.explaining.models import Contest
from casework.models import Case
from orchestration.ground.refusals import Refused
from orchestration.shell import services
from orchestration.shell.services import Locked

CONTESTED, DECIDED = "decision.contested", "contest.decided"
MADE: Final = "engine.DecisionEvaluated"
SHOWN: Final = 100
OUTCOMES: Final = {
    "stands": "The decision stands",
    "changes": "The decision has to be changed",
}
ACTS: Final = (
    "task.%", "suggestion.judged", "case.edited", "case.changed", "case.opened", "agent.decided", "work.by_hand",
    "item.removed", "copy.changed", "engine.%",
)  # fmt: skip
"""What makes somebody a part of what was decided; who only looked, or took down the objection, is none."""
PART: Final = """
select c from unnest(%(chains)s::bigint[]) as c where exists (select from audit_auditevent where chain = c
and (actor = %(who)s or on_behalf_of = %(who)s) and action like any(%(acts)s))
"""
NOT_YOU: Final = "You had a part in this case. Somebody who had none looks at it again."
State = Contest.State


def decision_contest(*, by: User, case: Case, sequence: int, objection: str) -> Contest | Refused:
    """Record the objection of the person whom a decision concerns."""
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
            case=case, sequence=sequence, objection=objection, letter=_letter(case, sequence), by=origin_of(by).actor,
            at=held.at,
        )  # fmt: skip
        services.record(held, [Fact(CONTESTED, said_of(row))], origin_of(by))
    return row


def said_of(row: Contest) -> dict[str, object]:
    """What the history keeps of a contest, and is held against its row."""
    return {"contest": row.pk, "decision": row.sequence, "objection": row.objection, "letter": row.letter}


def _letter(case: Case, sequence: int) -> int:
    """The newest draft that explained the decision."""
    drafts = timeline(case.instance_id, action=DRAFTED, after=sequence)
    return max((one.sequence for one in drafts if one.detail.get("decision") == sequence), default=0)


def contest_decide(*, by: User, contest_id: int, outcome: str, finding: str) -> Contest | Refused:
    """What a second person found. Who may work the case was decided before; that they had no part in it is here."""
    finding = finding.strip()
    wrong = text_amiss("finding", finding, 10, 2000)
    if outcome not in OUTCOMES:
        wrong["outcome"] = "Choose one of these."
    if wrong:
        return Refused("invalid", "Please correct what is marked.", wrong)
    with transaction.atomic():
        row = Contest.objects.select_for_update().select_related("case").get(pk=contest_id)
        held = locked(row.case.instance_id)
        if row.state != State.OPEN:
            return Refused("decided", f"Somebody has looked at it meanwhile: it {row.get_state_display()}.")
        if part := had_part(by, [row]):
            return _kept_from(held, by, row, part[row.pk])
        row.state, row.finding, row.decided_by, row.decided = outcome, finding, origin_of(by).actor, held.at
        row.save(update_fields=["state", "finding", "decided_by", "decided"])
        told = {"contest": row.pk, "decision": row.sequence, "outcome": outcome, "finding": finding}
        services.record(held, [Fact(DECIDED, told)], origin_of(by))
    return row


def _kept_from(held: Locked, by: User, row: Contest, part: str) -> Refused:
    return keep_refusal(held, by, {"command": DECIDED, "contest": row.pk}, Refused("second", part))


def had_part(user: User, rows: Iterable[Contest]) -> dict[int, str]:
    """Of which contests, by number, this person does not look at the decision: a sentence. One statement."""
    chains = {row.pk: row.case.instance_id for row in rows}
    asked = {"chains": list(chains.values()), "who": origin_of(user).actor, "acts": list(ACTS)}
    with cursor() as plain:
        found = {chain for (chain,) in plain.execute(PART, asked).fetchall()}
    return {number: NOT_YOU for number, chain in chains.items() if chain in found}


def waiting(user: User) -> list[Contest]:
    """Contests of the cases that this person may work, those that wait first, the longest first."""
    theirs = Case.objects.filter(permissions.cases_with_right(user, "work"))
    found = Contest.objects.filter(case__in=theirs).select_related("case__instance")
    over = found.exclude(state=State.OPEN).order_by("-decided")
    return [*found.filter(state=State.OPEN).order_by("at", "pk")[:SHOWN], *over[:SHOWN]]
