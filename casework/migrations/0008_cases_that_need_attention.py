from django.db import migrations

# A case in which something failed is called so from now on, as the next step of it would call it.
CALLED = """
update casework_case c set state = 'Needs attention'
from orchestration_instance i
where i.id = c.instance_id and not c.closed and i.status = 'active'
  and exists (select from orchestration_incident t where t.instance_id = i.id and t.resolved is null)
"""


class Migration(migrations.Migration):

    dependencies = [("casework", "0007_own_words_and_past"), ("orchestration", "0006_ledger_detail_and_overlooked")]

    operations = [migrations.RunSQL(CALLED, migrations.RunSQL.noop)]
