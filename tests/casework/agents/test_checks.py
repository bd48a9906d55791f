"""Is a share of what agents want put to people otherwise, with no effect of its own, and is it told what that says?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from audit.selectors import timeline
from casework.actors.bundled import CASE_TYPES
from casework.agents.worth import worth_of
from casework.cases.verification import verify
from casework.forms import came_up
from casework.models import Case
from orchestration.actors.contract import version_of
from orchestration.actors.kinds.agent.file import agent_faults, agent_of
from orchestration.actors.registry import register_model_version
from orchestration.agents.checking import Checks, put_as
from orchestration.agents.grants import step_of
from orchestration.agents.stamping import Decided, figures
from orchestration.agents.tools import offered
from orchestration.ground import clock
from orchestration.models import ActorVersion, AgentProposal, HumanTask
from orchestration.shell.services import lock
from tests.casework.browsing import client as browser
from tests.casework.browsing import hidden, page
from tests.orchestration.machines import work_jobs

WRONG = {"name": "Close it without an answer", "reason": "It has been open for long."}
Puts = Callable[[dict[str, Any]], tuple[Case, AgentProposal]]


@pytest.fixture
def put(upset: Callable[..., Case], agent_says: Callable[[str], None]) -> Puts:
    """`put({"blind": 1})`: a case whose agent's proposal is put like that."""

    def made(approval: dict[str, Any]) -> tuple[Case, AgentProposal]:
        agent_says("after approval")
        row = ActorVersion.objects.get(actor__key="next-steps", state="in-use")
        file = yaml.safe_load(bytes(row.artefact))
        plain = {name: file["approval"][name] for name in ("when", "within")}
        file["approval"] = plain | approval
        artefact = yaml.safe_dump(file).encode()
        assert not agent_faults(artefact)
        register_model_version("next-steps", version_of(artefact), artefact, {}, activate=True)
        case = upset("after approval")
        return case, AgentProposal.objects.get(run__instance=case.instance_id, state="held")

    return made


def called(case: Case) -> bool:
    return HumanTask.objects.filter(instance=case.instance_id, name="Call the customer").exists()


def test_where_people_are_not_told_only_the_same_choice_is_done(put: Puts, people: dict[str, User]) -> None:
    case, row = put({"blind": 1})
    client, address = browser(people["anna"]), f"/cases/{case.pk}/proposals/{row.pk}/"
    html = page(client, address)
    assert "You are not told what" in html and "The customer is upset, and" not in html
    assert "The customer is upset, and" not in page(client, f"/cases/{case.pk}/") + page(client, "/approvals/")
    sent = {"digest": hidden(html, "digest"), "marks": hidden(html, "marks"), "how": "approve"}
    assert client.post(address, sent).status_code == 400
    assert client.post(address, {**sent, "how": "choose", "choice": "add:nonsense"}).status_code == 400
    assert not called(case)
    assert client.post(address, {**sent, "how": "choose", "choice": row.tool}).status_code == 302
    row.refresh_from_db()
    assert called(case) and (row.state, row.check_answer) == ("done", "Call the customer")
    work_jobs(case.instance_id)
    assert verify(case.instance).ok


def test_another_choice_is_not_done_and_the_agent_hears_it(put: Puts, people: dict[str, User]) -> None:
    case, row = put({"blind": 1})
    client, address = browser(people["anna"]), f"/cases/{case.pk}/proposals/{row.pk}/"
    html = page(client, address)
    sent = {"digest": hidden(html, "digest"), "marks": hidden(html, "marks"), "how": "choose", "choice": "nothing"}
    client.post(address, sent)
    row.refresh_from_db()
    assert row.state == "rejected" and "None of these" in row.outcome and not called(case)


def test_time_on_the_evidence_counts_from_when_the_page_came_up_on_which_it_was_decided(
    upset: Callable[..., Case], people: dict[str, User]
) -> None:
    case = upset("after approval")
    row = AgentProposal.objects.get(run__instance=case.instance_id, state="held")
    client, address = browser(people["anna"]), f"/cases/{case.pk}/proposals/{row.pk}/"
    of_ben = hidden(page(browser(people["ben"]), address), "opened")
    AgentProposal.objects.filter(pk=row.pk).update(opened=clock.utc_now() - timedelta(hours=3))  # ben has read it
    html = page(client, address)
    sent = {name: hidden(html, name) for name in ("digest", "marks", "opened")}
    unsure = client.post(address, {**sent, "how": "reject", "reason": ""})
    assert hidden(unsure.content.decode(), "opened") == sent["opened"]
    assert came_up.read(of_ben, f"proposal {row.pk}", people["anna"]) is None
    assert client.post(address, {**sent, "how": "approve"}).status_code == 302
    row.refresh_from_db()
    assert row.looked is not None and row.decided is not None and row.looked < row.decided
    [shown] = worth_of(clock.utc_now())
    assert shown.found.seconds is not None and shown.found.seconds < 3600
    [decided] = timeline(case.instance_id, action="agent.decided")
    assert decided.detail["opened"] == row.looked.isoformat() and verify(case.instance).ok


@pytest.mark.parametrize("how", ["approve", "reject"])
def test_what_is_never_done_is_never_done_and_the_real_one_is_put_next(
    put: Puts, people: dict[str, User], how: str
) -> None:
    case, row = put({"known": {"share": 1, "wrong": [WRONG]}})
    client, address = browser(people["anna"]), f"/cases/{case.pk}/proposals/{row.pk}/"
    html = page(client, address)
    assert WRONG["name"] in html and WRONG["reason"] in html and row.digest not in html
    sent = {"digest": hidden(html, "digest"), "marks": hidden(html, "marks"), "how": how, "reason": "So I think."}
    real = client.post(address, {**sent, "digest": row.digest})
    assert real.status_code == 409 and not called(case)
    events = case.instance.__class__.objects.get(pk=case.instance_id).data
    assert client.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.check_answer) == ("held", {"approve": "approved", "reject": "rejected"}[how])
    assert not called(case) and case.instance.__class__.objects.get(pk=case.instance_id).data == events
    html = page(client, address)
    assert client.post(address, sent).status_code == 409
    assert "That was a check, and nothing was done" in html and "Call the customer" in html
    sent |= {"digest": hidden(html, "digest"), "marks": hidden(html, "marks"), "how": "approve"}
    client.post(address, sent)
    work_jobs(case.instance_id)
    assert called(case) and verify(case.instance).ok
    told = page(browser(people["axel"]), "/changes/approvals/")
    [shown] = worth_of(clock.utc_now())
    assert "Next steps" in told and shown.found.fell == (1.0 if how == "approve" else 0.0)


def test_a_rule_says_the_share_and_what_may_reach_outside_is_put_as_it_is(
    upset: Callable[..., Case], put: Puts, people: dict[str, User]
) -> None:
    case, row = put({"blind": 'if tool = "add:call_customer" and input.tone = "negative" then 1 else 0'})
    assert (step_of(row.tool), row.put) == ("add:call_customer", "blind")
    shipped = yaml.safe_load((CASE_TYPES / "complaint/actors/next-steps.yaml").read_text())["file"]["approval"]
    assert shipped["blind"] and shipped["known"]["share"]
    wrong = {"known": {"share": "nonsense(", "wrong": [WRONG]}}
    file = yaml.safe_load(bytes(ActorVersion.objects.get(actor__key="next-steps", state="in-use").artefact))
    assert any(
        "approval/known/share" in one for one in agent_faults(yaml.safe_dump(file | {"approval": wrong}).encode())
    )


def test_a_question_to_the_customer_is_never_put_otherwise(
    upset: Callable[..., Case], put: Puts, people: dict[str, User]
) -> None:
    share = {"known": {"share": 1, "wrong": [WRONG]}, "blind": 1}
    case, row = put(share)
    assert row.put == "known"
    agent = agent_of(bytes(ActorVersion.objects.get(actor__key="next-steps", state="in-use").artefact))
    held = lock(case.instance_id)
    assert held is not None
    found = {
        one.step: one.reaches_out for one in offered(held.case_type, held.state, agent.grants, agent.roles, held.at)
    }
    assert found["add:call_customer"] is False and found["add:ask_customer"] and found["search"]


@given(st.text(max_size=5) | st.none() | st.booleans() | st.floats() | st.decimals(allow_nan=False), st.booleans())
def test_a_rule_that_says_no_share_checks_nothing(said: Any, words: bool) -> None:
    share = float(said) if isinstance(said, float | Decimal) else 0.0
    checks = Checks("the rule", 0.0, (WRONG,))
    drawn = put_as(checks, "8" * 64, words, lambda rule: said).check
    assert (drawn == "blind") == (not words and share > int("8" * 8, 16) / 2**32)


@given(st.integers(0, 16**16 - 1), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_words_are_never_put_blindly_and_shares_hold(number: int, blind: float, known: float, words: bool) -> None:
    digest = f"{number:016x}" + "0" * 48
    found = put_as(Checks(blind, known, (WRONG,)), digest, words)
    drawn = (number >> 32) / 2**32
    assert found == put_as(Checks(blind, known, (WRONG,)), digest, words)
    assert (found.check == "known") == (drawn < known)
    assert not (found.check == "blind" and (words or drawn >= known + blind))


def test_a_sign_stands_where_approval_says_nothing_any_more_and_nowhere_else() -> None:
    careful = [Decided(number % 5 != 0, 40.0) for number in range(40)]
    assert figures(careful).signs == () and figures([]).signs == ()
    glanced = figures([Decided(True, 1.5)] * 20)
    assert glanced.signs == ("Nearly all is approved, and most of it at a glance.",)
    assert figures([Decided(True, 1.5)] * 19).signs == ()
    fell = figures([*careful, *[Decided(True, 9.0, "known", True)] * 2, *[Decided(True, 9.0, "known", False)] * 3])
    assert fell.fell == 0.4 and "What nobody who reads it approves was approved." in fell.signs
    apart = figures([*[Decided(True, 30.0)] * 10, *[Decided(False, 30.0, "blind")] * 5])
    assert (apart.shown, apart.blind) == (1.0, 0.0) and len(apart.signs) == 1
