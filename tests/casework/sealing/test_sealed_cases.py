"""What a restricted field says stands nowhere in the database, and the case is worked and verified all the same."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from audit import data_keys
from audit.data_keys import KeyFault
from audit.models import AuditEvent, AuditPayload
from audit.sealed_values import case_subject, forget, is_sealed, opened
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.cases.services import case_change
from casework.comments.services import comment_say
from casework.erasure.erasing import erase_now
from casework.erasure.finding import traces
from casework.erasure.models import ErasureOrder
from casework.erasure.orders import order_ask, order_decide
from casework.intake.services import Opened, case_open
from casework.models import Case, Contest, SearchedWord, UnsentForm
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.models import AgentRun, Instance, Outbox, TaskCandidate
from orchestration.shell.verification import verify
from tests.casework.conftest import PERSON
from tests.casework.erasure.test_erasing import rule, verified

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing")]

People = dict[str, User]
Commits = Callable[..., AbstractContextManager[object]]
IBAN = "DE89 3704 0044 0532 0130 00"


def in_clear(*texts: str) -> list[str]:
    """Tables in which one of these stands, in clear or in hex, whatever its spaces."""
    wanted = {form for text in texts for form in (text, text.replace(" ", ""))}
    patterns = [f"%{form}%" for text in wanted for form in (text.lower(), text.encode().hex())]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select count(*) from "{table}" t where lower(t::text) like any(%s)', [patterns])
            count = cursor.fetchone()[0]
            found += [f"{count} rows of {table}"] if count else []
    return found


def test_no_table_says_what_a_comment_repeats_of_a_sealed_case(people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    comment_say(by=people["anna"], case=case, text=f"Their account is {IBAN}, I think, of zebras.")
    assert in_clear(IBAN) == []
    bodies = AuditPayload.objects.filter(chain=case.instance_id).values_list("body", flat=True)
    assert not any(b"zebras" in bytes(body) for body in bodies) and verify(case.instance).ok


def test_a_case_of_a_type_without_a_restricted_field_is_sealed_and_forgotten_too(people: People) -> None:
    folder = folder_files(CASE_TYPES / "contract")
    assert isinstance(deploy(folder, Origin("system:test")), Published)
    data = {"counterparty": {"name": "Yggdrasil Quist"}}
    found = case_open(by=None, case_type="contract", reference="K-1", source="desk", data=data)
    assert isinstance(found, Opened), found
    assert not any("instance" in place or "audit" in place for place in in_clear("Yggdrasil"))
    assert b"Yggdrasil" in Instance.objects.get(pk=found.case.instance_id).data
    forget(case_subject(found.case.instance_id))
    assert b"Yggdrasil" not in Instance.objects.get(pk=found.case.instance_id).data


def test_no_table_says_what_a_restricted_field_says(analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert in_clear("My card was swallowed") == []
    assert in_clear(IBAN, PERSON["card"]) == []
    case.instance.refresh_from_db()
    assert b"DE89" in case.instance.data
    assert case.instance.data != _kept(case)
    assert verify(case.instance).faults == ()


def _kept(case: Case) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("select data from orchestration_instance where id = %s", [case.instance_id])
        return bytes(cursor.fetchone()[0])


def test_a_history_is_sealed_and_holds_for_who_has_no_key(analysed: Callable[..., Case], people: People) -> None:
    case = analysed()
    changed = case_change(by=people["clara"], case=case, transition="suspend", reason="The court")
    bodies = [bytes(one.body) for one in AuditPayload.objects.filter(chain=case.instance_id)]
    assert len(bodies) > 5 and all(map(is_sealed, bodies)), changed
    assert verify(case.instance).faults == ()
    data_keys.master_added()
    assert all(map(data_keys.rewrapped, list(data_keys.subjects())))
    assert data_keys.masters_dropped() == 1 and verify(case.instance).faults == ()
    forget(case_subject(case.instance_id))
    (fault,) = verify(_unread(case)).faults
    assert "its key is destroyed" in fault.reason


def test_an_erasure_destroys_the_key_and_needs_none(
    analysed: Callable[..., Case], django_capture_on_commit_callbacks: Commits
) -> None:
    case = analysed()
    kept = _kept(case)
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_now(chain=case.instance_id, order=7, why="A rule", origin=Origin("person:axel")) is not None
    with pytest.raises(KeyFault, match="destroyed"):
        opened(kept)
    assert "Erased by order: 1 case" in verified() and not Instance.objects.exists()


def test_a_case_whose_key_is_lost_can_still_be_erased(analysed: Callable[..., Case]) -> None:
    case = analysed()
    forget(case_subject(case.instance_id))
    assert erase_now(chain=case.instance_id, order=7, why="A rule", origin=Origin("person:axel")) is not None


def test_what_was_kept_in_clear_before_is_sealed_while_the_case_goes_on(
    analysed: Callable[..., Case], open_case: Callable[..., Case]
) -> None:
    with override_settings(DATA_KEY=""):
        case = analysed()
        assert "orchestration_instance" in " ".join(in_clear(IBAN)) and verify(case.instance).faults == ()
    assert verify(case.instance).faults == ()
    said = io.StringIO()
    call_command("seal_fields", stdout=said)
    call_command("seal_fields", stdout=said)
    assert said.getvalue().count("1 case sealed.") == said.getvalue().count("0 cases sealed.") == 1
    assert {one.split(" of ")[1] for one in in_clear(IBAN, PERSON["card"])} == {"audit_auditpayload"}
    assert verify(_unread(case)).faults == ()


def test_texts_that_an_older_version_kept_in_clear_beside_a_sealed_case_are_sealed(
    analysed: Callable[..., Case],
) -> None:
    case, plan = analysed(), [{"tool": "x", "why": "It was not me"}]
    contest = Contest.objects.create(case=case, sequence=1, objection="It was not me", by="x", at=case.created)
    run = AgentRun.objects.create(
        instance=case.instance, job=1, actor="looker", goal="It was not me", plan=plan, began=case.created,
        seen=case.created,
    )  # fmt: skip
    assert in_clear("It was not me") == []
    with connection.cursor() as cursor:
        cursor.execute("update casework_contest set objection = 'It was not me'")
        cursor.execute("""update orchestration_agentrun set plan = '[{"tool": "x", "why": "It was not me"}]'""")
    assert len(in_clear("It was not me")) == 2
    said = io.StringIO()
    call_command("seal_fields", stdout=said)
    assert "Beside 1 case" in said.getvalue() and in_clear("It was not me") == []
    contest.refresh_from_db()
    run.refresh_from_db()
    assert contest.objection == "It was not me" and run.plan == plan


def test_a_form_and_a_letter_that_belong_to_no_case_yet_are_sealed_and_found_by_an_erasure() -> None:
    now = clock.utc_now()
    form = UnsentForm.objects.create(token="t", action="/cases/new/", fields="message=Zqxander Zumwalt", created=now)
    letter = Outbox.objects.create(
        kind="message", name="paid", variables=b'{"who": "Zqxander Zumwalt"}', created=now, delivered=now
    )
    by_key = Outbox.objects.create(
        kind="message", name="paid", correlation="Zqxander Zumwalt", variables=b"{}", created=now, delivered=now
    )
    assert in_clear("Zqxander Zumwalt", "Zqxander") == []
    form.refresh_from_db()
    letter.refresh_from_db()
    assert form.fields.endswith("Zumwalt") and bytes(letter.variables).endswith(b'Zumwalt"}')
    found = traces(MARKS)
    assert found.forms == [form.pk] and found.letters == [letter.pk, by_key.pk]


def test_a_person_is_found_in_what_is_sealed(analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert traces((IBAN,)).cases == {case.instance_id: ["its data", "its history"]}
    assert traces(("DE00 0000 0000 0000 0000 00",)).cases == {}


def test_a_search_finds_no_restricted_word_and_still_the_others(analysed: Callable[..., Case]) -> None:
    analysed(message="Take it from 4111111111111111, swallowed")
    words = list(SearchedWord.objects.values_list("word", flat=True))
    assert any("swallowed" in word for word in words) and not any("4111" in word for word in words)


def test_a_case_whose_key_is_lost_spoils_no_list(analysed: Callable[..., Case], people: People, client: Client) -> None:
    lost, other = analysed(), analysed(message="The app shows two bookings.")
    offer = TaskCandidate.objects.select_related("group").filter(task__instance=lost.instance_id, user=None).first()
    assert offer is not None and offer.group is not None
    client.force_login(offer.group.user_set.order_by("pk")[0])
    forget(case_subject(lost.instance_id))
    assert other.reference in client.get(reverse("cases")).content.decode()
    assert reverse("task", args=[offer.task_id]) in client.get(reverse("inbox") + "?tab=groups").content.decode()


def _unread(case: Case) -> Instance:
    return Instance.objects.defer("items", "data").get(pk=case.instance_id)


def test_a_person_is_taken_out_of_a_sealed_case_of_another(analysed: Callable[..., Case], people: People) -> None:
    rule(people)
    case = analysed(message="Ask Zqxander Zumwalt.", customer=PERSON | {"name": "Otto Other"})
    asked = order_ask(by=people["ada"], reason="By letter", cases=[], marks=MARKS, mentions=[case.instance_id])
    assert isinstance(asked, ErasureOrder) and asked.words.startswith("sealed:")
    done = order_decide(by=people["axel"], order_id=asked.pk, agree=True)
    assert isinstance(done, ErasureOrder) and done.left == {} and done.words == "", done
    assert not data_keys.has_key(f"order-{asked.pk}") and data_keys.has_key(case_subject(case.instance_id))
    assert traces(MARKS).cases == {}
    assert "All histories hold" in verified("--whole") and all(map(is_sealed, _bodies(case)))


MARKS = ("Zqxander Zumwalt",)


def _bodies(case: Case) -> list[bytes]:
    """Of what a case says itself."""
    events = AuditEvent.objects.filter(chain=case.instance_id).exclude(action="content.replaced")
    found = AuditPayload.objects.filter(chain=case.instance_id, sequence__in=events.values("sequence"))
    return [bytes(body) for body in found.values_list("body", flat=True)]
