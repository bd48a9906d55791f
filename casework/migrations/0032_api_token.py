"""Tokens of programs get scopes and ends. Those that stood in the database as they are go on, as digests."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OVER = """
do $$ begin
    if to_regclass('authtoken_token') is not null then
        insert into casework_apitoken (person_id, name, digest, scope, created, from_before)
        select user_id, 'of before', encode(sha256(convert_to(key, 'UTF8')), 'hex'), 'administer', created, true
        from authtoken_token;
        drop table authtoken_token;
    end if;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0031_readings_that_cases_ask_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="where it is used", max_length=100)),
                ("digest", models.CharField(help_text="SHA-256 of the token", max_length=64, unique=True)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("read", "read only"),
                            ("work", "read and work"),
                            ("administer", "whatever they may themselves"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField(help_text="null: of before", null=True)),
                ("revoked", models.DateTimeField(null=True)),
                ("last_used", models.DateTimeField(help_text="to a minute", null=True)),
                ("from_before", models.BooleanField(default=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(OVER, migrations.RunSQL.noop),
    ]
