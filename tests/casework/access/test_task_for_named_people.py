"""A model may name people for a task: they see the case, take the task and do it; others do not even see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from audit.services import Origin
from casework.access import permissions
from casework.access.roles import ensure_roles
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.inbox import TABS, inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.tasks.services import task_claim, task_release
from orchestration.casetypes.case_type import by_definition, current
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import Resume, Suspend
from orchestration.models import HumanTask, TaskCandidate
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.casework.actions import Door, denials, door, open_task
from tests.sql import statements

__all__ = ["door"]
pytestmark = pytest.mark.django_db

MANIFEST = """
key: visit
name: A visit
case: visit
title: "Visit {reference}"
roles:
  Clerks: {may: [], clearance: internal}
  Nurses: {may: [], clearance: internal}
fallback_group: Clerks
"""
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" xmlns:casewright="urn:casewright:model:1"
             id="visit_model" targetNamespace="urn:casewright:tests">
  <case id="visit" name="A visit">
    <casePlanModel id="plan" name="A visit" autoComplete="true">
      <planItem id="call" definitionRef="call_task"/>
      <humanTask id="call_task" name="Call the patient" ASKED/>
    </casePlanModel>
  </case>
</definitions>
"""


SCHEMA = '{"type": "object", "properties": {"who": {"type": "string", "x-classification": "public"}}}'
EXPLAIN = """
explain select due, task_id from orchestration_taskcandidate
where user_id = %s and (due, task_id) > ('2020-01-01', 0) order by due, task_id limit 51
"""


@pytest.fixture
def team(db: None) -> dict[str, User]:
    """Nina and Nils are in no group; Gus has left; Carl is a clerk, Nora a nurse."""
    made = {name: User.objects.create_user(name, first_name=name.title()) for name in ("nina", "nils", "carl", "nora")}
    made["gus"] = User.objects.create_user("gus", is_active=False)
    for name, group in (("carl", "Clerks"), ("nora", "Nurses")):
        made[name].groups.add(Group.objects.get_or_create(name=group)[0])
    return made


@pytest.fixture
def visit(team: dict[str, User]) -> Callable[..., Case]:
    """A case whose task asks for these: `visit('candidateUsers="nina"', who="nina")`."""

    def opened(asked: str, **data: str) -> Case:
        files = {
            "manifest.yaml": MANIFEST, "forms.yaml": "{}", "data.schema.json": SCHEMA,
            "visit.cmmn": MODEL.replace("ASKED", asked.replace("candidate", "casewright:candidate").replace(
                "assignee", "casewright:assignee")),
        }  # fmt: skip
        published = deploy(files, Origin("system:test"))
        assert isinstance(published, Published), published
        ensure_roles(published.case_type)
        outcome = case_open(
            by=None,
            case_type="visit",
            reference=f"V-{Case.objects.count()}",
            source="test",
            data={"who": "somebody"} | data,
        )
        assert isinstance(outcome, Opened), outcome
        return outcome.case

    return opened


def found(user: User, **more: str) -> dict[str, list[int]]:
    """What stands in each tab of this person's inbox; the counts must say the same."""
    fresh = User.objects.get(pk=user.pk)
    pages = {tab: inbox_page(user=fresh, tab=tab, now=timezone.now(), **more) for tab in TABS}  # type: ignore[arg-type]
    rows = {tab: [row.id for row in page.rows] for tab, page in pages.items()}
    if not more:
        assert all(page.counts[tab] == len(rows[tab]) for page in pages.values() for tab in TABS)
    return rows


def sees_nothing(user: User, case: Case, task: HumanTask) -> None:
    """Not in the inbox, not by search, not on a page, not by the API, not in a live stream."""
    client = Client()
    client.force_login(user)
    assert found(user) == {tab: [] for tab in TABS}
    assert found(user, reference=case.reference) == {tab: [] for tab in TABS}
    for address in (f"/cases/{case.pk}/", f"/tasks/{task.pk}/", f"/cases/{case.pk}/history/",
                    f"/api/cases/{case.pk}/", f"/api/tasks/{task.pk}/"):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for address in ("/?tab=groups", f"/?q={case.reference}", f"/cases/?which=all&q={case.reference}"):
        assert case.title not in client.get(address).content.decode(), address
    for address in (
        "/api/tasks/?scope=groups",
        "/api/tasks/?scope=unassigned",
        f"/api/cases/?reference={case.reference}",
    ):
        assert client.get(address).json()["results"] == [], address
    assert client.get(f"/cases/{case.pk}/live/").status_code == 404
    assert permissions.who_may_view([(user.pk, case.instance_id)]) == set()


def candidates(task: HumanTask) -> list[str]:
    return sorted(str(row) for row in task.candidates.all())


def test_whoever_is_named_finds_takes_and_does_it(
    door: Door, team: dict[str, User], visit: Callable[..., Case]
) -> None:
    case = visit('candidateUsers="nina"')
    task = open_task(case)
    client = Client()
    client.force_login(team["nina"])
    assert found(team["nina"]) == {
        "mine": [],
        "groups": [task.pk],
        "unassigned": [task.pk],
        "soon": [],
        "all": [task.pk],
        "snoozed": [],
    }
    assert found(team["nina"], reference=case.reference)["mine"] == [task.pk]
    assert client.get(f"/cases/{case.pk}/").status_code == 200
    assert "Call the patient" in client.get(f"/tasks/{task.pk}/").content.decode()
    assert case.title in client.get("/cases/").content.decode()
    assert client.get(f"/cases/{case.pk}/live/").status_code == 200
    nina_sees_it = (team["nina"].pk, case.instance_id)
    assert permissions.who_may_view([nina_sees_it]) == {nina_sees_it}
    assert door(team["nina"], "claim", task.pk).status_code == door.done
    assert found(team["nina"])["mine"] == [task.pk]
    assert door(team["nina"], "complete", task.pk, **door.answers()).status_code == door.done
    assert HumanTask.objects.get(pk=task.pk).state == "completed" and not TaskCandidate.objects.exists()
    assert found(team["nina"]) == {tab: [] for tab in TABS}


def test_others_do_not_see_it(team: dict[str, User], visit: Callable[..., Case]) -> None:
    case = visit('candidateUsers="nina"')
    for name in ("nils", "nora"):
        sees_nothing(team[name], case, open_task(case))
    assert found(team["carl"]) == {tab: [] for tab in TABS}


def test_it_cannot_be_taken_by_those_who_only_see_the_case(
    door: Door, team: dict[str, User], visit: Callable[..., Case]
) -> None:
    """The clerks look after whatever falls to nobody, and so see the case; this task is for Nina."""
    case = visit('candidateUsers="nina"')
    assert door(team["carl"], "claim", open_task(case).pk).status_code == 403
    assert denials(case) == [("person:carl", "claim")]


def test_the_data_of_the_case_may_say_who(team: dict[str, User], visit: Callable[..., Case]) -> None:
    case = visit('candidateUsers="=who"', who="nils")
    assert candidates(open_task(case)) == ["Nils"]
    sees_nothing(team["nina"], case, open_task(case))


def test_people_and_groups_may_be_named_together(team: dict[str, User], visit: Callable[..., Case]) -> None:
    case = visit('candidateUsers="nina, nils" candidateGroups="Nurses"')
    task = open_task(case)
    assert candidates(task) == ["Nils", "Nina", "Nurses"]
    assert [found(team[name])["unassigned"] for name in ("nina", "nils", "nora", "carl")] == [[task.pk]] * 3 + [[]]
    assert isinstance(task_claim(by=team["nora"], task=task), HumanTask)
    assert [found(team[name])["unassigned"] for name in ("nina", "nils", "nora")] == [[]] * 3


def test_one_who_is_named_and_in_a_group_that_is_finds_it_once(
    team: dict[str, User], visit: Callable[..., Case]
) -> None:
    task = open_task(visit('candidateUsers="nora" candidateGroups="Nurses"'))
    assert found(team["nora"]) == {
        "mine": [],
        "groups": [task.pk],
        "unassigned": [task.pk],
        "soon": [],
        "all": [task.pk],
        "snoozed": [],
    }


@pytest.mark.parametrize("name", ["nobody", "gus", "Nurses", "NINA"])
def test_for_a_name_that_is_no_active_user_the_fallback_group_stands_in(
    name: str, team: dict[str, User], visit: Callable[..., Case]
) -> None:
    case = visit(f'candidateUsers="{name}, {name}x"')
    task = open_task(case)
    assert candidates(task) == ["Clerks"] and found(team["carl"])["unassigned"] == [task.pk]
    assert not case.caseuserobjectpermission_set.exists()
    for other in ("nina", "nora"):
        sees_nothing(team[other], case, task)


def test_whoever_the_model_assigns_it_to_has_it_and_may_do_it(
    door: Door, team: dict[str, User], visit: Callable[..., Case]
) -> None:
    case = visit('assignee="nina"')
    task = open_task(case)
    assert found(team["nina"])["mine"] == [task.pk] and found(team["carl"])["unassigned"] == []
    sees_nothing(team["nils"], case, task)
    assert door(team["carl"], "claim", task.pk).status_code == 409
    assert door(team["nina"], "complete", task.pk, **door.answers()).status_code == door.done
    assert HumanTask.objects.get(pk=task.pk).state == "completed"


def test_whoever_gives_it_back_may_take_it_again_as_may_the_fallback_group(
    door: Door, team: dict[str, User], visit: Callable[..., Case]
) -> None:
    case = visit('assignee="nina"')
    task = open_task(case)
    assert door(team["nina"], "release", task.pk).status_code == door.done
    assert [found(team[name])["unassigned"] for name in ("nina", "carl")] == [[task.pk]] * 2
    assert door(team["nina"], "claim", task.pk).status_code == door.done


@pytest.mark.parametrize("name", ["nobody", "gus"])
def test_an_assignee_who_is_no_active_user_is_none(
    name: str, team: dict[str, User], visit: Callable[..., Case]
) -> None:
    task = open_task(visit(f'assignee="{name}"'))
    assert task.assignee is None and set(candidates(task)) == {"Clerks"}
    assert found(team["carl"])["unassigned"] == [task.pk]


def test_the_right_to_the_case_stays_as_a_group_s_does(team: dict[str, User], visit: Callable[..., Case]) -> None:
    case = visit('candidateUsers="nina"')
    Door(is_api=True, done=200)(team["nina"], "complete", open_task(case).pk, answers={})
    client = Client()
    client.force_login(team["nina"])
    assert client.get(f"/cases/{case.pk}/").status_code == 200


def test_after_a_pause_it_is_offered_to_the_same_people(team: dict[str, User], visit: Callable[..., Case]) -> None:
    case = visit('candidateUsers="nina"')
    for command in (Suspend(), Resume()):
        assert isinstance(services.send(case.instance_id, command, Origin("system:test")), Done)
    assert candidates(open_task(case)) == ["Nina"]


def test_the_inbox_hears_of_it(team: dict[str, User], visit: Callable[..., Case]) -> None:
    def marker(name: str) -> str:
        return inbox_states([team[name].pk], timezone.now())[team[name].pk]

    before = marker("nina"), marker("nils")
    task = open_task(visit('candidateUsers="nina"'))
    offered = marker("nina")
    task_claim(by=team["nina"], task=task)
    assert len({before[0], offered, marker("nina")}) == 3
    assert marker("nils") == before[1]
    task_release(by=team["nina"], task=task)
    assert marker("nina") == offered


def test_names_cost_no_statement_more(team: dict[str, User], visit: Callable[..., Case]) -> None:
    def sent_by(asked: str) -> int:
        visit(asked)
        definition = current("visit")
        begin = by_definition(definition.pk).begin({})
        with statements() as sent:
            assert isinstance(services.start(definition, begin, Origin("system:test")), Done)
        return len(sent)

    assert sent_by('candidateUsers="nina" assignee="nils"') == sent_by('candidateGroups="Nurses"') <= 6


def test_the_inbox_costs_as_many_statements_as_for_groups(team: dict[str, User], visit: Callable[..., Case]) -> None:
    visit('candidateUsers="nina" candidateGroups="Nurses"')
    counts = []
    for name in ("nina", "nora"):
        user = User.objects.get(username=name)
        with statements() as sent:
            assert len(inbox_page(user=user, tab="groups", now=timezone.now()).rows) == 1
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 6


def test_what_is_offered_to_a_person_is_found_by_an_index(team: dict[str, User], visit: Callable[..., Case]) -> None:
    task = open_task(visit('candidateUsers="nina"'))
    clerks = Group.objects.get(name="Clerks")
    TaskCandidate.objects.bulk_create(
        TaskCandidate(task=task, instance=task.instance, group=clerks, due=task.due) for _ in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze orchestration_taskcandidate")
        cursor.execute(EXPLAIN, [team["nina"].pk])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "candidate_of_person" in plan and "Seq Scan" not in plan, plan


def test_a_candidate_is_a_group_or_a_person(team: dict[str, User], visit: Callable[..., Case]) -> None:
    task = open_task(visit('candidateUsers="nina"'))
    clerks = Group.objects.get(name="Clerks")
    for wrong in ({}, {"group": clerks, "user": team["nina"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TaskCandidate.objects.create(task=task, due=task.due, **wrong)
