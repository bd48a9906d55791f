"""Does a language model draft where the rules say so, see no more than it may, and leave the rest to people?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.models import Case
from orchestration.actors import kinds
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.hosts.register import host_allow
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.jobs import runner, trials
from orchestration.models import Actor, ActorCall, ActorVersion, HumanTask, Job
from tests.casework.conftest import PERSON
from tests.orchestration.actors.language.provider import KEY, Provider, providing, says, status
from tests.orchestration.machines import Machines, work_jobs

DOCS = Path(__file__).parents[3] / "docs/language-models.md"
TEST = Origin("system:test")
REAL = kinds.load
DRAFT = {"text": "Dear {customer.name},\n\nwe have asked the merchant and will credit the amount.\n\nCustomer care"}
MESSAGE = (
    "I am Maria Sandoval, write to maria.sandoval@example.org or call +49 170 5551234. My account is "
    "DE89 3704 0044 0532 0130 00, my card 4111 1111 1111 1111. Where is my refund?"
)


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=TEST)
        found.does(says(DRAFT))
        yield found


@pytest.fixture
def drafting(complaint, machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule has a language model draft; language models are real ones, beside the test's machines."""

    def load(key: str, version: str, artefact: Any) -> Any:
        return (REAL if key == "language-model" else machines.load)(key, version, artefact)

    monkeypatch.setattr(runner.kinds, "load", load)
    files = folder_files(CASE_TYPES / "complaint")
    changed = re.sub(r'(id="r7"><text>)"template"', r'\1"language model"', files["routing.dmn"])
    assert changed != files["routing.dmn"]
    assert isinstance(deploy(files | {"routing.dmn": changed}, TEST), Published)


def file_of(provider: Provider, *changes: tuple[str, str]) -> bytes:
    """The file of the documentation, for this provider."""
    found = re.search(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    text = found[1].replace("https://llm.example", provider.system.url)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def registered(provider: Provider, key: str = "drafter", *changes: tuple[str, str], use: bool = True) -> ActorVersion:
    outcome = connector_register(Wanted("language-model", key, file_of(provider, *changes), use=use), TEST)
    assert isinstance(outcome, ActorVersion), outcome
    return outcome


def data_of(case: Case) -> dict[str, Any]:
    case.instance.refresh_from_db()
    return orjson.loads(bytes(case.instance.data))


def open_tasks(case: Case) -> list[str]:
    return list(HumanTask.objects.filter(instance=case.instance_id, state="open").values_list("name", flat=True))


def test_a_model_drafts_and_a_person_checks_what_it_wrote(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    assert data_of(case)["draft"] == DRAFT["text"]
    assert open_tasks(case) == ["Approve the answer"]
    call = ActorCall.objects.get(instance=case.instance_id, capability="draft-reply")
    assert (call.outcome, call.usage["output_tokens"], call.detail["seed"]) == ("done", 20, 7)
    assert call.detail["model"] == "small-instruct" and call.cost > 0


def test_nothing_that_names_the_customer_leaves_and_their_name_comes_back(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    provider.does(says({"text": "Dear PERSON_1, we have asked the merchant and will credit the amount soon."}))
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    sent = provider.was_sent()
    assert "Where is my refund?" in sent and "PERSON_1" in sent
    for value in [*PERSON.values(), "Sandoval", "Maria", "0532 0130", "5551234"]:
        assert value not in sent and value.replace(" ", "") not in sent
    assert data_of(case)["draft"].startswith("Dear Maria Sandoval, we have")


def test_without_a_model_a_person_drafts(drafting: None, open_case: Callable[..., Case]) -> None:
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Have the answer drafted"]


def test_as_it_ships_no_model_is_asked(
    complaint, machines: Machines, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Approve the answer"]
    assert not Job.objects.filter(capability="draft-reply").exists() and not provider.came


@pytest.mark.parametrize(
    "move",
    [
        says("", message={"refusal": "No."}), says("never JSON"), status(401),
        says({"text": "Write to somebody.else@example.com, please, and we will see to it."}),
    ],
    ids=["a refusal", "never the form", "a key that is not good", "an address that nobody gave it"],
)  # fmt: skip
def test_what_a_model_cannot_do_a_person_does(
    move: Any, drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    provider.does(move)
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Have the answer drafted"]
    assert "somebody.else" not in str(data_of(case))


def test_another_model_takes_over_from_one_that_keeps_failing(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    first, second = registered(provider, "first", ("small-instruct", "gone-instruct")), registered(provider, "second")
    assert first.version != second.version
    Actor.objects.filter(key="first").update(card={"breaker": {"failures": 1}, "leaves": True}, rank=-1)
    with providing() as away:
        away.does(status(503))
        host_allow("127.0.0.1", away.system.port, private=True, origin=TEST)
        registered(away, "first", ("seed: 7", "seed: 8"))
        case = open_case()
        work_jobs(case.instance_id)
        assert len(away.came) == 1, "its breaker opened"
    assert data_of(case)["draft"] == DRAFT["text"]
    calls = ActorCall.objects.filter(capability="draft-reply").order_by("pk").values_list("actor", "outcome")
    assert list(calls) == [("first", "failed"), ("second", "done")]


def test_a_new_prompt_is_tried_on_recorded_work_and_reaches_no_case(
    drafting: None, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    case = open_case()
    work_jobs(case.instance_id)
    newer = registered(provider, "drafter", ("Promise nothing", "Never promise anything"), use=False)
    ActorVersion.objects.filter(pk=newer.pk).update(state=ActorVersion.State.QUARANTINED)
    newer.refresh_from_db()
    provider.does(says({"text": "Something else entirely, for whom it may concern, as it is."}))
    trials.replay_begin(newer, 5, TEST)
    assert trials.go_on(newer.pk) is None
    assert data_of(case)["draft"] == DRAFT["text"]
    client.force_login(people["ada"])
    page = client.get(f"/actors/drafter/versions/{newer.pk}/").content.decode()
    assert '<span class="minus">-    Promise nothing' in page and '<span class="plus">+    Never promise' in page
    assert "<code>text</code>: 1" in page
    client.force_login(people["axel"])
    assert "Never promise" not in client.get(f"/actors/drafter/versions/{newer.pk}/").content.decode()
