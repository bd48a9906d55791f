"""How does an agent outside start a case here and follow it? (A2A 1.0 over HTTP+JSON)

As the person whose token it carries, with their rights and masks: a message brings a case in, and the case is the task.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from casework.access import permissions
from casework.agents.a2a import pushes
from casework.agents.a2a.door import A2AView, wrong_version
from casework.agents.a2a.shapes import (
    MESSAGE,
    WORKING,
    Begins,
    OneTask,
    OwnTasks,
    OwnTasksFilter,
    SendMessage,
    TaskAnswer,
    TaskShape,
)
from casework.agents.a2a.stream import EVENTS, handed_over, may_follow, streamed
from casework.agents.a2a.task import begun, is_over, is_settled, own_tasks, task_of
from casework.cases.api.rendering import person
from casework.cases.services import case_viewed
from casework.intake.api import brought_in
from casework.models import Case
from casework.web.api.docs import described, example
from casework.web.api.errors import error, refusal
from orchestration.ground.refusals import Refused

Json = dict[str, Any]
ONE_PART: Final = {"message.parts": "One part is expected, `data` with case_type and data."}
NEW: Final = "Each message begins a case. Tasks of people are completed by the API or by MCP, not by a further message."
NO_WAITING: Final = "This server cannot wait. Send returnImmediately: true, and ask for the task again later."
NOT_ENDED: Final = "A case is not ended from here. Who may end it does so on its page."
STREAM: Final = {(200, EVENTS): str}


class SendView(A2AView):
    @described(
        "Bring a case in as an agent", {200: TaskAnswer}, 400, 403, 409, request=SendMessage, tags=["agents"],
        examples=(example("A complaint", MESSAGE, request=True), example("Under way", {"task": WORKING}, "200")),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A2A 1.0: needs the header `A2A-Version: 1.0`. The same message again gives the same task. The
        answer waits, at most a minute, until the task is over or asks for something; with `returnImmediately: true`
        it does not wait."""
        outcome = _sent(request, may_wait=True)
        return outcome if isinstance(outcome, Response) else Response({"task": outcome[0]})


class StreamView(A2AView):
    @described(
        "Bring a case in as an agent and stay on the line", STREAM, 400, 403, 409, request=SendMessage,
        tags=["agents"], examples=(example("A complaint", MESSAGE, request=True),),
    )  # fmt: skip
    def post(self, request: Request) -> Response | HttpResponse:
        """A2A 1.0, server-sent events: the task, then each change of it, until it is completed."""
        outcome = _sent(request)
        return outcome if isinstance(outcome, Response) else streamed(request, *outcome)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class SubscribeView(A2AView):
    @described("Stay on the line about a case as an agent", STREAM, 400, 403, 404, tags=["agents"])
    def get(self, request: Request, case: int) -> Response | HttpResponse:
        """A2A 1.0, server-sent events: the task as it is, then each change of it, until it is completed."""
        return _followed(request, case)

    @described(
        "Stay on the line about a case as an agent, by POST", STREAM, 400, 403, 404, request=None, tags=["agents"]
    )
    def post(self, request: Request, case: int) -> Response | HttpResponse:
        """As by GET: both are in use among agents. Nothing is changed by it."""
        return _followed(request, case)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class TaskView(A2AView):
    @described(
        "Follow a case as an agent", {200: TaskShape}, 400, 403, 404, parameters=[OneTask], tags=["agents"],
        examples=(example("Under way", WORKING, "200"),),
    )  # fmt: skip
    def get(self, request: Request, case: int) -> Response:
        """A2A 1.0: needs the header `A2A-Version: 1.0`."""
        found = permissions.case_for_user(person(request), case, "view")
        if wrong := wrong_version(request):
            return wrong
        OneTask.query(request)
        return Response(_read(request, found))


class TasksView(A2AView):
    @described(
        "List what an agent brought in", {200: OwnTasks}, 400, 403, parameters=[OwnTasksFilter], tags=["agents"],
        examples=(example("One", {"tasks": [WORKING], "nextPageToken": "", "pageSize": 20, "totalSize": 1}, "200"),),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """A2A 1.0. The cases that you brought in and may see, the newest first. A page of one state may be short."""
        if wrong := wrong_version(request):
            return wrong
        given = OwnTasksFilter.query(request)
        tasks, following, size = own_tasks(person(request), given)
        return Response({"tasks": tasks, "nextPageToken": following, "pageSize": len(tasks), "totalSize": size})


class CancelView(A2AView):
    @described("Ask as an agent that a case ends", {200: TaskShape}, 400, 403, 404, request=None, tags=["agents"])
    def post(self, request: Request, case: int) -> Response:
        """A2A 1.0. Always refused (400, `TASK_NOT_CANCELABLE`): people end cases."""
        permissions.case_for_user(person(request), case, "view")
        return wrong_version(request) or error(400, "not-cancelable", NOT_ENDED)


def _sent(request: Request, *, may_wait: bool = False) -> tuple[Json, Case | None] | Response:
    """The task that a message begins, or why it begins none."""
    if wrong := wrong_version(request):
        return wrong
    sent = SendMessage.body(request)
    message, push = sent["message"], sent["configuration"].get("taskPushNotificationConfig")
    waits = may_wait and not sent["configuration"].get("returnImmediately", False)
    if waits and not may_follow(request):
        return error(400, "unsupported", NO_WAITING)
    if message["taskId"]:
        return error(400, "unsupported", NEW)
    given = message["parts"][0].get("data")
    begins = Begins(data=given)
    if not begins.is_valid() or set(given) != set(begins.fields):
        return error(400, "invalid", "Correct what `errors` names and send it again.", ONE_PART)
    if push is not None and (why := pushes.wrong_address(push["url"])):
        return error(400, "invalid", why, {"configuration.taskPushNotificationConfig.url": why})
    found = brought_in(person(request), begins.validated_data["case_type"], message["messageId"], given["data"])
    if found.status_code not in (200, 201):
        return found
    outcome = _pushed(request, found.data["id"], push)
    if not waits or isinstance(outcome, Response) or outcome[1] is None or is_settled(outcome[0]):
        return outcome
    return handed_over(request, outcome[0], outcome[1]) or outcome


def _followed(request: Request, case: int) -> Response | HttpResponse:
    found = permissions.case_for_user(person(request), case, "view")
    return wrong_version(request) or streamed(request, _read(request, found), found)


def _pushed(request: Request, number: int, push: Json | None) -> tuple[Json, Case | None] | Response:
    task, case = begun(person(request), number)
    if push is not None and case is not None:
        kept = pushes.push_keep(person=person(request), token=request.auth, case=case, asked=push)
        if isinstance(kept, Refused):
            return refusal(kept)
    return task, case


def _read(request: Request, case: Case) -> Json:
    """The task; where it gives out what the case holds, that is kept as a look at it."""
    task = task_of(person(request), case)
    if is_over(task):
        case_viewed(by=person(request), case=case)
    return task
