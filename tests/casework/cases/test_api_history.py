"""Programs read and verify what happened in a case, and find tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from casework.models import Case
from casework.tasks.services import task_claim
from orchestration.ground import clock
from orchestration.models import HumanTask
from tests.casework.actions import kept, open_task, statements

pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def sign_in(people: People) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return signed_in


def read(client: Client, case: Case, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/cases/{case.pk}/history/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestHistory:
    def test_page_after_page_every_event_once_in_order(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case, axel, seen, after = analysed(), sign_in("axel"), [], 0
        while after is not None:
            page = read(axel, case, limit=7, after=after)
            seen += [entry["sequence"] for entry in page["results"]]
            after = page["next"]
        case.instance.refresh_from_db()
        assert seen == list(range(1, case.instance.head_sequence + 1))

    def test_by_who_and_by_what(self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]) -> None:
        case, axel = analysed(), sign_in("axel")
        machines = read(axel, case, actor="model:")["results"]
        decided = read(axel, case, action="engine.DecisionEvaluated")["results"]
        assert {entry["actor"] for entry in machines} == {"model:intent", "model:sentiment"}
        assert {entry["action"] for entry in decided} == {"engine.DecisionEvaluated"} and len(decided) == 2

    def test_an_auditor_reads_which_rule_of_which_version_fired_on_which_inputs(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case = analysed(confidence=0.6)
        routed = read(sign_in("axel"), case, action="engine.DecisionEvaluated")["results"][0]
        assert routed["version"] == "complaint v1" and "Rule 1 of" in routed["rules"]
        assert routed["detail"]["inputs"]["intent"]["confidence"] == 0.6

    def test_others_read_plain_words_without_what_was_kept(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        entries = read(sign_in("anna"), analysed())["results"]
        assert entries and all(entry["words"] and entry["detail"] == {} for entry in entries)

    @pytest.mark.parametrize("query", [{"limit": "0"}, {"after": "-1"}, {"after": "9" * 30}, {"actor": "a\0"}])
    def test_a_wrong_question_is_answered_in_words(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client], query: dict[str, str]
    ) -> None:
        answer = sign_in("axel").get(f"/api/cases/{analysed().pk}/history/", query)
        assert answer.status_code == 400 and set(answer.json()["errors"]) == set(query)


class TestVerifying:
    def test_an_unbroken_history_holds_and_the_check_is_kept(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case, axel = analysed(), sign_in("axel")
        for _ in range(2):
            answer = axel.post(f"/api/cases/{case.pk}/verify/", content_type="application/json").json()
            assert answer["ok"] and answer["events"] > 20 and answer["sequence"] == 0
        assert [entry.actor for entry in kept(case, "case.verified")] == ["person:axel"] * 2

    def test_a_changed_event_is_found(self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]) -> None:
        case = analysed()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate; alter table audit_auditevent disable trigger user")
            cursor.execute("update audit_auditevent set actor = 'person:nobody' where sequence = 5")
            cursor.execute("alter table audit_auditevent enable trigger user")
        answer = sign_in("axel").post(f"/api/cases/{case.pk}/verify/", content_type="application/json").json()
        assert not answer["ok"] and answer["sequence"] == 5 and answer["reason"]


class TestTasks:
    def found(self, client: Client, **query: Any) -> list[int]:
        return [task["id"] for task in client.get("/api/tasks/", query).json()["results"]]

    def test_by_whose_they_are_and_when_they_are_due(
        self, people: People, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        mine, free, late = (open_task(analysed()) for _ in range(3))
        task_claim(by=people["anna"], task=mine)
        soon = clock.utc_now() + timedelta(hours=1)
        HumanTask.objects.filter(pk=late.pk).update(due=soon)
        late.candidates.update(due=soon)
        anna = sign_in("anna")
        assert self.found(anna) == self.found(anna, scope="mine") == [mine.pk]
        assert self.found(anna, scope="groups") == [late.pk, mine.pk, free.pk]
        assert self.found(anna, scope="unassigned") == [late.pk, free.pk]
        assert self.found(anna, scope="due-soon") == [late.pk]
        assert anna.get("/api/tasks/").json()["counts"] == {
            "mine": 1,
            "groups": 3,
            "unassigned": 2,
            "soon": 1,
            "all": 3,
            "snoozed": 0,
            "pending": 3,
            "blocked": 0,
            "approaching": 1,
            "completed": 0,
        }

    def test_page_after_page(self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]) -> None:
        made = [open_task(analysed()).pk for _ in range(3)]
        anna, seen, after = sign_in("anna"), [], ""
        for _ in range(3):
            page = anna.get("/api/tasks/", {"scope": "groups", "limit": 1, "after": after}).json()
            seen += [task["id"] for task in page["results"]]
            after = page["next"]
        assert seen == made and after == ""

    def test_the_number_of_statements_does_not_grow_with_the_number_of_tasks(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        task, anna = open_task(analysed()), sign_in("anna")
        calls = [lambda: anna.get("/api/tasks/?scope=groups"), lambda: anna.get(f"/api/tasks/{task.pk}/")]
        for call in calls:
            call()  # that somebody looked is kept the first time
        few = [statements(call) for call in calls]
        for _ in range(5):
            analysed()
        assert [statements(call) for call in calls] == few and max(few) <= 30

    def test_others_see_none_of_it(self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]) -> None:
        analysed()
        for name in ("olga", "dora", "clara", "axel"):
            assert self.found(sign_in(name), scope="groups") == []

    def test_a_scope_that_there_is_not(self, sign_in: Callable[[str], Client]) -> None:
        answer = sign_in("anna").get("/api/tasks/", {"scope": "everything"})
        assert answer.status_code == 400 and "scope" in answer.json()["errors"]


def test_who_asks_too_often_is_told_when_to_go_on(
    sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/minute", "anon": "2/minute"})
    cache.clear()
    anna = sign_in("anna")
    answers = [anna.get("/api/tasks/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0 and answers[2].json()["code"] == "throttled"
    cache.clear()
