"""Does each control do what it is for, when it is fired on a synthetic case?

A drill plants what its control is to stop, by the way that work really takes, and looks at what came of it. It gives
nothing where the control held, else a sentence that says what happened instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import orjson
from django.contrib.auth.models import User

from audit.models import AuditEvent
from audit.services import Origin
from casework.access import permissions
from casework.cases.read.case_view import look
from casework.cases.services import case_change
from casework.cases.verification import verify
from casework.deadlines.models import Deadline
from casework.deadlines.watching import deadline_look
from casework.erasure.erasing import case_erase
from casework.erasure.models import ErasureOrder, RetentionRule
from casework.erasure.rules import hold_place
from casework.models import Case
from casework.people.models import RightsProposal
from casework.people.second_person import proposal_decide
from casework.proof.controls.scene import CHECK, CONSIDER, GROUP, IBAN, KEY, NAME, Scene, job_of, task_of
from casework.tasks.services import task_claim, task_complete
from orchestration.actors.contract import Answer
from orchestration.agents import approvals
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import bringing, fetching, runner, stopping
from orchestration.models import AgentProposal, Budget, HumanTask, Incident, Instance, Job, Stop
from orchestration.shell.haste import URGENT

ORIGIN: Final = Origin("system:controls")
TOTAL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Drill:
    """`title`: what the control is called; `how`: what is done to prove it, for people."""

    key: str
    title: str
    how: str
    fire: Callable[[Scene], str]


def _guardrail(scene: Scene) -> str:
    case, handed = scene.fetched()
    if handed is None:
        return "The machine was not given its work, so that no guardrail was asked."
    _brought(scene, handed, {"total": TOTAL})
    if _holds(case, "checked"):
        return f"A total of {TOTAL}, where at most 100 is allowed, went into the case."
    if job_of(case, CHECK).state != Job.State.HANDED:
        return "A total beyond its limit did not become the work of a person."
    case, handed = scene.fetched()
    if handed is not None:
        _brought(scene, handed, {"total": 1, "note": f"Pay to {IBAN}"})
    if _holds(case, "checked") or not Incident.objects.filter(instance=case.instance_id).exists():
        return "An account number that was hidden from the machine came back in its answer, and nothing stopped it."
    return ""


def _brought(scene: Scene, handed: fetching.Handed, output: dict[str, Any]) -> object:
    return bringing.bring(scene.token, handed.lease.key, bringing.Brought(Answer(output, 0.99)))


def _holds(case: Case, name: str) -> bool:
    return name in orjson.loads(bytes(Instance.objects.values_list("data", flat=True).get(pk=case.instance_id)))


def _mask(scene: Scene) -> str:
    case, handed = scene.fetched()
    if handed is None or _shows(handed.value):
        return "A machine that reads what is internal was given a name or an account number."
    seen = look(user=scene.one, case=case, now=clock.utc_now())
    shown = [seen.view.data, seen.view.text(f"{NAME} {IBAN}"), seen.view.payload({"changes": {"note": IBAN}})]
    return "A person who reads what is internal was shown a name or an account number." if _shows(shown) else ""


def _shows(value: object) -> bool:
    text = str(value).replace(" ", "").casefold()
    return any(mark.replace(" ", "").casefold() in text for mark in (NAME, IBAN))


def _approval(scene: Scene) -> str:
    case = scene.case()
    runner.run(case.instance_id, job_of(case, CONSIDER).job)
    held = AgentProposal.objects.filter(run__instance=case.instance_id, state=AgentProposal.State.HELD).first()
    if held is None or HumanTask.objects.filter(instance=case.instance_id, definition_item="optional_task").exists():
        return "An agent did what a person has to approve."
    if not isinstance(approvals.decide(held.pk, approvals.Verdict(True, "0" * 64), ORIGIN), Refused):
        return "An agent's step was approved by who had seen another one."
    return _rights(scene)


def _rights(scene: Scene) -> str:
    asked = RightsProposal.objects.create(
        person=scene.outsider, change={"join": [GROUP]}, reason="A drill", by=scene.one, created=clock.utc_now()
    )
    for person in (scene.one, scene.outsider):
        if not isinstance(proposal_decide(by=person, proposal_id=asked.pk, agree=True), Refused):
            return "Whoever asked for a right, or gains by it, agreed to it alone."
    return ""


def _budget(scene: Scene) -> str:
    Budget.objects.create(scope=f"actor:{CHECK}", amount=Decimal("0.50"), currency="EUR")
    case, handed = scene.fetched()
    if handed is not None or job_of(case, CHECK).state != Job.State.HANDED:
        return "A machine was given work that costs 1 EUR, with a budget of 0.50 EUR."
    return ""


def _kill_switch(scene: Scene) -> str:
    case, handed = scene.fetched()
    if handed is None:
        return "The machine was not given its work, so that there was nothing to stop."
    scope = stopping.scope_of("external")
    Stop.objects.filter(scope=scope).delete()  # one that stands does not cover what was made after it
    stopping.stop(scope, ORIGIN, "A drill")
    _brought(scene, handed, {"total": 1})
    if _holds(case, "checked"):
        return "A machine was stopped, and what it brought afterwards went into the case."
    return "A stopped machine was given work." if scene.fetched()[1] is not None else ""


def _escalation(scene: Scene) -> str:
    case = scene.case()
    due = Deadline.objects.filter(instance=case.instance_id, look__lte=clock.utc_now()).first()
    if due is None:
        return "A deadline that is over is not looked at."
    deadline_look(due.pk, case.instance_id)
    said = AuditEvent.objects.filter(chain=case.instance_id, action="deadline.breached").exists()
    waiting = HumanTask.objects.filter(instance=case.instance_id, state=HumanTask.State.OPEN, priority__lt=URGENT)
    return "" if said and not waiting.exists() else "A deadline was missed, and no task became urgent for it."


def _separation(scene: Scene) -> str:
    case = scene.case()
    done = task_complete(by=scene.one, task=task_of(case, "first_task"), answers={"verdict": "yes"})
    if isinstance(done, Refused):
        return f"The first of two steps could not be done: {done.message}"
    second = task_of(case, "second_task")
    finished = task_complete(by=scene.one, task=second, answers={"verdict": "yes"})
    if not isinstance(task_claim(by=scene.one, task=second), Refused) or not isinstance(finished, Refused):
        return "Whoever did the first step could do the one that wants another person."
    if isinstance(task_claim(by=scene.other, task=second), Refused):
        return "Another person could not do the step that wants another person."
    return ""


def _access(scene: Scene) -> str:
    case = scene.case()
    if not permissions.may(scene.one, "view", case):
        return "Whoever works a case may not see it."
    seen = any(permissions.may(scene.outsider, right, case) for right in ("view", "work", "reveal", "assign"))
    return "Somebody of no group of the case may see it." if seen else ""


def _hold(scene: Scene) -> str:
    RetentionRule.objects.create(case_type=KEY, floor_days=0, keep_days=0, law="A made-up rule")
    case = scene.case()
    if isinstance(ended := case_change(by=scene.one, case=case, transition="terminate", reason="A drill"), Refused):
        return f"The synthetic case could not be ended: {ended.message}"
    if isinstance(placed := hold_place(by=scene.one, case=case, reason="A drill"), Refused):
        return f"The hold could not be placed: {placed.message}"
    order = ErasureOrder.objects.create(
        reason="A drill", by=_named(scene.one), asked=clock.utc_now(), cases=[case.instance_id]
    )
    gone = case_erase(chain=case.instance_id, order=order, origin=ORIGIN)
    held = isinstance(gone, Refused) and Instance.objects.filter(pk=case.instance_id).exists()
    return "" if held else "A case under legal hold was erased."


def _named(person: User) -> str:
    return permissions.origin_of(person).actor


def _histories(scene: Scene) -> str:
    case = scene.case()
    if not verify(Instance.objects.get(pk=case.instance_id)).ok:
        return "A history that nobody has touched is said not to hold."
    data = orjson.loads(bytes(Instance.objects.values_list("data", flat=True).get(pk=case.instance_id)))
    Instance.objects.filter(pk=case.instance_id).update(data=orjson.dumps(data | {"reference": "changed"}))
    if verify(Instance.objects.get(pk=case.instance_id)).ok:
        return "The data of a case were changed behind its history, and its verification did not say so."
    return ""


DRILLS: Final = (
    Drill("escalation", "Escalation", "A case missed its deadline: its tasks must become urgent.", _escalation),
    Drill("guardrail", "Guardrails", "A machine answered beyond its limit, and with a hidden account number.",
          _guardrail),
    Drill("approval", "Approvals", "An agent wanted a step that a person approves; a person agreed to their own right.",
          _approval),
    Drill("budget", "Budgets", "A machine was to do work that costs more than its budget has.", _budget),
    Drill("kill-switch", "Kill switch", "A machine was stopped while it worked, and brought its result.", _kill_switch),
    Drill("mask", "Masks", "A machine and a person who read what is internal looked at a case.", _mask),
    Drill("separation", "Segregation of duties", "One person tried to do two steps that want two people.", _separation),
    Drill("access", "Access", "Somebody of no group of a case asked for it.", _access),
    Drill("hold", "Legal hold", "A case under hold was to be erased, with a rule that lets it go.", _hold),
    Drill("histories", "Verification", "The data of a case were changed behind its history.", _histories),
)  # fmt: skip
