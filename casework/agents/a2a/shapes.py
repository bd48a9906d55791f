"""What do agents outside send, and how do the answers read? (A2A 1.0, 4)"""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers as s

from casework.cases.api import requests
from casework.cases.api.json_fields import ObjectField

MESSAGE: Final = {
    "message": {
        "messageId": "m-1", "role": "ROLE_USER",
        "parts": [{"data": {"case_type": "complaint", "data": {"message": "Where is my refund?"}}}],
    }
}  # fmt: skip
WORKING: Final = {
    "id": "17", "contextId": "17", "status": {"state": "TASK_STATE_WORKING", "timestamp": "2026-11-29T10:00:00Z"},
    "artifacts": [], "metadata": {"state": "Being analysed"},
}  # fmt: skip
STATES: Final = ("WORKING", "INPUT_REQUIRED", "COMPLETED")
PUSH: Final = {"id": "p-1", "taskId": "17", "url": "https://agent.example/told", "token": "of yours"}


class Begins(requests.Sent):
    """What the part of a message holds: the case that begins."""

    case_type = s.CharField(max_length=64)
    data = ObjectField()  # type: ignore[assignment]


class Message(requests.Sent):
    messageId = s.CharField(max_length=100, help_text="Yours; the same again is the same case.")
    role = s.ChoiceField(choices=["ROLE_USER"])
    parts = s.ListField(child=ObjectField(), min_length=1, max_length=1, help_text="One, `data`: what begins.")
    contextId = s.CharField(required=False, default="", max_length=100, allow_blank=True)
    taskId = s.CharField(required=False, default="", max_length=100, allow_blank=True)
    metadata = ObjectField(required=False, default=dict, help_text="Read by nobody.")


class Authentication(requests.Sent):
    scheme = s.RegexField(r"^[A-Za-z][A-Za-z0-9-]*$", max_length=40, help_text="`Bearer`, for example.")
    credentials = s.CharField(required=False, default="", max_length=2000, help_text="Kept sealed, never shown again.")


class PushConfig(requests.Sent):
    """Where an agent wants to be told. Names that only repeat the address are taken and not read."""

    id = s.CharField(required=False, default="", max_length=100, help_text="Yours; ours where it is left out.")
    taskId = s.CharField(required=False, default="", max_length=100)
    tenant = s.CharField(required=False, default="", allow_blank=True, max_length=100)
    url = s.URLField(max_length=1000, help_text="Its host has to be one that is named for agents.")
    token = s.CharField(required=False, default="", max_length=500, help_text="Sent as X-A2A-Notification-Token.")
    authentication = Authentication(required=False, default=None, allow_null=True)


class Configuration(requests.Sent):
    acceptedOutputModes = s.ListField(child=s.CharField(max_length=200), required=False, help_text="Read by nobody.")
    taskPushNotificationConfig = PushConfig(required=False, default=None, allow_null=True)
    historyLength = s.IntegerField(required=False, default=0, help_text="Read by nobody: there are no messages.")
    returnImmediately = s.BooleanField(
        required=False, default=False, help_text="True: the answer waits for nothing. Else it waits, at most a minute."
    )


class SendMessage(requests.Sent):
    tenant = s.CharField(required=False, default="", allow_blank=True, max_length=100, help_text="Read by nobody.")
    message = Message()
    configuration = Configuration(required=False, default=dict)
    metadata = ObjectField(required=False, default=dict, help_text="Read by nobody.")


class OneTask(requests.Sent):
    historyLength = s.IntegerField(required=False, default=0, help_text="Read by nobody: there are no messages.")


class TaskShape(s.Serializer[Any]):
    id = s.CharField(help_text="The number of the case.")
    contextId = s.CharField()
    status = ObjectField(
        help_text="`state`: WORKING, INPUT_REQUIRED (a task waits that you may do), COMPLETED; SUBMITTED where you may "
        "bring cases in and not look at them."
    )
    artifacts = s.ListField(child=ObjectField(), help_text="When it is completed: the case as you may see it.")
    metadata = ObjectField(help_text="`state`: for who may see the case, the named state that people speak of.")


class OwnTasksFilter(requests.Sent):
    contextId = s.IntegerField(required=False, default=0, min_value=0, max_value=2**62, help_text="A task's own.")
    status = s.ChoiceField(choices=[f"TASK_STATE_{one}" for one in STATES], required=False, default="")
    pageSize = s.IntegerField(required=False, default=20, min_value=1, max_value=50)
    pageToken = s.IntegerField(required=False, default=0, min_value=0, max_value=2**62, help_text="Of the page before.")
    includeArtifacts = s.BooleanField(required=False, default=False)
    historyLength = s.IntegerField(required=False, default=0, help_text="Read by nobody: there are no messages.")


class OwnTasks(s.Serializer[Any]):
    tasks = s.ListField(child=TaskShape())
    nextPageToken = s.CharField(help_text="Empty on the last page.")
    pageSize = s.IntegerField()
    totalSize = s.IntegerField(help_text="Of all that you brought in and may see, in whatever state.")


class TaskAnswer(s.Serializer[Any]):
    task = TaskShape()


class PushShape(s.Serializer[Any]):
    id = s.CharField()
    taskId = s.CharField()
    url = s.CharField()


class PushList(s.Serializer[Any]):
    configs = PushShape(many=True)
