"""Which calls show people's tasks and work on them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions, trail
from casework.access.within import limited_to
from casework.cases.api import requests, shapes
from casework.cases.api.examples import TASK, TASKS
from casework.cases.api.rendering import person, progress
from casework.cases.services import case_viewed
from casework.lists.api import saved_alone, without_fault
from casework.lists.asked import given_filters, is_filter
from casework.lists.choosable import choosable
from casework.lists.columns import Column, chosen
from casework.lists.state import INBOX
from casework.tasks import services
from casework.tasks.api_shapes import TaskFilter, TaskList
from casework.tasks.grouped import groupings_of_tasks
from casework.tasks.inbox import inbox_page
from casework.tasks.place import LATE, NEXT, OWN_ORDERS, Place
from casework.tasks.task_page import task_page
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

TAB = {"due-soon": "soon"}
"""Scopes that the inbox calls otherwise."""


class TasksView(APIView):
    @described(
        "Find open tasks", {200: TaskList}, 400, 404, parameters=[TaskFilter],
        examples=(example("One task", TASKS, "200"),),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Yours, those offered to you or your groups, those that nobody has, due soon, all, or those that you have
        snoozed, which stand in no other list: first due first. Those that are done, by the last of the states alone.

        By state, whoever has them: `pending` (open, and its case is not suspended), `blocked` (its case is suspended,
        or something in it failed and waits for a decision; these may be pending, too),
        `approaching` (pending, and due within a day or late), and `completed` (done by you or people of your groups
        within 30 days, in cases that you see): newest first.

        Filters on the fields that case types list come beside these, by their dotted places: `is.channel=web` (several
        times: any of them), `from.amount=500`, `to.received=2026-11-29`, `begins.purchase.receipt=A-`; and
        `tag=call-back` (several times: all of them); `is.@unit=north`, a business unit with what is below it. A field
        that you may not read, or that is not there, is refused.
        """
        given = TaskFilter.query_with(request, is_filter)
        trail.list_read(request, "tasks")
        by = person(request)
        columns, by_what = choosable(by, groupings_of_tasks, limited_to(by))
        place = _saved(request, given["view"], columns) if given["view"] else _place(request, given)
        sought = without_fault(place.filters, "" if place.sort in OWN_ORDERS else place.sort, columns)
        page = inbox_page(
            user=by, tab=place.tab, now=clock.utc_now(), columns=chosen(columns, place.columns),
            asked=replace(sought, within=place.asked(columns, by_what).within),
            latest_first=place.sort == LATE, next_first=place.sort == NEXT, after=given["after"], limit=given["limit"],
        )  # fmt: skip
        return Response(TaskList(page).data)


def _place(request: Request, given: dict[str, Any]) -> Place:
    """The list that a call asks for itself."""
    filters, scope = given_filters(request.query_params.lists()), given["scope"]
    return replace(
        Place.standing(TAB.get(scope, scope)), sort=given["sort"], columns=tuple(given["columns"].split(",")),
        filters=filters,
    )  # fmt: skip


def _saved(request: Request, number: int, columns: Sequence[Column]) -> Place:
    """The list that a saved view keeps. Raises Http404, or ValidationError where more is asked for beside it."""
    return Place.of(saved_alone(request, number, INBOX, columns).asked)


class TaskView(APIView):
    @described("Read a task", {200: shapes.Task}, 400, 404, examples=(example("A draft to check", TASK, "200"),))
    def get(self, request: Request, task: int) -> Response:
        """The task with its form, the suggestion, and the case's data as you may see it. That you looked is kept."""
        by = person(request)
        found = permissions.task_for_user(by, task, "view")
        requests.Nothing.query(request)
        case_viewed(by=by, case=found.instance.case)
        return task_in_full(by, found)


class ClaimView(APIView):
    @described("Take a task", {200: shapes.Task}, 400, 403, 404, 409, request=None)
    def post(self, request: Request, task: int) -> Response:
        """Of two people at once one gets it, and the other is told who has it. Taking it twice changes nothing."""
        by = person(request)
        found = permissions.task_for_user(by, task, "claim")
        requests.Nothing.body(request)
        outcome = services.task_claim(by=by, task=found)
        return _worked(by, outcome)


class ReleaseView(APIView):
    @described("Give a task back", {200: shapes.Task}, 400, 403, 404, 409, request=None)
    def post(self, request: Request, task: int) -> Response:
        """To those whom it was offered to."""
        by = person(request)
        found = permissions.task_for_user(by, task, "release")
        requests.Nothing.body(request)
        outcome = services.task_release(by=by, task=found)
        return _worked(by, outcome)


class CompleteView(APIView):
    @described(
        "Complete a task", {200: shapes.Progress}, 400, 403, 404, 409, request=requests.Answers,
        examples=(
            example("The suggestion is right", {"answers": {"verdict": "accept"}}, request=True),
            example(
                "It is not", {"answers": {"verdict": "reject", "reason": "The customer asks about two things."}},
                request=True,
            ),
            example("The case goes on", {"case": 17, "state": "Completed", "closed": True}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, task: int) -> Response:
        """With the answers that its form asks for. A task that nobody has becomes yours by this. In a share of cases
        its question is put first without what a machine says, or beside what it did not: that answer is kept, nothing
        is done, and it is refused as `asked-again`; read the task anew and answer once more."""
        by = person(request)
        found = permissions.task_for_user(by, task, "complete")
        given = requests.Answers.body(request)
        outcome = services.task_complete(by=by, task=found, answers=given["answers"], seen_as=given["seen"])
        return refusal(outcome, "answers.") if isinstance(outcome, Refused) else progress(found.instance.case)


def task_in_full(by: User, task: HumanTask) -> Response:
    return Response(shapes.Task(task_page(user=by, task=task, now=clock.utc_now())).data)


def _worked(by: User, outcome: HumanTask | Refused) -> Response:
    if isinstance(outcome, Refused):
        return refusal(outcome)
    return task_in_full(by, permissions.task_for_user(by, outcome.pk, "view"))
