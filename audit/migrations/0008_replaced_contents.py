"""How may a content be replaced by an order, and only so? The trigger lets those go that are noted with their digest."""

from django.db import migrations, models

REFUSE = """
create or replace function audit_refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and tg_table_name = 'audit_auditpayload' and exists (
        select from audit_erasedchain c where c.chain = old.chain and old.sequence < c.sequence)
    then
        return old;
    end if;
    if tg_op = 'UPDATE' and tg_table_name = 'audit_auditpayload' then
        if (new.chain, new.sequence) = (old.chain, old.sequence) and octet_length(new.salt) = 0 and exists (
            select from audit_replacedcontent r
            where r.chain = new.chain and r.sequence = new.sequence and r.digest = sha256(new.body))
        then
            return new;
        end if;
    end if;
    raise exception 'the history is append-only: % of % is refused', lower(tg_op), tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
"""
BEFORE = """
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


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_what_somebody_did")]
    operations = [
        migrations.CreateModel(
            name="ReplacedContent",
            fields=[
                ("pk", models.CompositePrimaryKey("chain", "sequence", primary_key=True, serialize=False)),
                ("chain", models.BigIntegerField()),
                ("sequence", models.IntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("order", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(REFUSE, BEFORE),
    ]
