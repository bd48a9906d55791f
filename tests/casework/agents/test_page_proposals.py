"""Can an analyst see what an agent wants and why, and decide it as it stands on the page?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.selectors import timeline
from casework.cases.read.agent_work import UNREAD
from casework.models import Case
from orchestration.agents import runs
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.models import AgentProposal, HumanTask, KnowledgeDocument
from orchestration.shell import services
from tests.casework.agents.test_agents_in_cases import ANNA, held
from tests.orchestration.machines import work_jobs


@pytest.fixture
def clara(people: dict[str, User], client: Client) -> Client:
    client.force_login(people["clara"])
    return client


def page(client: Client, case: Case, row: AgentProposal) -> tuple[str, dict[str, str]]:
    """The page of a proposal as text, and what its form carries unseen."""
    text = client.get(f"/cases/{case.pk}/proposals/{row.pk}/").content.decode()
    carried = dict(re.findall(r'type="hidden" name="(digest|marks)" value="([^"]*)"', text))
    return text, {name: value.replace("&quot;", '"') for name, value in carried.items()}


def answer(client: Client, case: Case, row: AgentProposal, carried: dict[str, str], **more: str) -> Any:
    return client.post(f"/cases/{case.pk}/proposals/{row.pk}/", {**carried, **more})


def test_the_case_shows_what_the_agent_wants_and_one_approves_it(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    shown = clara.get(f"/cases/{case.pk}/").content.decode()
    assert "What agents did" in shown and "The customer is upset, and nobody has called yet." in shown
    text, carried = page(clara, case, row)
    assert "My card was swallowed by the machine." in text and "Approve it" in text
    assert re.search(r"<dt>Tone</dt>\s*<dd[^>]*>\s*negative\s*</dd>", text)
    assert answer(clara, case, row, carried, how="approve").status_code == 302
    row.refresh_from_db()
    assert row.state == "done" and row.decided_by == "person:clara" and row.opened is not None
    assert HumanTask.objects.filter(name="Call the customer", state="open").exists()


def test_a_passage_that_it_cites_opens_and_is_signed_and_only_who_may_read_it_reads_it(
    clara: Client, upset: Callable[..., Case]
) -> None:
    case = upset("after approval")
    row, now = held(case), clock.utc_now()
    document = KnowledgeDocument.objects.create(
        name="Calls", digest="0" * 64, size=1, kind="markdown", level="internal", state="ready", since=now, added=now,
        by="system:test",
    )  # fmt: skip
    piece = document.chunks.create(
        number=1, heading="Calls › Upset", text="Call on the same day.", vector=[1.0] + [0.0] * 383
    )
    AgentProposal.objects.filter(pk=row.pk).update(evidence=[*row.evidence, f"passage:{piece.pk}"])
    text, carried = page(clara, case, row)
    assert f'href="/knowledge/{document.pk}/#piece-{piece.pk}"' in text and "Call on the same day." in text
    KnowledgeDocument.objects.update(level="restricted")
    hidden, again = page(clara, case, row)
    assert UNREAD in hidden and "Call on the same day." not in hidden
    assert answer(clara, case, row, carried, how="approve").status_code == 409
    assert answer(clara, case, row, again, how="approve").status_code == 302


def test_to_look_at_it_decides_nothing(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    page(clara, case, row)
    clara.get(f"/cases/{case.pk}/proposals/{row.pk}/?how=approve")
    row.refresh_from_db()
    assert row.state == "held" and row.opened is not None


def test_what_changed_since_the_page_was_opened_is_asked_again(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    _, carried = page(clara, case, row)
    services.send(case.instance_id, SetVariables({"channel": "letter"}), ANNA)
    refused = answer(clara, case, row, carried, how="approve")
    assert refused.status_code == 409 and "has changed since you opened the page: Channel" in refused.content.decode()
    row.refresh_from_db()
    assert row.state == "held"
    _, carried = page(clara, case, row)
    assert answer(clara, case, row, carried, how="approve").status_code == 302


def test_who_sends_no_marks_signs_nothing(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    assert answer(clara, case, row, {"digest": row.digest}, how="approve").status_code == 409


def test_a_rejection_needs_its_reason(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    _, carried = page(clara, case, row)
    asked = answer(clara, case, row, carried, how="reject")
    assert asked.status_code == 400 and "the agent gets it" in asked.content.decode()
    answer(clara, case, row, carried, how="reject", reason="She was called yesterday.")
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("rejected", "She was called yesterday.")


def test_the_text_may_be_changed_and_both_stand_beside_each_other(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("after approval", sure=0.4)
    first = held(case)
    _, carried = page(clara, case, first)
    answer(clara, case, first, carried, how="reject", reason="Ask her in writing.")
    work_jobs(case.instance_id)
    row = held(case)
    text, carried = page(clara, case, row)
    assert "Could you tell us in a few words" in text
    wanted = "Which machine was it, and when?"
    answer(clara, case, row, carried, how="approve", **{"argument-question": wanted})
    text, _ = page(clara, case, row)
    assert f"<ins>{wanted}</ins>" in text and "<del>Could you tell us" in text


@pytest.fixture
def asking(clara: Client, upset: Callable[..., Case]) -> tuple[Case, AgentProposal]:
    """An agent wants to ask the customer a question, whose text a person may change."""
    case = upset("after approval", sure=0.4)
    first = held(case)
    answer(clara, case, first, page(clara, case, first)[1], how="reject", reason="Ask her in writing.")
    work_jobs(case.instance_id)
    return case, held(case)


def asks(row: AgentProposal, text: str) -> None:
    """As if the agent had chosen this text."""
    AgentProposal.objects.filter(pk=row.pk).update(chosen={"question": text})


def decided(client: Client, case: Case, row: AgentProposal, **more: str) -> AgentProposal:
    """Approved; once more where the mark of what would be done was made anew."""
    answer(client, case, row, page(client, case, row)[1], how="approve", **more)
    answer(client, case, row, page(client, case, row)[1], how="approve", **more)
    row.refresh_from_db()
    return row


def test_new_lines_as_a_browser_sends_them_are_no_change(clara: Client, asking: tuple[Case, AgentProposal]) -> None:
    case, row = asking
    asks(row, "Which machine?\nAnd when was it?")
    done = decided(clara, case, row, **{"argument-question": "Which machine?\r\nAnd when was it?"})
    assert (done.state, done.changed) == ("done", None)


def test_a_text_that_is_not_shown_is_not_taken(clara: Client, asking: tuple[Case, AgentProposal]) -> None:
    case, row = asking
    asks(row, "Is DE89 3704 0044 0532 0130 00 your account?")
    text, _ = page(clara, case, row)
    assert 'name="argument-question"' not in text and "chosen by the agent" in text  # shown, as far as she may see it
    done = decided(clara, case, row, **{"argument-question": "Forged, and seen by nobody."})
    assert (done.state, done.changed) == ("done", None)


@pytest.mark.parametrize(("sent", "said"), [
    ({"how": "approve", "argument-question": "What is it? " * 500}, "Write at most 5000 characters; these are 6000."),
    ({"how": "approve", "argument-question": "What \0 is it?"}, "characters that cannot be kept"),
    ({"how": "reject", "reason": "not\0good"}, "characters that cannot be kept"),
    ({"how": "approve", "reason": "so\0so"}, "characters that cannot be kept"),
    ({"how": "approve", "reason": "good " * 101 + "end"}, "at most 500 characters"),
    ({"how": "banana", "reason": "Not good."}, "Nothing was decided."),
    ({"reason": "Not good."}, "Nothing was decided."),
])  # fmt: skip
def test_what_cannot_be_signed_as_it_is_comes_back_as_it_was_typed(
    clara: Client, asking: tuple[Case, AgentProposal], sent: dict[str, str], said: str
) -> None:
    case, row = asking
    back = answer(clara, case, row, page(clara, case, row)[1], **sent)
    text = back.content.decode()
    assert back.status_code == 400 and said in text
    if sent.get("how") in ("approve", "reject"):
        assert all(value in text for name, value in sent.items() if name != "how")
        assert "argument-question" in sent or "Could you tell us in a few words" in text
    row.refresh_from_db()
    assert row.state == "held"


def test_a_long_text_that_nobody_touched_is_approved_whole(clara: Client, asking: tuple[Case, AgentProposal]) -> None:
    case, row = asking
    AgentProposal.objects.filter(pk=row.pk).update(chosen=row.chosen | {"more": "x" * 6000})
    back = answer(clara, case, row, page(clara, case, row)[1], how="approve")
    assert back.status_code != 400 and AgentProposal.objects.get(pk=row.pk).changed is None


def test_what_the_person_saw_is_signed(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    _, carried = page(clara, case, row)
    answer(clara, case, row, carried, how="approve")
    [decided] = [entry.detail for entry in timeline(case.instance_id, action="agent.decided")]
    assert decided["digest"] == row.digest and len(str(decided["seen"])) == 24


def test_one_click_takes_it_back(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("by itself")
    row = AgentProposal.objects.get(tool__startswith="add:call_customer@")
    shown = clara.get(f"/cases/{case.pk}/").content.decode()
    assert f"/cases/{case.pk}/proposals/{row.pk}/undo/" in shown
    clara.post(f"/cases/{case.pk}/proposals/{row.pk}/undo/")
    assert not HumanTask.objects.filter(name="Call the customer", state="open").exists()
    assert "taken back" in clara.get(f"/cases/{case.pk}/").content.decode()
    again = clara.post(f"/cases/{case.pk}/proposals/{row.pk}/undo/")
    assert again.status_code == 409 and "taken back already" in again.content.decode()
    assert clara.post(f"/cases/{case.pk}/proposals/{row.pk + 999}/undo/").status_code == 404


def test_what_waits_is_listed_for_who_may_work_the_case_alone(
    clara: Client, people: dict[str, User], upset: Callable[..., Case]
) -> None:
    case = upset("after approval")
    row = held(case)
    assert f"/cases/{case.pk}/proposals/{row.pk}/" in clara.get("/approvals/").content.decode()
    for other in ("olga", "axel"):
        clara.force_login(people[other])
        assert "Call the customer" not in clara.get("/approvals/").content.decode()


def test_who_may_only_look_cannot_decide(clara: Client, people: dict[str, User], upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    clara.force_login(people["axel"])
    text, _ = page(clara, case, row)
    assert "Approve it" not in text
    assert answer(clara, case, row, {"digest": row.digest}, how="approve").status_code == 403
    row.refresh_from_db()
    assert row.state == "held" and row.opened is None


def test_the_history_tells_it_in_plain_words(clara: Client, upset: Callable[..., Case]) -> None:
    case = upset("by itself")
    text = clara.get(f"/cases/{case.pk}/history/").content.decode()
    assert "decided on “Call the customer”: The customer is upset" in text
    assert "planned 2 steps" in text


def test_the_plan_is_open_on_the_page_of_the_case_before_anything_is_done(
    upset: Callable[..., Case], people: dict[str, User], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(people["anna"])
    pages, propose = list[str](), runs.propose

    def seen_before(run: runs.Running, *given: Any) -> AgentProposal:
        case = Case.objects.get(instance=run.instance)
        pages.append(client.get(f"/cases/{case.pk}/").content.decode())
        return propose(run, *given)

    monkeypatch.setattr(runs, "propose", seen_before)
    upset("by itself")
    why = "The customer is upset, and nobody has called yet."
    opened = re.search(r"<details[^>]*agent-plan-[^>]*open>.*?</details>", pages[0], re.DOTALL)
    assert opened is not None and why in opened[0] and pages[0].count(why) == 1
