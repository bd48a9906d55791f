"""What have people said of a model's answers, in a fresh demo? Sample complaints that the demo's people answer.

`answered_complaints.csv` says of each what it is about and how it sounds, written before a model had read it. They come
in as samples do, are analysed by the models at work, and are answered by the tasks that everybody has: right is what
the table says. A worker has that done a few at a time, while the product is in use already; the other samples stay
open.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import structlog
from celery import shared_task
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from kombu.exceptions import OperationalError

from casework.intake.samples import SOURCE
from casework.intake.services import case_open
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.casetypes.form_answers import at_path
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell.selectors import data_of

log = structlog.get_logger()

CASE_TYPE: Final = "complaint"
TABLE: Final = Path(__file__).with_name("answered_complaints.csv")
JUDGING: Final = ("review", "senior_review")
"""The forms in which people say what a complaint is about."""
PEOPLE: Final = ("anna", "ben", "clara", "dora", "emil")
AT_ONCE: Final = 5
PAUSE: Final = 5.0
"""Seconds from one round to the next, so that whoever works meanwhile hardly waits."""
ROUNDS: Final = 100
LETTER: Final = (
    "Dear {customer.name},\n\nthank you for your message. We have passed it on to the colleagues who look after this, "
    "and write to you again within ten working days."
)
"""What people write where no draft fits."""

Row = Mapping[str, str]


def begin() -> None:
    """Have a worker begin. Where the queue is away, the demo goes without."""
    try:
        go_on.apply_async()
    except OperationalError:
        log.warning("the demo's complaints are not answered: the queue is away")


@shared_task(name="casework.demo.history", ignore_result=True)
def go_on(rounds: int = ROUNDS) -> None:
    """One round, and the next by a task of its own while anything is left. Never where people work for real."""
    if settings.PRODUCTION:
        return
    left = True
    try:
        left = one_round()
    finally:  # what broke once is tried again by the next
        if left and rounds > 1:
            go_on.apply_async((rounds - 1,), countdown=PAUSE)


def one_round() -> bool:
    """Bring in some more, and have those answered that are ready; whether anything is left."""
    rows = table()
    for task in _tasks().filter(state=HumanTask.State.OPEN).select_related("instance__case"):
        _answer(task, rows[task.instance.case.reference])
    there = set(_cases().values_list("reference", flat=True))
    for row in [row for reference, row in rows.items() if reference not in there][:AT_ONCE]:
        _open(row)
    answered = _tasks().filter(state=HumanTask.State.COMPLETED).values("instance").distinct().count()
    return answered < len(rows)


@cache
def table() -> Mapping[str, Row]:
    """The complaints by their references."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["reference"]: row for row in csv.DictReader(file)}


def _cases() -> QuerySet[Case]:
    return Case.objects.filter(case_type=CASE_TYPE, source=SOURCE, reference__in=table())


def _tasks() -> QuerySet[HumanTask]:
    return HumanTask.objects.filter(instance__case__in=_cases(), form__in=JUDGING)


def _open(row: Row) -> None:
    data = {"message": row["message"], "customer": {"name": row["name"], "email": row["email"]}}
    cause = f"{TABLE.name}: {row['reference']}"
    outcome = case_open(by=None, case_type=CASE_TYPE, reference=row["reference"], source=SOURCE, data=data, cause=cause)
    if isinstance(outcome, Refused):
        log.warning("a complaint of the demo was not opened", reference=row["reference"], reason=outcome.message)


def _answer(task: HumanTask, row: Row) -> None:
    """What the table says, by somebody whose group the rules have sent the task to."""
    people = User.objects.filter(username__in=PEOPLE, is_active=True, groups__in=task.candidates.values("group"))
    able = list(people.distinct().order_by("pk"))
    if not able:
        return
    by, data = able[task.pk % len(able)], data_of(task.instance)
    answers = said_of(row, at_path(data, "intent.label"), has_draft=bool(data.get("draft")))
    outcome = task_complete(by=by, task=task, answers=answers)
    if isinstance(outcome, Refused):
        log.warning("a complaint of the demo was not answered", task=task.pk, wrong=outcome.errors)


def said_of(row: Row, suggested: object, *, has_draft: bool) -> dict[str, str]:
    """The answer of somebody who knows what is right. What is not said stays as it was suggested."""
    right = {"category": row["category"], "tone": row["tone"]}
    if suggested == row["category"] and has_draft:
        return right | {"verdict": "accept"}
    letter = right | {"verdict": "change", "answer": LETTER}
    if suggested == row["category"]:
        return letter | {"reason_kind": "other", "reason": "No answer was drafted."}
    return letter | {"reason_kind": "topic"}
