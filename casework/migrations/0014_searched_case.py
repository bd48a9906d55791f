"""Cases are found by their words, each behind the clearance that it needs; `rebuild_search --missing` fills the table."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# A word counts from the least clearance that shows it, where no hidden field asks for a higher one.
WORDS = """
create function casework_searched_words(shown text[], hidden text[]) returns tsvector
language sql immutable parallel safe as $$
    select coalesce(array_to_tsvector(array_agg(greatest(w.level, h.level) || w.word)), ''::tsvector)
    from (select substr(x, 2) as word, min(left(x, 1)) as level from unnest(shown) x group by 1) w
    left join (select substr(x, 2) as word, max(left(x, 1)) as level from unnest(hidden) x group by 1) h using (word)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0013_right_to_assign")]

    operations = [
        migrations.RunSQL(WORDS, "drop function casework_searched_words(text[], text[])"),
        migrations.CreateModel(
            "SearchedCase",
            [
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+",
                        serialize=False, to="casework.case",
                    ),
                ),
                (
                    "face",
                    django.contrib.postgres.fields.ArrayField(
                        models.TextField(), help_text="words of title and reference", size=None
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["words"], name="searched_by_words")],
            },
        ),
    ]  # fmt: skip
