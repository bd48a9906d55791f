"""Whoever owns the database can change any row. Each forgery is named, and every other history is checked all the same.

Out of reach without a checkpoint that has left the database: a chain that was forged whole, with the head recomputed,
before it was ever verified; a case that was removed with its whole history before that; when a job is tried next, whether
a message was delivered, passwords. `docs/operations.md` says so.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.services import Origin
from casework.access.roles_verification import control_begin
from orchestration.ground.counts import counted
from tests.upgrade.forged_cases import CHAINS, FACES, ROWS, STATES
from tests.upgrade.forged_rules import ROLES, RULES

pytestmark = pytest.mark.usefixtures("before_all")

TOUCH_TWO = ("two cases change their faces", "an event comes from another case", "a version is taken out of force")
ALL = {**CHAINS, **STATES, **ROWS, **FACES, **RULES, **ROLES}


@pytest.fixture(scope="module", autouse=True)
def noted(before_all: str, django_db_blocker: Any) -> None:
    """As after an upgrade: `manage.py deploy` has noted who and what is there."""
    control_begin(Origin("system:test"))


def said(forgery: str) -> tuple[str, str]:
    """What the command says after the forgery, and how it ends; nothing of it stays."""
    out = io.StringIO()
    with transaction.atomic():
        with connection.cursor() as owner:
            owner.execute("set local session_replication_role = replica")  # no trigger, as its owner can
            owner.execute(forgery)
            owner.execute("set local session_replication_role = origin")
        with pytest.raises(CommandError) as failed:
            call_command("verify_audit", "--whole", stdout=out)
        transaction.set_rollback(True)
    return out.getvalue(), str(failed.value)


@pytest.mark.parametrize("name", ALL)
def test_each_forgery_is_named_and_the_rest_is_checked(name: str) -> None:
    forgery, sentence = ALL[name]
    lines, end = said(forgery)
    assert sentence in lines, lines
    broken = {line.split(",")[0].split(":")[0] for line in lines.splitlines() if line}
    assert end == counted(len(broken), "history does not hold", "histories do not hold")
    assert len(broken) == 1 or name in TOUCH_TWO


def test_nothing_is_named_where_nobody_forged_anything() -> None:
    out = io.StringIO()
    with transaction.atomic():
        call_command("verify_audit", "--whole", stdout=out)
        transaction.set_rollback(True)
    assert out.getvalue().startswith("All histories hold: 21 cases")
