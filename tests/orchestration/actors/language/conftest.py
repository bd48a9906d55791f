"""What does a test about language models start from? A provider that listens, its host on the list, its key at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from audit.services import Origin
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.language_model.actor import LanguageModelActor
from tests.orchestration.actors.language.provider import KEY, Provider, providing

FILE = """
capability: draft-reply
speaks: openai
url: HERE/v1/chat/completions
auth: {bearer: {secret: llm-key}}
model: small-instruct
seed: 7
timeout: 5
most-tokens: 400
price: {input: "0.50", output: "2"}
input: {type: object, required: [message]}
output:
  type: object
  required: [text]
  additionalProperties: false
  properties: {text: {type: string, minLength: 20, maxLength: 600}}
prompt:
  system: You answer complaints for a bank. Promise nothing.
  user: "They write: {input.message}"
"""
ANTHROPIC = (
    FILE.replace("openai", "anthropic")
    .replace("/v1/chat/completions", "/v1/messages")
    .replace("{bearer: {secret: llm-key}}", "{header: {name: x-api-key, secret: llm-key}}")
)


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=Origin("system:test"))
        yield found


@pytest.fixture
def model(provider: Provider) -> Callable[..., LanguageModelActor]:
    """A language model of a file's text, in which HERE is the provider's address."""

    def make(text: str = FILE, *changes: tuple[str, str]) -> LanguageModelActor:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return LanguageModelActor("language-model", "1", text.replace("HERE", provider.system.url).encode())

    return make
