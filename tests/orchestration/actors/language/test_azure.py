"""Is Azure OpenAI asked as its reference says, and is what it refuses understood? Over HTTP, with its stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from audit.services import Origin
from casework.management.commands.agent_model import thought_for
from casework.runtime.stand_ins.answers import Request
from casework.runtime.stand_ins.azure.chat import complete
from casework.runtime.stand_ins.place import AZURE_OPENAI_KEY, STAND_IN_HOST
from casework.runtime.stand_ins.store import Store
from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.language_model.actor import LanguageModelActor
from orchestration.actors.kinds.language_model.file import language_faults, language_of
from orchestration.actors.shipped_prompts import Server, shipped_prompts
from tests.casework.stand_ins import Demo, demo, know, store
from tests.orchestration.actors.language.conftest import FILE

__all__ = ["demo", "store"]
INPUT = {"message": "Where is my refund?"}
AZURE = (
    FILE.replace("speaks: openai", "speaks: azure\nserver: azure-openai")
    .replace("HERE/v1/chat/completions", "/openai/deployments/casewright-demo/chat/completions")
    .replace("{bearer: {secret: llm-key}}", "{header: {name: api-key, secret: azure-openai-key}}")
)
SENT = {"Content-Type", "Accept", "Idempotency-Key", "api-key"}
"""All that a server is told about who asks: nothing of the library, the machine or its system."""
Json = Any
Asks = Callable[..., LanguageModelActor]


@pytest.fixture
def azure(db: None, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Asks:
    know(demo.url.replace("127.0.0.1", STAND_IN_HOST), monkeypatch)
    host_allow(STAND_IN_HOST, None, private=True, origin=Origin("system:test"))

    def make(*changes: tuple[str, str]) -> LanguageModelActor:
        text = AZURE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return LanguageModelActor("language-model", "1", text.encode())

    return make


def test_a_deployment_answers_in_the_form_of_the_schema_and_its_tokens_are_paid_for(azure: Asks) -> None:
    answer = azure().run(INPUT, idempotency_key="k")
    assert answer.output["text"] == "This is a stand-in of Casewright's demo, not a real system."
    assert answer.detail["answered_by"] == "stand-in" and answer.usage["calls"] == 1
    assert answer.usage["input_tokens"] > 0 and answer.cost
    shown = azure().shown(INPUT, "k")
    assert shown["url"].endswith("/openai/deployments/casewright-demo/chat/completions?api-version=2024-10-21")
    assert shown["headers"]["api-key"] == "••••••" and set(shown["headers"]) <= SENT


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("deployments/casewright-demo", "deployments/gone"), "404: it does not know the address or model"),
        (("model: small", "api-version: '2020-01-01'\nmodel: small"), "404: it does not know the address or model"),
        (("They write:", "[filter this]"), "filters what it was asked"),
        (("most-tokens: 400", "most-tokens: 3\nrepairs: 0"), "had not its form"),
    ],
)
def test_what_it_refuses_is_for_a_person(change: tuple[str, str], said: str, azure: Asks) -> None:
    with pytest.raises(ActorError, match=said) as caught:
        azure(change).run(INPUT, idempotency_key="k")
    assert not caught.value.temporary


REASONING = ("deployments/casewright-demo", "deployments/casewright-demo-reasoning")


def test_a_deployment_that_reasons_is_asked_without_a_temperature_and_says_what_it_does_not_take(azure: Asks) -> None:
    answer = azure(REASONING, ("seed: 7", "seed: 7\nreasoning: true")).run(INPUT, idempotency_key="k")
    assert answer.output["text"] and answer.detail["temperature"] is None
    with pytest.raises(ActorError, match="400: it does not take max_tokens as its file has it sent") as caught:
        azure(REASONING).run(INPUT, idempotency_key="k")
    assert not caught.value.temporary


@pytest.mark.parametrize("speaks", ["openai", "azure"])
def test_prompts_that_ship_and_agents_are_put_to_a_model_that_reasons(speaks: str) -> None:
    server = Server("https://r.openai.azure.com/openai/deployments/d/chat/completions", "d", speaks, reasoning=True)
    for prompt in shipped_prompts().values():
        assert language_of(prompt.file_for(server)).temperature is None
    thinking = yaml.safe_load(thought_for(b"goal: Help.\nrules: []", server, None))["model"]
    assert thinking["reasoning"] is True and "temperature" not in thinking
    wrong = FILE.replace("seed: 7", "reasoning: true\ntemperature: 0").replace("openai", "anthropic")
    told = str(language_faults(wrong.encode()))
    assert "temperature: a model that reasons takes none" in told and "reasoning: models of the shape" in told


def test_a_wrong_key_is_said_and_too_much_for_a_minute_is_tried_again_when_it_says(
    azure: Asks, store: Store, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.rows("insert into azure_settings values ('a_minute', 1) returning name")
    azure().run(INPUT, idempotency_key="k")
    with pytest.raises(ActorError, match="429") as caught:
        azure().run(INPUT, idempotency_key="k")
    assert caught.value.temporary and 0 < (caught.value.after or 0) <= 60
    monkeypatch.delenv(AZURE_OPENAI_KEY)
    monkeypatch.setenv("CASEWRIGHT_SECRET_ANOTHER", "another-key")
    with pytest.raises(ActorError, match="401: it does not accept our key"):
        azure(("azure-openai-key", "another")).run(INPUT, idempotency_key="k")


def test_silence_is_tried_again(azure: Asks, demo: Demo) -> None:
    demo.fault("azure", "down")
    with pytest.raises(ActorError) as caught:
        azure().run(INPUT, idempotency_key="k")
    assert caught.value.temporary


def test_a_prompt_that_ships_can_be_asked_of_a_deployment_and_only_azure_has_a_version_of_its_api() -> None:
    server = Server("https://r.openai.azure.com/openai/deployments/d/chat/completions", "d", "azure", secret="k")
    assert language_faults(shipped_prompts()["draft-reply"].file_for(server)) == []
    assert "api-version: only" in str(language_faults(FILE.replace("seed: 7", "api-version: '2024-10-21'").encode()))


@pytest.mark.parametrize(
    "more",
    [
        {"response_format": "text"}, {"response_format": {"type": "json_schema"}},
        {"max_tokens": "x"}, {"max_tokens": -5},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": []}}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": []}}}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "array", "minItems": "a"}}}},
        {"messages": []},
    ],
)  # fmt: skip
def test_what_the_stand_in_cannot_read_it_refuses_in_words(
    store: Store, monkeypatch: pytest.MonkeyPatch, more: Json
) -> None:
    monkeypatch.setenv(AZURE_OPENAI_KEY, "key")
    asked = json.dumps({"messages": [{"role": "user", "content": "Hello"}]} | more).encode()
    query = {"api-version": "2024-10-21"}
    for body in (asked, b"[" * 90_000):
        said = complete(store, Request("POST", "/", query, {"api-key": "key"}, body), "casewright-demo")
        assert said.status == 400 and b"invalid_request_error" in said.content
