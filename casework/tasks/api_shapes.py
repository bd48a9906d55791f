"""What does a program send to find tasks, and what does it get?"""

from __future__ import annotations

from rest_framework import serializers as s

from casework.cases.api.requests import PAGE, PAGE_MOST, AfterField, Sent
from casework.cases.api.shapes import NextDeadline, Shape
from casework.tasks.assigning import NOTE_MOST
from casework.tasks.inbox import KEPT, LISTS
from casework.tasks.many import MOST, RIGHTS
from casework.tasks.ordering import PRIORITIES


class TaskFilter(Sent):
    scope = s.ChoiceField(
        choices=[*(tab for tab in LISTS if tab != "soon"), "due-soon"], required=False, default="mine"
    )
    view = s.IntegerField(
        required=False, default=0, min_value=0,
        help_text="A saved view (`/api/views/`) in place of scope, order, columns and filters.",
    )  # fmt: skip
    sort = s.CharField(
        required=False, default="", allow_blank=True, max_length=200,
        help_text="The dotted place of a field that case types list (`amount`), or that with `-` before it: "
        "the highest first; `@deadline`: when the next deadline of the case is due; `next`: what to do next, at risk, "
        "then the more urgent. Left out: what is due first.",
    )  # fmt: skip
    columns = s.CharField(
        required=False, default="", allow_blank=True, max_length=2000,
        help_text="Dotted places with commas between them: the fields that each task's `values` say.",
    )  # fmt: skip
    after = AfterField()
    limit = s.IntegerField(required=False, default=PAGE, min_value=1, max_value=PAGE_MOST)


class AsleepShape(Shape):
    until = s.DateTimeField(allow_null=True, help_text="null: until something happens in the case.")
    reason = s.CharField()


class TaskSummary(Shape):
    id = s.IntegerField()
    name = s.CharField()
    due = s.DateTimeField(allow_null=True)
    overdue = s.BooleanField()
    urgent = s.BooleanField()
    assignee = s.CharField(help_text="Who has it, or did it; empty where nobody has.")
    ended = s.DateTimeField(allow_null=True, help_text="When it was done; null: it is not.")
    mine = s.BooleanField()
    case = s.IntegerField()
    title = s.CharField()
    reference = s.CharField()
    state = s.CharField(help_text="The case's named state.")
    about = s.CharField(help_text="What tells its case from others, as you may see it.")
    why = s.CharField(help_text="Why it is here, in the words of the rule that sent it; empty where none did.")
    suggested = s.CharField(help_text="What a machine thinks that it is about; empty where none said.")
    sure = s.FloatField(allow_null=True, help_text="How sure the machine is, from 0 to 1.")
    at_risk = s.BooleanField(help_text="Less than a quarter of the time that it was given is left, or nothing.")
    groups = s.ListField(child=s.CharField(), help_text="Whom it is offered to.")
    tags = s.ListField(child=s.CharField(), help_text="The words that people have put on its case.")
    asleep = AsleepShape(allow_null=True, help_text="What you said when you snoozed it; null: you did not.")
    suspended = s.BooleanField(help_text="Its case is: nothing can be done here until somebody resumes it.")
    troubled = s.BooleanField(help_text="Something in its case failed, and nobody has decided about it.")
    values = s.DictField(help_text="By dotted place, in words; null where the case has no such value.")
    deadline = NextDeadline(allow_null=True, help_text="The open one of its case that is due first; null: none.")


class TaskList(Shape):
    results = TaskSummary(source="rows", many=True)
    counts = s.DictField(
        child=s.IntegerField(),
        help_text=f"Tasks that fit the filters: {', '.join(LISTS)} (of {KEPT.days} days). 1001: more than 1000.",
    )
    next = s.CharField(source="following", help_text="`after` of the next page; empty on the last one.")


class ManyTasks(Sent):
    action = s.ChoiceField(choices=[*RIGHTS, "undo"])
    tasks = s.ListField(child=s.IntegerField(min_value=1), max_length=MOST, required=False, default=list)
    to = s.CharField(
        required=False, default="", allow_blank=True, max_length=150,
        help_text="`assign`: the user name; left out: nobody, so that the task is back with its group.",
    )  # fmt: skip
    note = s.CharField(
        required=False, default="", allow_blank=True, max_length=NOTE_MOST, help_text="`assign`, `snooze`: why."
    )  # fmt: skip
    priority = s.ChoiceField(choices=list(PRIORITIES), required=False, default="normal", help_text="`priority`")
    due = s.DateTimeField(required=False, allow_null=True, default=None, help_text="`due`")
    until = s.DateTimeField(
        required=False, allow_null=True, default=None,
        help_text="`snooze`: until when; left out: until something happens in the case.",
    )  # fmt: skip
    tag = s.CharField(
        required=False, default="", allow_blank=True, max_length=30, help_text="`tag`: what the cases are tagged with."
    )  # fmt: skip
    undo = s.CharField(
        required=False, default="", allow_blank=True, max_length=60_000, help_text="`undo`: as it was answered."
    )


class ResultShape(Shape):
    task = s.IntegerField()
    done = s.BooleanField()
    message = s.CharField(help_text="Why not; empty where it was done.")


class ManyTaskResults(s.Serializer[object]):
    results = ResultShape(many=True)
    undo = s.CharField(help_text="What takes it back, for 15 minutes; empty where nothing can be taken back.")
