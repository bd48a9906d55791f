"""What the database can look through of contents that may be sealed."""

from django.db import migrations

IN_CLEAR = r"""
create function casework_in_clear(kept bytea) returns text language sql immutable parallel safe as
$$ select case when substr(kept, 1, 4) = 'CWS1'::bytea then '' else convert_from(kept, 'UTF8') end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0046_desk")]
    operations = [migrations.RunSQL(IN_CLEAR, "drop function casework_in_clear(bytea)")]
