"""How does this Azure OpenAI answer a conversation? In the form that was asked for, with words that say what they are.

POST /openai/deployments/NAME/chat/completions?api-version=VERSION, with the key in the header `api-key`. It understands
nothing and makes nothing up: where a schema is asked for, it gives the least object that has it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from casework.runtime.stand_ins.answers import SAID, Answer, Request
from casework.runtime.stand_ins.azure.said import refused, said, turned_away
from casework.runtime.stand_ins.place import AZURE_OPENAI_KEY
from casework.runtime.stand_ins.store import Store

Json = Any

REASONING: Final = "casewright-demo-reasoning"
"""A deployment that takes neither `max_tokens` nor a temperature."""
DEPLOYMENTS: Final = ("casewright-demo", REASONING)
VERSIONS: Final = ("2024-06-01", "2024-10-21")
FILTERED: Final = "[filter this]"
"""What this stand-in has instead of a filter of contents."""
LETTERS_A_TOKEN: Final = 4
ROLES: Final = ("system", "developer", "user", "assistant", "tool")


def complete(store: Store, request: Request, name: str) -> Answer:
    if (away := turned_away(store, request, "api-key", AZURE_OPENAI_KEY)) is not None:
        return away
    if request.query.get("api-version") not in VERSIONS:
        return refused(404, "404", "Resource not found")
    if name not in DEPLOYMENTS:
        message = (
            "The API deployment for this resource does not exist. If you created the deployment within the last 5 "
        )
        return refused(404, "DeploymentNotFound", message + "minutes, please wait a moment and try again.")
    try:
        asked = request.json()
        words = _words(asked)
    except (ValueError, TypeError, KeyError, AttributeError):
        return _unfit("Invalid value for 'messages'.", "messages")
    if FILTERED in words:
        return _filtered()
    if name == REASONING and (wrong := _not_with_reasoning(asked)) is not None:
        return wrong
    most = asked.get("max_completion_tokens", asked.get("max_tokens"))
    if most is not None and (type(most) is not int or most < 1):
        return _unfit("Invalid value for 'max_tokens'.", "max_tokens")
    try:
        text = _text(asked.get("response_format") or {})
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return _unfit("Invalid value for 'response_format'.", "response_format")
    return said(200, _answer(text, most or 4_000, words))


ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Answer]], ...]] = (
    ("POST", r"/openai/deployments/([A-Za-z0-9._-]{1,64})/chat/completions", "azure", complete),
)


def _words(asked: Mapping[str, Json]) -> str:
    """All that was said. Raises ValueError, TypeError, KeyError, AttributeError."""
    if not asked["messages"] or any(one["role"] not in ROLES for one in asked["messages"]):
        raise ValueError("messages")
    return "\n".join(str(one["content"]) for one in asked["messages"])


def _text(form: Mapping[str, Json]) -> str:
    """Words in this form. Raises ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError."""
    if form.get("type") == "json_schema":
        return json.dumps(_least(form["json_schema"]["schema"]))
    return json.dumps({"answer": SAID}) if form.get("type") == "json_object" else SAID


def _answer(text: str, most: int, words: str) -> dict[str, Json]:
    cut = len(text) // LETTERS_A_TOKEN + 1 > most
    shown = text[: most * LETTERS_A_TOKEN] if cut else text
    into, out = len(words) // LETTERS_A_TOKEN + 1, min(len(shown) // LETTERS_A_TOKEN + 1, most)
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex[:24]}", "object": "chat.completion", "created": int(time.time()),
        "model": "stand-in", "system_fingerprint": None, "prompt_filter_results": [],
        "choices": [{
            "index": 0, "finish_reason": "length" if cut else "stop", "logprobs": None, "content_filter_results": {},
            "message": {"role": "assistant", "content": shown, "refusal": None},
        }],
        "usage": {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out},
    }  # fmt: skip


def _least(schema: Mapping[str, Json]) -> Json:
    """The least value that has this schema; texts say what they are."""
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    kinds = schema.get("type", "object")
    match kinds[0] if isinstance(kinds, list) else kinds:
        case "object":
            properties = schema.get("properties", {})
            return {name: _least(properties.get(name, {"type": "string"})) for name in schema.get("required", ())}
        case "array":
            return [_least(schema.get("items", {"type": "string"})) for _ in range(schema.get("minItems", 0))]
        case "string":
            return SAID.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", 10_000)]
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
    return None


def _unfit(message: str, parameter: str, code: str | None = None) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": parameter, "code": code}
    return said(400, {"error": error})


def _not_with_reasoning(asked: Mapping[str, Json]) -> Answer | None:
    if "max_tokens" in asked:
        told = "Unsupported parameter: 'max_tokens' is not supported with this model."
        return _unfit(f"{told} Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter")
    if asked.get("temperature", 1) != 1:
        told = "Unsupported value: 'temperature' does not support this with this model."
        return _unfit(f"{told} Only the default (1) value is supported.", "temperature", "unsupported_value")
    return None


def _filtered() -> Answer:
    result = {"hate": {"filtered": False, "severity": "safe"}, "violence": {"filtered": True, "severity": "medium"}}
    return said(400, {"error": {
        "message": "The response was filtered due to the prompt triggering the content management policy.",
        "type": None, "param": "prompt", "code": "content_filter", "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": result},
    }})  # fmt: skip
