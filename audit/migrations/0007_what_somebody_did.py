"""What somebody did of one kind is found by an index, however much is done: the registers ask so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_erased_chains")]

    operations = [
        migrations.RemoveIndex("auditevent", "audit_by_actor"),
        migrations.AddIndex(
            "auditevent", models.Index(fields=["actor", "action", "at"], name="audit_by_actor")
        ),
    ]
