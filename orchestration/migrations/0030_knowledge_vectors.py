"""What the embeddings say of a piece stands as numbers, which the database can compare where it has `vector`: what was
kept as bytes is taken over, and `orchestration.knowledge.vectors` turns it after the migrations."""

from __future__ import annotations

from array import array

import django.contrib.postgres.fields
from django.db import connection, migrations, models

AT_A_TIME = 500
COLUMNS = ("vector", "wide")
BESIDE = """alter table orchestration_knowledgepiece
    add column vector_kept {kind}, add column wide_kept {kind}"""
EXCHANGED = """alter table orchestration_knowledgepiece
    drop column vector, drop column wide"""
NAMED = (
    "alter table orchestration_knowledgepiece rename column vector_kept to vector",
    "alter table orchestration_knowledgepiece rename column wide_kept to wide",
    "alter table orchestration_knowledgepiece alter column vector set not null",
)
READ = "select id, vector, wide from orchestration_knowledgepiece where id > %s order by id limit %s"
WRITTEN = "update orchestration_knowledgepiece set vector_kept = %s, wide_kept = %s where id = %s"


def numbers(kept):
    return None if kept is None else array("f", bytes(kept)).tolist()


def as_bytes(kept):
    return None if kept is None else array("f", kept).tobytes()


def to_numbers(apps, schema_editor):
    _exchange("double precision[]", numbers)


def to_bytes(apps, schema_editor):
    from orchestration.knowledge.vectors import take_back

    take_back()
    _exchange("bytea", as_bytes)


def _exchange(kind, turned):
    with connection.cursor() as cursor:
        cursor.execute(BESIDE.format(kind=kind))
        last = 0
        while rows := _after(cursor, last):
            cursor.executemany(WRITTEN, [(turned(vector), turned(wide), id) for id, vector, wide in rows])
            last = rows[-1][0]
        for statement in (EXCHANGED, *NAMED):
            cursor.execute(statement)


def _after(cursor, last):
    cursor.execute(READ, [last, AT_A_TIME])
    return cursor.fetchall()


class Migration(migrations.Migration):

    dependencies = [
        ('orchestration', '0029_knowledge_bases'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(to_numbers, to_bytes)],
            state_operations=[
                migrations.AlterField(
                    model_name='knowledgepiece',
                    name='vector',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='384 numbers of length one, as the English embedding gives them', size=None),
                ),
                migrations.AlterField(
                    model_name='knowledgepiece',
                    name='wide',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='as that of many languages gives them, where it is installed', null=True, size=None),
                ),
            ],
        ),
    ]
