"""Where in the case is what an event touched: a task, a field, a decision, what failed?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from audit.selectors import Entry
from casework.cases.read.case_view import Look
from casework.cases.read.past import ROOT
from orchestration.models import HumanTask

CHANGED: Final = "engine.VariablesChanged"
OF_TASKS: Final = frozenset({
    "engine.TaskOpened", "engine.ItemChanged", "task.claimed", "task.released", "task.assigned", "task.priority",
    "task.due",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touched:
    """The address of a place, and what it is called."""

    address: str
    words: str


class Places:
    """The places of a case, by the events that touched them. `tasks`: the number of each task, by its item."""

    def __init__(self, look: Look, tasks: Mapping[int, int]) -> None:
        self._look, self._tasks, self._decisions = look, tasks, frozenset(look.past["decisions"])

    def of(self, entry: Entry) -> Touched | None:
        """Where to look; None for an event that touched no place of its own."""
        case, detail = self._look.case.pk, entry.detail
        if entry.action in OF_TASKS and detail.get("item") in self._tasks:
            return Touched(reverse("task", args=[self._tasks[detail["item"]]]), "the task")
        if entry.action.startswith("comment."):
            number = detail.get("comment", entry.sequence)
            return Touched(reverse("case-comment", args=[case, number]), "the comment")
        if field := _field(entry):
            return Touched(f"{reverse('case-data', args=[case])}#{anchor(field)}", "the data")
        if entry.sequence in self._decisions:
            return Touched(f"{reverse('case-decisions', args=[case])}#decision-{entry.sequence}", "the decision")
        if entry.action == "engine.IncidentRaised" and self._is_open(detail):
            return Touched(reverse("case-trouble", args=[case, detail["incident"]]), "what failed")
        return None

    def _is_open(self, detail: Mapping[str, Any]) -> bool:
        waits = self._look.state.waits.values()
        return any(wait.kind == "incident" and wait.id == detail.get("incident") for wait in waits)


def task_numbers(look: Look) -> dict[int, int]:
    """The tasks that the events of this look speak of, by item; one statement."""
    items = {entry.detail["item"] for entry in look.history if entry.action in OF_TASKS and entry.detail.get("item")}
    found = HumanTask.objects.filter(instance=look.case.instance_id, item__in=items)
    return dict(found.values_list("item", "pk"))


def anchor(field: str) -> str:
    """Where the values of a variable begin on the page of the data."""
    return f"field-{field}"


def variable_named(entry: Entry) -> str:
    """The variable that an event of a person speaks of: where a field was revealed (`/name/…`) or edited (`name.…`)."""
    path = str(entry.detail.get("path", ""))
    match entry.action:
        case "field.revealed":
            return path.removeprefix("/").partition("/")[0]
        case "case.edited":
            return path.partition(".")[0]
        case _:
            return ""


def _field(entry: Entry) -> str:
    """The variable of the case itself that an event wrote, edited or revealed; of several the first."""
    if named := variable_named(entry):
        return named
    if entry.action != CHANGED or entry.detail.get("instance") != ROOT or entry.detail.get("item") is not None:
        return ""
    return next(iter(entry.detail.get("changes", ())), "")
