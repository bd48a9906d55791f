"""Which rows do lists need beside the cases themselves?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from orchestration.models import Instance


class ListedValue(models.Model):
    """What a case says in a field by which lists filter and order: a projection of its data (`lists.projection`).

    Written in the statement of the step that changes the data. One of `words`, `number` and `moment` is set.
    """

    pk = models.CompositePrimaryKey("instance_id", "field")
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    field = models.CharField(max_length=200, help_text="its dotted place in the data")
    level = models.SmallIntegerField(help_text="the rank of the lowest clearance that is shown the value in clear")
    words = models.CharField(  # noqa: DJ001 - the index leaves out what is no text
        max_length=200, null=True, blank=True, db_collation="C", help_text="folded"
    )
    number = models.FloatField(null=True, blank=True)
    moment = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["field", kind, "instance"], include=["level"], condition=Q(**{f"{kind}__isnull": False}),
                name=f"listed_{kind}",
            )
            for kind in ("words", "number", "moment")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.field} of {self.instance_id}"


class SavedView(models.Model):
    """A list as somebody set it, under a name, for themselves or for a group of theirs (`lists.saved`).

    One without a name is a filter that they have begun to set and not shown yet (`lists.begun`).
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, help_text="of which list")
    name = models.CharField(max_length=60)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="+")
    opens = models.BooleanField(
        default=False, db_default=False, help_text="the list of its group opens with it, for who has chosen no other"
    )
    query = models.TextField(blank=True, help_text="what the address of the list says")
    kept = models.DateTimeField(null=True, blank=True, help_text="of one without a name: when it was last touched")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "name"], name="view_named_once"),
            models.UniqueConstraint(fields=["group", "kind"], condition=Q(opens=True), name="group_opens_one_view"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.owner_id}"


class DefaultView(models.Model):
    """With which view somebody's page of a list opens; null: with none, whatever their group's opens with."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, help_text="of which list")
    view = models.ForeignKey(SavedView, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="default_view_once")]

    def __str__(self) -> str:
        return f"{self.person_id} opens {self.view_id}"
