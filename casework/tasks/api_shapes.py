"""What does a program send to find tasks, and what does it get?"""

from __future__ import annotations

from rest_framework import serializers as s

from casework.cases.api.requests import PAGE, PAGE_MOST, AfterField, Sent
from casework.cases.api.shapes import Shape
from casework.tasks.inbox import TABS


class TaskFilter(Sent):
    scope = s.ChoiceField(choices=[*(tab for tab in TABS if tab != "soon"), "due-soon"], required=False, default="mine")
    after = AfterField()
    limit = s.IntegerField(required=False, default=PAGE, min_value=1, max_value=PAGE_MOST)


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
