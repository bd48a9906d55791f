"""What may an agent do at all, and who decides the arguments of it?

A grant of an agent's file names a step of the model and how it may be touched, or a search. Each argument is fixed by
an administrator, bound to a field of the case, or the agent's to choose within a JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from orchestration.casetypes.form_answers import at_path

Json = Any

ADD: Final = "add"
COMPLETE: Final = "complete"
SEARCH: Final = "search"
OPEN: Final = "open"
"""Open a case of another type, which is the item."""
WAYS: Final[Mapping[str, str]] = {
    ADD: "Add", "start": "Start", "disable": "Skip", COMPLETE: "Finish", "occur": "Let happen",
}  # fmt: skip
"""How an agent may touch a step of the plan: add what is discretionary, start or skip what is enabled, and so on."""


@dataclass(frozen=True, slots=True)
class Argument:
    """`how`: fixed (to `value`), field (`value`: its dotted path in the case), or choose (`value`: a JSON Schema)."""

    how: Literal["fixed", "field", "choose"]
    value: Json


@dataclass(frozen=True, slots=True)
class Grant:
    """`do`: one of `WAYS`, a search, or to open a case. `item`: a node of the model, as its planning table or its plan
    names it, or a case type."""

    do: str
    item: str = ""
    arguments: Mapping[str, Argument] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """As an agent names the tool, without where it is offered."""
        return f"{self.do}:{self.item}" if self.item else self.do

    @property
    def chosen(self) -> dict[str, Json]:
        """The arguments that are the agent's to choose, with their schemas."""
        return {name: one.value for name, one in self.arguments.items() if one.how == "choose"}

    @property
    def bound(self) -> list[str]:
        """Where in the case the arguments stand that are bound to a field: JSON Pointers."""
        return ["/" + str(one.value).replace(".", "/") for one in self.arguments.values() if one.how == "field"]

    def filled(self, chosen: Mapping[str, Json], data: Mapping[str, Json]) -> dict[str, Json]:
        """All arguments: what was chosen, fixed, and what stands in the case now; what is not there is left out."""
        found = {name: self._value(name, one, chosen, data) for name, one in self.arguments.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, name: str, argument: Argument, chosen: Mapping[str, Json], data: Mapping[str, Json]) -> Json:
        if argument.how == "choose":
            return chosen.get(name)
        return argument.value if argument.how == "fixed" else at_path(data, argument.value)


def step_of(tool: str) -> str:
    """The tool as a grant names it, without where it is offered."""
    return tool.partition("@")[0]
