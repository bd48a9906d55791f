"""Rules of keeping, legal holds, orders to erase, and how texts are folded where a person is looked for."""

import django.db.models.deletion
from django.db import migrations, models

FOLDED = r"""
create function casework_folded(given text) returns text language sql immutable parallel safe as
$$ select regexp_replace(lower(given), '\s+', '', 'g') $$;
"""
RIGHTS = [
    ("work_case", "May work the case's tasks"),
    ("reply_case", "May hand in from outside what the case waits for"),
    ("reveal_case", "May reveal masked data, with a reason"),
    ("assign_case", "May give the case's tasks to people, and say how urgent they are and when they are due"),
    ("audit_case", "May read and verify the case's history"),
    ("erase_case", "May say how long cases are kept, and have a person's data found and erased"),
]
STATES = [
    ("asked", "waits for a second person"),
    ("agreed", "is being carried out"),
    ("refused", "was refused"),
    ("done", "was carried out"),
]


class Migration(migrations.Migration):
    dependencies = [("casework", "0029_barred_tasks"), ("audit", "0006_erased_chains")]
    operations = [
        migrations.RunSQL(FOLDED, "drop function casework_folded(text)"),
        migrations.AlterModelOptions(name="case", options={"permissions": RIGHTS}),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("case_type", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("floor_days", models.IntegerField()),
                ("keep_days", models.IntegerField()),
                ("law", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                ("by", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="casework.case"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("case",), name="held_once")]},
        ),
        migrations.CreateModel(
            name="ErasureOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, default="asked", max_length=8)),
                ("reason", models.CharField(max_length=500)),
                ("marks", models.JSONField(default=list)),
                ("cases", models.JSONField(help_text="numbers of their chains")),
                ("forms", models.JSONField(default=list)),
                ("letters", models.JSONField(default=list)),
                ("by", models.CharField(max_length=200)),
                ("asked", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("decided", models.DateTimeField(null=True)),
                ("done", models.DateTimeField(null=True)),
                ("left", models.JSONField(default=dict)),
            ],
            options={"indexes": [models.Index(fields=["state"], name="erasure_by_state")]},
        ),
    ]
