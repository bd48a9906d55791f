"""Offers of tasks stand by the part of the house to which their case belongs."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("orchestration", "0024_agent_checks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="taskcandidate",
            name="unit",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="to which part of the house its case belongs; 0: all"
            ),
        ),
        migrations.AddIndex(
            model_name="taskcandidate",
            index=models.Index(
                condition=models.Q(("unit", 0), _negated=True),
                fields=["group", "unit", "due", "task"],
                name="candidate_of_unit",
            ),
        ),
    ]
