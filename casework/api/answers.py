"""What does a program get? The shapes of the API's answers, one class each, as its description names them.

They read the masked values that `casework.selectors` makes: what is not named here does not leave the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from casework.selectors.inbox import TABS

Shape = s.Serializer[Any]


@extend_schema_field(OpenApiTypes.ANY)
class AnyField(s.JSONField):
    """Any JSON value."""


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(s.JSONField):
    """A JSON object."""


@extend_schema_field({"type": "object", "additionalProperties": {}})
class PairsField(s.Field[Any, Any, Any, Any]):
    """Names with their values, in order, as a JSON object; a value without a name is called `value`."""

    def to_representation(self, value: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        return {name or "value": each for name, each in value}


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class NamesField(s.Field[Any, Any, Any, Any]):
    """A set of names, in alphabetical order."""

    def to_representation(self, value: Iterable[str]) -> list[str]:
        return sorted(value)


class Error(Shape):
    code = s.CharField(help_text="A word for programs.")
    message = s.CharField(help_text="A sentence that says what to do.")
    errors = s.DictField(child=s.CharField(), help_text="For each wrong field, why.")


class Receipt(Shape):
    """A case is there; `created` is false when its reference had brought it in before."""

    id = s.IntegerField()
    case_type = s.CharField()
    reference = s.CharField()
    source = s.CharField()
    created = s.BooleanField()


class Progress(Shape):
    """Where a case stands after a step."""

    case = s.IntegerField()
    state = s.CharField(help_text="The named state that people speak of.")
    closed = s.BooleanField()


class Revealed(Shape):
    path = s.CharField()
    value = AnyField(help_text="The value, for your eyes.")
    until = s.DateTimeField(help_text="It is masked for you again from then on.")


class Verified(Shape):
    ok = s.BooleanField(help_text="The chain holds, and the state rebuilt from the events is the stored one.")
    events = s.IntegerField(help_text="How many events were checked.")
    sequence = s.IntegerField(help_text="The first event that does not hold; 0 where all do.")
    reason = s.CharField(help_text="What does not hold, or an empty text.")


class CaseSummary(Shape):
    id = s.IntegerField()
    title = s.CharField()
    reference = s.CharField()
    source = s.CharField()
    state = s.CharField(help_text="The named state that people speak of.")
    closed = s.BooleanField()
    created = s.DateTimeField()
    updated = s.DateTimeField()


class CaseList(Shape):
    results = CaseSummary(source="rows", many=True)
    next = s.CharField(source="following", help_text="`after` of the next page; empty on the last one.")


class StageShape(Shape):
    name = s.CharField()
    status = s.ChoiceField(choices=["done", "active", "ahead"])


class MilestoneShape(Shape):
    name = s.CharField()
    reached = s.DateTimeField(allow_null=True)


class OpenTask(Shape):
    id = s.IntegerField()
    name = s.CharField()
    due = s.DateTimeField(allow_null=True)
    overdue = s.BooleanField()
    urgent = s.BooleanField()
    assignee = s.CharField(help_text="Who has it; empty where nobody has.")
    mine = s.BooleanField()
    groups = NamesField(help_text="Whom it is offered to.")
    may = NamesField(help_text="What you may do now: claim, release, complete.")


class Awaited(Shape):
    item = s.CharField(help_text="What `replies` names it by.")
    label = s.CharField()


class MachineWork(Shape):
    name = s.CharField()
    state = s.CharField()
    attempt = s.IntegerField()
    note = s.CharField()


class IncidentShape(Shape):
    number = s.IntegerField()
    code = s.CharField()
    message = s.CharField()
    step = s.CharField()
    actor = s.CharField()
    attempts = s.IntegerField()
    opened = s.DateTimeField()


class Plannable(Shape):
    item = s.CharField(source="definition", help_text="What `plan` names it by.")
    name = s.CharField()


class Result(Shape):
    """What an AI actor answered."""

    capability = s.CharField()
    actor = s.CharField()
    version = s.CharField()
    at = s.DateTimeField()
    latency_ms = s.FloatField()
    confidence = s.FloatField(allow_null=True)
    answer = s.CharField()
    alternatives = PairsField(help_text="What else it may be, with the confidence.")


class Cell(Shape):
    label = s.CharField()
    text = s.CharField()


class Fired(Shape):
    decision = s.CharField()
    number = s.IntegerField()
    of = s.IntegerField()
    id = s.CharField()
    asked = Cell(many=True)
    gave = Cell(many=True)


class Input(Shape):
    label = s.CharField()
    value = AnyField()
    source = s.CharField(help_text="The system that it came from.")
    confidence = s.FloatField(allow_null=True)


class DecisionShape(Shape):
    """What was decided, by which rules of which version, on which inputs."""

    sequence = s.IntegerField()
    name = s.CharField()
    at = s.DateTimeField()
    version = s.CharField()
    fired = Fired(many=True)
    inputs = Input(many=True)
    output = PairsField()
    problems = NamesField()


class Case(Shape):
    id = s.IntegerField()
    title = s.CharField()
    reference = s.CharField()
    source = s.CharField()
    kind = s.CharField(help_text="The case type's name.")
    version = s.CharField(help_text="The version of the case type that this case follows.")
    goal = s.CharField()
    state = s.CharField(help_text="The named state that people speak of.")
    closed = s.BooleanField()
    created = s.DateTimeField()
    updated = s.DateTimeField()
    data = ObjectField(source="view.data", help_text="As you may see it.")
    masked = NamesField(source="view.masked", help_text="JSON Pointers of what is masked for you.")
    stages = StageShape(many=True)
    milestones = MilestoneShape(many=True)
    tasks = OpenTask(many=True)
    waiting = Awaited(source="awaited", many=True, help_text="What has to come in from outside.")
    machine_work = MachineWork(many=True)
    incidents = IncidentShape(source="troubles", many=True)
    plannable = Plannable(source="offered", many=True)
    results = Result(many=True)
    decisions = DecisionShape(source="made", many=True)
    may = NamesField(help_text="What you may do: work, reveal, audit.")


class HistoryEntry(Shape):
    sequence = s.IntegerField()
    at = s.DateTimeField()
    actor = s.CharField(help_text="`person:anna`, `model:intent`, `system:timer`.")
    on_behalf_of = s.CharField()
    cause = s.CharField()
    action = s.CharField()
    version = s.CharField(help_text="The version of the case type that was in force.")
    words = s.CharField(help_text="What happened, in plain words; empty for machinery.")
    rules = s.CharField(help_text="Which rules fired.")
    detail = ObjectField(help_text="As it is kept, for auditors; empty for others.")


class History(Shape):
    results = HistoryEntry(many=True)
    next = s.IntegerField(allow_null=True, help_text="`after` of the next page; null on the last one.")


class TaskSummary(Shape):
    id = s.IntegerField()
    name = s.CharField()
    due = s.DateTimeField(allow_null=True)
    overdue = s.BooleanField()
    urgent = s.BooleanField()
    assignee = s.CharField(help_text="Who has it; empty where nobody has.")
    mine = s.BooleanField()
    case = s.IntegerField()
    title = s.CharField()
    reference = s.CharField()
    state = s.CharField(help_text="The case's named state.")


class TaskList(Shape):
    results = TaskSummary(source="rows", many=True)
    counts = s.DictField(child=s.IntegerField(), help_text=f"Open tasks: {', '.join(TABS)}. 1001: more than 1000.")
    next = s.CharField(source="following", help_text="`after` of the next page; empty on the last one.")


class Conditions(s.DictField):
    child = s.ListField(child=s.CharField())


class Question(Shape):
    path = s.CharField(help_text="What `answers` names it by.")
    label = s.CharField()
    widget = s.CharField()
    help = s.CharField()
    choices = s.DictField(child=s.CharField())
    required = s.BooleanField(help_text="Unless a condition below says otherwise.")
    required_when = Conditions(help_text="It has to be answered when one of these paths has one of these answers.")
    required_unless = Conditions(help_text="It has to be answered unless one of these paths has one of these answers.")
    unchanged_when = Conditions(help_text="Then `initial` has to stand as it is.")


class Suggestion(Shape):
    label = s.CharField()
    confidence = s.FloatField(allow_null=True)
    text = s.CharField()


class Task(Shape):
    id = s.IntegerField()
    name = s.CharField()
    state = s.ChoiceField(choices=["open", "suspended", "completed", "terminated"])
    ended = s.DateTimeField(allow_null=True)
    open = OpenTask(source="task", allow_null=True, help_text="Who has it and what you may do; null when it is over.")
    case = s.IntegerField()
    title = s.CharField()
    case_state = s.CharField()
    version = s.CharField()
    suggestion = Suggestion(allow_null=True)
    form = Question(source="form.fields", many=True)
    initial = ObjectField(
        help_text="What stands in the form at first, by path. Sent back unchanged, it is taken as it is."
    )
    data = ObjectField(source="view.data", help_text="The case's data, as you may see it.")
    masked = NamesField(source="view.masked", help_text="JSON Pointers of what is masked for you.")
    results = Result(many=True)
    decisions = DecisionShape(source="made", many=True)
