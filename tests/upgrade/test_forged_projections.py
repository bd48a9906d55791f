"""What pages go by beside the history, forged: each is named, and made anew by `rebuild_pasts`."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.services import Fact, Origin
from casework.access.permissions import words_digest
from casework.cases.past_rows import TAIL, catch_up
from casework.cases.services import case_change
from casework.models import Case, CasePast, FormerValue, OwnWords
from orchestration.casetypes.case_type import by_definition
from orchestration.shell import services

pytestmark = pytest.mark.usefixtures("before")

ANNA = "(select id from auth_user where username = 'anna')"
WORDS = words_digest("My card 4111 1111 1111 1111 was swallowed")
REASON = "The bank of Maria Sandoval asks"

REBUILT = {
    "a past is rewritten": (
        "update casework_casepast set document = convert_to(replace(convert_from(document, 'UTF8'), 'person:clara', "
        "'person:emil'), 'UTF8') where instance_id = 2",
        "what pages keep of the past is not what the events up to",
    ),
    "a past is rubbish": (
        "update casework_casepast set document = 'x' where instance_id = 2",
        "what pages keep of the past is not what the events up to",
    ),
    "a past is said to reach less far": (
        "update casework_casepast set upto = upto - 1 where instance_id = 2",
        "what pages keep of the past is not what the events up to",
    ),
    "a past is of the future": (
        "update casework_casepast set upto = 999 where instance_id = 2", "pages keep a past up to event 999, which is not there",
    ),
    "a hidden value is let through": (
        "delete from casework_formervalue where id = (select min(id) from casework_formervalue where instance_id = 2)",
        "a hidden value of before is not sought in texts, though the history tells of it",
    ),
    "a hidden value is sought in other forms": (
        "update casework_formervalue set forms = 'nothing' where id = (select min(id) from casework_formervalue "
        "where instance_id = 2)",
        "a hidden value of before is not sought in texts, though the history tells of it",
    ),
    "a text is masked for nothing": (
        "insert into casework_formervalue (instance_id, digest, pointer, forms, seeds) values (2, 'x', '/customer/name', "
        "'swallowed', 'swallowed')",
        "texts are masked for a value that never stood in the case",
    ),
    "words are said to be somebody's own": (
        "insert into casework_ownwords (case_id, person_id, digest) select c.id, "
        f"{ANNA}, '{WORDS}' from casework_case c where c.instance_id = 2",
        "anna is shown words as their own that they did not write",
    ),
    "a reason is not somebody's own any more": (
        "delete from casework_ownwords where case_id = (select id from casework_case where instance_id = 2)",
        "a reason that clara gave is not kept as their own words any more",
    ),
    "words are said to be another's": (
        f"update casework_ownwords set person_id = {ANNA} where person_id <> {ANNA} "
        "and case_id = (select id from casework_case where instance_id = 2)",
        "anna is shown words as their own that they did not write",
    ),
}  # fmt: skip


@pytest.fixture
def viewed(before: str) -> Case:
    """A case whose past was kept, and in which Clara wrote a reason."""
    case = Case.objects.get(instance=2)
    case_change(by=User.objects.get(username="clara"), case=case, transition="suspend", reason=REASON)
    services.record(2, [Fact("case.viewed")] * (TAIL + 1), Origin("person:clara"))
    catch_up(2, by_definition(case.instance.definition_id).classification)
    assert FormerValue.objects.filter(instance=2).exists() and OwnWords.objects.filter(case=case).exists()
    return case


def verified(*options: str) -> str:
    out = io.StringIO()
    try:
        call_command("verify_audit", *options, stdout=out)
    except CommandError as broken:
        out.write(str(broken))
    return out.getvalue()


def forged(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as owner:
        owner.execute("set local session_replication_role = replica")
        owner.execute(statement)


def test_what_pages_have_kept_holds_also_where_it_is_behind(viewed: Case) -> None:
    services.record(2, [Fact("case.viewed")], Origin("person:clara"))
    assert CasePast.objects.get(pk=2).upto < Case.objects.get(instance=2).instance.head_sequence
    assert "All histories hold" in verified("--whole")


@pytest.mark.parametrize("name", REBUILT)
def test_each_forgery_is_named_and_made_anew(viewed: Case, name: str) -> None:
    forgery, sentence = REBUILT[name]
    forged(forgery)
    told = verified("--whole")
    assert sentence in told and "1 history does not hold" in told
    call_command("rebuild_pasts", str(viewed.pk), stdout=io.StringIO())
    assert "All histories hold" in verified("--whole")
    assert FormerValue.objects.filter(instance=2).exists()


def test_a_case_that_is_found_by_another_reference_is_named(viewed: Case) -> None:
    forged("update casework_case set reference_key = 'another' where instance_id = 2")
    assert "case 2, event" in (told := verified("--whole"))
    assert "the case is found by another reference than that of the history" in told


def test_a_case_of_before_whose_reference_was_alike_holds_under_its_numbered_key(viewed: Case) -> None:
    forged("update casework_case set reference_key = reference_key || chr(1) || id where instance_id = 2")
    assert "All histories hold" in verified("--whole")
