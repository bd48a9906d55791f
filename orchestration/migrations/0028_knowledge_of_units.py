"""A document of the knowledge base may belong to a business unit, and is then for that one, those above and below it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orchestration', '0027_sealed_texts'),
    ]

    operations = [
        migrations.AddField(
            model_name='knowledgedocument',
            name='unit',
            field=models.CharField(blank=True, db_default='', default='', help_text='the part of the organisation that has it, by key', max_length=40),
        ),
    ]
