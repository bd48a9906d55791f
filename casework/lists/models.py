"""Which rows do lists need beside the cases themselves?"""

from __future__ import annotations

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
