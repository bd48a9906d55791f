"""From when on are the copies of a case compared by themselves? From its first step, whose statement writes the row."""

from __future__ import annotations

from typing import Final

from audit.db.sql import Part
from orchestration.shell.services import Done

BEGUN: Final = """
comparisons as (
    insert into casework_comparison (instance_id, owner, state, asked_by, since, tries, look, theirs, differing, actor,
                                     version, mapping, error)
    select %(instance)s, unnest(%(owners)s::text[]), 'same', '', %(owners_at)s::timestamptz, 0,
           unnest(%(owners_look)s::timestamptz[]), '{}', '[]', '', '', '', ''
    on conflict (instance_id, owner) do nothing)"""


def comparisons_begun(done: Done) -> Part | None:
    """Writes a row for each owner that the case type compares with by itself."""
    owners = [one for one in done.case_type.owners if one.every is not None]
    if not done.created or not owners:
        return None
    looks = [done.at + one.every for one in owners if one.every is not None]
    return BEGUN, {"owners": [one.key for one in owners], "owners_look": looks, "owners_at": done.at}
