"""Where does an order say in whose cases it takes a person out, and by which words until it is carried out?"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0048_business_units")]
    operations = [
        migrations.AddField("erasureorder", "mentions", models.JSONField(default=list, db_default=[], help_text="numbers of chains")),
        migrations.AddField("erasureorder", "words", models.TextField(blank=True, default="", db_default="")),
        migrations.AddField("erasureorder", "taken", models.JSONField(default=dict, db_default={})),
    ]
