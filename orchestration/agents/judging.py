"""May an agent do what it wants to do?

Pure: a proposal against what is offered and granted now. What passes is an `Action`, with all its arguments; anything
else is an `Objection`, a sentence that the agent gets and that people read. What the engine says comes after this.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from orchestration.agents.desk import put_into, unanswered
from orchestration.agents.grants import OPEN, SEARCH
from orchestration.agents.opening import OpenCase
from orchestration.agents.thoughts import End, Finding, Propose
from orchestration.agents.tools import Tool
from orchestration.casetypes.forms import Form
from orchestration.engine.commands import Command
from orchestration.ground.schemas import SchemaValidator

Json = Any
Schema = Mapping[str, Json]

REASON_MOST: Final = 500
EVIDENCE_MOST: Final = 20
FINDINGS_MOST: Final = 20
ARGUMENTS_MOST: Final = 20_000
"""Bytes of all arguments together."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Action:
    """What will be done: the tool, its command, all its arguments, and which of them the agent chose."""

    tool: Tool
    arguments: Mapping[str, Json] = field(default_factory=dict)
    chosen: Mapping[str, Json] = field(default_factory=dict)

    @property
    def command(self) -> Command | OpenCase | None:
        return self.tool.command


@dataclass(frozen=True, slots=True)
class Objection:
    """`code`: text, tool, evidence or argument."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a proposal is held against: tools offered now, the case's data in clear and its schema, known evidence."""

    tools: Sequence[Tool]
    data: Mapping[str, Json]
    schema: Schema
    evidence: Collection[str]


def judged(wanted: Propose, grounds: Grounds) -> Action | Objection:
    """What the proposal comes to."""
    if wrong := _text_fault(wanted) or _evidence_fault(wanted, grounds.evidence):
        return wrong
    tool = _named(grounds.tools, wanted.tool)
    if tool is None:
        return Objection("tool", "It is no tool that is offered to the agent in this case now.")
    return _with_arguments(tool, wanted.arguments, grounds)


def _named(tools: Sequence[Tool], name: str) -> Tool | None:
    """The tool of this name; by the name of its step alone where one place offers it."""
    found = [one for one in tools if one.key == name] or [one for one in tools if one.step == name]
    return found[0] if len(found) == 1 else None


def ending_fault(end: End, answers: Collection[str], known: Collection[str]) -> Objection | None:
    """Why an agent may not end so: its answer is none that it may give, or a finding rests on nothing."""
    if end.answer and end.answer not in answers:
        return Objection("answer", "It is no answer that the agent may give.")
    if len(end.findings) > FINDINGS_MOST:
        return Objection("text", f"An agent lays out at most {FINDINGS_MOST} findings.")
    return next(filter(None, (_finding_fault(one, known) for one in end.findings)), None)


def _finding_fault(one: Finding, known: Collection[str]) -> Objection | None:
    wanted = Propose("", one.says, one.evidence)
    return _text_fault(wanted) or _evidence_fault(wanted, known)


def _text_fault(wanted: Propose) -> Objection | None:
    reason = wanted.reason
    if not isinstance(reason, str) or not reason.strip() or len(reason) > REASON_MOST or _CONTROL.search(reason):
        return Objection("text", f"A proposal says why in at most {REASON_MOST} characters.")
    return None


def _evidence_fault(wanted: Propose, known: Collection[str]) -> Objection | None:
    named = wanted.evidence
    if not 1 <= len(named) <= EVIDENCE_MOST or any(not isinstance(one, str) or one not in known for one in named):
        return Objection("evidence", "A proposal cites what it rests on: fields that the agent was given, or passages.")
    return None


def with_arguments(tool: Tool, chosen: Json, data: Mapping[str, Json], schema: Schema) -> Action | Objection:
    """The same tool with these arguments, as a person gives them in the agent's place."""
    return _with_arguments(tool, chosen, Grounds((), data, schema, ()))


def _with_arguments(tool: Tool, chosen: Json, grounds: Grounds) -> Action | Objection:
    allowed = tool.grant.chosen
    if not isinstance(chosen, Mapping) or set(chosen) != set(allowed):
        return Objection("argument", _expected(allowed))
    if not _is_small(chosen):
        return Objection("argument", "The arguments are too long, or hold what cannot be kept.")
    for name, schema in allowed.items():
        if not _fits(schema, chosen[name]):
            return Objection("argument", f"The argument {name} does not fit what it may be.")
    arguments = tool.grant.filled(chosen, grounds.data if tool.form is None else tool.sees)
    if tool.grant.do not in (SEARCH, OPEN) and (strange := _unfit(arguments, grounds.schema)):
        return Objection("argument", f"{strange} is no field of such cases, or does not fit it.")
    if tool.form is not None and (amiss := _amiss_in(tool.form, tool.sees, arguments, grounds.schema)):
        return Objection("argument", f"“{amiss}” is not answered as the form of the task asks.")
    return Action(tool, arguments, dict(chosen))


def _amiss_in(form: Form, sees: Mapping[str, Json], arguments: Mapping[str, Json], schema: Schema) -> str:
    """The first question that is not answered as it asks, or whose text is too long once it is filled in."""
    if amiss := unanswered(form, sees, arguments):
        return amiss
    texts = {name: value for name, value in put_into(sees, form, arguments).items() if isinstance(value, str)}
    long = _unfit(texts, schema)
    return next((one.label for one in form.fields if one.path == long), long)


def _expected(allowed: Mapping[str, Json]) -> str:
    return f"The agent chooses {', '.join(sorted(allowed))}, and no other argument." if allowed else (
        "The agent chooses no argument of this tool."
    )  # fmt: skip


def _is_small(chosen: Mapping[str, Json]) -> bool:
    try:
        written = orjson.dumps(dict(chosen))
    except TypeError:
        return False
    return len(written) <= ARGUMENTS_MOST and b"\\u0000" not in written


def _unfit(arguments: Mapping[str, Json], schema: Schema) -> str:
    """The first argument that no field of the case could take; empty where all fit."""
    fields = schema.get("properties", {})
    return next((name for name, value in arguments.items() if name not in fields or not _fits(fields[name], value)), "")


def _fits(schema: Schema, value: Json) -> bool:
    return SchemaValidator(schema).is_valid(value)
