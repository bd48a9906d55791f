"""Who was told that a deadline comes near is told anew when it was extended and comes near again."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def forget_earlier(apps, schema_editor):
    notices = apps.get_model("casework", "DeadlineNotice").objects
    same = {name: OuterRef(name) for name in ("deadline", "person", "missed")}
    notices.filter(Exists(notices.filter(**same, pk__gt=OuterRef("pk")))).delete()


class Migration(migrations.Migration):
    dependencies = [("casework", "0060_reasons_are_own_words")]

    operations = [
        migrations.RemoveConstraint("deadlinenotice", "told_of_deadline_once"),
        migrations.RunPython(migrations.RunPython.noop, forget_earlier),
        migrations.AddConstraint(
            "deadlinenotice",
            models.UniqueConstraint(fields=["deadline", "person", "missed", "due"], name="told_of_deadline_once"),
        ),
    ]
