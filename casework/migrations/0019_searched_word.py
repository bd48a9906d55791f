"""Slips of a letter are corrected to words that some case has; those of the cases of before are filled in here."""

from django.db import migrations, models

FILL = """
insert into casework_searchedword (word) select word from ts_stat('select words from casework_searchedcase')
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0018_snooze")]

    operations = [
        migrations.CreateModel(
            "SearchedWord",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.TextField(db_collation="C")),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex("searchedword", models.Index(fields=["word"], name="searched_word")),
    ]
