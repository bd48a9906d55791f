"""How may contents go by an order, and only so? The trigger lets those go of a chain that is noted as erased."""

from django.db import migrations, models

REFUSE = """
create or replace function audit_refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and tg_table_name = 'audit_auditpayload' and exists (
        select from audit_erasedchain c where c.chain = old.chain and old.sequence < c.sequence)
    then
        return old;
    end if;
    raise exception 'the history is append-only: % of % is refused', lower(tg_op), tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
"""
BEFORE = """
create or replace function audit_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the history is append-only: % of % is refused', lower(tg_op), tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_what_a_verification_covered")]
    operations = [
        migrations.CreateModel(
            name="ErasedChain",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sequence", models.IntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("order", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(REFUSE, BEFORE),
    ]
