"""Does an agent outside start and follow a case by A2A with the rights of a person, and find a card that it can pin?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.agents.a2a.card import card_key
from casework.models import Case
from orchestration.actors.kinds.remote_agent.cards import is_signed_by, pin
from orchestration.casetypes.case_type import CaseType

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
SENT: Json = {"case_type": "complaint", "data": {"message": "Where is my refund?"}}


def asking(who: User, **headers: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    client = Client(headers={"A2A-Version": "1.0"} | headers)
    client.force_login(who)

    def send(data: Json, **more: Any) -> Any:
        message = {"messageId": "m-1", "role": "ROLE_USER", "parts": [{"data": data}], **more}
        asked = {"message": message, "configuration": {"returnImmediately": True}}
        return client.post("/api/a2a/message:send", asked, content_type="application/json")

    return send, lambda number: client.get(f"/api/a2a/tasks/{number}")


def test_the_card_is_signed_names_its_address_and_stays_the_same() -> None:
    card, again = (Client().get("/.well-known/agent-card.json").json() for _ in range(2))
    assert is_signed_by(card, card_key().public_key().public_bytes_raw().hex()) and pin(card) == pin(again)
    [interface] = card["supportedInterfaces"]
    assert interface["url"].endswith("/api/a2a") and interface["protocolVersion"] == "1.0"


def test_a_message_begins_one_case_which_is_the_task(complaint: CaseType, people: dict[str, User]) -> None:
    send, task = asking(people["anna"])
    found = send(SENT).json()["task"]
    case = Case.objects.get()
    assert (found["id"], case.reference) == (str(case.pk), "m-1") and found["status"]["state"] == "TASK_STATE_WORKING"
    assert send(SENT).json()["task"]["id"] == found["id"] and Case.objects.count() == 1
    assert task(case.pk).json()["id"] == found["id"]
    other = send({**SENT, "data": {"message": "Something else"}})
    assert (other.status_code, other.json()["code"]) == (409, "clash")


def test_who_may_bring_cases_in_and_not_look_at_them_is_told_the_number_of_the_task(
    complaint: CaseType, people: dict[str, User]
) -> None:
    send, task = asking(people["intake-bot"])
    first, again = send(SENT), send(SENT)
    number = str(Case.objects.get().pk)
    bare = {"status": {"state": "TASK_STATE_SUBMITTED"}, "artifacts": [], "metadata": {}}
    assert (first.status_code, first.json()) == (200, {"task": {"id": number, "contextId": number, **bare}})
    assert again.json() == first.json() and task(number).status_code == 404


def test_nobody_gets_further_than_as_themselves_and_what_is_not_spoken_is_refused(
    complaint: CaseType, people: dict[str, User]
) -> None:
    send, _ = asking(people["anna"])
    number = send(SENT).json()["task"]["id"]
    strange, looks = asking(people["dora"])
    assert looks(number).status_code == 404 and strange(SENT, messageId="m-2").status_code == 403
    wrong: list[Any] = [
        {"case_type": "complaint"}, {"case_type": "nothing", "data": {}}, {**SENT, "more": 1}, 5, None, [],
        *({**SENT, "case_type": name} for name in ("complaint\0", "\0", "", 5, None, ["complaint"], "\ud800")),
        *({**SENT, "data": data} for data in ([], "x", None, {"message": "a\0"})),
    ]  # fmt: skip
    for body in wrong:
        assert send(body).status_code == 400, body
    assert send(SENT, taskId=number).json()["code"] == "unsupported"
    old, _ = asking(people["anna"], **{"A2A-Version": "0.3"})
    assert old(SENT).json()["code"] == "version-not-supported" and Case.objects.count() == 1
    unspoken = Client(headers={"A2A-Version": "1.0"})
    unspoken.force_login(people["anna"])
    answer = unspoken.put("/api/a2a/message:stream", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["status"]) == (405, "UNIMPLEMENTED")
    assert Client(headers={"A2A-Version": "1.0"}).get(f"/api/a2a/tasks/{number}").status_code == 401
