"""Access gets chains of its own, and what was verified is remembered with its run."""

import django.db.models.deletion
from django.db import migrations, models

ACCESS = range(-8, 0)


def make_access_chains(apps, schema_editor):
    chain = apps.get_model("audit", "StandingChain")
    chain.objects.bulk_create(chain(id=number) for number in ACCESS)


def drop_access_chains(apps, schema_editor):
    apps.get_model("audit", "StandingChain").objects.filter(id__in=list(ACCESS)).delete()


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_history_is_append_only")]
    operations = [
        migrations.RenameModel("ControlChain", "StandingChain"),
        migrations.RunPython(make_access_chains, drop_access_chains),
        migrations.CreateModel(
            name="VerificationRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("whole", models.BooleanField()),
                ("begun", models.DateTimeField()),
                ("ended", models.DateTimeField(blank=True, null=True)),
                ("faults", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="VerifiedHead",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sequence", models.IntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("state", models.BinaryField(max_length=32)),
                ("told", models.BinaryField(default=b"")),
                ("mac", models.BinaryField(max_length=32)),
                ("run", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="heads", to="audit.verificationrun",
                )),
            ],
        ),
    ]
