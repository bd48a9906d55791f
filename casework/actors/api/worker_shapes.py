"""What does an outside worker get?"""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers as s

from casework.cases.api.json_fields import AnyField
from casework.cases.api.shapes import Shape

AT: Final = "2026-11-29T09:30:00Z"


class FetchedJob(Shape):
    lease = s.CharField(help_text="By this you extend it and bring its result.")
    job = s.CharField(help_text="The same for every attempt: your key of idempotency towards others.")
    capability = s.CharField()
    step = s.CharField(help_text="What the step is called in the model.")
    input = AnyField(help_text="What you may see of it.")
    attempt = s.IntegerField()
    priority = s.IntegerField(help_text="Above 0 it is urgent.")
    until = s.DateTimeField(help_text="When your lease ends, unless you extend it.")
    limit = s.DateTimeField(help_text="Beyond this it cannot be extended.")
    objection = s.CharField(help_text="What the guardrails had against your answer before; mostly empty.")


class Fetched(Shape):
    jobs = FetchedJob(many=True)


class Extended(Shape):
    lease = s.CharField()
    until = s.DateTimeField()


class Outcome(Shape):
    """`state`: done, person, retry or incident."""

    state = s.CharField()
    message = s.CharField()


class Kept(Shape):
    picture = s.CharField()


KEPT: Final = {"picture": "0" * 64 + ".png"}
FETCHED: Final[dict[str, Any]] = {
    "jobs": [{
        "lease": "Yq0rVJ3dPz6WcT1uN8sLm2xFbHk4Ea5G", "job": "17-8", "capability": "goodwill", "step": "Key it in",
        "input": {"account": "4711", "amount": 25}, "attempt": 1, "priority": 0, "until": AT, "limit": AT,
        "objection": "",
    }]
}  # fmt: skip
EXTENDED: Final = {"lease": "Yq0rVJ3dPz6WcT1uN8sLm2xFbHk4Ea5G", "until": AT}
OUTCOME: Final = {"state": "done", "message": "Taken into the case."}
