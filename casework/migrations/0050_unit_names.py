"""No two business units are called the same, as `people.unit_services` says, however many make one at once.

Two that are called the same from before stay, as the control chain tells of them: the first keeps its name from others,
the rest stand outside of the index until somebody makes them anew. It is upper case by which names are compared.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

TWINS = """
select array_agg(id) from (
    select id, row_number() over (partition by upper(name) order by id) as place from casework_businessunit) b
where place > 1
"""


def hold_names(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TWINS)
        (twins,) = cursor.fetchone()
        but = f" where id not in ({', '.join(str(int(one)) for one in twins)})" if twins else ""
        cursor.execute(f"create unique index casework_unit_name_once on casework_businessunit (upper(name)){but}")


class Migration(migrations.Migration):
    dependencies = [("casework", "0049_mentions")]
    operations = [
        migrations.RunPython(
            hold_names,
            lambda apps, schema_editor: schema_editor.execute("drop index casework_unit_name_once"),
        )
    ]
