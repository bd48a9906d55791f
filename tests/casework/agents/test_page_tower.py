"""Does the control tower show which agents are at work, without a word of a case, and end a run?"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.services import Origin
from casework.agents import reports_api
from casework.agents.tower import in_the_loop, used
from casework.models import Case
from orchestration.actors.registry import actor_ensure
from orchestration.actors.tokens import token_make
from orchestration.agents import reported
from orchestration.models import Actor, AgentProposal, AgentRun
from tests.casework.agents.test_agents_in_cases import held
from tests.casework.reading import told as shown

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
    page = shown(ada.get(f"/agents/{run.pk}/"))
    assert "Add: call customer" in page and "0 of 72 hours" in page
    granted = page.split("only where its case offers it:")[1].split("</ul>")[0]
    assert re.findall("<li[^>]*>([^<]+)</li>", granted) == [
        "Add: ask customer", "Add: call customer", "Add: read again", "Finish: write question",
        "Search the knowledge base",
    ]  # fmt: skip
    assert "swallowed" not in page and "upset" not in page


def test_one_page_shows_plan_memory_what_governs_it_and_the_people_in_its_loop(
    ada: Client, upset: Callable[..., Case]
) -> None:
    run = held(upset("after approval")).run
    page = shown(ada.get(f"/agents/{run.pk}/"))
    for heading in ("Plan", "Budget", "People in the loop", "Memory", "Governance", "End this run"):
        assert re.search(rf"<h2 [^>]*>(<svg.*?</svg>)?{heading}</h2>", page), heading
    assert in_the_loop(run) == [("Waits for a word", 1), ("Done without asking", 1)]  # it has searched by itself
    assert "<dd>8 hours</dd>" in page and "starts with(tool" in page
    for state, by in (("done", "person:anna"), ("done", ""), ("expired", ""), ("refused", "")):
        AgentProposal.objects.create(run=run, number=9, tool="search", name="", reason="", state=state, decided_by=by,
                                     made=timezone.now())  # fmt: skip
        AgentProposal.objects.filter(run=run, number=9).update(number=AgentProposal.objects.count() + 10)
    assert in_the_loop(run) == [
        ("Waits for a word", 1), ("Approved", 1), ("Let go undecided", 1), ("Done without asking", 2),
    ]  # fmt: skip


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
    page = ada.get(f"/agents/{run.pk}/").content.decode()
    assert f"/cases/{case.pk}/" in page and f"/cases/{case.pk}/proposals/{held(case).pk}/" in page


def test_who_approved_stands_there_by_their_name(
    ada: Client, people: dict[str, User], upset: Callable[..., Case]
) -> None:
    row = held(upset("after approval"))
    AgentProposal.objects.filter(pk=row.pk).update(state="done", decided_by="person:anna")
    assert "approved by Anna Adler" in " ".join(ada.get(f"/agents/{row.run_id}/").content.decode().split())


def test_an_administrator_ends_a_run_with_a_reason(ada: Client, upset: Callable[..., Case]) -> None:
    row = held(upset("after approval"))
    assert ada.post(f"/agents/{row.run_id}/stop/", {"reason": ""}).status_code == 400
    assert ada.post(f"/agents/{row.run_id}/stop/", {"reason": "We do it ourselves."}).status_code == 302
    row.refresh_from_db()
    assert row.state == "rejected"


@pytest.fixture
def outside(db: None) -> Client:
    actor_ensure("parcel-agent", name="Parcel agent", kind="external", capability="find-parcel")
    _, token = token_make(Actor.objects.get(key="parcel-agent"), "agent", None, Origin("system:test"))
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_an_agent_outside_reports_its_run_and_hears_that_it_is_to_end(ada: Client, outside: Client) -> None:
    first = outside.post("/api/workers/runs/", REPORT, content_type="application/json")
    assert first.status_code == 200 and first.json()["stop"] is False
    page = ada.get(f"/agents/{first.json()['run']}/").content.decode()
    assert "Only the carrier knows." in page and "run-42" in page
    assert "It remembers nothing" not in page and "guardrail" not in page  # nobody here knows
    stopped = ada.post(f"/agents/{first.json()['run']}/stop/", {"reason": "The parcel was found."}, follow=True)
    assert "A person ended it: <bdi>The parcel was found.</bdi>" in stopped.content.decode()
    second = outside.post("/api/workers/runs/", REPORT | {"calls": 4}, content_type="application/json")
    assert second.json() == {"run": first.json()["run"], "state": "ended", "stop": True, "why": "The parcel was found."}
    assert AgentRun.objects.get().calls == 3 and AgentRun.objects.get().ended <= timezone.now()


def told(outside: Client, **more: object) -> tuple[int, str]:
    answer = outside.post("/api/workers/runs/", REPORT | more, content_type="application/json")
    return answer.status_code, answer.content.decode()


def test_an_agent_outside_tells_of_so_many_steps_and_runs_and_no_more(
    outside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports_api, "MOST_OPEN", 1)
    steps = [{"tool": "ask-carrier"}] * 101
    status, said = told(outside, plan=steps)
    assert status == 400 and "plan" in said and "100" in said and not AgentRun.objects.exists()
    assert told(outside, plan=steps[:100])[0] == 200
    status, said = told(outside, reference="run-43")
    assert status == 400 and reports_api.FULL in said
    assert told(outside, calls=9)[0] == 200  # the one that is open goes on
    assert told(outside, reference="run-43", state="ended")[0] == 200
    assert told(outside, state="ended")[0] == 200 and told(outside, reference="run-44")[0] == 200
    assert told(outside)[0] == 400  # and is not opened anew beside it


def test_one_that_a_person_ended_hears_so_however_many_are_open(
    outside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(outside)[0] == 200
    reported.end(AgentRun.objects.get(), "The parcel was found.", Origin("system:test"))
    monkeypatch.setattr(reports_api, "MOST_OPEN", 0)
    assert '"stop":true' in told(outside)[1]


@pytest.mark.parametrize(("cost", "limits", "said"), [
    ("10", {"cost": 50}, "10 of 50 EUR"), ("1200", {}, "1200 EUR"), ("0.0200", {"cost": "1E+3"}, "0.02 of 1000 EUR"),
])  # fmt: skip
def test_money_is_written_as_people_write_it(cost: str, limits: dict[str, object], said: str) -> None:
    assert ("Money", said) in used(AgentRun(cost=Decimal(cost), limits=limits, currency="EUR"))
