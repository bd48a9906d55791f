"""New tasks are given out by the rules of their case type, where an administrator has switched that on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.selectors import recent
from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.cases.verification import verify
from casework.models import Absence, AutoAssignment, Case, CaseGroupObjectPermission, Considered, Skill
from casework.tasks import by_rule
from casework.tasks.by_rule import assign_by_rule, assign_new
from casework.tasks.services import task_claim, task_release
from casework.tasks.skills import rules_follow, skill_set
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import HumanTask, Instance
from orchestration.shell.nudges import PEOPLE
from orchestration.tasks import sweep
from tests.casework.actions import kept, open_task
from tests.casework.browsing import client
from tests.casework.conftest import refused
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


@pytest.fixture
def follow(people: People) -> Callable[..., None]:
    """`follow("round robin", skill="cards")`: complaints have this one rule, and it is followed."""

    def followed(strategy: str, group: str = "", skill: str = "", level: int = 0, most: int = 0) -> None:
        files = folder_files(CASE_TYPES / "complaint")
        first, rule = files["assignment.dmn"].split('<rule id="senior">')[0], ""
        said = (strategy, skill, level, most, group)
        for at, value in enumerate(said):
            text = f'"{value}"' if isinstance(value, str) and value else str(value or "null")
            rule += f'<outputEntry id="o{at}"><text>{text}</text></outputEntry>'
        more = '<output id="out_group" name="group" label="Group" typeRef="string"/>'
        files["assignment.dmn"] = (
            f'{first}{more}<rule id="one"><inputEntry id="i"><text>-</text></inputEntry>{rule}</rule>'
            "</decisionTable></decision></definitions>"
        )
        outcome = deploy(files, Origin("system:test"))
        assert isinstance(outcome, Published), outcome
        ensure_roles(outcome.case_type)
        assert rules_follow(by=people["ada"], key="complaint", enabled=True) is None

    return followed


def held(*cases: Case) -> list[str]:
    """Who has the task of each; empty for nobody."""
    return ["" if (who := open_task(case).assignee) is None else who.username for case in cases]


def test_nothing_is_given_out_until_it_is_switched_on(people: People, analysed: Analysed) -> None:
    before = analysed()
    assert assign_new() == 0
    assert rules_follow(by=people["ada"], key="complaint", enabled=True) is None
    after = analysed()
    assert assign_new() == 1
    assert held(before) == [""] and held(after) != [""]
    assert rules_follow(by=people["ada"], key="complaint", enabled=False) is None
    assert assign_new() == 0


def test_the_history_names_the_rule_and_holds(people: People, analysed: Analysed, follow: Any) -> None:
    follow("least loaded")
    case = analysed()
    assign_new()
    (entry,) = kept(case, "task.assigned")
    assert entry.actor == "system:assignment" and entry.detail["how"] == "least loaded"
    assert entry.detail["rule"].startswith("rule 1 of ")
    page = told(client(people["clara"]).get(f"/cases/{case.pk}/"))
    assert "least loaded, rule 1 of" in page
    assert verify(Instance.objects.get(pk=case.instance_id)).ok


def test_the_least_loaded_is_first_and_who_is_away_is_passed_over(
    people: People, analysed: Analysed, follow: Any
) -> None:
    follow("least loaded")
    busy = analysed()
    task_claim(by=people["anna"], task=open_task(busy))
    first = analysed()
    assign_new()
    assert held(first) == ["ben"]
    Absence.objects.create(person=people["ben"], until=timezone.now() + timedelta(days=1))
    second = analysed()
    assign_new()
    assert held(second) == ["anna"]


def test_in_turn_each_has_one_whatever_they_have_already(people: People, analysed: Analysed, follow: Any) -> None:
    follow("round robin")
    cases = []
    for _ in range(4):
        cases.append(analysed())
        assign_new()
    assert sorted(held(*cases[:2])) == ["anna", "ben"] and held(*cases[2:]) == held(*cases[:2])


def test_only_who_has_the_skill_is_given_it(people: People, analysed: Analysed, follow: Any) -> None:
    follow("least loaded", skill="Refunds", level=3)
    for who, level in (("anna", 2), ("ben", 3)):
        assert skill_set(by=people["ada"], username=who, name=" refunds ", level=level) is None
    first = analysed()
    assign_new()
    assert held(first) == ["ben"]
    skill_set(by=people["ada"], username="ben", name="refunds", level=0)
    second = analysed()
    assign_new()
    assert held(second) == [""] and Skill.objects.count() == 1


def test_who_has_enough_is_passed_over(people: People, analysed: Analysed, follow: Any) -> None:
    follow("least loaded", most=1)
    cases = [analysed() for _ in range(3)]
    assign_new()
    assert sorted(held(*cases)) == ["", "anna", "ben"]


def test_a_group_that_is_named_narrows_whom_it_is_offered_to(people: People, analysed: Analysed, follow: Any) -> None:
    follow("least loaded", group="Cards team")
    case = analysed()
    assign_new()
    assert held(case) == [""]


def test_whoever_may_not_work_the_case_is_given_nothing(people: People, analysed: Analysed, follow: Any) -> None:
    follow("least loaded")
    case = analysed()
    CaseGroupObjectPermission.objects.filter(content_object=case, permission__codename="work_case").delete()
    assert assign_new() == 0 and held(case) == [""]


def test_whoever_is_barred_by_what_they_did_is_passed_over(
    people: People, analysed: Analysed, follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow("least loaded")
    monkeypatch.setattr(by_rule, "done_before", lambda who, task: "did it" if who == people["anna"] else "")
    cases = [analysed() for _ in range(2)]
    assign_new()
    assert held(*cases) == ["ben", "ben"]


def test_who_finished_the_last_task_of_the_case_goes_on_with_it(
    people: People, analysed: Analysed, follow: Any
) -> None:
    follow("same person")
    case = analysed()
    done = open_task(case)
    HumanTask.objects.create(
        instance=done.instance, item=9000, definition_item="x", name="Before", created=done.created, due=done.due,
        state=HumanTask.State.COMPLETED, assignee=people["ben"], ended=timezone.now(),
    )  # fmt: skip
    for _ in range(2):
        task_claim(by=people["ben"], task=open_task(analysed()))
    assign_new()
    assert held(case) == ["ben"]


def test_nobody_may_be_what_the_rule_says(people: People, analysed: Analysed, follow: Any) -> None:
    follow("nobody")
    case = analysed()
    assert assign_new() == 0 and held(case) == [""]


def test_what_is_given_back_stays_with_its_group_also_after_a_while(
    people: People, analysed: Analysed, follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow("least loaded")
    case = analysed()
    assign_new()
    task = open_task(case)
    assert task.assignee is not None
    task_release(by=task.assignee, task=task)
    assert assign_new() == 0 and not assign_by_rule(open_task(case))
    monkeypatch.setattr(by_rule, "SETTLED", timedelta(seconds=-60))
    assert assign_new() == 0 and not Considered.objects.exists()
    assert AutoAssignment.objects.get().upto == task.pk
    assert assign_new() == 0 and held(case) == [""]


def test_a_worker_is_nudged_by_the_step_and_what_was_lost_is_found_by_the_sweep(
    people: People, analysed: Analysed, follow: Any, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    sent: list[str] = []
    monkeypatch.setattr("orchestration.shell.nudges._send", lambda task, *rest: sent.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        sweep()
    assert PEOPLE not in sent
    follow("least loaded")
    for work in (analysed, sweep):
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            work()
        assert PEOPLE in sent, work


def test_administrators_switch_and_note_skills_which_the_changes_tell(people: People) -> None:
    ada = client(people["ada"])
    assert "off, rules: assign" in told(ada.get("/giving/"))
    page = told(ada.post("/giving/", {"key": "complaint", "enabled": "yes"}, follow=True))
    assert "on, rules: assign" in page and "Switch off" in page
    page = told(ada.post("/giving/", {"person": "ben", "skill": "Refunds", "level": "4"}, follow=True))
    assert "Ben Bauer" in page and "refunds" in page
    changes = told(ada.get("/changes/"))
    assert "had new tasks of complaint given out by rule" in changes
    assert "noted the skill refunds of Ben Bauer (ben): level 4" in changes
    assert len(list(recent("assignment.changed"))) == 2


@pytest.mark.parametrize(
    ("person", "skill", "level"), [("nobody-here", "x", 3), ("ben", "", 3), ("ben", "x" * 41, 3), ("ben", "x", 6)]
)
def test_a_skill_that_is_none_is_refused(people: People, person: str, skill: str, level: int) -> None:
    refused(skill_set(by=people["ada"], username=person, name=skill, level=level))
    refused(rules_follow(by=people["ada"], key="no-such-type", enabled=True))
    assert not Skill.objects.exists()


def test_rules_that_are_nowhere_are_a_fault_of_the_case_type(people: People) -> None:
    files = folder_files(CASE_TYPES / "complaint")
    files["manifest.yaml"] = files["manifest.yaml"].replace("assignment: assign", "assignment: asign")
    outcome = deploy(files, Origin("system:test"))
    assert not isinstance(outcome, Published) and "assignment: no decision is called 'asign'" in str(outcome)
