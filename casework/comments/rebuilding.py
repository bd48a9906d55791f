"""How are the words that find a case's comments made anew from its history?"""

from __future__ import annotations

from django.db import connection

from audit.selectors import entries_of
from casework.comments.row import finding
from casework.models import Case, Comment
from orchestration.shell import services

FOUND_BY = "update casework_comment set words = array_to_tsvector(%s::text[]) where id = %s"
NEVER = 2**31 - 1


def rebuild_comments(case: Case) -> None:
    """Inside a transaction, after what the history says was changed by an order."""
    rows = {row.tellings[-1]: row.pk for row in Comment.objects.filter(case=case, withdrawn=None).defer("words")}
    held = services.lock(case.instance_id) if rows else None
    if held is None:
        return
    for entry in entries_of(case.instance_id, after=NEVER, also=rows, limit=len(rows)):
        with connection.cursor() as cursor:
            cursor.execute(FOUND_BY, [finding(held, entry.detail.get("text", "")), rows[entry.sequence]])
