"""What does the file of an agent say, and is it sound?

One file is one version of an agent: its goal, the roles it plans as, the tools that it is granted and who decides their
arguments, its limits, when a person has to approve, and what thinks for it: rules, or a language model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator

from orchestration.actors.capability import EPOCH
from orchestration.actors.card import LEVELS
from orchestration.actors.kinds.files import FileRefused, file_faults, read_file
from orchestration.actors.kinds.language_model.file import SHAPE as MODEL_SHAPE
from orchestration.actors.kinds.language_model.file import language_faults
from orchestration.actors.kinds.mapping import Filled, condition, expression_faults, mapping, mapping_faults
from orchestration.agents.bounds import Limits
from orchestration.agents.checking import NO_CHECKS, Checks, checks_of
from orchestration.agents.grants import OPEN, SEARCH, WAYS, Argument, Grant
from orchestration.engine.timers import BadTimer, later

Json = Any

KNOWN: Final = frozenset({"input", "offered", "found", "past"})
"""What the rules of an agent may read: what it was given, the keys of its tools, passages, and what it did before."""
APPROVAL_KNOWN: Final = frozenset({"input", "tool", "arguments"})
ENDS: Final = ("reached", "given-up", "asks")
LONGEST_HELD: Final = timedelta(hours=8)
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 2_000}
_SPAN: Final = {"type": "string", "pattern": "^P", "maxLength": 30}
_COUNT: Final = {"type": "integer", "minimum": 1, "maximum": 100}
_NAMED: Final = {"type": "object", "maxProperties": 20, "propertyNames": {"maxLength": 100}}
_ARGUMENT: Final = {
    "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
    "properties": {"fixed": True, "field": {"type": "string", "maxLength": 200}, "choose": {"type": "object"}},
}  # fmt: skip
_TOOL: Final = {
    "type": "object", "required": ["do"], "additionalProperties": False,
    "properties": {
        "do": {"enum": [*WAYS, SEARCH, OPEN]}, "item": {"type": "string", "minLength": 1, "maxLength": 200},
        "arguments": {**_NAMED, "additionalProperties": _ARGUMENT},
    },
}  # fmt: skip
_EVIDENCE: Final = {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 200}}
_RULE: Final = {
    "type": "object", "required": ["when", "reason"], "additionalProperties": False,
    "properties": {
        "when": _TEXT, "use": {"type": "string", "maxLength": 220}, "end": {"enum": list(ENDS)}, "reason": _TEXT,
        "evidence": _EVIDENCE, "arguments": _NAMED, "answer": {"type": "string", "maxLength": 60},
    },
}  # fmt: skip
_FINDING: Final = {
    "type": "object", "required": ["when", "says", "evidence"], "additionalProperties": False,
    "properties": {"when": _TEXT, "says": _TEXT, "evidence": {**_EVIDENCE, "minItems": 1}},
}  # fmt: skip
_SHARE: Final = {"oneOf": [{"type": "number", "minimum": 0, "maximum": 1}, _TEXT]}
_KNOWN_WRONG: Final = {
    "type": "object", "required": ["share", "wrong"], "additionalProperties": False,
    "properties": {
        "share": _SHARE,
        "wrong": {
            "type": "array", "minItems": 1, "maxItems": 20,
            "items": {
                "type": "object", "required": ["name", "reason"], "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 300},
                    "reason": {"type": "string", "minLength": 1, "maxLength": 500},
                },
            },
        },
    },
}  # fmt: skip
_OF_MODEL: Final = {
    name: schema for name, schema in MODEL_SHAPE["properties"].items()
    if name not in ("capability", "title", "prompt", "input", "output")
}  # fmt: skip
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["capability", "title", "goal", "tools", "limits"],
    "additionalProperties": False,
    "properties": {
        "capability": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "goal": _TEXT,
        "roles": {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 150}},
        "clearance": {"enum": list(LEVELS)},
        "tools": {"type": "array", "minItems": 1, "maxItems": 50, "items": _TOOL},
        "limits": {
            "type": "object", "additionalProperties": False,
            "properties": {
                "calls": _COUNT, "tokens": {"type": "integer", "minimum": 1, "maximum": 10_000_000},
                "cost": {"type": ["number", "string"], "pattern": r"^\d+(\.\d+)?$", "minimum": 0}, "time": _SPAN,
                "idle": _COUNT, "runs": _COUNT,
            },
        },
        "approval": {
            "type": "object", "additionalProperties": False,
            "properties": {"when": _TEXT, "plan": _TEXT, "within": _SPAN, "blind": _SHARE, "known": _KNOWN_WRONG},
        },
        "rules": {"type": "array", "maxItems": 100, "items": _RULE},
        "findings": {"type": "array", "maxItems": 20, "items": _FINDING},
        "answers": {
            "type": "array", "minItems": 1, "maxItems": 20, "uniqueItems": True,
            "items": {"type": "string", "minLength": 1, "maxLength": 60},
        },
        "model": {
            "type": "object", "required": ["speaks", "url", "model"], "additionalProperties": False,
            "properties": _OF_MODEL,
        },
    },
}  # fmt: skip
VALIDATOR: Final = Draft202012Validator(SHAPE)
NEVER: Final = condition("false")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a scripted agent does where `when` holds: use a tool, or end."""

    when: Filled
    use: str
    end: str
    reason: Filled
    evidence: tuple[str, ...]
    arguments: Filled
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A finding of a scripted agent, laid out where `when` holds as it ends."""

    when: Filled
    says: Filled
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """`approve`: whether a person has to approve an action, and `approve_text`: the same as it was written. `within`:
    how long it waits for them. `rules` and `findings` are empty where a language model (`model`) thinks. `answers`:
    what it may answer when it ends. `shows_plan`: whether a person looks at a plan before anything is done by it."""

    capability: str
    title: str
    goal: str
    roles: tuple[str, ...]
    clearance: str
    grants: tuple[Grant, ...]
    limits: Limits
    approve: Filled
    approve_text: str
    within: timedelta
    rules: tuple[Rule, ...]
    model: Mapping[str, Json] | None
    findings: tuple[Holding, ...] = ()
    answers: tuple[str, ...] = ()
    checks: Checks = NO_CHECKS
    shows_plan: Filled = NEVER


def agent_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def agent_of(content: bytes) -> Agent:
    """The agent of a file. Raises FileRefused."""
    if wrong := agent_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    approval = given.get("approval", {})
    when = approval.get("when", "true")
    return Agent(
        given["capability"], given["title"], given["goal"], tuple(given.get("roles", ())),
        given.get("clearance", LEVELS[0]), tuple(_grant(one) for one in given["tools"]), _limits(given["limits"]),
        condition(when), when, _span(approval.get("within"), LONGEST_HELD),
        tuple(_rule(one) for one in given.get("rules", ())), given.get("model"),
        tuple(_holding(one) for one in given.get("findings", ())), tuple(given.get("answers", ())),
        checks_of(approval), condition(approval["plan"]) if "plan" in approval else NEVER,
    )  # fmt: skip


def _grant(given: Mapping[str, Json]) -> Grant:
    arguments = {name: Argument(*next(iter(one.items()))) for name, one in given.get("arguments", {}).items()}
    return Grant(given["do"], given.get("item", ""), arguments)


def _rule(given: Mapping[str, Json]) -> Rule:
    return Rule(
        condition(given["when"]), given.get("use", ""), given.get("end", ""), mapping(given["reason"]),
        tuple(given.get("evidence", ())), mapping(given.get("arguments", {})), given.get("answer", ""),
    )  # fmt: skip


def _holding(given: Mapping[str, Json]) -> Holding:
    return Holding(condition(given["when"]), mapping(given["says"]), tuple(given["evidence"]))


def _limits(given: Mapping[str, Json]) -> Limits:
    plain = {name: given[name] for name in ("calls", "tokens", "idle", "runs") if name in given}
    cost = given.get("cost")
    return Limits(
        **plain, cost=None if cost is None else Decimal(str(cost)), time=_span(given.get("time"), Limits().time)
    )


def _span(text: str | None, otherwise: timedelta) -> timedelta:
    return otherwise if text is None else later(EPOCH, text) - EPOCH


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    yield from _mind_faults(given)
    for at, tool in enumerate(given["tools"]):
        yield from _tool_faults(f"tools/{at}", tool)
    for at, rule in enumerate(given.get("rules", ())):
        yield from _rule_faults(f"rules/{at}", rule)
        if rule.get("answer") is not None and ("end" not in rule or rule["answer"] not in given.get("answers", ())):
            yield f"rules/{at}/answer: a rule that ends says one of the answers of the file."
    for at, finding in enumerate(given.get("findings", ())):
        yield from expression_faults(f"findings/{at}/when", finding["when"], KNOWN)
        yield from mapping_faults(f"findings/{at}/says", finding["says"], KNOWN)
    for name in ("when", "plan"):
        text = given.get("approval", {}).get(name, "true")
        yield from expression_faults(f"approval/{name}", text, APPROVAL_KNOWN)
    for place, share in _shares(given.get("approval", {})):
        yield from expression_faults(f"approval/{place}", share, APPROVAL_KNOWN)
    spans = [("limits/time", given["limits"].get("time")), ("approval/within", given.get("approval", {}).get("within"))]
    for place, text in spans:
        try:
            _span(text, LONGEST_HELD)
        except BadTimer as error:
            yield f"{place}: {error}"


def _shares(approval: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """The shares of checks that a rule says."""
    found = {"blind": approval.get("blind"), "known/share": approval.get("known", {}).get("share")}
    return ((place, share) for place, share in found.items() if isinstance(share, str))


def _mind_faults(given: Mapping[str, Json]) -> Iterator[str]:
    """Either rules or a language model think, and the model's part is as that of a language model's file."""
    if ("rules" in given) == ("model" in given):
        yield "the file: say either rules, or the model that thinks for the agent."
    if "model" in given and "findings" in given:
        yield "findings: what a language model found it says itself; leave them out."
    if "model" in given:
        yield from (f"model/{one}" for one in language_faults(model_file(given["capability"], given["model"])))


def model_file(capability: str, model: Mapping[str, Json], prompt: Mapping[str, str] | None = None,
               output: Mapping[str, Json] | None = None) -> bytes:  # fmt: skip
    """The file of the language model that thinks for an agent."""
    plain = {"system": "Plan.", "user": "{input}"}
    whole = {
        **model, "capability": capability, "prompt": prompt or plain, "input": {"type": "object"},
        "output": output or {"type": "object"},
    }  # fmt: skip
    return orjson.dumps(whole)


def _tool_faults(place: str, tool: Mapping[str, Json]) -> Iterator[str]:
    if (tool["do"] == SEARCH) == ("item" in tool):
        yield f"{place}: a step names its item, a search has none."
    if tool["do"] == SEARCH and set(tool.get("arguments", {})) != {"question"}:
        yield f"{place}: a search has one argument, its question."
    for name, argument in tool.get("arguments", {}).items():
        try:
            Draft202012Validator.check_schema(argument.get("choose", {}))
        except Exception as error:  # jsonschema raises more than SchemaError for schemas that are hostile
            yield f"{place}/arguments/{name}: this is no JSON Schema: {str(error).partition(chr(10))[0]}."


def _rule_faults(place: str, rule: Mapping[str, Json]) -> Iterator[str]:
    if ("use" in rule) == ("end" in rule):
        yield f"{place}: a rule uses a tool, or ends."
    yield from expression_faults(f"{place}/when", rule["when"], KNOWN)
    yield from mapping_faults(f"{place}/reason", rule["reason"], KNOWN)
    yield from mapping_faults(f"{place}/arguments", rule.get("arguments", {}), KNOWN)
