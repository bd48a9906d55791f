"""Whoever plants what lists filter by, a tag or a word that finds a case is named when the case is verified."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction

from audit.services import Origin
from casework.cases.verification import verify
from casework.lists.tags import case_tag
from casework.models import Case
from orchestration.engine.commands import SetVariables
from orchestration.shell import services

pytestmark = pytest.mark.django_db

VALUES = "the values by which lists filter are not those that the history gives: "
TAGS = "the tags are not those that the history gives: #"
WORDS = "the case is found by other words than those that it says"
LIST, SEARCH = "casework_listedvalue", "casework_searchedcase"
ONE = "select (select instance_id from casework_case), "
PLANTED = {
    f"update {LIST} set words = 'letter' where field = 'channel'": f"{VALUES}channel",
    f"update {LIST} set level = 1 - level where field = 'channel'": f"{VALUES}channel",
    f"update {LIST} set number = 0.5 where field = 'intent.confidence'": f"{VALUES}intent.confidence",
    f"update {LIST} set moment = moment + interval '1 day' where field = 'received'": f"{VALUES}received",
    f"insert into {LIST} (instance_id, field, level, words) {ONE}'more', 0, 'x'": f"{VALUES}more",
    f"delete from {LIST} where field = 'received'": f"{VALUES}received",
    f"delete from {LIST} where left(field, 1) <> '#'": f"{VALUES}channel",
    f"delete from {LIST} where field = '#call-back'": f"{TAGS}call-back",
    f"insert into {LIST} (instance_id, field, level, words) {ONE}'#fraud', 0, 'fraud'": f"{TAGS}fraud",
    f"update {LIST} set words = 'vip' where field = '#call-back'": f"{TAGS}call-back",
    f"update {SEARCH} set words = words || '0fraud'::tsvector": WORDS,
    f"update {SEARCH} set words = ts_delete(words, '0web')": WORDS,
    f"update {SEARCH} set face = array_append(face, '0fraud')": WORDS,
    f"delete from {SEARCH}": WORDS,
    "delete from casework_searchedword where word = '0web'":
        "a word that finds the case is not among those to which slips are corrected",
}  # fmt: skip


@pytest.fixture
def case(people: dict[str, User], analysed: Callable[..., Case]) -> Case:
    """With typed values, a field that was written over, and a tag that stayed of two."""
    found = analysed(channel="web", received="2026-11-20T08:00:00Z")
    services.send(found.instance_id, SetVariables({"customer": {"name": "Otto Neumann"}}), Origin("system:test"))
    case_tag(by=people["anna"], case=found, add=["call back", "later"])
    case_tag(by=people["anna"], case=found, remove=["later"])
    return found


def faults(case: Case) -> str:
    return verify(case.instance).reason


def do(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def test_each_value_tag_and_word_that_is_planted_is_named(case: Case) -> None:
    case.instance.refresh_from_db()
    assert verify(case.instance).ok
    for statement, sentence in PLANTED.items():
        with transaction.atomic():
            assert do(statement), statement
            assert sentence in faults(case), statement
            transaction.set_rollback(True)
    assert verify(case.instance).ok


def test_what_was_planted_is_made_anew_by_the_commands_that_build_lists_and_search(case: Case) -> None:
    case.instance.refresh_from_db()
    do(f"update {LIST} set level = 0, words = 'x' where field = 'channel'")
    do(f"update {SEARCH} set words = ''::tsvector")
    assert not verify(case.instance).ok
    call_command("rebuild_lists", str(case.pk), verbosity=0)
    call_command("rebuild_search", str(case.pk), verbosity=0)
    assert verify(case.instance).ok


def test_a_case_from_before_there_were_such_lists_holds_until_they_are_filled(case: Case) -> None:
    case.instance.refresh_from_db()
    do(f"delete from {LIST} where left(field, 1) <> '#'")
    do(f"delete from {SEARCH}")
    assert not verify(case.instance).ok
    do("update django_migrations set applied = now() + interval '1 day' where app = 'casework'")
    assert verify(case.instance).ok
    do(f"insert into {LIST} (instance_id, field, level, words) {ONE}'more', 0, 'x'")
    assert "more" in faults(case)
