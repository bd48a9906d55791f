"""Two at once, on real transactions: exactly one wins, the other gets a clear answer, and both are in the history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.models import AuditEvent
from audit.services import Fact, Origin
from casework.access.oidc_models import GroupClaim
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.cases import services as work
from casework.intake import services as intake_services
from casework.intake.services import Opened
from casework.management.commands.demo import PEOPLE
from casework.models import Case
from casework.tasks import services as tasks_services
from orchestration import tasks
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteJob, CompleteTask, FireTimer, PlanItem, StartProcess, Terminate
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.knowledge.register import knowledge_add
from orchestration.models import Definition, HumanTask, Instance, Job, KnowledgeDocument, Timer
from orchestration.shell import services
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from orchestration.shell.verification.control import verify_control
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.real import at_once, real_database, real_template

__all__ = ["real_database", "real_template"]

pytestmark = pytest.mark.django_db

MESSAGE = {"message": "My card was swallowed by the machine.", "customer": {"name": "Maria Sandoval"}}
INTENT = {"label": "refund_request", "confidence": 0.93, "alternatives": []}


@pytest.fixture
def complaint(real_database: str) -> Definition:
    outcome = deploy(folder_files(CASE_TYPES / "complaint"), TEST)
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    return outcome.definition


@pytest.fixture
def people(complaint: Definition) -> dict[str, User]:
    made = {name: User.objects.create_user(name, first_name=first) for name, first, *_ in PEOPLE}
    for name, _, _, groups, _ in PEOPLE:
        made[name].groups.set(Group.objects.filter(name__in=groups))
    return made


def opened(reference: str = "T-1") -> Case:
    outcome = intake_services.case_open(
        by=None, case_type="complaint", reference=reference, source="test", data=MESSAGE
    )
    assert isinstance(outcome, Opened), outcome
    return outcome.case


@pytest.fixture
def case(people: dict[str, User]) -> Case:
    """A complaint with a draft that an analyst should check."""
    case = opened()
    answers = {"intent": INTENT, "sentiment": {"label": "neutral", "confidence": 0.9}}
    for job in Job.objects.filter(instance=case.instance_id):
        assert isinstance(services.send(case.instance_id, CompleteJob(job.job, answers[job.capability]), TEST), Done)
    return case


def only_task(case: Case) -> HumanTask:
    return HumanTask.objects.get(instance=case.instance_id, state="open")


def split(outcomes: list[object]) -> tuple[list[object], list[Refused]]:
    """What went well, and what was refused; nothing may crash."""
    crashed = [one for one in outcomes if isinstance(one, Exception)]
    assert not crashed, crashed
    refused = [one for one in outcomes if isinstance(one, Refused)]
    return [one for one in outcomes if not isinstance(one, Refused)], refused


def actors(case: Case, action: str) -> list[str]:
    return sorted(AuditEvent.objects.filter(chain=case.instance_id, action=action).values_list("actor", flat=True))


def all_hold() -> None:
    for instance in Instance.objects.all():
        verdict = verify(instance)
        assert verdict.ok, verdict
    assert verify_control().ok


def complete(person: User, task: HumanTask, answer: str) -> Callable[[], object]:
    given = {"verdict": "change", "reason": "Better words.", "answer": answer}
    return lambda: tasks_services.task_complete(by=person, task=task, answers=given)


def test_two_people_complete_the_same_task(case: Case, people: dict[str, User]) -> None:
    task = only_task(case)
    won, lost = split(
        at_once(complete(people["anna"], task, "Anna's answer."), complete(people["ben"], task, "Ben's answer."))
    )
    assert len(won) == len(lost) == 1
    assert lost[0].code == "unknown" and lost[0].message.endswith(".")
    closed, refused = actors(case, "engine.TaskClosed"), actors(case, "command.refused")
    assert sorted([*closed, *refused]) == ["person:anna", "person:ben"]
    winner = closed[0].removeprefix("person:").title()
    case.refresh_from_db()
    assert data_of(case.instance)["answer"] == f"{winner}'s answer." and case.state == "Being sent"
    all_hold()


def test_five_people_complete_the_same_task(case: Case, people: dict[str, User]) -> None:
    task = only_task(case)
    won, lost = split(at_once(*(complete(people["anna"], task, f"Answer {n}.") for n in range(5))))
    assert (len(won), len(lost)) == (1, 4)
    assert len(actors(case, "command.refused")) == 4 and len(actors(case, "engine.TaskClosed")) == 1
    all_hold()


def test_two_people_claim_the_same_task(case: Case, people: dict[str, User]) -> None:
    task = only_task(case)
    anna, ben = people["anna"], people["ben"]
    won, lost = split(
        at_once(
            lambda: tasks_services.task_claim(by=anna, task=task), lambda: tasks_services.task_claim(by=ben, task=task)
        )
    )
    assert len(won) == len(lost) == 1 and lost[0].code == "taken"
    owner = only_task(case).assignee
    assert owner is not None and lost[0].message.startswith(f"{owner.first_name} has taken this task.")
    assert actors(case, "task.claimed") == [f"person:{owner.username}"]
    other = "ben" if owner == anna else "anna"
    assert actors(case, "command.refused") == [f"person:{other}"]
    all_hold()


def test_one_completes_while_another_claims(case: Case, people: dict[str, User]) -> None:
    task = only_task(case)
    outcomes = at_once(
        complete(people["anna"], task, "Anna's answer."), lambda: tasks_services.task_claim(by=people["ben"], task=task)
    )
    won, lost = split(outcomes)
    assert len(won) == len(lost) == 1 and lost[0].code in ("taken", "over")
    assert len(actors(case, "command.refused")) == 1
    all_hold()


def test_the_same_reference_comes_in_twice(people: dict[str, User]) -> None:
    def intake() -> object:
        return intake_services.case_open(by=None, case_type="complaint", reference="R-1", source="api", data=MESSAGE)

    outcomes, refused = split(at_once(*[intake] * 4))
    assert not refused and all(isinstance(one, Opened) for one in outcomes)
    assert Case.objects.count() == Instance.objects.count() == 1 and Job.objects.count() == 2
    assert sorted(one.created for one in outcomes if isinstance(one, Opened)) == [False, False, False, True]
    all_hold()


def test_two_publish_what_they_made_from_the_same_version(complaint: Definition) -> None:
    def publish(confidence: int) -> Callable[[], object]:
        files = dict(complaint.files)
        files["routing.dmn"] = files["routing.dmn"].replace("&lt; 75", f"&lt; {confidence}")
        return lambda: deploy(files, Origin(f"person:{confidence}"), based_on=1)

    won, lost = split(at_once(publish(80), publish(85)))
    assert len(won) == len(lost) == 1
    assert lost[0].code == "overtaken" and "Version 2 was published while you edited version 1" in lost[0].message
    assert list(Definition.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    all_hold()


def test_two_deploy_the_same_files(real_database: str) -> None:
    files = folder_files(CASE_TYPES / "complaint")
    outcomes, refused = split(at_once(*[lambda: deploy(files, TEST)] * 3))
    assert not refused and Definition.objects.count() == 1
    assert sorted(one.created for one in outcomes if isinstance(one, Published)) == [False, False, True]
    all_hold()


def test_two_workers_claim_the_same_job(people: dict[str, User]) -> None:
    instance = opened().instance_id
    number = Job.objects.filter(instance=instance).values_list("job", flat=True)[0]
    claimed = at_once(*[lambda: runner.claim(instance, number)] * 4)
    assert sorted(one is not None for one in claimed) == [False, False, False, True]
    assert Job.objects.get(instance=instance, job=number).attempts == 1


def test_two_workers_bring_the_same_result(people: dict[str, User]) -> None:
    case = opened()
    job = Job.objects.filter(instance=case.instance_id)[0]
    won, lost = split(at_once(*[lambda: services.send(case.instance_id, CompleteJob(job.job, INTENT), TEST)] * 3))
    assert (len(won), len(lost)) == (1, 2) and {one.code for one in lost} == {"unknown"}
    assert len(actors(case, "command.refused")) == 2
    all_hold()


def test_people_look_while_a_step_runs(case: Case, people: dict[str, User]) -> None:
    task, seen = only_task(case), Fact("case.exported", {"what": "history"})
    looks = [lambda: services.record(case.instance_id, [seen], Origin("person:axel"))] * 4
    split(
        at_once(complete(people["anna"], task, "Yes."), *looks, lambda: work.case_viewed(by=people["ben"], case=case))
    )
    assert len(actors(case, "case.exported")) == 4 and len(actors(case, "engine.TaskClosed")) == 1
    case.refresh_from_db()
    assert case.state == "Being sent"
    all_hold()


def test_everything_happens_to_one_case_at_once(case: Case, people: dict[str, User]) -> None:
    task, instance = only_task(case), case.instance_id
    at_once(
        complete(people["anna"], task, "Yes."),
        lambda: work.item_plan(by=people["ben"], case=case, definition="ask_customer"),
        lambda: services.send(instance, PlanItem("ask_customer"), TEST),
        lambda: services.send(instance, Terminate(), TEST),
        lambda: tasks_services.task_claim(by=people["clara"], task=task),
        tasks.sweep,
        lambda: work.case_verify(by=people["axel"], case=case),
    )
    all_hold()


def test_two_workers_fire_the_same_timer(real_database: str) -> None:
    version = deployed("reminder.bpmn", root="reminder")
    done = services.start(version, StartProcess("reminder", {"number": "1"}), TEST)
    assert isinstance(done, Done)
    timer = Timer.objects.get()
    with pytest.MonkeyPatch.context() as patch:
        later = timer.due  # the next of the cycle is not due yet, whoever is late
        patch.setattr("orchestration.ground.clock.utc_now", lambda: later)
        at_once(*[tasks.fire_timers] * 3, lambda: services.send(done.instance, FireTimer(timer.timer), TEST))
    fired = AuditEvent.objects.filter(chain=done.instance, action="engine.TimerFired")
    assert fired.count() == 1 and HumanTask.objects.filter(name="Remind").count() == 1
    all_hold()


def test_two_workers_deliver_the_same_letter(real_database: str) -> None:
    version = deployed("trade.bpmn", root="order")
    for process in ("customer", "customer", "guard", "guard", "order", "alarm"):
        assert isinstance(services.start(version, StartProcess(process, {"number": "8"}), TEST), Done)
    split(at_once(*[tasks.deliver_outbox] * 4))
    received = AuditEvent.objects.filter(action="engine.SignalReceived")
    assert received.count() == 3 and received.values("chain").distinct().count() == 3
    unpack = HumanTask.objects.get(name="Unpack")
    assert isinstance(services.send(unpack.instance_id, CompleteTask(unpack.item), TEST), Done)
    split(at_once(*[tasks.deliver_outbox] * 2))
    assert Instance.objects.filter(status="completed").count() == 3
    all_hold()


def test_of_several_who_map_a_group_at_once_each_is_answered_and_nothing_is_lost(people: dict[str, User]) -> None:
    browsers = [Client() for _ in range(6)]
    for browser in browsers:
        browser.force_login(people["ada"])

    def mapped(browser: Client, value: str) -> int:
        sent = {"do": "add", "group": "Auditors", "value": value, "reason": "As in the directory"}
        return browser.post("/people/sign-in/", sent).status_code

    values = ["desk", "desk", "desk", "desk", "others", "more"]
    given = at_once(*(partial(mapped, *pair) for pair in zip(browsers, values, strict=True)))
    assert sorted(map(str, given)) == ["302", "302", "302", "400", "400", "400"]
    assert sorted(GroupClaim.objects.values_list("value", flat=True)) == ["desk", "more", "others"]
    assert verify_control().ok


def test_of_two_uploads_of_one_document_one_is_added(complaint: Definition) -> None:
    add = partial(knowledge_add, name="Fees", content=b"A card costs 5 EUR.", level="internal", groups=(), by=TEST)
    added, refused = sorted(at_once(add, add), key=lambda one: isinstance(one, Refused))
    assert isinstance(added, KnowledgeDocument) and isinstance(refused, Refused) and refused.code == "there"
