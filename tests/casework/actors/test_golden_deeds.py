"""Are connectors, tools and agents held to what was done in golden cases, without anything being done again?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import yaml
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.models import Case
from orchestration.actors import registration
from orchestration.actors.contract import version_of
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import golden
from orchestration.models import (
    ActorCall,
    ActorVersion,
    AgentProposal,
    AgentRun,
    GoldenAnswer,
    HumanTask,
    Instance,
    Trial,
)
from tests.casework.actors.test_connectors_in_cases import FILE
from tests.casework.agents.conftest import agent_says as agent_says
from tests.casework.agents.conftest import upset as upset
from tests.casework.reading import told
from tests.orchestration.actors.connectors.server import System, running
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db
TEST, EVE = Origin("system:test"), Origin("person:eve")


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_PLANTED", "s3cr3t-4711")
    with running() as found:
        host_allow("127.0.0.1", found.port, private=True, origin=TEST)
        found.reply(200, {"label": "refund_request", "sure": 0.93})
        yield found


def made_golden(case: Case) -> None:
    Instance.objects.filter(pk=case.instance_id).update(ended=clock.utc_now())
    outcome = golden.golden_make(instance=case.instance_id, by=EVE)
    assert not isinstance(outcome, Refused), outcome


def version(key: str, content: bytes) -> ActorVersion:
    return register_model_version(key, version_of(content), content, {}, activate=False)


def to_work(row: ActorVersion, reason: str = "") -> ActorVersion | Refused:
    return registration.version_step(row=row, to="in-use", by=EVE, reason=reason)


def test_a_connector_is_held_to_the_request_that_was_sent_and_none_is_sent(
    complaint: object, system: System, open_case: Callable[..., Case], people: dict[str, User], client: Client
) -> None:
    file = FILE.replace("HERE", system.url).encode()
    actor_ensure("elsewhere", name="Elsewhere", kind="http", capability="intent")
    register_model_version("elsewhere", version_of(file), file, {}, activate=True)
    case = open_case()
    work_jobs(case.instance_id)
    made_golden(case)
    expected = GoldenAnswer.objects.get(capability="intent").expected
    assert expected["would"] == "ask" and "swallowed by the machine" in expected["body"]
    assert "s3cr3t-4711" not in str(expected)
    came = len(system.came)
    same = version("elsewhere", file.replace(b"/classify", b"/classify").replace(b"alternatives: []", b"more: []"))
    other = version("elsewhere", file.replace(b'text: "= input.text"', b'text: "= upper case(input.text)"'))
    assert isinstance(to_work(other), Refused)
    for row in (same, other):
        assert golden.go_on(row.pk) is None
    assert isinstance(to_work(same), ActorVersion) and len(system.came) == came
    refused = to_work(other)
    assert isinstance(refused, Refused) and "come out otherwise" in refused.message
    client.force_login(people["ada"])
    page = told(client.get(f"/actors/elsewhere/versions/{other.pk}/passport/"))
    assert "body" in page and "swallowed" not in page.lower()


def agents(change: Callable[[dict[str, object]], None]) -> ActorVersion:
    file = yaml.safe_load(bytes(ActorVersion.objects.get(actor__key="next-steps", state="in-use").artefact))
    change(file)
    return version("next-steps", yaml.safe_dump(file).encode())


def test_an_agent_is_held_to_the_moves_that_were_made_and_makes_none(upset: Callable[..., Case]) -> None:
    case = upset("by itself")
    made_golden(case)
    expected = GoldenAnswer.objects.get(capability="consider-steps").expected
    assert (
        expected["would"] == "move"
        and any(str(move).startswith("add:call_customer@") for move in expected.values())
        and expected["end"] == "reached"
    )
    before = [model.objects.count() for model in (AgentRun, AgentProposal, HumanTask, ActorCall)]
    same = agents(lambda file: file.update(title="Another name"))
    other = agents(lambda file: file.update(rules=[file["rules"][-1]]))  # type: ignore[index]
    for row in (same, other):
        golden.go_on(row.pk)
    assert Trial.objects.get(version=same).agrees, Trial.objects.get(version=same).output
    assert Trial.objects.get(version=other).agrees is False
    assert isinstance(to_work(same), ActorVersion) and isinstance(to_work(other), Refused)
    assert isinstance(to_work(other, "They are not called any more."), ActorVersion)
    assert [model.objects.count() for model in (AgentRun, AgentProposal, HumanTask, ActorCall)] == before
