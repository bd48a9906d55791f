"""Does an agent outside hear of its task as it goes on, by a stream and at an address of its own, and nobody else?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditEvent
from casework.access.models import ApiToken
from casework.access.permissions import origin_of
from casework.access.tokens import token_revoke
from casework.agents.a2a import pushes, waited
from casework.agents.models import TaskPush
from casework.agents.worker_tasks import tell_agents
from casework.models import Case
from orchestration.ground.clock import utc_now
from tests.casework.access.tokens import token_for
from tests.casework.agents.following import BEGINS, application, client, done_by_people, events, message, until
from tests.casework.conftest import PERSON
from tests.casework.mcp.conftest import one_connection
from tests.orchestration.actors.connectors.conftest import listed, system
from tests.orchestration.actors.connectors.server import System
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["listed", "one_connection", "system"]

pytestmark = pytest.mark.django_db
People = dict[str, User]
Json = dict[str, Any]
SSE = {"Accept": "text/event-stream"}


@pytest.fixture
def outside(people: People) -> Client:
    """An agent that carries a token of anna's."""
    return Client(headers={"Authorization": f"Bearer {token_for(people['anna'])}", "A2A-Version": "1.0"})


def states(told: list[Json]) -> list[str]:
    found = [one.get("task") or one.get("statusUpdate") or {} for one in told]
    return [one["status"]["state"].removeprefix("TASK_STATE_") for one in found if one]


@pytest.mark.usefixtures("one_connection")
def test_a_stream_tells_each_step_of_the_case_and_ends_with_it(
    people: People, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.say("refund_request", 0.93, "neutral")
    app, token = application(monkeypatch), token_for(people["anna"])

    async def follow() -> list[list[Json]]:
        async with client(app, token) as asking:
            begun = asyncio.create_task(asking.post("a2a/message:stream", json=message(BEGINS), headers=SSE))
            case = await until(Case.objects.first)
            also = asyncio.create_task(asking.post(f"a2a/tasks/{case.pk}:subscribe", headers=SSE))
            await done_by_people(asking, lambda: asyncio.sleep(1))
            return [events((await asyncio.wait_for(one, 60)).content) for one in (begun, also)]

    begun, also = async_to_sync(follow)()
    for told in (begun, also):
        assert states(told)[-1] == "COMPLETED" and "INPUT_REQUIRED" in states(told), told
        assert {*states(told)} <= {"WORKING", "INPUT_REQUIRED", "COMPLETED"} and "task" in told[0]
        [given] = [one["artifactUpdate"] for one in told if "artifactUpdate" in one]
        assert given["artifact"]["parts"][0]["data"]["data"]["message"] == "Where is my refund?"
        assert "statusUpdate" in told[-1]
    case = Case.objects.get()
    assert AuditEvent.objects.filter(chain=case.instance_id, action="case.viewed", actor="person:anna").exists()


@pytest.mark.usefixtures("one_connection")
def test_a_stream_says_nothing_more_to_who_lost_the_right_or_whose_token_was_taken_back(
    people: People, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.say("refund_request", 0.93, "neutral")
    app, token = application(monkeypatch), token_for(people["anna"])

    async def follow() -> list[Json]:
        async with client(app, token) as asking:
            begun = asyncio.create_task(asking.post("a2a/message:stream", json=message(BEGINS), headers=SSE))
            case = await until(lambda: Case.objects.select_related("instance").first())
            row = await sync_to_async(ApiToken.objects.select_related("person").get)()
            await sync_to_async(lambda: token_revoke(row=row, origin=origin_of(row.person)))()
            await sync_to_async(work_jobs)(case.instance_id)
            return events((await asyncio.wait_for(begun, 60)).content)

    first, last = async_to_sync(follow)()
    assert first["task"]["status"]["state"] == "TASK_STATE_WORKING"
    assert last["error"]["code"] == 401 and last["error"]["status"] == "UNAUTHENTICATED"


@pytest.mark.usefixtures("one_connection")
def test_who_wants_to_wait_is_answered_when_the_task_asks_or_is_over_and_no_later_than_a_minute(
    people: People, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.say("refund_request", 0.93, "neutral")
    app, token = application(monkeypatch), token_for(people["anna"])
    waiting, hurried = message(BEGINS), message(BEGINS, returnImmediately=True)

    async def follow() -> list[Json]:
        async with client(app, token) as asking:
            at_once = await asking.post("a2a/message:send", json=hurried)
            monkeypatch.setattr(waited, "LONGEST", 0.2)
            too_long = await asking.post("a2a/message:send", json=waiting)
            monkeypatch.setattr(waited, "LONGEST", 60)
            begun = asyncio.create_task(asking.post("a2a/message:send", json=waiting))
            case = await until(lambda: Case.objects.select_related("instance").first())
            await asyncio.sleep(0.3)
            assert not begun.done()
            await sync_to_async(work_jobs)(case.instance_id)
            found = [at_once, too_long, await asyncio.wait_for(begun, 60)]
            return [one.json()["task"] for one in found]

    told = async_to_sync(follow)()
    assert states([{"task": one} for one in told]) == ["WORKING", "WORKING", "INPUT_REQUIRED"]
    assert len({one["id"] for one in told}) == 1


def test_a_server_that_cannot_wait_says_so_in_the_words_of_a2a_and_begins_nothing(outside: Client) -> None:
    for asked in (message(BEGINS), message(BEGINS, returnImmediately=False)):
        told = outside.post("/api/a2a/message:send", asked, "application/json")
        assert told.status_code == 400 and told.json()["error"]["details"][0]["reason"] == "UNSUPPORTED_OPERATION"
    assert not Case.objects.exists()


@pytest.fixture(autouse=True)
def told_here(settings: Any) -> None:
    settings.AGENT_HOSTS = ["127.0.0.1"]


def push(listed: System, **more: Any) -> Json:
    bearer = {"scheme": "Bearer", "credentials": "very-secret"}
    return {"url": f"{listed.url}/told", "token": "theirs", "authentication": bearer, **more}


def sent(listed: System) -> list[Json]:
    return [json.loads(one.body) for one in listed.came]


def test_an_agent_is_told_at_its_address_with_what_it_wants_to_be_shown(
    people: People, outside: Client, listed: System, machines: Machines
) -> None:
    machines.say("refund_request", 0.93, "neutral")
    asked = message(BEGINS, returnImmediately=True, taskPushNotificationConfig=push(listed, id="p-1"))
    task = outside.post("/api/a2a/message:send", asked, "application/json").json()["task"]["id"]
    tell_agents()
    assert listed.came == []
    work_jobs(Case.objects.get().instance_id)
    listed.reply(503)
    tell_agents()
    tell_agents()  # it is put off: nothing is sent twice
    assert len(listed.came) == 1
    TaskPush.objects.update(run_at=utc_now() - timedelta(seconds=1))
    listed.reply(200)
    tell_agents()
    [refused, told] = sent(listed)
    assert refused == told and told["statusUpdate"]["status"]["state"] == "TASK_STATE_INPUT_REQUIRED"
    headers = listed.came[-1].headers
    assert (headers["x-a2a-notification-token"], headers["authorization"]) == ("theirs", "Bearer very-secret")
    assert told["statusUpdate"]["taskId"] == task and PERSON["iban"] not in str(told)
    tell_agents()
    assert len(listed.came) == 2
    assert "very-secret" not in str(TaskPush.objects.values())


@pytest.mark.parametrize("ends", ["token", "person"])
def test_nothing_is_told_any_more_when_the_token_or_the_right_has_ended(
    people: People, outside: Client, listed: System, open_case: Callable[..., Case], machines: Machines, ends: str
) -> None:
    machines.say("refund_request", 0.93, "neutral")
    case = open_case()
    kept = outside.post(f"/api/a2a/tasks/{case.pk}/pushNotificationConfigs", push(listed), "application/json")
    assert kept.status_code == 200, kept.content
    if ends == "token":
        token_revoke(row=ApiToken.objects.get(), origin=origin_of(people["anna"]))
    else:
        people["anna"].groups.clear()
    work_jobs(case.instance_id)
    tell_agents()
    row = TaskPush.objects.get()
    assert listed.came == [] and row.ended is not None and "may not see" in row.error


def test_an_address_is_read_listed_replaced_and_taken_back_by_its_own_agent_alone(
    people: People, outside: Client, listed: System, open_case: Callable[..., Case]
) -> None:
    place = f"/api/a2a/tasks/{open_case().pk}/pushNotificationConfigs"
    for _ in range(2):
        answer = outside.post(place, push(listed, id="p-1"), "application/json")
    shown = answer.json()
    assert shown == {"id": "p-1", "taskId": str(Case.objects.get().pk), "url": f"{listed.url}/told"}
    assert outside.get(place).json() == {"configs": [shown]} and outside.get(f"{place}/p-1").json() == shown
    other = Client(headers={"Authorization": f"Bearer {token_for(people['clara'])}", "A2A-Version": "1.0"})
    assert other.get(place).json() == {"configs": []} and other.delete(f"{place}/p-1").status_code == 404
    for number in range(pushes.MOST - 1):
        outside.post(place, push(listed, id=f"q-{number}"), "application/json")
    assert outside.post(place, push(listed, id="more"), "application/json").json()["code"] == "many"
    assert outside.delete(f"{place}/p-1").status_code == 200 and outside.get(f"{place}/p-1").status_code == 404


@pytest.mark.parametrize(
    "url", ["http://elsewhere.example/x", "http://169.254.169.254/", "ftp://127.0.0.1/", "https://a:b@127.0.0.1/", "x"]
)
def test_no_other_address_than_a_listed_one_is_taken(
    people: People, outside: Client, listed: System, open_case: Callable[..., Case], url: str
) -> None:
    case = open_case()
    place = f"/api/a2a/tasks/{case.pk}/pushNotificationConfigs"
    answer = outside.post(place, push(listed) | {"url": url}, "application/json")
    assert answer.status_code == 400 and answer.json()["error"]["details"][0]["reason"] == "INVALID_PARAMS"
    asked = message(BEGINS, returnImmediately=True, taskPushNotificationConfig={"url": url})
    assert outside.post("/api/a2a/message:send", asked, "application/json").status_code == 400
    assert Case.objects.count() == 1 and not TaskPush.objects.exists()


def test_a_host_that_is_not_named_for_agents_is_not_written_to(
    people: People, outside: Client, listed: System, open_case: Callable[..., Case], settings: Any
) -> None:
    place = f"/api/a2a/tasks/{open_case().pk}/pushNotificationConfigs"
    for hosts, status in (([f"127.0.0.1:{listed.port}"], 200), (["127.0.0.1:1"], 400), ([], 400)):
        settings.AGENT_HOSTS = hosts
        assert outside.post(place, push(listed), "application/json").status_code == status
        told = outside.get("/.well-known/agent-card.json").json()
        assert told["capabilities"] == {"streaming": True, "pushNotifications": bool(hosts)}


def test_an_agent_lists_what_it_brought_in_and_nothing_else(
    people: People, outside: Client, open_case: Callable[..., Case]
) -> None:
    open_case()  # of another system
    for number in range(3):
        hurried = message(BEGINS, f"m-{number}", returnImmediately=True)
        outside.post("/api/a2a/message:send", hurried, "application/json")
    numbers = [str(pk) for pk in Case.objects.filter(source="api:anna").order_by("-pk").values_list("pk", flat=True)]
    first = outside.get("/api/a2a/tasks?pageSize=2").json()
    assert [one["id"] for one in first["tasks"]] == numbers[:2] and first["totalSize"] == 3
    rest = outside.get(f"/api/a2a/tasks?pageSize=2&pageToken={first['nextPageToken']}").json()
    assert [one["id"] for one in rest["tasks"]] == numbers[2:] and rest["nextPageToken"] == ""
    for state, many in (("WORKING", 3), ("COMPLETED", 0)):
        assert len(outside.get(f"/api/a2a/tasks?status=TASK_STATE_{state}").json()["tasks"]) == many
    assert [one["id"] for one in outside.get(f"/api/a2a/tasks?contextId={numbers[1]}").json()["tasks"]] == [numbers[1]]
    other = Client(headers={"Authorization": f"Bearer {token_for(people['ben'])}", "A2A-Version": "1.0"})
    assert other.get("/api/a2a/tasks").json()["tasks"] == []
    assert outside.get("/api/a2a/tasks?statusTimestampAfter=2026-01-01T00:00:00Z").status_code == 400


def test_errors_can_be_read_by_any_client_of_a2a(
    people: People, outside: Client, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    ended = outside.post(f"/api/a2a/tasks/{case.pk}:cancel").json()
    assert ended["error"]["details"][0]["reason"] == "TASK_NOT_CANCELABLE" and ended["code"] == "not-cancelable"
    missing = outside.get("/api/a2a/tasks/999999").json()["error"]
    assert (missing["code"], missing["details"][0]["reason"]) == (404, "TASK_NOT_FOUND")
