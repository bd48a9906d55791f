"""A suspended task stays offered, so that it is in the lists of those who may take it once the case goes on.

Tasks of cases that were ended while they were suspended had stayed suspended: they are over.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

OVER = """
update orchestration_humantask t set state = 'terminated' from orchestration_instance i
where i.id = t.instance_id and t.state = 'suspended' and i.status in ('terminated', 'closed')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orchestration", "0014_again_of"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(OVER, migrations.RunSQL.noop),
        migrations.RemoveIndex("humantask", "task_mine"),
        migrations.RemoveIndex("taskcandidate", "candidate_unassigned"),
        migrations.AddField("taskcandidate", "suspended", models.BooleanField(db_default=False, default=False)),
        migrations.AddIndex(
            "humantask",
            models.Index(
                condition=Q(("state__in", ["open", "suspended"])), fields=["assignee", "due", "id"], name="task_mine"
            ),
        ),
        migrations.AddIndex(
            "taskcandidate",
            models.Index(
                condition=Q(("assigned", False), ("suspended", False)), fields=["group", "due", "task"],
                name="candidate_unassigned",
            ),
        ),
    ]
