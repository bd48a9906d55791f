"""Which rows do people see and which say what they may do?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.functional import cached_property
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from orchestration.models import Instance


class Case(models.Model):
    """What people call a case: the searchable face of a root instance. Its data stands in the instance."""

    instance = models.OneToOneField(Instance, models.CASCADE, related_name="case")
    case_type = models.CharField(max_length=64)
    source = models.CharField(max_length=64, help_text="who sent it in: form, api, a file")
    reference = models.CharField(max_length=100, help_text="the sender's own reference: intake twice makes one case")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=64, help_text="the named state that people speak of")
    closed = models.BooleanField(default=False)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_type", "source", "reference"], name="intake_once")]
        indexes = [
            models.Index(fields=["-created", "-id"], name="case_newest"),
            models.Index(fields=["state", "-created"], condition=Q(closed=False), name="case_open_by_state"),
            models.Index(OpClass(Upper("reference"), "text_pattern_ops"), name="case_by_reference"),
        ]
        permissions = [
            ("work_case", "May work the case's tasks"),
            ("reply_case", "May hand in from outside what the case waits for"),
            ("reveal_case", "May reveal masked data, with a reason"),
            ("audit_case", "May read and verify the case's history"),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def granted(self) -> dict[int, frozenset[str]]:
        """What was found that people (by id) may do to this row since it was fetched; `access.permissions` fills it."""
        return {}


class CaseUserObjectPermission(UserObjectPermissionBase):
    """Guardian's direct table: a person's permission on one case."""

    content_object = models.ForeignKey(Case, models.CASCADE)


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian's direct table: a group's permission on one case."""

    content_object = models.ForeignKey(Case, models.CASCADE)


class GroupClearance(models.Model):
    """How much a group may see unmasked; a person has the highest of their groups'."""

    class Level(models.TextChoices):
        PUBLIC = "public"
        INTERNAL = "internal"
        CONFIDENTIAL = "confidential"
        RESTRICTED = "restricted"

    group = models.OneToOneField(Group, models.CASCADE, related_name="clearance")
    level = models.CharField(max_length=12, choices=Level, default=Level.INTERNAL)

    def __str__(self) -> str:
        return f"{self.group_id}: {self.level}"


class Reveal(models.Model):
    """A masked field that a person may see for a while, and why they asked."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reveals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "person", "until"], name="reveal_lookup")]

    def __str__(self) -> str:
        return f"{self.person_id} sees {self.path} of case {self.case_id}"


class Proposal(models.Model):
    """What an admin has uploaded, sound and ready to become a version, until they publish or discard it."""

    key = models.CharField(max_length=64)
    based_on = models.IntegerField(help_text="the version that it was compared with; 0: the case type was new")
    files = models.JSONField(help_text="all files of the version that it would make, by name")
    left_out = models.JSONField(default=list, help_text="names in the upload that make no part of a version")
    source = models.CharField(max_length=200, help_text="the name of the uploaded file")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="proposals")
    created = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key} from {self.source}"


class SignInLimit(models.Model):
    """How often sign-in has failed for a name or an address (a keyed digest); `until`: when it may be tried again."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.IntegerField()
    last = models.DateTimeField(db_index=True)
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.failures} failures"


class UnsentForm(models.Model):
    """What somebody typed into a form that could not be taken, because their session had ended."""

    token = models.CharField(max_length=43, unique=True, help_text="names it in the address of the page")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    action = models.CharField(max_length=500, help_text="the address that the form was sent to")
    fields = models.TextField(help_text="names and values, as a form sends them")
    created = models.DateTimeField()

    def __str__(self) -> str:
        return f"a form for {self.action}"
