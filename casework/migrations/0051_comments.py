"""Comments on cases, and who is told of them."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0050_unit_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("thread", models.IntegerField(default=0)),
                ("item", models.IntegerField(null=True)),
                ("by", models.CharField(help_text="who wrote it, as histories name them", max_length=200)),
                ("at", models.DateTimeField()),
                ("tellings", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("edited", models.DateTimeField(null=True)),
                ("withdrawn", models.DateTimeField(null=True)),
                ("once", models.CharField(blank=True, max_length=40)),
                ("words", django.contrib.postgres.search.SearchVectorField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="casework.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="comment_by_words"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "thread", "number"), name="comment_numbered_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("once", ""), _negated=True),
                        fields=("case", "by", "once"),
                        name="comment_sent_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("mention", "named you"),
                            ("reply", "answered you"),
                            ("follow", "commented on a case that you follow"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("seen", models.DateTimeField(null=True)),
                (
                    "comment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="casework.comment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "-at"], name="comment_notices"),
                    models.Index(condition=models.Q(("seen", None)), fields=["person"], name="comment_notices_new"),
                ],
                "constraints": [models.UniqueConstraint(fields=("comment", "person"), name="told_of_comment_once")],
            },
        ),
    ]
