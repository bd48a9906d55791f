"""Why can nobody change the history with SQL? A trigger refuses every update, delete and truncate."""

from django.db import migrations

REFUSE = """
create function audit_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the history is append-only: % of % is refused', lower(tg_op), tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
create trigger audit_event_is_append_only before update or delete on audit_auditevent
    for each row execute function audit_refuse_change();
create trigger audit_event_is_never_emptied before truncate on audit_auditevent
    for each statement execute function audit_refuse_change();
create trigger audit_payload_is_append_only before update or delete on audit_auditpayload
    for each row execute function audit_refuse_change();
create trigger audit_payload_is_never_emptied before truncate on audit_auditpayload
    for each statement execute function audit_refuse_change();
insert into audit_controlchain (id, head_sequence, head_digest) values (0, 0, decode(repeat('00', 32), 'hex'));
"""

ALLOW = """
drop trigger audit_event_is_append_only on audit_auditevent;
drop trigger audit_event_is_never_emptied on audit_auditevent;
drop trigger audit_payload_is_append_only on audit_auditpayload;
drop trigger audit_payload_is_never_emptied on audit_auditpayload;
drop function audit_refuse_change();
delete from audit_controlchain;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
