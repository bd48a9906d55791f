"""Does a language model work towards the same goals by the same rules, and see no more than it may?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from audit.services import Origin
from casework.models import Case
from orchestration.actors.contract import version_of
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.agent.file import agent_faults
from orchestration.actors.registry import card_change, register_model_version
from orchestration.models import ActorVersion, AgentProposal, AgentRun, HumanTask
from tests.orchestration.actors.language.provider import KEY, Provider, providing, says

CALL = {
    "plan": [{"tool": "add:call_customer", "why": "She is upset."}],
    "tool": "add:call_customer", "reason": "PERSON_1 is upset and wants to be called.", "evidence": ["message"],
}  # fmt: skip
DONE = {"plan": [], "end": "reached", "reason": "Nothing else would help."}
MESSAGE = "I am Maria Sandoval, write to maria.sandoval@example.org. My card is gone and nobody helps me!"


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=Origin("system:test"))
        yield found


@pytest.fixture
def modelled(provider: Provider, agent_says: Callable[[str], None]) -> Callable[..., None]:
    """`modelled(limits={...})`: the shipped agent, with a language model that thinks for it."""

    def made(answers: tuple[str, ...] = (), **limits: Any) -> None:
        agent_says("by itself")
        row = ActorVersion.objects.get(actor__key="next-steps", state="in-use")
        file = yaml.safe_load(bytes(row.artefact))
        del file["rules"]
        file["limits"] |= limits
        file |= {"answers": list(answers)} if answers else {}
        file["model"] = {
            "speaks": "openai", "url": f"{provider.system.url}/v1/chat/completions", "model": "small-instruct",
            "auth": {"bearer": {"secret": "llm-key"}}, "price": {"input": "0.15", "output": "0.60"}, "repairs": 0,
        }  # fmt: skip
        artefact = yaml.safe_dump(file).encode()
        assert not agent_faults(artefact)
        register_model_version("next-steps", version_of(artefact), artefact, {}, activate=True)
        card_change("next-steps", {"leaves": True, "clearance": "internal"}, Origin("system:test"))

    return made


def tasks(case: Case) -> set[str]:
    return set(HumanTask.objects.filter(instance=case.instance_id, state="open").values_list("name", flat=True))


def test_one_command_has_a_model_think_for_the_agent_that_ships_and_its_person_still_decides(
    provider: Provider, upset: Callable[..., Case], agent_says: Callable[[str], None]
) -> None:
    agent_says("after approval")
    by_rules = ActorVersion.objects.get(actor__key="next-steps", state="in-use")
    provider.does(says(CALL), says(DONE))
    address = (
        "--url",
        f"{provider.system.url}/v1/chat/completions",
        "--model",
        "small-instruct",
        "--secret",
        "llm-key",
    )
    call_command("agent_model", "next-steps", *address)
    now = ActorVersion.objects.get(actor__key="next-steps", state="in-use")
    kept, before = (yaml.safe_load(bytes(one.artefact)) for one in (now, by_rules))
    assert {name: kept[name] for name in ("goal", "tools", "limits", "approval")} == {
        name: before[name] for name in ("goal", "tools", "limits", "approval")
    }
    assert now.actor.card["leaves"] is True and now.actor.card["purpose"] and "rules" not in kept
    case = upset("after approval", message=MESSAGE)
    assert AgentProposal.objects.get(run__instance=case.instance_id, state="held").name == "Call the customer"
    assert provider.came and tasks(case) == {"Senior review"}
    with pytest.raises(CommandError, match="No agent 'nobody' is at work"):
        call_command("agent_model", "nobody", *address)


def test_a_model_plans_and_acts_as_rules_do_and_pays_from_its_budget(
    modelled: Callable[..., None], provider: Provider, upset: Callable[..., Case]
) -> None:
    modelled(cost=1)
    provider.does(says(CALL), says(DONE))
    case = upset("by itself", message=MESSAGE)
    run = AgentRun.objects.get()
    assert tasks(case) == {"Senior review", "Call the customer"}
    assert (run.outcome, run.calls) == ("reached", 2) and run.tokens > 0 and run.cost > 0


def test_nothing_that_names_the_customer_reaches_the_model_and_their_name_comes_back(
    modelled: Callable[..., None], provider: Provider, upset: Callable[..., Case]
) -> None:
    modelled()
    provider.does(says(CALL), says(DONE))
    upset("by itself", message=MESSAGE)
    sent = provider.was_sent()
    assert "nobody helps me" in sent and "Sandoval" not in sent and "maria.sandoval" not in sent
    assert AgentProposal.objects.get().reason == "Maria Sandoval is upset and wants to be called."


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"tool": "add:senior_review"}, "no tool that is offered"),
        ({"tool": "http://evil.example/"}, "no tool that is offered"),
        ({"tool": ""}, "no tool that is offered"),
        ({"evidence": ["iban"]}, "cites what it rests on"),
        ({"arguments": {"answer": "We pay everything."}}, "chooses no argument"),
    ],
)
def test_what_it_may_not_do_is_refused_told_to_it_and_ends_without_progress(
    modelled: Callable[..., None], provider: Provider, upset: Callable[..., Case], wanted: dict[str, Any], why: str
) -> None:
    modelled()
    provider.does(says(CALL | wanted))
    case = upset("by itself", message=MESSAGE)
    assert tasks(case) == {"Senior review"}
    rows = list(AgentProposal.objects.order_by("number"))
    assert len(rows) == 2 and all(row.state == "refused" and why in row.outcome for row in rows)
    assert AgentRun.objects.get().outcome == "given-up"
    assert why in provider.was_sent()


def test_it_is_not_asked_where_the_answer_could_pass_its_budget(
    modelled: Callable[..., None], provider: Provider, upset: Callable[..., Case]
) -> None:
    modelled(tokens=100)
    upset("by itself", message=MESSAGE)
    assert not provider.came and "100 tokens" in AgentRun.objects.get().why


def test_where_it_asks_a_person_one_gets_a_task(
    modelled: Callable[..., None], provider: Provider, upset: Callable[..., Case]
) -> None:
    modelled()
    provider.does(says({"plan": [], "end": "asks", "reason": "I cannot tell what she wants."}))
    case = upset("by itself", message=MESSAGE)
    assert tasks(case) == {"Senior review", "Consider further steps"}
    assert AgentRun.objects.get().outcome == "asks"


def test_what_it_found_is_laid_out_with_where_it_stands_and_its_name_put_back(
    modelled: Callable[..., None], provider: Provider, upset: Callable[..., Case]
) -> None:
    modelled(answers=("call", "write"))
    found = {"says": "PERSON_1 has lost a card.", "evidence": ["message"]}
    provider.does(says({**DONE, "answer": "call", "findings": [found]}))
    upset("by itself", message=MESSAGE)
    run = AgentRun.objects.get()
    findings = [{"says": "Maria Sandoval has lost a card.", "evidence": ["/message"]}]
    assert (run.outcome, run.laid_out) == ("reached", {"answer": "call", "findings": findings})
    assert '"call"' in provider.was_sent().replace("\\", "")


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ({"answer": "pay"}, "no answer that the agent may give"),
        ({"answer": "call", "findings": [{"says": "So.", "evidence": ["iban"]}]}, "cites what it rests on"),
        ({"answer": "call", "findings": [{"says": "So.", "evidence": []}]}, "cites what it rests on"),
    ],
)
def test_a_finding_that_rests_on_nothing_and_an_answer_of_its_own_are_refused(
    modelled: Callable[..., None], provider: Provider, upset: Callable[..., Case], ending: dict[str, Any], why: str
) -> None:
    modelled(answers=("call", "write"))
    provider.does(says({**DONE, **ending}))
    upset("by itself", message=MESSAGE)
    run = AgentRun.objects.get()
    assert run.outcome == "given-up" and run.laid_out == {}
    assert {row.state for row in AgentProposal.objects.all()} == {"refused"}
    assert why in AgentProposal.objects.latest("pk").outcome
