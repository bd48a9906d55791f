"""An offer says of which case it is: lists that are filtered by what cases say ask its index, and no task's row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

OF_CASES = """
update orchestration_taskcandidate c set instance_id = t.instance_id
from orchestration_humantask t where t.id = c.task_id
"""
OPEN = Q(state__in=["open", "suspended"])
FREE = Q(assigned=False, suspended=False)
NAMED = ~Q(user=None)


def instance(**more):
    return models.ForeignKey(
        "orchestration.instance", django.db.models.deletion.CASCADE, related_name="+", db_index=False,
        db_constraint=False, help_text="that of the task", **more,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("orchestration", "0025_unit_of_offer"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex("humantask", "task_mine"),
        migrations.RemoveIndex("taskcandidate", "candidate_of_group"),
        migrations.RemoveIndex("taskcandidate", "candidate_of_person"),
        migrations.RemoveIndex("taskcandidate", "candidate_unassigned"),
        migrations.RemoveIndex("taskcandidate", "candidate_of_unit"),
        migrations.AddField("taskcandidate", "instance", instance(null=True)),
        migrations.RunSQL(OF_CASES, migrations.RunSQL.noop),
        migrations.AlterField("taskcandidate", "instance", instance()),
        migrations.AddIndex(
            "humantask",
            models.Index(
                fields=["assignee", "due", "id"], include=["instance", "state"], condition=OPEN, name="task_mine"
            ),
        ),
        migrations.AddIndex(
            "taskcandidate",
            models.Index(
                fields=["group", "due", "task"], include=["instance", "assigned", "suspended"], name="candidate_of_group"
            ),
        ),
        migrations.AddIndex(
            "taskcandidate",
            models.Index(
                fields=["group", "due", "task"], include=["instance"], condition=FREE, name="candidate_unassigned"
            ),
        ),
        migrations.AddIndex(
            "taskcandidate",
            models.Index(
                fields=["user", "due", "task"], include=["instance", "assigned", "suspended"], condition=NAMED,
                name="candidate_of_person",
            ),
        ),
        migrations.AddIndex(
            "taskcandidate",
            models.Index(
                fields=["group", "unit", "due", "task"], include=["instance", "assigned", "suspended"],
                condition=~Q(unit=0), name="candidate_of_unit",
            ),
        ),
        migrations.AddIndex(
            "taskcandidate",
            models.Index(
                fields=["instance"], include=["task", "group", "user", "unit", "due", "assigned", "suspended"],
                name="candidate_of_case",
            ),
        ),
    ]  # fmt: skip
