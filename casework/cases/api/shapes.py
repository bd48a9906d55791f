"""What does a program get? The shapes of the API's answers, one class each, as its description names them.

They read the masked values that `casework.selectors` makes: what is not named here does not leave the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from casework.cases.api.json_fields import AnyField, ObjectField

Shape = s.Serializer[Any]


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


class Brought(s.Serializer[Any]):
    new = s.IntegerField(help_text="Cases that are there now and were not before.")
    there = s.IntegerField(help_text="Samples that were cases before.")
    more = s.BooleanField(help_text="Whether samples are left: send the same again.")
    bad = s.ListField(child=s.CharField(), help_text="Samples that cannot be cases: a sentence each.")


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


class NextDeadline(Shape):
    key = s.CharField()
    title = s.CharField()
    state = s.CharField(help_text="`running`, or `paused`: it stands still.")
    due = s.DateTimeField(allow_null=True, help_text="null while it stands still.")
    left = s.CharField(help_text="The time left, in words.")


class CaseSummary(Shape):
    id = s.IntegerField()
    title = s.CharField()
    reference = s.CharField()
    source = s.CharField()
    state = s.CharField(help_text="The named state that people speak of.")
    closed = s.BooleanField()
    created = s.DateTimeField()
    updated = s.DateTimeField()
    kind = s.CharField(help_text="What its case type is called.")
    about = s.CharField(help_text="What tells it from others, as you may see it.")
    values = s.DictField(help_text="By dotted place, in words; null where the case has no such value.")
    deadline = NextDeadline(allow_null=True, help_text="The open one that is due first; null: it has none.")


class CaseList(Shape):
    results = CaseSummary(source="rows", many=True)
    next = s.CharField(source="following", help_text="`after` of the next page; empty on the last one.")


class StageShape(Shape):
    name = s.CharField()
    status = s.ChoiceField(choices=["done", "active", "ahead", "left out"])


class MilestoneShape(Shape):
    name = s.CharField()
    reached = s.DateTimeField(allow_null=True)


class StepShape(Shape):
    """One step of a process, or of a case that was called."""

    name = s.CharField()
    kind = s.CharField()
    status = s.ChoiceField(choices=["done", "active", "waiting", "possible", "stopped", "left out"])
    note = s.CharField()
    detour = s.BooleanField(help_text="On the way that an error, a deadline or another event opened.")
    depth = s.IntegerField(help_text="How many sub-processes or stages are around it.")
    done = s.DateTimeField(allow_null=True)


class StripShape(Shape):
    """The steps of the process that the case is, or of a process or case that runs inside it."""

    name = s.CharField(help_text="Empty for the case itself.")
    kind = s.ChoiceField(choices=["case", "process"])
    state = s.CharField()
    steps = StepShape(many=True)


class OpenTask(Shape):
    id = s.IntegerField()
    name = s.CharField()
    part = s.CharField(help_text="The stages and parts of the case that it stands in.")
    due = s.DateTimeField(allow_null=True)
    overdue = s.BooleanField()
    urgent = s.BooleanField()
    assignee = s.CharField(help_text="Who has it; empty where nobody has.")
    mine = s.BooleanField()
    groups = NamesField(help_text="Whom it is offered to.")
    may = NamesField(help_text="What you may do now: claim, release, complete.")
    suspended = s.BooleanField(help_text="Nothing can be done here until somebody resumes what is suspended.")


class Awaited(Shape):
    item = s.CharField(help_text="What `replies` names it by.")
    label = s.CharField()
    part = s.CharField()
    at = s.IntegerField(help_text="Tells several apart that wait for the same.")


class ComingShape(Shape):
    """Something that the case waits for and that happens by itself: a time, a message, a signal, a condition."""

    kind = s.ChoiceField(choices=["timer", "message", "signal", "conditional", "variable"])
    name = s.CharField()
    part = s.CharField()
    due = s.DateTimeField(allow_null=True)
    then = s.CharField(help_text="What follows, in words.")


class MachineWork(Shape):
    name = s.CharField()
    part = s.CharField()
    state = s.CharField()
    attempt = s.IntegerField()
    note = s.CharField()


class IncidentShape(Shape):
    number = s.IntegerField()
    code = s.CharField()
    message = s.CharField()
    step = s.CharField()
    part = s.CharField()
    actor = s.CharField()
    attempts = s.IntegerField()
    opened = s.DateTimeField()


class BecauseShape(Shape):
    """A rule by which a step is offered or not."""

    name = s.CharField()
    text = s.CharField(help_text="FEEL, as the model has it.")
    holds = s.BooleanField()
    saw = PairsField(help_text="The values that it read, as you may see them.")


class Plannable(Shape):
    item = s.CharField(source="definition", help_text="What `plan` names it by.")
    name = s.CharField()
    within = s.IntegerField(help_text="Tells places apart that offer the same.")
    part = s.CharField()
    roles = NamesField(help_text="Groups that may add it; none: anybody who works the case.")
    because = BecauseShape(many=True)
    refused = s.CharField(help_text="Why you cannot add it now; empty where you can.")


class AddedShape(Shape):
    """A step that somebody added and that is not over."""

    item = s.IntegerField()
    name = s.CharField()
    part = s.CharField()


class ByHandShape(Shape):
    """Something to be done by hand."""

    item = s.IntegerField(help_text="0: the case itself.")
    how = s.CharField()
    name = s.CharField()
    part = s.CharField()


class ReferenceShape(Shape):
    label = s.CharField()
    sequence = s.IntegerField(help_text="The event of the history to read; 0: further back than was looked.")


class MemoryShape(Shape):
    """What a machine worked with and what came of it, by reference."""

    job = s.IntegerField()
    name = s.CharField()
    part = s.CharField()
    capability = s.CharField()
    actor = s.CharField()
    version = s.CharField()
    rules = s.CharField(help_text="The version of the case type that was in force.")
    at = s.DateTimeField()
    asked = ReferenceShape()
    given = ReferenceShape(many=True, help_text="What it read, and the event that wrote each.")
    answers = ReferenceShape(many=True)
    wrote = ReferenceShape(many=True)
    planned = ReferenceShape(many=True)
    refused = ReferenceShape(many=True)


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
    text = s.CharField(help_text="As the rule is written.")
    said = s.CharField(help_text="In words.")


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
    source = s.CharField(help_text="Where it came from in this case; empty where it was written anew since.")
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
    contested = s.CharField(help_text="How an objection of the person concerned stands; empty: there is none.")


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
    processes = StripShape(source="strips", many=True, help_text="How far each process and called case has come.")
    tasks = OpenTask(many=True)
    waiting = Awaited(source="awaited", many=True, help_text="What has to come in from outside.")
    coming = ComingShape(many=True, help_text="What happens by itself, the first due first.")
    machine_work = MachineWork(many=True)
    incidents = IncidentShape(source="troubles", many=True)
    plannable = Plannable(source="offered", many=True)
    not_plannable = Plannable(source="not_offered", many=True, help_text="Steps that you cannot add now, and why.")
    added = AddedShape(many=True, help_text="Steps that were added and can be removed.")
    by_hand = ByHandShape(many=True, help_text="What can be started, finished or let happen by hand.")
    changes = NamesField(help_text="What can be done to the whole case: suspend, resume, terminate, ...")
    memory = MemoryShape(source="memories", many=True)
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


class Conditions(s.DictField):
    child = s.ListField(child=s.CharField())


class Question(Shape):
    path = s.CharField(help_text="What `answers` names it by.")
    label = s.CharField()
    widget = s.CharField()
    help = s.CharField()
    choices = s.DictField(child=s.CharField())
    required = s.BooleanField(help_text="Unless a condition below says otherwise.")
    asked_when = Conditions(help_text="It is only asked when one of these paths has one of these answers; {}: always.")
    required_when = Conditions(help_text="It has to be answered when one of these paths has one of these answers.")
    required_unless = Conditions(help_text="It has to be answered unless one of these paths has one of these answers.")
    unchanged_when = Conditions(help_text="Then `initial` has to stand as it is.")
    least = s.IntegerField(help_text="Letters that the business unit of the case asks for at least; 0: it does not.")


class Suggestion(Shape):
    label = s.CharField()
    confidence = s.FloatField(allow_null=True)
    text = s.CharField()


class Task(Shape):
    id = s.IntegerField()
    name = s.CharField()
    part = s.CharField(help_text="The stages and parts of the case that it stands in.")
    state = s.ChoiceField(choices=["open", "suspended", "completed", "terminated"])
    ended = s.DateTimeField(allow_null=True)
    open = OpenTask(source="task", allow_null=True, help_text="Who has it and what you may do; null when it is over.")
    case = s.IntegerField()
    title = s.CharField()
    case_state = s.CharField()
    version = s.CharField()
    suggestion = Suggestion(allow_null=True)
    why_here = s.CharField(help_text="The rule that gave it to its group, in words; empty where none did.")
    form = Question(source="form.fields", many=True)
    initial = ObjectField(
        help_text="What stands in the form at first, by path. Sent back unchanged, it is taken as it is."
    )
    data = ObjectField(source="view.data", help_text="The case's data, as you may see it.")
    masked = NamesField(source="view.masked", help_text="JSON Pointers of what is masked for you.")
    results = Result(many=True)
    seen = s.CharField(
        source="signature", help_text="To be sent back with the answers where they sign what is shown; else empty."
    )
    decisions = DecisionShape(source="made", many=True)
