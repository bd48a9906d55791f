"""Assistants outside work by MCP as the person whose token they carry."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User

from audit.models import AuditEvent
from audit.services import Origin
from casework.access.permissions import origin_of
from casework.access.tokens import tokens_revoke
from casework.mcp.tools import OFFERED
from casework.models import Case
from orchestration.knowledge.register import index, knowledge_add
from orchestration.models import HumanTask, KnowledgeDocument
from tests.casework.conftest import PERSON
from tests.casework.mcp.outside import ADDRESS, Assistant, http, spoken

pytestmark = pytest.mark.django_db


def test_each_tool_is_a_call_of_the_api_and_takes_what_it_takes(people: dict[str, User]) -> None:
    found = Assistant(people["anna"]).tools()
    assert len(found) == len(OFFERED)
    assert found["complete_a_task"].input_schema["required"] == ["task", "answers"]
    assert "scope" in found["find_open_tasks"].input_schema["properties"]
    assert found["read_a_case"].annotations.read_only_hint and not found["take_a_task"].annotations.read_only_hint
    assert "$ref" not in str([tool.input_schema for tool in found.values()])


def test_a_task_is_found_read_taken_and_completed(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    case, anna = analysed(), Assistant(people["anna"])
    found = anna.call("find_open_tasks", scope="groups").structured_content["results"]
    assert [row["case"] for row in found] == [case.pk]
    assert not anna.call("find_open_tasks", scope="groups", limit=5.0).is_error  # to JSON a whole number
    task = found[0]["id"]
    assert anna.call("take_a_task", task=task).structured_content["open"]["mine"]
    initial = anna.call("read_a_task", task=task).structured_content["initial"]
    done = anna.call("complete_a_task", task=task, answers={"verdict": "accept", **initial})
    assert not done.is_error, done
    assert HumanTask.objects.get(pk=task).state == "completed"


def test_what_is_masked_for_the_person_is_masked_for_their_assistant(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    for who, tells in (("anna", False), ("clara", False), ("olga", None)):
        answer = Assistant(people[who]).call("read_a_case", case=case.pk)
        assert answer.is_error is (tells is None)
        assert PERSON["iban"] not in str(answer), who


def test_what_the_api_refuses_is_an_error_of_the_tool_in_its_own_words(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    task = HumanTask.objects.get(instance=analysed().instance)
    refused = Assistant(people["anna"]).call("complete_a_task", task=task.pk, answers={"verdict": "accept", "x": "1"})
    assert refused.is_error
    assert "answers.x" in refused.structured_content["errors"]
    unknown = Assistant(people["olga"]).call("take_a_task", task=task.pk)
    assert unknown.is_error and unknown.structured_content["code"] == "not-found"


def test_of_two_who_take_a_task_one_has_it_and_the_other_is_told_who(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    task = HumanTask.objects.get(instance=analysed().instance)
    assert not Assistant(people["anna"]).call("take_a_task", task=task.pk).is_error
    second = Assistant(people["ben"]).call("take_a_task", task=task.pk)
    assert second.is_error and second.structured_content["code"] == "taken" and "Anna" in str(second)
    task.refresh_from_db()
    assert task.assignee == people["anna"]


def test_a_token_that_was_taken_back_opens_nothing_more(people: dict[str, User]) -> None:
    anna = Assistant(people["anna"])
    assert anna.tools()
    assert tokens_revoke(person=people["anna"], origin=origin_of(people["anna"])) == 1
    for method, more in (
        ("tools/list", {}),
        ("tools/call", {"name": "find_cases"}),
        ("tasks/get", {"taskId": "case-1"}),
    ):
        status, told = spoken(anna.token, method, **more)
        assert status == 401 and "not valid, or has ended" in told["error"]["message"], method


@pytest.mark.parametrize("case", [None, "x", -1, "1/../2", True])
def test_what_is_no_number_of_a_case_is_said_to_be_none(people: dict[str, User], case: object) -> None:
    refused = Assistant(people["anna"]).call("read_a_case", case=case)
    assert refused.is_error and refused.structured_content["errors"] == {"case": "A whole number is needed."}


def test_nobody_gets_in_without_a_token_and_a_wrong_one_is_kept(people: dict[str, User]) -> None:
    status, told = spoken("", "tools/list")
    assert status == 401 and "Bearer" in told["message"]
    status, wrong = spoken("0123456789", "tools/list")
    assert status == 401 and "token" in wrong["error"]["message"].lower()
    assert AuditEvent.objects.filter(action="access.token_refused").count() == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421), ({"Host": ""}, 421), ({"Host": "testserver.evil.example"}, 421),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421), ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403), ({"Origin": "http://testserver"}, 200), ({"Host": "127.0.0.1:8000"}, 200),
    ],
)  # fmt: skip
def test_a_name_that_was_rebound_and_a_page_of_another_site_lead_nowhere(
    people: dict[str, User], headers: dict[str, str], status: int
) -> None:
    assert spoken(Assistant(people["anna"]).token, "tools/list", headers=headers)[0] == status


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_nothing_is_held_open_for_who_only_listens(method: str) -> None:
    async def ask() -> httpx2.Response:
        async with http("cwt_wrong") as client:
            return await client.request(method, ADDRESS, headers={"Accept": "text/event-stream"})

    answer = async_to_sync(ask)()
    assert answer.status_code == 405 and answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("tool", "given", "amiss"),
    [
        ("find_cases", {"is.@unit": "north"}, {"is.@unit": "This tool does not take it."}),
        ("search_cases", {"q": "x" * 100_000}, {"q": "At most 2,000 characters."}),
    ],
)
def test_an_argument_is_never_dropped_without_a_word(
    people: dict[str, User], tool: str, given: dict[str, str], amiss: dict[str, str]
) -> None:
    refused = Assistant(people["anna"]).call(tool, **given)
    assert refused.is_error and refused.structured_content["errors"] == amiss


def test_knowledge_is_searched_as_far_as_the_person_may_read(people: dict[str, User]) -> None:
    for name, text, groups in (
        ("Refunds", "A refund takes 14 days.", []),
        ("Secret", "A refund is a gift.", ["Auditors"]),
    ):
        knowledge_add(name=name, content=text.encode(), level="public", groups=groups, by=Origin("system:test"))
    for row in KnowledgeDocument.objects.all():
        index(row.pk)
    found = Assistant(people["anna"]).call("search_knowledge", q="How long does a refund take?")
    assert [one["name"] for one in found.structured_content["results"]] == ["Refunds"], found
    assert Assistant(people["anna"]).call("search_knowledge").is_error


def test_an_unknown_tool_says_where_those_that_are_stand(people: dict[str, User]) -> None:
    told = Assistant(people["anna"]).say("tools/call", name="drop_all", arguments={})
    assert "tools/list" in told["error"]["message"]


def test_what_an_assistant_reads_is_kept_as_read_by_the_person(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    Assistant(people["anna"]).call("read_a_cases_history", case=case.pk)
    viewed = AuditEvent.objects.filter(chain=case.instance_id, action="case.viewed", actor="person:anna")
    assert viewed.count() == 1
