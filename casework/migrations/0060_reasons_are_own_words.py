"""Reasons that were given before each was kept for whoever gave it are kept now, as the histories tell of them."""

from django.db import migrations

from audit.data_keys import KeyFault
from audit.db.sql import cursor
from casework.cases.own_words import owed


def keep(apps, schema_editor):
    words, case_row = apps.get_model("casework", "OwnWords"), apps.get_model("casework", "Case")
    people = dict(apps.get_model("auth", "User").objects.values_list("username", "pk"))
    for case, chain in case_row.objects.values_list("pk", "instance_id").iterator():
        try:
            with cursor() as plain:
                found = owed(plain, [chain])
        except KeyFault:  # nobody reads it any more
            continue
        rows = [words(case_id=case, person_id=people[name], digest=one) for _, name, one in found if name in people]
        words.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("casework", "0059_deadline_notices"), ("audit", "0011_searched_by_rule")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
