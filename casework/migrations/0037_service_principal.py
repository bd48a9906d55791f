"""Programs that are nobody's, and tokens that know their case types, their length and how their maker signed in."""


import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SINCE = """
update casework_apitoken t set
    second = exists (select from casework_codeapp a where a.person_id = t.person_id and a.made <= t.created)
          or exists (select from casework_passkey k where k.person_id = t.person_id and k.made <= t.created),
    days = least(greatest(round(extract(epoch from t.expires - t.created) / 86400), 1), 365)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0036_delegation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='case_types',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), db_default=[], default=list, help_text='none: of all types', size=None),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='client',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='days',
            field=models.PositiveSmallIntegerField(help_text='for how long it was made, also after it was replaced', null=True),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='second',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='ServicePrincipal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('read', 'read only'), ('work', 'read and work'), ('administer', 'whatever they may themselves')], max_length=10)),
                ('case_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, help_text='none: of all types', size=None)),
                ('made', models.DateTimeField()),
                ('owner', models.ForeignKey(help_text='answers for it', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='service', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ClientSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='SHA-256 of the secret', max_length=64, unique=True)),
                ('made', models.DateTimeField()),
                ('expires', models.DateTimeField()),
                ('revoked', models.DateTimeField(null=True)),
                ('last_used', models.DateTimeField(null=True)),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='casework.serviceprincipal')),
            ],
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
    ]
