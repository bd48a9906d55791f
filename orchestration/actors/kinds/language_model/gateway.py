"""How does `pydantic-ai` put a question to a language model for us?

It knows the shapes: it makes the body of a request and reads the body of an answer. It reaches no network, knows no
key, tries nothing twice and takes nothing from the environment: whatever it would send is handed to the port's
`Deliver`. The file decides what a model takes, never its name. It costs some 0.9 s and 50 MB (`anthropic` as much
again), so that this module is loaded with the first call only.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx2
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    UserPromptPart,
)  # fmt: skip
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from orchestration.actors.kinds.language_model.file import LanguageModel
from orchestration.actors.kinds.language_model.port import Deliver, Json, Said, Strange, Turn

NAME: Final = "answer"
MOST_NAME: Final = 200
NOWHERE: Final = "https://model.invalid/v1"
"""Asked for by the library, and not used: the address is the file's."""
NO_KEY: Final = "none"
CHOICES: Final = frozenset({"anyOf", "oneOf", "allOf", "not", "if", "then", "else"})
CHAT_COUNTS: Final = ("prompt_tokens", "completion_tokens")
COUNTS: Final = {"openai": CHAT_COUNTS, "azure": CHAT_COUNTS, "anthropic": ("input_tokens", "output_tokens")}
"""How the shapes name the tokens in and out."""
ENDED: Final = {"length": "cut", "content_filter": "refused"}
STUMBLES: Final = (AgentRunError, ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What comes of an answer without its shape: errors of the library, and others where nobody looked at it."""


class _Handing(httpx2.AsyncBaseTransport):
    """A transport that hands what would be sent to `deliver`. `failed`: why that gave nothing; the library wraps it."""

    deliver: Deliver

    def __init__(self, counts: tuple[str, str]) -> None:
        self._counts = counts
        self.failed: Exception | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        named = {name: value for name, value in request.headers.items() if name.startswith("anthropic-")}
        try:
            body = self.deliver(await request.aread(), named)
        except Exception as failed:
            self.failed = failed
            raise
        return httpx2.Response(200, json=_countable(body, self._counts), request=request)


class Gateway:
    """The library's model of one file, over our transport. `form`: of its answers, as a JSON Schema."""

    def __init__(self, model: LanguageModel, form: Mapping[str, Json]) -> None:
        self._model, self._handing, self._form = model, _Handing(COUNTS[model.speaks]), form
        client = httpx2.AsyncClient(transport=self._handing, trust_env=False)
        self._library = _anthropic(model, client) if model.speaks == "anthropic" else _openai(model, client)

    def ask(self, system: str, turns: Sequence[Turn], deliver: Deliver) -> Said:
        """What the model says to these words. Raises Strange, and the ActorError of `deliver`."""
        self._handing.deliver, self._handing.failed = deliver, None
        return asyncio.run(self._answer(_messages(system, turns)))

    async def _answer(self, messages: list[ModelMessage]) -> Said:
        settings, parameters = _settings(self._model), _parameters(self._model, self._form)
        try:
            return _said(
                await model_request(
                    self._library, messages, model_settings=settings, model_request_parameters=parameters
                )
            )
        except STUMBLES:
            raise self._handing.failed or Strange(
                "Its answer has not the shape that its file says it speaks."
            ) from None


def _openai(model: LanguageModel, client: httpx2.AsyncClient) -> Model[Any]:
    """Chat completions. Azure has them too: its address names deployment and version, and stands in the file."""
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    _silence("openai")
    profile = OpenAIModelProfile(
        supports_json_schema_output=True, supports_json_object_output=True, json_schema_transformer=None,
        openai_chat_supports_max_completion_tokens=model.temperature is None,
    )  # fmt: skip
    sdk = AsyncOpenAI(api_key=NO_KEY, base_url=NOWHERE, http_client=client, max_retries=0)
    return OpenAIChatModel(
        model.model, provider=OpenAICompatibleProvider(model.speaks, openai_client=sdk, profile=lambda name: profile)
    )


def _anthropic(model: LanguageModel, client: httpx2.AsyncClient) -> Model[Any]:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.profiles.anthropic import AnthropicModelProfile
    from pydantic_ai.providers.anthropic import AnthropicProvider

    _silence("anthropic")
    sdk = AsyncAnthropic(api_key=NO_KEY, base_url=NOWHERE, http_client=client, max_retries=0)
    profile = AnthropicModelProfile(json_schema_transformer=None)
    return AnthropicModel(model.model, provider=AnthropicProvider(anthropic_client=sdk), profile=profile)


def _silence(library: str) -> None:
    """Below a warning it writes down what is sent, and a variable of the environment asks it to while it is loaded;
    the warnings of `pydantic` quote what was answered."""
    logging.getLogger(library).setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", category=UserWarning, module="pydantic")


def _messages(system: str, turns: Sequence[Turn]) -> list[ModelMessage]:
    (_, first), *later = turns
    messages: list[ModelMessage] = [ModelRequest([SystemPromptPart(system), UserPromptPart(first)])]
    for who, text in later:
        said = ModelResponse([TextPart(text)]) if who == "assistant" else ModelRequest([UserPromptPart(text)])
        messages.append(said)
    return messages


def _settings(model: LanguageModel) -> ModelSettings:
    """The time is that of `Deliver`; named here, because without one the library refuses long answers or streams."""
    settings = ModelSettings(max_tokens=model.most_tokens, timeout=model.connector.timeout)
    if model.temperature is not None:
        settings["temperature"] = model.temperature
    if model.seed is not None and model.speaks != "anthropic":
        settings["seed"] = model.seed
    return settings


def _parameters(model: LanguageModel, asked: Mapping[str, Json]) -> ModelRequestParameters:
    """How the server is asked to keep to the form. Where the prompt tells it in words, the library adds none."""
    form = OutputObjectDefinition(_form(asked), name=NAME, strict=True)
    match model.typed, model.speaks:
        case "schema", "anthropic":
            tool = ToolDefinition(
                name=NAME, parameters_json_schema=form.json_schema, description="The answer.", kind="output"
            )
            return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
        case "schema", _:
            return ModelRequestParameters(output_mode="native", output_object=form)
        case "json", "openai" | "azure":
            return ModelRequestParameters(output_mode="prompted", output_object=form, prompted_output_template=False)
    return ModelRequestParameters()


def _form(asked: Mapping[str, Json]) -> dict[str, Json]:
    """The schema of an answer, as servers take one: without choices at its root.

    OpenAI and Anthropic refuse those, and llama.cpp forgets all the rest of the schema for them. That one of them is
    kept is looked at when the answer is here.
    """
    return {name: value for name, value in asked.items() if name not in CHOICES}


def _countable(body: Json, counts: tuple[str, str]) -> Json:
    """The body with counts of tokens that the library can read: nothing counted where a server's are none."""
    if not isinstance(body, dict):
        return body
    usage = body.get("usage")
    told = [usage.get(name) for name in counts] if isinstance(usage, dict) else []
    known = [one for one in told if isinstance(one, int) and not isinstance(one, bool) and one >= 0]
    counted = known if len(known) == len(counts) else [0, 0]
    return body | {"usage": {**dict(zip(counts, counted, strict=True)), "total_tokens": sum(counted)}}


def _said(response: ModelResponse) -> Said:
    called = [part for part in response.parts if isinstance(part, ToolCallPart)]
    typed = next((part.args for part in called if part.tool_name == NAME and isinstance(part.args, dict)), None)
    ended = "tool" if called and typed is None else ENDED.get(response.finish_reason or "", "done")
    text, usage = "".join(part.content for part in response.parts if isinstance(part, TextPart)), response.usage
    counted = bool(usage.input_tokens)  # nothing that was asked has none
    return Said(
        text, typed, ended, usage.input_tokens if counted else None, usage.output_tokens if counted else None,
        _name(response.model_name), _name(response.provider_response_id),
    )  # fmt: skip


def _name(value: str | None) -> str:
    return value[:MOST_NAME] if value and value.isprintable() else ""
