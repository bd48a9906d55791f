"""A case that an assistant starts is a task that it can follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.documents.services import Added, document_add
from casework.mcp.case_task import Form, case_in, form_in, state
from casework.models import Case
from orchestration.models import AgentProposal, HumanTask
from tests.casework.actions import open_task
from tests.casework.agents.conftest import agent_says, upset
from tests.casework.casetypes.test_payment_release_story import WHY, Asks, asks
from tests.casework.conftest import PERSON
from tests.casework.mcp.outside import Assistant
from tests.orchestration.documents.papers import picture
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["agent_says", "asks", "upset"]

NEW = {"case_type": "complaint", "reference": "MCP-1", "data": {"message": "My card is gone.", "customer": PERSON}}


def test_an_id_names_a_case_and_nothing_else() -> None:
    assert case_in("case-17") == 17
    assert [case_in(name) for name in ("17", "case-0", "case-1 ", "case--1", "case-1e9", "task-1")] == [None] * 6
    assert form_in("task-5") == Form(5, "") and form_in("task-5-x") is form_in("case-5") is None


def test_a_closed_case_is_completed_and_an_open_one_works() -> None:
    case: dict[str, Any] = {"id": 1, "title": "A", "state": "Sent", "created": "", "updated": "", "closed": True}
    assert state(case, [])["status"] == "completed"
    assert state(case | {"closed": False}, [])["status"] == "working"


@pytest.mark.django_db
def test_a_start_is_a_task_that_asks_for_input_where_a_person_is_needed(
    people: dict[str, User], machines: Machines
) -> None:
    machines.say("refund_request", 0.93, "neutral")
    anna = Assistant(people["anna"])
    begun = anna.say("tools/call", name="bring_a_case_in", arguments=NEW)["result"]
    assert begun["resultType"] == "task" and begun["status"] == "working", begun
    work_jobs(Case.objects.get().instance_id)

    waits = anna.say("tasks/get", taskId=begun["taskId"])["result"]
    assert waits["status"] == "input_required"
    (key, asked), *others = waits["inputRequests"].items()
    assert not others
    schema = asked["params"]["requestedSchema"]
    assert {"const": "accept"}.items() <= schema["properties"]["verdict"]["oneOf"][0].items()

    declined = anna.say("tasks/update", taskId=begun["taskId"], inputResponses={key: {"action": "decline"}})
    assert "error" not in declined
    assert anna.say("tasks/get", taskId=begun["taskId"])["result"]["status"] == "input_required"

    answer = {"action": "accept", "content": {"verdict": "accept"}}
    done = anna.say("tasks/update", taskId=begun["taskId"], inputResponses={key: answer})
    assert "error" not in done, done
    assert anna.say("tasks/get", taskId=begun["taskId"])["result"]["status"] == "working"


@pytest.mark.django_db
def test_who_does_not_know_tasks_gets_the_receipt(people: dict[str, User]) -> None:
    told = Assistant(people["clara"]).say("tools/call", follows=False, name="bring_a_case_in", arguments=NEW)["result"]
    assert told["resultType"] == "complete" and told["structuredContent"]["created"]


@pytest.mark.django_db
def test_a_case_of_others_is_no_task_and_none_is_ended_from_outside(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    olga, anna = Assistant(people["olga"]), Assistant(people["anna"])
    assert "may not see" in olga.say("tasks/get", taskId=f"case-{case.pk}")["error"]["message"]
    assert "error" in olga.say(
        "tasks/update", taskId=f"case-{case.pk}", inputResponses={"task-1": {"action": "accept"}}
    )
    assert "on its page" in anna.say("tasks/cancel", taskId=f"case-{case.pk}")["error"]["message"]
    assert HumanTask.objects.get(instance=case.instance).state == "open"


@pytest.mark.django_db
def test_an_answer_is_taken_only_for_what_was_asked_of_this_case(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    one, other = analysed(), analysed()
    own, foreign = (HumanTask.objects.get(instance=case.instance) for case in (one, other))
    taken = {"action": "accept", "content": {"verdict": "accept"}}
    both = {f"task-{own.pk}": taken, f"task-{foreign.pk}": taken}
    told = Assistant(people["anna"]).say("tasks/update", taskId=f"case-{one.pk}", inputResponses=both)
    assert f"'task-{foreign.pk}' was not asked for" in told["error"]["message"]
    assert {row.state for row in HumanTask.objects.all()} == {"open"}


@pytest.mark.django_db
def test_what_an_agent_wants_is_asked_for_and_decided_only_as_it_was_shown(
    people: dict[str, User], upset: Callable[..., Case]
) -> None:
    case = upset("after approval")
    anna, name = Assistant(people["anna"]), f"case-{case.pk}"
    waits = anna.say("tasks/get", taskId=name)["result"]
    [(key, asked)] = [one for one in waits["inputRequests"].items() if one[0].startswith("proposal-")]
    assert "The customer is upset" in asked["params"]["message"] and PERSON["iban"] not in str(asked)
    assert "proposal-" not in str(Assistant(people["axel"]).say("tasks/get", taskId=name))

    def sends(key: str, **said: Any) -> Any:
        return anna.say("tasks/update", taskId=name, inputResponses={key: {"action": "accept", "content": said}})

    other = key[:-64] + "0" * 64
    assert "has changed since" in sends(other, how="approve")["error"]["message"]
    assert "error" in sends(key, how="reject") and "error" in sends(key, how="perhaps")
    assert (
        AgentProposal.objects.get(run__instance=case.instance_id, tool__startswith="add:call_customer@").state == "held"
    )
    assert "error" not in sends(key, how="approve")
    row = AgentProposal.objects.get(run__instance=case.instance_id, tool__startswith="add:call_customer@")
    assert (row.state, row.decided_by) == ("done", "person:anna")
    assert "error" in sends(key, how="approve")


@pytest.mark.django_db
def test_what_is_signed_by_finishing_is_finished_only_as_it_was_shown(people: dict[str, User], asks: Asks) -> None:
    case = asks(amount=4200)
    name, anna, ben = f"case-{case.pk}", Assistant(people["anna"]), Assistant(people["ben"])

    def waits(who: Assistant) -> tuple[str, dict[str, Any]]:
        ((key, asked),) = who.say("tasks/get", taskId=name)["result"]["inputRequests"].items()
        return key, asked

    def says(who: Assistant, key: str, content: dict[str, str]) -> dict[str, Any]:
        return who.say("tasks/update", taskId=name, inputResponses={key: {"action": "accept", "content": content}})

    assert "error" not in says(anna, waits(anna)[0], WHY)
    release = {"approval.verdict": "release"}
    assert "open the page" in says(ben, f"task-{open_task(case).pk}", release)["error"]["message"]
    assert not ben.call("take_a_task", task=open_task(case).pk).is_error
    key, asked = waits(ben)
    assert "Who finishes it signs what the task shows" in asked["params"]["message"]
    assert isinstance(document_add(by=people["anna"], case=case, name="bill.png", content=picture()), Added)
    assert "has changed since" in says(ben, key, release)["error"]["message"]
    assert "error" not in says(ben, waits(ben)[0], release)
    assert HumanTask.objects.get(instance=case.instance_id, assignee=people["ben"]).state == "completed"


@pytest.mark.django_db
def test_one_that_nobody_has_taken_is_signed_and_finished_at_once_by_whoever_was_shown_it(
    people: dict[str, User], asks: Asks
) -> None:
    case = asks(amount=4200)
    anna, ben = Assistant(people["anna"]), Assistant(people["ben"])
    assert not anna.call("complete_a_task", task=open_task(case).pk, answers=WHY).is_error
    second = open_task(case)
    assert second.assignee is None
    read = ben.call("read_a_task", task=second.pk).structured_content
    assert read is not None and read["seen"]
    given = {"task": second.pk, "answers": {"approval.verdict": "release"}}
    unseen = ben.call("complete_a_task", **given)
    assert unseen.is_error and "open the page" in str(unseen.content)
    assert not ben.call("complete_a_task", **given, seen=read["seen"]).is_error
    second.refresh_from_db()
    assert (second.state, second.assignee) == ("completed", people["ben"])
