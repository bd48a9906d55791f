"""References are the same that read alike. Cases of before which are alike stay, each under a key of its own."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F

from orchestration.privacy.folding import fold

AT_ONCE = 2000


def fill(apps, schema_editor):
    Case = apps.get_model("casework", "Case")
    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).order_by("pk").only("reference", "case_type", "source")[:AT_ONCE]):
        keys = {case.pk: fold(case.reference)[:230] for case in cases}
        there = set(
            Case.objects.filter(pk__lte=last, reference_key__in=set(keys.values()))
            .values_list("case_type", "source", "reference_key")
        )  # fmt: skip
        for case in cases:
            named = (case.case_type, case.source, keys[case.pk])
            case.reference_key = f"{keys[case.pk]}\x01{case.pk}" if named in there else keys[case.pk]
            there.add(named)
        Case.objects.bulk_update(cases, ["reference_key"])
        last = cases[-1].pk


class Migration(migrations.Migration):
    atomic = True

    dependencies = [("casework", "0005_unsent_form")]

    operations = [
        migrations.AddField(
            "case", "data_digest",
            models.CharField(
                blank=True, db_default="", max_length=32, help_text="keyed digest of what was sent in; empty: from before"
            ),
        ),
        migrations.AddField(
            "case", "reference_key",
            models.CharField(default="", max_length=250, help_text="the reference folded: what reads alike is one"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.RemoveConstraint("case", "intake_once"),
        migrations.RemoveIndex("case", "case_by_reference"),
        migrations.AddConstraint(
            "case",
            models.UniqueConstraint(fields=("case_type", "source", "reference_key"), name="intake_once_alike"),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                django.contrib.postgres.indexes.OpClass(F("reference_key"), "text_pattern_ops"),
                name="case_by_reference_key",
            ),
        ),
    ]  # fmt: skip
