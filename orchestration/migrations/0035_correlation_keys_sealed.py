"""Keys by which messages find who waits are sealed, as what letters carry is; those that stand there in clear, too."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from audit.sealed_values import (
    beside,
    matched_or_clear,
    opened_text,
    opened_value,
    subject_of_kind,
    subject_with_key,
)

AT_ONCE = 1000


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _change(apps.get_model("orchestration", "Subscription"), _matched)
    _change(apps.get_model("orchestration", "Outbox"), _sealed)


def opened(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("Subscription", "Outbox"):
        _change(apps.get_model("orchestration", name), lambda row: str(opened_value(opened_text(row.correlation))))


def _matched(row: Any) -> str:
    return matched_or_clear("letters", row.correlation)


def _sealed(row: Any) -> str:
    subject = subject_with_key(row.sender_id) if row.sender_id else subject_of_kind("letters")
    return beside(subject, row.correlation) if subject else row.correlation


def _change(model: type[models.Model], changed: Callable[[Any], str]) -> None:
    rows = model._base_manager.exclude(correlation=None)
    each = rows.iterator(AT_ONCE)
    while some := list(islice(each, AT_ONCE)):
        for row in some:
            row.correlation = changed(row)
        rows.bulk_update(some, ["correlation"])


class Migration(migrations.Migration):
    dependencies = [("orchestration", "0034_own_priority_of_tasks")]
    operations = [
        migrations.AlterField("outbox", "correlation", models.TextField(blank=True, null=True)),
        migrations.AlterField("subscription", "correlation", models.TextField(blank=True, null=True)),
        migrations.RunPython(seal, opened),
    ]
