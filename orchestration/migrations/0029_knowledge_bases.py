"""A document may belong to one of several knowledge bases; what stood there before is found in each of them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orchestration', '0028_knowledge_of_units'),
    ]

    operations = [
        migrations.AddField(
            model_name='knowledgedocument',
            name='base',
            field=models.CharField(blank=True, db_default='', default='', help_text='the knowledge base that it belongs to; none: found in each of them', max_length=40),
        ),
    ]
