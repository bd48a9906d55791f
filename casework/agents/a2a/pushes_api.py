"""How does an agent outside say where it wants to be told of its task, and take that back? (A2A 1.0, 3.1.7)"""

from __future__ import annotations

from typing import Final

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from casework.access import permissions
from casework.agents.a2a import pushes
from casework.agents.a2a.door import A2AView, wrong_version
from casework.agents.a2a.shapes import PUSH, PushConfig, PushList, PushShape
from casework.agents.models import TaskPush
from casework.cases.api import requests
from casework.cases.api.rendering import person
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused

NONE: Final = "There is no such address, or it is another's."


class PushesView(A2AView):
    @described("See where an agent is told of its task", {200: PushList}, 400, 403, 404, tags=["agents"])
    def get(self, request: Request, case: int) -> Response:
        """A2A 1.0. Your own; tokens and credentials are not shown again."""
        found = permissions.case_for_user(person(request), case, "view")
        if wrong := wrong_version(request):
            return wrong
        rows = TaskPush.objects.filter(case=found, person=person(request)).order_by("pk")
        return Response({"configs": [pushes.shown(row) for row in rows]})

    @described(
        "Have an agent told of its task", {200: PushShape}, 400, 403, 404, 409, request=PushConfig, tags=["agents"],
        examples=(example("With a token", PUSH, request=True),),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """A2A 1.0. The same `id` again replaces what it named. It ends with the task, your right or your token."""
        found = permissions.case_for_user(person(request), case, "view")
        if wrong := wrong_version(request):
            return wrong
        asked = PushConfig.body(request)
        kept = pushes.push_keep(person=person(request), token=request.auth, case=found, asked=asked)
        return refusal(kept) if isinstance(kept, Refused) else Response(pushes.shown(kept))


class PushView(A2AView):
    @described("See one address where an agent is told", {200: PushShape}, 400, 403, 404, tags=["agents"])
    def get(self, request: Request, case: int, name: str) -> Response:
        """A2A 1.0."""
        row = _row(request, case, name)
        return wrong_version(request) or Response(pushes.shown(row))

    @described("Tell an agent no more", {200: PushShape}, 400, 403, 404, tags=["agents"])
    def delete(self, request: Request, case: int, name: str) -> Response:
        """A2A 1.0. The answer is what it was."""
        row = _row(request, case, name)
        if wrong := wrong_version(request):
            return wrong
        requests.Nothing.query(request)
        was = pushes.shown(row)
        row.delete()
        return Response(was)


def _row(request: Request, case: int, name: str) -> TaskPush:
    found = permissions.case_for_user(person(request), case, "view")
    row = TaskPush.objects.filter(case=found, person=person(request), name=name).first()
    if row is None:
        raise Http404(NONE)
    return row
