"""How does a loop of a script that only computes become FEEL?

`for (x in list) { sum += x }` is a fold: each turn gives the names that the body sets, from those of the turn before
(FEEL's `partial`, DMN 1.3, 10.3.2.14); after the loop they have the values of the last turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestration.engine.juel.statements import enclosed
from orchestration.engine.juel.syntax import JuelRefused

_FOR: Final = re.compile(r"\s*for\s*(?:each\s*)?\(")
_EACH: Final = re.compile(
    r"\s*(?P<list>[^{}]+?)\s*\.\s*each\s*\{\s*(?:(?P<name>\w+)\s*->)?(?P<body>.*)\}\s*", re.DOTALL
)
_OVER: Final = re.compile(
    r"(?:[\w.<>\[\]]+\s+)?(?P<name>[^\W\d][\w$]*)\s*(?:\bin\b|\bof\b|:)\s*(?P<list>.+)", re.DOTALL
)
_COUNTED: Final = re.compile(
    r"(?:[\w.]+\s+)?(?P<name>[^\W\d]\w*)\s*=\s*(?P<first>[^;]+);\s*(?P=name)\s*(?P<sign><=?)\s*(?P<last>[^;]+);"
    r"\s*(?:(?P=name)\s*\+\+|\+\+\s*(?P=name))\s*"
)


_RANGE: Final = re.compile(r"\(?\s*(?P<first>[^.]+?)\s*\.\.(?P<open><?)\s*(?P<last>[^.]+?)\s*\)?")


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop over a list, or (`first`, `sign`, `last`) over numbers; all but the body are texts of the script."""

    name: str
    body: str
    list: str = ""
    first: str = ""
    sign: str = ""
    last: str = ""


def loop(statement: str) -> Loop | None:
    """The loop that a statement is; None where it is none. Raises JuelRefused for a loop of another kind."""
    if each := _EACH.fullmatch(statement):
        return Loop(each["name"] or "it", each["body"], each["list"])
    if not _FOR.match(statement):
        return None
    head, rest = enclosed(_FOR.sub("(", statement, count=1), "()")
    body = enclosed(rest.lstrip(), "{}")[0] if rest.lstrip().startswith("{") else rest
    if counted := _COUNTED.fullmatch(head):
        return Loop(counted["name"], body, "", counted["first"], counted["sign"], counted["last"])
    if over := _OVER.fullmatch(head.strip()):
        if numbers := _RANGE.fullmatch(over["list"].strip()):
            sign = "<" if numbers["open"] else "<="
            return Loop(over["name"], body, "", numbers["first"], sign, numbers["last"])
        return Loop(over["name"], body, over["list"])
    raise JuelRefused(f"the loop '{head[:80]}' is not understood")


def folded(name: str, over: str, steps: Sequence[tuple[str, str]]) -> str:
    """FEEL that gives, for each turn over `over` (FEEL), the names that the body sets: name and value of each step."""
    names = list(dict.fromkeys(variable for variable, _ in steps))
    state = f"{{{', '.join(f'{each}: {each}' for each in names)}}}"
    turn = state
    for variable, value in reversed(steps):
        turn = f"{{{variable}: {value}, _r: {turn}}}._r"
    before = ", ".join(f"{each}: _s.{each}" for each in names)
    begun = f"_s: if count(partial) = 0 then {state} else partial[-1]"
    return f"for {name} in {over} return {{{begun}, {before}, _r: {turn}}}._r"
