from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0027_signed_in")]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="facts",
            field=models.JSONField(
                blank=True, db_default=[], default=list, help_text="what each page of a long one says (facts)"
            ),
        ),
    ]
