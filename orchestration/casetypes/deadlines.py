"""Which deadlines of law does a case type declare?

`deadlines` of its manifest: how long, by which calendar, from what on, what pauses and what meets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.deadlines.rule import BadLength, Rule, rule_of
from orchestration.engine.compiled_models import CompiledModels

STANDARD: Final = "office"
"""The calendar of a deadline that names none."""
SUSPENDED: Final = "suspended"
"""Among what pauses: that the case is suspended by hand."""
ESCALATE: Final = 75
"""Per cent of the time, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Declared:
    """`starts`: the place in the data of the day or moment from which it runs; "": when the case is opened.
    `or_opened`: so too while nothing stands there.

    `paused_while`: ids of items while which are open it stands still. `met_by`: ids (as events name definitions) of
    items one of which meets it by being completed; none: the end of the case does.
    """

    key: str
    title: str
    law: str
    rule: Rule
    calendar: str
    starts: str
    or_opened: bool
    paused_while: tuple[str, ...]
    met_by: frozenset[str]
    escalate: float


def declared_deadlines(manifest: Mapping[str, Any], library: CompiledModels) -> tuple[Declared, ...]:
    """Those of a manifest that was checked."""
    defined = {node.id: node.definition for model in library.cases.values() for node in model.nodes.values()}
    return tuple(
        Declared(
            one["key"], one["title"], one.get("law", ""),
            rule_of(one["length"], rolls=one.get("rolls", True), closing=one.get("ends") == "closing"),
            one.get("calendar", STANDARD), one.get("starts", ""), bool(one.get("or-opened")),
            tuple(one.get("paused-while", ())),
            frozenset(defined.get(item, item) for item in one.get("met-by", ())), one.get("escalate", ESCALATE) / 100,
        )
        for one in manifest.get("deadlines", ())
    )  # fmt: skip


def deadline_faults(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with them beyond their shape and what they name, in sentences."""
    known = set()
    for one in manifest.get("deadlines", ()):
        place = f"manifest.yaml, deadlines/{one['key']}"
        if one["key"] in known:
            yield f"{place}: two deadlines have this key."
        known.add(one["key"])
        try:
            rule_of(one["length"])
        except BadLength as wrong:
            yield f"{place}: {wrong}"
