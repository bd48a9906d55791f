"""An order erases a person's cases, and the histories still hold and say so."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from audit.data_keys import KeyFault
from audit.models import AuditEvent, AuditPayload, ErasedChain
from audit.sealed_values import opened
from casework.access.permissions import origin_of
from casework.documents.services import document_add
from casework.erasure.finding import marks_of, traces
from casework.erasure.models import ErasureOrder, RetentionRule
from casework.erasure.orders import due_ask, due_cases, look_after, order_ask, order_decide
from casework.erasure.rules import hold_lift, hold_place, rule_set
from casework.models import Case
from orchestration.documents import store
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Instance
from tests.casework.conftest import PERSON
from tests.orchestration.documents.papers import picture

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
MARKS = ("Maria Sandoval", "DE89 3704 0044 0532 0130 00")


@pytest.fixture
def own_keys(settings: Any, tmp_path: Path) -> None:
    settings.DATA_KEY, settings.DATA_KEYS = str(tmp_path / "data.key"), str(tmp_path / "keys")


def over(case: Case, days: int = 1) -> Case:
    """As if it had ended so many days ago."""
    Instance.objects.filter(pk=case.instance_id).update(ended=clock.utc_now() - timedelta(days=days))
    return case


def rule(people: People, floor: int = 0, keep: int = 30) -> None:
    made = rule_set(
        origin=origin_of(people["ada"]),
        case_type="complaint",
        floor=floor,
        keep=keep,
        law="GDPR article 17",
        reason="As agreed",
    )
    assert isinstance(made, RetentionRule), made


def ordered(people: People, *cases: Case) -> ErasureOrder:
    asked = order_ask(by=people["ada"], reason="She asked for it", cases=[case.instance_id for case in cases])
    assert isinstance(asked, ErasureOrder), asked
    done = order_decide(by=people["axel"], order_id=asked.pk, agree=True)
    assert isinstance(done, ErasureOrder), done
    return done


def verified(*how: str) -> str:
    said = io.StringIO()
    try:
        call_command("verify_audit", "--processes", "1", *how, stdout=said)
    except CommandError as broken:
        said.write(str(broken))
    return said.getvalue()


def test_an_order_takes_the_case_with_all_that_hangs_on_it_and_its_chain_still_holds(
    people: People, analysed: Opens, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    rule(people)
    case, other = analysed(), analysed(message="Nothing", customer=PERSON | {"name": "Otto Other"})
    document_add(by=people["anna"], case=case, name="Maria Sandoval.png", content=picture())
    over(case)
    (digest,) = case.documents.values_list("digest", flat=True)
    over(case)  # a document that comes is a step
    links = AuditEvent.objects.filter(chain=case.instance_id).count()
    with django_capture_on_commit_callbacks(execute=True):
        order = ordered(people, case)
    assert (order.state, order.left) == ("done", {})
    assert traces(("Maria Sandoval",)).cases == {}
    assert set(traces(("Otto Other",)).cases) == {other.instance_id}
    assert AuditEvent.objects.filter(chain=case.instance_id).count() == links + 1
    assert AuditPayload.objects.filter(chain=case.instance_id).count() == 1
    with pytest.raises(store.Damaged):
        store.content_of(digest)
    said = verified()
    assert "do not hold" not in said and "Erased by order: 1 case" in said, said


def test_of_a_person_in_several_cases_a_backup_tells_nothing_of_those_that_went_and_all_of_what_is_kept(
    people: People, analysed: Opens, own_keys: None,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    """Each case is under a key of its own, so that what the law keeps of the same person, and others', can be read."""
    rule(people)
    gone, kept = [over(analysed()), over(analysed(message="Again"))], over(analysed(message="Held"))
    other = analysed(customer=PERSON | {"name": "Otto Other"})
    hold_place(by=people["axel"], case=kept, reason="Lawsuit 7")
    with connection.cursor() as cursor:
        cursor.execute("select chain, body from audit_auditpayload where chain > 0")
        backup = [(chain, bytes(body)) for chain, body in cursor.fetchall()]
    with django_capture_on_commit_callbacks(execute=True):
        assert set(ordered(people, *gone, kept).left) == {str(kept.instance_id)}
    unread, numbers = set(), {case.instance_id for case in gone}
    for chain, body in backup:
        try:
            opened(body)
        except KeyFault:
            unread.add(chain)
    assert unread == numbers and {chain for chain, _ in backup} >= numbers | {kept.instance_id, other.instance_id}
    assert not any(b"Sandoval" in body for chain, body in backup if chain in numbers)


@pytest.mark.parametrize("kept_by", ["open", "floor", "hold", "no rule"])
def test_what_may_not_go_stays_with_the_reason(people: People, open_case: Opens, kept_by: str) -> None:
    case = open_case()
    if kept_by != "no rule":
        rule(people, floor=3 if kept_by == "floor" else 0)
    if kept_by != "open":
        over(case)
    if kept_by == "hold":
        hold_place(by=people["axel"], case=case, reason="Lawsuit 7")
    order = ordered(people, case)
    why = {"open": "It is open.", "floor": "GDPR article 17 keeps it until", "hold": "A legal hold keeps it: Lawsuit 7",
           "no rule": "No rule says how long"}[kept_by]  # fmt: skip
    assert order.state == "done" and order.left[str(case.instance_id)].startswith(why)
    assert Case.objects.filter(pk=case.pk).exists()


def test_a_hold_that_is_lifted_holds_no_more(people: People, open_case: Opens) -> None:
    case = over(open_case())
    rule(people)
    hold_place(by=people["axel"], case=case, reason="Lawsuit 7")
    assert isinstance(hold_place(by=people["axel"], case=case, reason="Again"), Refused)
    assert not isinstance(hold_lift(by=people["axel"], case=case, reason="It is settled"), Refused)
    assert ordered(people, case).left == {}


def test_nobody_agrees_to_what_they_asked_for_themselves(people: People, open_case: Opens) -> None:
    case = over(open_case())
    rule(people)
    asked = order_ask(by=people["ada"], reason="She asked for it", cases=[case.instance_id])
    assert isinstance(asked, ErasureOrder)
    outcome = order_decide(by=people["ada"], order_id=asked.pk, agree=True)
    assert isinstance(outcome, Refused) and "Somebody else has to agree" in outcome.message
    assert isinstance(order_decide(by=people["axel"], order_id=asked.pk, agree=False), ErasureOrder)
    look_after()
    assert Case.objects.filter(pk=case.pk).exists()


def test_only_what_has_to_go_is_asked_for_by_the_rule(people: People, open_case: Opens) -> None:
    rule(people, floor=5, keep=10)
    due, young = over(open_case(), 11), over(open_case(), 7)
    assert [chain for chain, _ in due_cases("complaint")] == [due.instance_id]
    asked = due_ask(by=people["ada"], case_type="complaint", reason="Each month")
    assert isinstance(asked, ErasureOrder) and due_cases("complaint") == []
    order_decide(by=people["axel"], order_id=asked.pk, agree=True)
    assert list(Case.objects.values_list("pk", flat=True)) == [young.pk]


def test_an_order_that_was_interrupted_is_gone_on_with(people: People, open_case: Opens) -> None:
    rule(people)
    case = over(open_case())
    asked = order_ask(by=people["ada"], reason="She asked for it", cases=[case.instance_id])
    assert isinstance(asked, ErasureOrder)
    ErasureOrder.objects.filter(pk=asked.pk).update(state="agreed", decided_by="person:axel")
    look_after()
    assert not Case.objects.exists() and ErasureOrder.objects.get().state == "done"


def test_contents_go_by_an_order_alone(people: People, open_case: Opens) -> None:
    case = open_case()
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        AuditPayload.objects.filter(chain=case.instance_id).delete()


@pytest.mark.parametrize(("change", "said"), [
    ("update audit_erasedchain set \"order\" = 99", "is noted as erased, and the chain of rules does not say so"),
    ("delete from audit_erasedchain", "nothing notes where its chain ended"),
    ("update casework_erasureorder set decided_by = 'person:ada'", "stands as done, and nobody decided so"),
    ("update casework_erasureorder set reason = 'None'", "is not the one that was asked for"),
    ("update casework_retentionrule set floor_days = 1, keep_days = 9", "is not what the last change made it"),
    ("delete from casework_retentionrule", "the rule for how long cases of complaint are kept is gone"),
])  # fmt: skip
def test_what_was_erased_without_an_order_or_by_a_forged_one_is_named(
    people: People, open_case: Opens, change: str, said: str
) -> None:
    rule(people)
    ordered(people, over(open_case()))
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert said in verified()


def test_a_hold_that_was_taken_away_by_hand_is_named(people: People, open_case: Opens) -> None:
    hold_place(by=people["axel"], case=open_case(), reason="Lawsuit 7")
    assert "All histories hold" in verified()
    with connection.cursor() as cursor:
        cursor.execute("delete from casework_legalhold")
    assert "the legal hold on the case is not what the history says" in verified("--whole")


def test_a_person_is_found_however_it_is_spaced_and_where_they_are_only_named(people: People, open_case: Opens) -> None:
    own, named = open_case(), open_case(message="Ask maria  SANDOVAL about it", customer=PERSON | {"name": "Otto"})
    found = traces(MARKS)
    assert set(found.cases) == {own.instance_id, named.instance_id}
    assert found.cases[own.instance_id] == ["its data", "its history"]
    assert set(traces(("de89370400440532013000",)).cases) == {own.instance_id, named.instance_id}
    assert isinstance(marks_of("Ma"), Refused)


def test_where_a_chain_ended_is_kept_for_each_erased_case(people: People, open_case: Opens) -> None:
    rule(people)
    case = over(open_case())
    order = ordered(people, case)
    row = ErasedChain.objects.get()
    last = AuditEvent.objects.filter(chain=case.instance_id).order_by("-sequence").first()
    assert last is not None
    assert (row.chain, row.sequence, bytes(row.digest), row.order) == (
        case.instance_id, last.sequence, bytes(last.digest), order.pk,
    )  # fmt: skip
