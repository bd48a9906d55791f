"""Which form does a language model's thought have for an agent?

`OUTPUT` is what an answer is held against, whatever server it came from. `form_for` is what the server is asked to keep
to in this round, and no more than that: of the tools those that the case offers now, each with its own arguments, of
evidence what there is to cite. A server that holds a model to a form leaves it nothing else to write, so a small model
names what exists. What is refused, and how that is kept, is decided by `judging` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestration.actors.kinds.agent.file import ENDS
from orchestration.agents.thoughts import Shown, View

Json = Any

_REASON: Final = {"type": "string", "minLength": 1, "maxLength": 500}
_CITED: Final = {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 200}}
_TOOL: Final = {"type": "string", "maxLength": 220}
_ANSWER: Final = {"type": "string", "maxLength": 60}
_PLAN: Final = {
    "type": "array", "maxItems": 10,
    "items": {"type": "object", "required": ["tool", "why"], "properties": {"tool": _TOOL, "why": _REASON}},
}  # fmt: skip


def _findings(cited: Json) -> Json:
    each = {"type": "object", "required": ["says", "evidence"], "properties": {"says": _REASON, "evidence": cited}}
    return {"type": "array", "maxItems": 20, "items": each}


_MOVE: Final[Mapping[str, Json]] = {
    "tool": _TOOL, "end": {"enum": list(ENDS)}, "evidence": _CITED, "arguments": {"type": "object"},
    "answer": _ANSWER, "findings": _findings(_CITED),
}  # fmt: skip
OUTPUT: Final[dict[str, Json]] = {
    "type": "object", "required": ["plan", "reason"],
    "properties": {"plan": _PLAN, "reason": _REASON, **_MOVE, "next": {"type": "object", "properties": dict(_MOVE)}},
}  # fmt: skip
"""What is wanted next may stand in `next` or beside it; that a tool or an end is there is seen afterwards: servers that
hold a model to a form read no alternatives of a whole object beside its properties, and let it write anything."""


def form_for(view: View, answers: tuple[str, ...]) -> dict[str, Json]:
    """The form of the thought about what the agent sees now. The reason comes last, so that it is one of what is
    wanted."""
    known = [name for name, value in view.case.items() if value is not None]
    cited = _of([*known, *(f"passage:{one['id']}" for one in view.found)])
    return {
        "type": "object", "required": ["plan", "next", "reason"], "additionalProperties": False,
        "properties": {"plan": _PLAN, "next": {"anyOf": list(_moves(view, answers, cited))}, "reason": _REASON},
    }  # fmt: skip


def _of(things: list[str]) -> Json:
    """A list of these; of anything where there are none, which cites nothing that is there."""
    return {**_CITED, "minItems": 1, "items": {"enum": things}} if things else _CITED


def _moves(view: View, answers: tuple[str, ...], cited: Json) -> Iterator[Json]:
    """The ways to go on: each tool with what it lets choose, and the ends."""
    for tool in view.tools:
        yield _object({"tool": {"enum": [tool.key]}, "evidence": cited, **_arguments(tool)})
    said = {"answer": {"enum": ["", *answers]}} if answers else {}
    for how in ENDS:
        laid = {**said, "findings": _findings(cited)} if how == "reached" else {}
        yield _object({"end": {"enum": [how]}, **laid})


def _arguments(tool: Shown) -> dict[str, Json]:
    return {"arguments": _object(dict(tool.chooses))} if tool.chooses else {}


def _object(properties: dict[str, Json]) -> Json:
    return {
        "type": "object", "required": list(properties), "properties": properties, "additionalProperties": False,
    }  # fmt: skip


def move_in(given: Mapping[str, Json]) -> Mapping[str, Json]:
    """What is wanted next in an answer, wherever it stands."""
    return given.get("next") or given
