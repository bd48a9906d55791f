"""Which call does one thing to many tasks, and takes it back?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.cases.api.rendering import person
from casework.tasks.api_shapes import ManyTaskResults, ManyTasks
from casework.tasks.many import Wish, carried_out, undo_word, undone
from casework.tasks.ordering import PRIORITIES
from casework.tasks.snooze import Until
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused


class ManyView(APIView):
    @described(
        "Work on many tasks", {200: ManyTaskResults}, 400, 409, request=ManyTasks,
        examples=(
            example("Give two to Ben", {"action": "assign", "tasks": [17, 18], "to": "ben", "note": "As agreed"},
                    request=True),
            example("Snooze one", {"action": "snooze", "tasks": [17], "until": "2026-12-01T08:00:00Z",
                                   "note": "The bank answers on Tuesday"}, request=True),
            example("Take three", {"action": "claim", "tasks": [17, 18, 19]}, request=True),
            example("One was taken", {"results": [{"task": 17, "done": True, "message": ""}], "undo": ""}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Each by itself: what cannot be done keeps no other from it. A result for each, in the order given."""
        by = person(request)
        given = ManyTasks.body(request)
        if given["action"] == "undo":
            outcome = undone(by, given["undo"])
            if isinstance(outcome, Refused):
                return refusal(outcome)
            return Response(ManyTaskResults({"results": outcome, "undo": ""}).data)
        results = carried_out(by, given["tasks"], _wish(given))
        return Response(ManyTaskResults({"results": results, "undo": undo_word(by, results)}).data)


def _wish(given: Mapping[str, Any]) -> Wish:
    if given["action"] == "due" and given["due"] is None:
        raise s.ValidationError({"due": "Say when it is due."})
    priority, until = PRIORITIES[given["priority"]], Until(given["until"])
    return Wish(given["action"], _receiver(given["to"]), given["note"], priority, given["due"], until, given["tag"])


def _receiver(name: str) -> User | None:
    found = User.objects.filter(username=name).first() if name else None
    if name and found is None:
        raise s.ValidationError({"to": "There is nobody of this name."})
    return found
