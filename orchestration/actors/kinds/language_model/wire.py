"""How do the servers of language models want to be asked, and how do they answer?

Two shapes are spoken: that of OpenAI's chat completions, which most servers have (also local ones), and Anthropic's
messages. Azure OpenAI has the first; its address names the deployment, which is the model, and the API's
version. Pure: a conversation becomes a body, a body becomes what was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestration.actors.kinds.language_model.file import LanguageModel

Json = Any
Turn = tuple[str, str]
"""Who says it ("user" or "assistant"), and what."""

NAME: Final = "answer"
MOST_NAME: Final = 200
CHOICES: Final = frozenset({"anyOf", "oneOf", "allOf", "not", "if", "then", "else"})


class Strange(ValueError):
    """What came back is no answer of a language model."""


@dataclass(frozen=True, slots=True)
class Said:
    """`value`: an object that came typed, else None and `text` holds it. `ended`: done, cut, refused or tool.

    Tokens are as the server counts them; None: it does not say.
    """

    text: str
    value: Json
    ended: str
    tokens_in: int | None
    tokens_out: int | None
    model: str
    id: str


def headers_of(model: LanguageModel) -> dict[str, str]:
    found = {"Content-Type": "application/json", "Accept": "application/json"}
    return found | ({"anthropic-version": "2023-06-01"} if model.speaks == "anthropic" else {})


def body_of(model: LanguageModel, system: str, turns: Sequence[Turn]) -> dict[str, Json]:
    """The request's body."""
    said = [{"role": who, "content": text} for who, text in turns]
    common: dict[str, Json] = {"model": model.model} | _limits(model)
    if model.speaks == "anthropic":
        typed = {"tools": [{"name": NAME, "description": "The answer.", "input_schema": _form(model)}],
                 "tool_choice": {"type": "tool", "name": NAME}}  # fmt: skip
        return common | {"system": system, "messages": said} | (typed if model.typed == "schema" else {})
    if model.speaks == "azure":
        del common["model"]
    body = common | {"messages": [{"role": "system", "content": system}, *said], "stream": False}
    if model.seed is not None:
        body["seed"] = model.seed
    if model.typed != "words":
        body["response_format"] = _format(model)
    return body


def _form(model: LanguageModel) -> dict[str, Json]:
    """The schema of an answer, as servers take one: without choices at its root.

    OpenAI and Anthropic refuse those, and llama.cpp forgets all the rest of the schema for them. That one of them is
    kept is looked at when the answer is here.
    """
    return {name: value for name, value in model.output.items() if name not in CHOICES}


def _limits(model: LanguageModel) -> dict[str, Json]:
    """Models that reason have another name for their most tokens, and refuse a temperature."""
    if model.temperature is None:
        return {"max_completion_tokens": model.most_tokens}
    return {"max_tokens": model.most_tokens, "temperature": model.temperature}


def _format(model: LanguageModel) -> dict[str, Json]:
    if model.typed == "json":
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": NAME, "schema": _form(model), "strict": True}}


def said_of(model: LanguageModel, body: Json) -> Said:
    """What a body says. Raises Strange."""
    try:
        return _anthropic(body) if model.speaks == "anthropic" else _openai(body)
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Strange("Its answer has not the shape that its file says it speaks.") from None


def _openai(body: Mapping[str, Json]) -> Said:
    choice, usage = body["choices"][0], body.get("usage") or {}
    message, reason = choice["message"], str(choice.get("finish_reason"))
    ended = {"length": "cut", "content_filter": "refused"}.get(reason, "done")
    if message.get("refusal"):
        ended = "refused"
    elif message.get("tool_calls"):
        ended = "tool"
    return Said(
        _text(message.get("content")), None, ended, _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")), _name(body.get("model")), _name(body.get("id")),
    )  # fmt: skip


def _anthropic(body: Mapping[str, Json]) -> Said:
    blocks, usage = body["content"], body.get("usage") or {}
    called = [block for block in blocks if block["type"] == "tool_use"]
    typed = next((block["input"] for block in called if block["name"] == NAME), None)
    ended = {"max_tokens": "cut", "refusal": "refused"}.get(str(body.get("stop_reason")), "done")
    if called and typed is None:
        ended = "tool"
    return Said(
        _text([block for block in blocks if block["type"] == "text"]), typed, ended, _count(usage.get("input_tokens")),
        _count(usage.get("output_tokens")), _name(body.get("model")), _name(body.get("id")),
    )  # fmt: skip


def _text(content: Json) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part["type"] == "text")


def _count(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _name(value: Json) -> str:
    return value[:MOST_NAME] if isinstance(value, str) and value.isprintable() else ""
