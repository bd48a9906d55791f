"""Who may do what is told to who may ask, exactly as the doors decide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from casework.access import permissions
from casework.access.permissions import ACTIONS, TASK_ACTIONS
from casework.access.seers import seers
from casework.models import Case, CaseUserObjectPermission
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def cases(people: People, analysed: Callable[..., Case]) -> list[Case]:
    """One with a task that nobody has, one with a task of Anna's, one that Olga may view by name; a superuser."""
    found = [analysed(), analysed(), analysed(intent="card_problem")]
    task_claim(by=people["anna"], task=HumanTask.objects.get(instance=found[1].instance_id))
    view = Permission.objects.get(codename="view_case", content_type__app_label="casework")
    CaseUserObjectPermission.objects.create(content_object=found[0], user=people["olga"], permission=view)
    User.objects.create_superuser("root")
    User.objects.filter(username="ben").update(is_active=False)
    return found


def the_doors_let(fetch: Callable[..., object], user: User, number: int, action: str) -> bool:
    """By the very functions that every page and call fetches by."""
    try:
        fetch(User.objects.get(pk=user.pk), number, action)
    except (Http404, PermissionDenied):
        return False
    return True


@pytest.mark.parametrize("part", ["subject", "action", "resource", "context", "page"])
def test_a_list_where_an_object_belongs_is_refused(people: People, part: str) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    sent = {"subject": subject("anna"), "action": {"name": "view"}, "resource": {"type": "case"}, part: []}
    assert ask(browser, "search/resource", **sent).status_code == 400
    assert ask(browser, "evaluations", evaluations=[{}], options=[]).status_code == 400


def ask(browser: Client, call: str, **sent: Any) -> Any:
    return browser.post(f"/api/access/v1/{call}/", sent, content_type="application/json")


def subject(name: str) -> dict[str, str]:
    return {"type": "person", "id": name}


def names(answer: Any) -> list[str]:
    return [one["id"] for one in answer.json()["results"]]


@pytest.fixture
def axel(people: People) -> Client:
    browser = Client()
    browser.force_login(people["axel"])
    return browser


def test_every_answer_is_what_the_doors_decide(cases: list[Case], axel: Client) -> None:
    """Each person x each case and task x each action."""
    tasks = list(HumanTask.objects.filter(instance__in=[case.instance_id for case in cases]))
    things = [("case", case.pk, action) for case in cases for action in ACTIONS]
    things += [("task", task.pk, action) for task in tasks for action in TASK_ACTIONS]
    fetched = {"case": permissions.case_for_user, "task": permissions.task_for_user}
    agreed = set()
    for user in User.objects.all():
        asked = [{"action": {"name": action}, "resource": {"type": kind, "id": str(pk)}} for kind, pk, action in things]
        said = ask(axel, "evaluations", subject=subject(user.username), evaluations=asked).json()["evaluations"]
        for (kind, pk, action), answer in zip(things, said, strict=True):
            let = user.is_active and the_doors_let(fetched[kind], user, pk, action)
            assert answer["decision"] == let, (user.username, kind, action)
            agreed.add((kind, action, let))
    assert len(agreed) > 20  # yes and no, of nearly every kind


def test_who_sees_a_case_is_who_the_doors_let_in(cases: list[Case], axel: Client) -> None:
    for case in cases:
        let = [
            user.username
            for user in User.objects.filter(is_active=True).order_by("username")
            if the_doors_let(permissions.case_for_user, user, case.pk, "view")
        ]
        case.refresh_from_db()
        assert [one.username for one in seers(case)] == let
        for one in seers(case):
            fresh = Case.objects.get(pk=case.pk)
            assert set(one.rights) == permissions.rights(User.objects.get(pk=one.id), fresh)
        by_api = ask(
            axel, "search/subject", subject={"type": "person"}, action={"name": "view"},
            resource={"type": "case", "id": str(case.pk)},
        )  # fmt: skip
        assert names(by_api) == let


def test_to_what_and_what_somebody_may_is_found(cases: list[Case], axel: Client) -> None:
    first = str(cases[0].pk)
    olgas = ask(axel, "search/resource", subject=subject("olga"), action={"name": "view"}, resource={"type": "case"})
    assert names(olgas) == [first]
    annas = ask(axel, "search/action", subject=subject("anna"), resource={"type": "case", "id": first})
    assert annas.json()["results"] == [{"name": "view"}, {"name": "work"}, {"name": "reply"}]


@pytest.mark.parametrize("search", ["subject", "resource", "action"])
def test_a_search_about_what_is_no_person_is_refused_as_an_evaluation_is(
    cases: list[Case], axel: Client, search: str
) -> None:
    other = {"type": "robot", "id": "anna"}
    answer = ask(
        axel, f"search/{search}", subject=other, action={"name": "view"},
        resource={"type": "case", "id": str(cases[0].pk)},
    )  # fmt: skip
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["subject.type"])


def test_others_ask_of_themselves_only(people: People, cases: list[Case]) -> None:
    anna = Client()
    anna.force_login(people["anna"])
    question = {"action": {"name": "view"}, "resource": {"type": "case", "id": str(cases[0].pk)}}
    assert ask(anna, "evaluation", subject=subject("anna"), **question).json() == {"decision": True}
    assert ask(anna, "evaluation", subject=subject("axel"), **question).status_code == 403
    assert ask(anna, "search/subject", subject={"type": "person"}, **question).status_code == 403
    missing = {"action": {"name": "view"}, "resource": {"type": "case", "id": "999999"}}
    hidden = {"action": {"name": "audit"}, "resource": {"type": "case", "id": "999999"}}
    for each in (missing, hidden):
        no = {"decision": False, "context": {"reason": "unseen"}}
        assert ask(anna, "evaluation", subject=subject("anna"), **each).json() == no


@pytest.mark.parametrize(
    "wrong",
    [{"subject": {"type": "robot", "id": "anna"}}, {"resource": {"type": "house", "id": "1"}}, {"action": {}},
     {"subject": {"type": "person", "id": 7}}, {"no-such-name": 1}],
)  # fmt: skip
def test_a_question_that_is_none_is_said_to_be_so(axel: Client, wrong: dict[str, Any]) -> None:
    asked = {"subject": subject("anna"), "action": {"name": "view"}, "resource": {"type": "case", "id": "1"}} | wrong
    assert ask(axel, "evaluation", **asked).status_code == 400


def test_several_questions_may_end_with_the_first_no(cases: list[Case], axel: Client) -> None:
    resource = {"type": "case", "id": str(cases[0].pk)}
    asked = [{"action": {"name": name}} for name in ("view", "audit", "work")]
    for semantic, count in (("execute_all", 3), ("deny_on_first_deny", 2), ("permit_on_first_permit", 1)):
        options = {"evaluations_semantic": semantic}
        answer = ask(
            axel, "evaluations", subject=subject("anna"), resource=resource, evaluations=asked, options=options
        )
        assert len(answer.json()["evaluations"]) == count


def test_an_administrator_sees_through_what_without_seeing_the_case(people: People, cases: list[Case]) -> None:
    ada = Client()
    ada.force_login(people["ada"])
    page = told(ada.get(f"/people/who/?case={cases[0].pk}"))
    assert "in Analysts, on this case: view, work" in page and "by name, on this case: view" in page
    assert "in Auditors, on all cases" in page and cases[0].title not in page
    assert ada.get("/people/who/?case=999999").status_code == 404


def test_a_gateway_finds_out_where_to_ask(client: Client) -> None:
    told_by = client.get("/.well-known/authzen-configuration").json()
    assert told_by["access_evaluation_endpoint"] == "http://testserver/api/access/v1/evaluation/"
