"""Which rows do giving out tasks by rule, and asking without the machine first, need?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from orchestration.models import HumanTask, Instance


class Skill(models.Model):
    """Something that a person knows how to do, from 1 (a little) to 5 (others ask them)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills", db_index=False)
    name = models.CharField(max_length=40)
    level = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="skill_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.level} of {self.person_id}"


class Turn(models.Model):
    """When a person was last given a task by rule."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="turn")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} at {self.at}"


class AutoAssignment(models.Model):
    """Whether new tasks of a case type are given out by its rules; off where no row says so."""

    case_type = models.CharField(max_length=64, primary_key=True)
    enabled = models.BooleanField(default=False)
    upto = models.BigIntegerField(default=0, help_text="tasks up to this number are not looked at any more")

    def __str__(self) -> str:
        return f"{self.case_type}: {'on' if self.enabled else 'off'}"


class Considered(models.Model):
    """A new task that the rules were asked of, whatever they said: one that is given back stays with its group."""

    task = models.OneToOneField(HumanTask, models.CASCADE, primary_key=True, related_name="considered")

    def __str__(self) -> str:
        return f"task {self.task_id}"


class BarredTask(models.Model):
    """Whom an open task is not offered to, because they may not do it (`casework.tasks.barred`)."""

    pk = models.CompositePrimaryKey("task_id", "who")
    task = models.ForeignKey(HumanTask, models.CASCADE, related_name="+", db_index=False)
    who = models.TextField(db_collation="C", help_text="what they did, or how they are named: `barred.signs_of`")

    class Meta:
        indexes = [models.Index(fields=["who", "task"], name="barred_of_person")]

    def __str__(self) -> str:
        return f"{self.who} from task {self.task_id}"


class FirstAnswer(models.Model):
    """An answer to the question that a case type puts otherwise in a share of its cases
    (`orchestration.casetypes.asked_first`), and what is counted of it: no words, and no person.

    `put`: blind or known, of an answer with which nothing was done; empty, of one that counted. `agreed`: with the
    machine; None: it was not asked. `fell`: accepted what is known to be wrong; None: that was not shown. `opened`:
    when the page came up on which it was given; None: it came without one.
    """

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="+")
    task = models.ForeignKey(HumanTask, models.CASCADE, related_name="+")
    put = models.CharField(max_length=5, blank=True)
    agreed = models.BooleanField(null=True)
    fell = models.BooleanField(null=True)
    opened = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="first_answer_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["instance"], condition=~Q(put=""), name="asked_first_once"),
            models.UniqueConstraint(fields=["task"], condition=Q(put=""), name="answered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.put or 'answer'} in task {self.task_id}"
