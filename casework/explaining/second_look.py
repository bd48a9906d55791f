"""How does a contested decision become a task of somebody who had no part in the case?

A contest has a case of its own, of the case type `contest` that ships: with a chain of its own, and one task, offered
to those who may work the contested case, but to nobody who had a part in it, until then or since. It holds numbers and
names of who works here; the objection stays with the contested case. Completing the task decides the contest, in one
transaction, in which it is asked once more who had a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, LiteralString

from django.contrib.auth.models import User
from django.db.models import QuerySet

from audit.db.sql import cursor
from audit.services import Fact, Origin
from casework.access.permissions import may, origin_of
from casework.access.separation_of_duties import did_elsewhere
from casework.access.who_works import who_may_work
from casework.cases.dependent import Dependent, dependents
from casework.cases.locking import locked
from casework.explaining.models import CASE_TYPE, Contest
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.barred import barred_from_elsewhere
from casework.tasks.services import Also, with_completion
from orchestration.ground.refusals import Refused
from orchestration.models import Definition, HumanTask
from orchestration.shell import services
from orchestration.shell.services import Locked

DECIDED: Final = "contest.decided"
ACTS: Final[LiteralString] = """e.action like any(array['task.%%', 'suggestion.judged', 'case.edited', 'case.changed',
    'case.opened', 'agent.decided', 'work.by_hand', 'item.removed', 'copy.changed', 'engine.%%'])"""
"""What makes somebody a part of what was decided; who only looked, or took down the objection, is none."""
PART: Final = f"""
select c, array(select distinct w from audit_auditevent e, unnest(array[e.actor, e.on_behalf_of]) w
    where e.chain = c and w like 'person:%%' and {ACTS}) from unnest(%(chains)s::bigint[]) as c
"""  # noqa: S608 - of a text that stands in the code
PART_SINCE: Final[LiteralString] = f"""
select t.id, w from casework_contest n join casework_case c on c.id = n.case_id
join orchestration_humantask t on t.instance_id = n.own and t.state in ('open', 'suspended')
join audit_auditevent e on e.chain = c.instance_id and e.sequence > n.sequence and e.at >= n.at and {ACTS}
cross join lateral unnest(array[e.actor, e.on_behalf_of]) w where n.state = 'open' and w like 'person:%%'"""  # noqa: S608
"""(task, who): of contests that wait, who had a part since. The data of its own case name those of before."""
NOT_YOU: Final = "You had a part in this case. Somebody who had none looks at it again."
FOLLOWS: Final = (
    "A contest is decided by who looks at it again. All else about it is done and said in the contested case."
)
State = Contest.State
Answers = Mapping[str, object]


# --- its own case


def case_of_its_own(row: Contest, origin: Origin) -> int:
    """Open it; the number of its chain. 0 where the case type is not deployed: then only the list has the contest."""
    if not Definition.objects.filter(key=CASE_TYPE).exists():
        return 0
    case = row.case
    groups, people = who_may_work(case)
    had = sorted(name.removeprefix("person:") for name in participants(case.instance_id))
    data = {
        "contest": row.pk, "case": case.pk, "decision": row.sequence, "groups": groups, "people": people,
        "participants": had,
    }  # fmt: skip
    outcome = case_open(
        by=None, case_type=CASE_TYPE, reference=f"{row.pk} of case {case.pk}", source="contest", data=data,
        origin=origin, unit="" if case.unit is None else case.unit.key,
    )  # fmt: skip
    return outcome.case.instance_id if isinstance(outcome, Opened) else 0


def task_of(row: Contest) -> HumanTask | None:
    """The task that it waits in; None where there is none, or it is over."""
    found = HumanTask.objects.filter(instance=row.own, state__in=[HumanTask.State.OPEN, HumanTask.State.SUSPENDED])
    return found.select_related("instance__case").first() if row.own else None


# --- whom it is kept from


def participants(chain: int) -> set[str]:
    """Who had a part in a case until now, as histories name them."""
    return _parts([chain]).get(chain, set())


def had_part(user: User, rows: Iterable[Contest]) -> dict[int, str]:
    """Of which contests, by number, this person does not look at the decision: a sentence. One statement."""
    chains = {row.pk: row.case.instance_id for row in rows}
    them, found = origin_of(user).actor, _parts(list(chains.values()))
    return {number: NOT_YOU for number, chain in chains.items() if them in found.get(chain, ())}


def _did_in_the_contested_case(by: User, task: HumanTask) -> str:
    row = Contest.objects.select_related("case").filter(own=task.instance_id).first()
    if row is None:
        return ""
    if not may(by, "work", row.case):
        return "may not work the case that is contested"
    return "had a part in the case that is contested" if had_part(by, [row]) else ""


def _parts(chains: list[int]) -> dict[int, set[str]]:
    with cursor() as plain:
        found = plain.execute(PART, {"chains": chains}).fetchall()
    return {chain: set(names) for chain, names in found}


# --- what was found


def decision(contest_id: int, origin: Origin) -> Callable[[Answers], Contest] | Refused:
    """What keeps what was found, given the answers; a refusal where it is not this one's to find. Inside a transaction,
    from here on with the contested case locked."""
    light = Contest.objects.select_related("case").get(pk=contest_id)
    held = locked(light.case.instance_id)
    row = Contest.objects.select_for_update(of=["self"]).select_related("case").get(pk=contest_id)
    if row.state != State.OPEN:
        return Refused("decided", f"Somebody has looked at it meanwhile: it {row.get_state_display()}.")
    if not {origin.actor, origin.on_behalf_of}.isdisjoint(participants(row.case.instance_id)):
        return Refused("second", NOT_YOU)
    return partial(_kept, held, row, origin)


def _kept(held: Locked, row: Contest, origin: Origin, answers: Answers) -> Contest:
    row.state, row.finding = str(answers["outcome"]), str(answers["finding"]).strip()
    row.decided_by, row.decided = origin.actor, held.at
    row.save(update_fields=["state", "finding", "decided_by", "decided"])
    told = {"contest": row.pk, "decision": row.sequence, "outcome": row.state, "finding": row.finding}
    services.record(held, [Fact(DECIDED, told)], origin)
    return row


def _with_the_task(case: Locked, origin: Origin) -> Also | Refused:
    """What completing the task of a contest does beside it."""
    row = Contest.objects.filter(own=case.instance).first()
    if row is None:
        return Refused("gone", "What was contested is gone.")
    return decision(row.pk, origin)


def _of(case: Case) -> QuerySet[Case]:
    """The cases of its contests that wait."""
    return Case.objects.filter(instance__in=Contest.objects.filter(case=case, state=State.OPEN).values("own"))


def hang_in() -> None:
    dependents[CASE_TYPE] = Dependent(_of, FOLLOWS)
    with_completion[CASE_TYPE] = _with_the_task
    did_elsewhere[CASE_TYPE] = _did_in_the_contested_case
    if PART_SINCE not in barred_from_elsewhere:
        barred_from_elsewhere.append(PART_SINCE)
