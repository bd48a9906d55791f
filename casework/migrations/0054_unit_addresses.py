"""Which mail addresses are of a business unit: none, where nobody said so."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0053_sealed_reasons")]
    operations = [
        migrations.CreateModel(
            name="UnitAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254, unique=True, help_text="in small letters")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="casework.businessunit",
                    ),
                ),
            ],
        ),
    ]
