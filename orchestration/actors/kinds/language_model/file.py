"""What does the file of a language model say, and is it sound?

Provider, model and prompt stand in one file, which is one version of an actor: another model or another word of the
prompt is another version, and changing between them is a step of the registry or a rule of routing, never code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, file_faults, read_file, schema_faults
from orchestration.actors.kinds.http_connector.file import Connector, address_faults, hmac_faults, over_http
from orchestration.actors.kinds.http_connector.shape import COMMON
from orchestration.actors.kinds.language_model.prompt import Prompt, prompt_faults, prompt_of

Json = Any

SPEAKS: Final = ("openai", "anthropic", "azure")
AZURE_VERSION: Final = "2024-10-21"
TYPED: Final = ("schema", "json", "words")
"""How the server is asked to keep to the form: by the schema itself, by “JSON only”, or in words alone."""
MILLION: Final = Decimal(1_000_000)
_PRICE: Final = {"type": ["number", "string"], "pattern": r"^\d+(\.\d+)?$", "minimum": 0}
_TEMPLATE: Final = {"type": "string", "minLength": 1, "maxLength": 40_000}
_PROCEDURE: Final = {"type": "string", "minLength": 1, "maxLength": 8_000}
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "speaks", "url", "model", "prompt", "input", "output"],
    "properties": {
        **{name: schema for name, schema in COMMON.items() if name != "answers"},
        "speaks": {"enum": list(SPEAKS)},
        "api-version": {"type": "string", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?$"},
        "model": {"type": "string", "minLength": 1, "maxLength": 200},
        "typed": {"enum": list(TYPED)},
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
        "reasoning": {"type": "boolean"},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
        "most-tokens": {"type": "integer", "minimum": 1, "maximum": 100_000},
        "repairs": {"type": "integer", "minimum": 0, "maximum": 5},
        "price": {
            "type": "object",
            "additionalProperties": False,
            "required": ["input", "output"],
            "properties": {"input": _PRICE, "output": _PRICE},
        },
        "prompt": {
            "type": "object",
            "additionalProperties": False,
            "required": ["system", "user"],
            "properties": {"system": _TEMPLATE, "user": _TEMPLATE, "procedure": _PROCEDURE},
        },
    },
}
VALIDATOR: Final = Draft202012Validator(SHAPE)


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """`connector`: how its server is reached. `price`: of a million tokens in and out, in the currency of the actor's
    card; None: the card's own price counts. `repairs`: how often it may mend an answer that has not its form.
    `temperature`: None for a model that reasons before it answers: it takes none, and counts its thoughts as tokens."""

    connector: Connector
    speaks: str
    model: str
    prompt: Prompt
    typed: str
    temperature: float | None
    seed: int | None
    most_tokens: int
    repairs: int
    price: tuple[Decimal, Decimal] | None
    api_version: str = ""

    @property
    def output(self) -> Mapping[str, Json]:
        return self.connector.output


def language_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def language_of(content: bytes) -> LanguageModel:
    """The language model of a file. Raises FileRefused."""
    if wrong := language_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    price = given.get("price")
    return LanguageModel(
        over_http({"timeout": 60.0, **given, "answers": []}, "POST", given["url"], {}),
        given["speaks"], given["model"], prompt_of(given["prompt"]), given.get("typed", TYPED[0]),
        None if given.get("reasoning") else given.get("temperature", 0.0),
        given.get("seed"), given.get("most-tokens", 800), given.get("repairs", 2),
        None if price is None else (Decimal(str(price["input"])), Decimal(str(price["output"]))),
        given.get("api-version", AZURE_VERSION) if given["speaks"] == "azure" else "",
    )  # fmt: skip


def connector_of(content: bytes) -> Connector:
    """How its server is reached. Raises FileRefused."""
    return language_of(content).connector


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    yield from address_faults(given)
    yield from hmac_faults(given)
    yield from schema_faults(given)
    yield from prompt_faults(given["prompt"])
    if "api-version" in given and given["speaks"] != "azure":
        yield "api-version: only speaks: azure has one."
    if given.get("reasoning"):
        yield from _faults_of_reasoning(given)
    if given["output"].get("type") != "object":
        yield "output: what a language model gives is an object (type: object)."


def _faults_of_reasoning(given: Mapping[str, Json]) -> Iterator[str]:
    if given["speaks"] == "anthropic":
        yield "reasoning: models of the shape anthropic are asked alike, whether they reason or not."
    if "temperature" in given:
        yield "temperature: a model that reasons takes none; leave it out, or reasoning."
