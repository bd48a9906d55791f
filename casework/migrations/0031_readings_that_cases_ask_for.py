from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0030_erasure")]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="asked",
            field=models.BooleanField(
                db_default=False, default=False, help_text="whether its case has it read, by a task of its model"
            ),
        ),
    ]
