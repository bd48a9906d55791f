from django.db import migrations, models
from django.db.models.functions import Left


class Migration(migrations.Migration):
    """Events by the rules that hit, so that those of a rare rule are found without reading all that rules decided."""

    dependencies = [
        ('audit', '0010_searched_by_version_and_rule'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='auditevent', name='audit_by_rule'),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index('action', Left('rule_hits', 300), 'at', condition=models.Q(('rule_hits', ''), _negated=True), name='audit_by_rule'),
        ),
    ]
