"""Does the control tower show which agents are at work, without a word of a case, and end a run?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.services import Origin
from casework.models import Case
from orchestration.actors.registry import actor_ensure
from orchestration.actors.tokens import token_make
from orchestration.models import Actor, AgentProposal, AgentRun
from tests.casework.agents.test_agents_in_cases import held

REPORT = {
    "reference": "run-42", "goal": "Find out why the parcel is late.", "state": "working",
    "plan": [{"tool": "ask-carrier", "why": "Only the carrier knows."}], "calls": 3, "tokens": 1200,
}  # fmt: skip


@pytest.fixture
def ada(people: dict[str, User], client: Client) -> Client:
    client.force_login(people["ada"])
    return client


def test_a_run_stands_there_with_its_limits_and_without_a_word_of_its_case(
    ada: Client, upset: Callable[..., Case]
) -> None:
    run = held(upset("after approval")).run
    text = ada.get("/agents/").content.decode()
    assert "Next steps" in text and "2 of 8" in text and "waits for a person" in text
    page = ada.get(f"/agents/{run.pk}/").content.decode()
    assert "add:call_customer" in page
    assert "swallowed" not in page and "upset" not in page


def test_what_an_agent_calls_a_tool_and_is_none_is_not_shown_there(ada: Client, upset: Callable[..., Case]) -> None:
    row = held(upset("after approval"))
    AgentRun.objects.filter(pk=row.run_id).update(plan=[{"tool": "call Maria Sandoval", "why": "She is upset."}])
    AgentProposal.objects.filter(pk=row.pk).update(tool="add:Maria_Sandoval")
    page = ada.get(f"/agents/{row.run_id}/").content.decode()
    assert "Sandoval" not in page and page.count("something that it is not granted") == 2


def test_who_may_see_the_case_finds_the_way_to_it(
    ada: Client, people: dict[str, User], upset: Callable[..., Case]
) -> None:
    case = upset("after approval")
    run = held(case).run
    assert f"/cases/{case.pk}/" not in ada.get(f"/agents/{run.pk}/").content.decode()
    ada.force_login(people["axel"])
    assert f"/cases/{case.pk}/" in ada.get(f"/agents/{run.pk}/").content.decode()


def test_an_administrator_ends_a_run_with_a_reason(ada: Client, upset: Callable[..., Case]) -> None:
    row = held(upset("after approval"))
    assert ada.post(f"/agents/{row.run_id}/stop/", {"reason": ""}).status_code == 400
    assert ada.post(f"/agents/{row.run_id}/stop/", {"reason": "We do it ourselves."}).status_code == 302
    row.refresh_from_db()
    assert row.state == "rejected"


def test_an_agent_outside_reports_its_run_and_hears_that_it_is_to_end(ada: Client, db: None) -> None:
    actor_ensure("parcel-agent", name="Parcel agent", kind="external", capability="find-parcel")
    _, token = token_make(Actor.objects.get(key="parcel-agent"), "agent", None, Origin("system:test"))
    outside = Client(headers={"Authorization": f"Bearer {token}"})
    first = outside.post("/api/workers/runs/", REPORT, content_type="application/json")
    assert first.status_code == 200 and first.json()["stop"] is False
    page = ada.get(f"/agents/{first.json()['run']}/").content.decode()
    assert "Only the carrier knows." in page and "run-42" in page
    ada.post(f"/agents/{first.json()['run']}/stop/", {"reason": "The parcel was found."})
    second = outside.post("/api/workers/runs/", REPORT | {"calls": 4}, content_type="application/json")
    assert second.json() == {"run": first.json()["run"], "state": "ended", "stop": True, "why": "The parcel was found."}
    assert AgentRun.objects.get().calls == 3 and AgentRun.objects.get().ended <= timezone.now()
