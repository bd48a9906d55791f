"""What does a program send to and get from the registry of actors?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from casework.cases.api.json_fields import ObjectField
from casework.cases.api.requests import Sent
from casework.cases.api.shapes import Shape
from orchestration.models import ActorVersion


class VersionShape(Shape):
    """One version of what an actor is made of."""

    id = s.IntegerField()
    version = s.CharField(help_text="The beginning of the SHA-256 of what it is made of.")
    state = s.ChoiceField(choices=ActorVersion.State.values)
    share = s.IntegerField(help_text="Of a hundred cases, how many get it.")
    metrics = ObjectField(help_text="What was measured when it was registered.")
    note = s.CharField()
    registered_by = s.CharField()
    created = s.DateTimeField()
    tried = s.IntegerField(help_text="Jobs on which it was tried, replayed or in the shadow.")
    agreed = s.IntegerField(help_text="Of those, how many agree with what was used.")


class ActorShape(Shape):
    key = s.CharField()
    name = s.CharField()
    kind = s.CharField()
    capability = s.CharField()
    origin = s.CharField(help_text="What it is made of, as people say it.")
    owner = s.CharField()
    rank = s.IntegerField(help_text="Of several that can do the same, the lowest is asked first.")
    enabled = s.BooleanField(help_text="False while it is stopped.")
    card = ObjectField(help_text="All else that is declared of it: the form of the page has the same places.")
    versions = VersionShape(many=True)


class AskedShape(Shape):
    """It was asked for, and holds once another administrator agrees."""

    waiting = s.BooleanField()
    message = s.CharField()


class ActorList(Shape):
    results = ActorShape(many=True)


class NewVersion(Sent):
    artefact = s.CharField(max_length=28_000_000, help_text="What it is made of, as base64 (RFC 4648). Never a pickle.")
    metrics = ObjectField(required=False, default=dict, help_text="What was measured: names with figures.")
    note = s.CharField(required=False, default="", allow_blank=True, max_length=500, help_text="What is new in it.")


class NewActor(Sent):
    key = s.CharField(max_length=50, help_text="Small letters, digits and hyphens.")
    name = s.CharField(max_length=200)
    kind = s.CharField(max_length=40)
    capability = s.CharField(max_length=100, help_text="What it can do, as steps ask for it.")
    origin = s.CharField(required=False, default="", allow_blank=True, max_length=200)
    owner = s.CharField(required=False, default="", allow_blank=True, max_length=200)
    rank = s.IntegerField(required=False, default=0)
    card = ObjectField(required=False, default=dict)
    artefact = s.CharField(
        required=False, default="", allow_blank=True, max_length=28_000_000,
        help_text="Its first version, as base64; may be left out where its work is fetched.",
    )  # fmt: skip
    metrics = ObjectField(required=False, default=dict)
    note = s.CharField(required=False, default="", allow_blank=True, max_length=500)


class CardChange(Sent):
    card = ObjectField(help_text="The whole card, in place of the one that stands.")
    reason = s.CharField(max_length=500, help_text="Why; kept with the change.")
    name = s.CharField(required=False, max_length=200)
    origin = s.CharField(required=False, allow_blank=True, max_length=200)
    owner = s.CharField(required=False, allow_blank=True, max_length=200)
    rank = s.IntegerField(required=False)


class VersionStep(Sent):
    state = s.ChoiceField(choices=ActorVersion.State.values, help_text="Where it is to go.")
    share = s.IntegerField(required=False, default=0, min_value=0, max_value=99, help_text="With `share`: per cent.")
    reason = s.CharField(required=False, default="", allow_blank=True, max_length=500)


class Switch(Sent):
    enabled = s.BooleanField(help_text="False stops it everywhere at once; true lets it loose.")
    reason = s.CharField(required=False, default="", allow_blank=True, max_length=500, help_text="Why; needed to stop.")


def version_shown(row: ActorVersion, tried: tuple[int, int]) -> dict[str, Any]:
    """A version as the API gives it; `tried`: on how many jobs, and how many of those agree."""
    names = ("version", "state", "share", "metrics", "note", "registered_by", "created")
    return {"id": row.pk, "tried": tried[0], "agreed": tried[1]} | {name: getattr(row, name) for name in names}
