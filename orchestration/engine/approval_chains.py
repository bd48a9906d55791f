"""Whom does the part of the organisation to which a case belongs ask to approve, beside those whom the rules ask?

Pure. A case type names the decision that gives the chain (a list of rows with a `group`), and the one that says how
many of them are needed. What is asked for beside only ever adds: a group that is not in the chain yet, from an amount
on; and where one was added, all of the chain are needed. An amount that is no number asks for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Json = Any
ADDED: Final = "unit"
"""Stands in a row of the chain that was added, with the key of who asked for it."""


@dataclass(frozen=True, slots=True)
class ChainRule:
    """As a case type declares it. `decision` gives the chain, by the amount that stands at this dotted place of its
    inputs (empty: cases have none, so what is asked for holds in each); `way`, where there is one, reads it as its
    input `chain`, under which it stands in the case, and gives in `needed` how many have to approve. `tasks`: the items
    in which they do. `ordinary`: what else is known of a case in which the rules ask for what they ask of any."""

    decision: str
    amount: str = ""
    way: str = ""
    chain: str = "chain"
    needed: str = ""
    tasks: Sequence[str] = ()
    ordinary: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a part of the organisation asks for: group -> the amount from which on it approves too."""

    rule: ChainRule
    key: str = ""
    name: str = ""
    groups: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tightened:
    """`rules`: what was asked for beside, an object each; `output`: what the decision gives with it."""

    rules: tuple[Json, ...]
    output: Json


def tightened(beside: Beside | None, decision: str, inputs: Mapping[str, Json], output: Json) -> Tightened | None:
    """What comes of a decision with what is asked for beside; None: what it gave is as strict already."""
    if beside is None:
        return None
    if decision == beside.rule.decision:
        return _longer(beside, _at(inputs, beside.rule.amount), output)
    if decision == beside.rule.way:
        return _all_of(beside.rule, inputs.get(beside.rule.chain), output)
    return None


def unasked(beside: Beside, variables: Mapping[str, Json]) -> list[str]:
    """The groups that are asked for beside and are not in the chain that stands in a case; none before it has one."""
    chain = variables.get(beside.rule.chain)
    if chain is None:
        return []
    found = tightened(beside, beside.rule.decision, variables, chain)
    return [] if found is None else [rule["group"] for rule in found.rules]


def _at(inputs: Json, place: str) -> Json:
    for name in filter(None, place.split(".")):
        inputs = inputs.get(name) if isinstance(inputs, Mapping) else None
    return inputs


def _longer(beside: Beside, amount: Json, output: Json) -> Tightened | None:
    rows = list(output) if isinstance(output, Sequence) and not isinstance(output, str) else []
    there = {row.get("group") for row in rows if isinstance(row, Mapping)}
    wanted = sorted(beside.groups.items(), key=lambda one: (one[1], one[0]))
    added = [(group, least) for group, least in wanted if group not in there and _reaches(amount, least)]
    if not added:
        return None
    rows += [_row(beside, group, least) for group, least in added]
    return Tightened(tuple({"group": group, "from": least, ADDED: beside.key} for group, least in added), rows)


def _reaches(amount: Json, least: float) -> bool:
    is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
    return amount >= least if is_number else True


def _row(beside: Beside, group: str, least: float) -> Json:
    why = f"{beside.name} asks for it from {least:,.15g}."
    return {"level": f"Approval for {beside.name}", "group": group, "why": why, ADDED: beside.key}


def _all_of(rule: ChainRule, chain: Json, output: Json) -> Tightened | None:
    rows = chain if isinstance(chain, Sequence) and not isinstance(chain, str) else []
    if not any(isinstance(row, Mapping) and row.get(ADDED) for row in rows) or not isinstance(output, Mapping):
        return None
    needed = output.get(rule.needed)
    if isinstance(needed, int | float) and not isinstance(needed, bool) and needed >= len(rows):
        return None
    return Tightened(({"needed": len(rows)},), {**output, rule.needed: len(rows)})
