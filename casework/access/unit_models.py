"""Which rows say what business units there are, and who and what belongs to them?

The whole organisation is the root of the tree and no row: what has no unit belongs to it, and a right for it holds
everywhere. So a product in which nobody made a unit goes on as it was.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class BusinessUnit(models.Model):
    """A part of the organisation. `path`: the units above it, from the top, and itself, so that one look says whether a
    case is below."""

    key = models.CharField(max_length=40, unique=True, help_text="how files, the API and the history name it, for good")
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    path = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    policy = models.JSONField(default=dict, db_default={}, help_text="by what it is stricter, with those above it")

    def __str__(self) -> str:
        return self.name


class HomeUnit(models.Model):
    """Where a person belongs: what their groups give them holds there and below."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="home_unit")
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, related_name="homes")

    def __str__(self) -> str:
        return f"{self.person_id} in {self.unit_id}"


class GroupUnit(models.Model):
    """Where a group belongs: what it gives anybody holds there and below, and nowhere else."""

    group = models.OneToOneField(Group, models.CASCADE, primary_key=True, related_name="unit_of_group")
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, related_name="groups")

    def __str__(self) -> str:
        return f"group {self.group_id} in {self.unit_id}"


class UnitRole(models.Model):
    """For which unit a person has a role (a group of theirs), instead of where they belong; null: everywhere."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="unit_roles")
    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, related_name="roles", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "group", "unit"], name="unit_role_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.group_id} in {self.unit_id}"


class UnitAddress(models.Model):
    """A mail address of a unit: what is sent there comes in there."""

    address = models.EmailField(max_length=254, unique=True, help_text="in small letters")
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, related_name="addresses")

    def __str__(self) -> str:
        return f"{self.address} of {self.unit_id}"


class UnitPolicy(models.Model):
    """By what a unit, and all below it, is stricter than the organisation: one row a kind and subject."""

    unit = models.ForeignKey(BusinessUnit, models.CASCADE, related_name="policies")
    kind = models.CharField(max_length=20)
    subject = models.CharField(
        max_length=120, blank=True, help_text="a case type, a capability, a path: as the kind has it"
    )
    value = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "subject"], name="unit_policy_once"),
            models.CheckConstraint(condition=~Q(kind=""), name="unit_policy_has_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} of {self.unit_id}"


class Reach(models.Model):
    """A view: where a group of somebody's holds for them; `unit` 0: everywhere."""

    pk = models.CompositePrimaryKey("person_id", "group_id", "unit")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    group = models.ForeignKey(Group, models.DO_NOTHING, related_name="+")
    unit = models.BigIntegerField(db_column="unit_id")

    class Meta:
        managed = False
        db_table = "casework_reach"

    def __str__(self) -> str:
        return f"{self.person_id} as {self.group_id} in {self.unit}"


class Sight(models.Model):
    """A view: where anything of somebody's holds; `unit` 0: everywhere."""

    pk = models.CompositePrimaryKey("person_id", "unit")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    unit = models.BigIntegerField(db_column="unit_id")

    class Meta:
        managed = False
        db_table = "casework_sight"

    def __str__(self) -> str:
        return f"{self.person_id} in {self.unit}"
