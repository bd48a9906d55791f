"""People change fields of a case outside a task: those that its type lets them change, knowing what depends on them."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.cases.editing import Would, field_edit, standing
from casework.cases.read.case_view import look
from casework.cases.read.dependents import dependents
from casework.cases.services import case_change
from casework.models import Case
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Instance
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done, send
from orchestration.shell.verification import verify
from orchestration.view.state import execute
from tests.casework.actions import kept, refusals
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
MAIL = "maria@new.example.org"
WHY = "She wrote so"


def data(case: Case) -> dict[str, Any]:
    return data_of(Instance.objects.get(pk=case.instance_id))


def edits(case: Case, by: User, path: str, value: Any, **more: Any) -> Done | Would | Refused:
    given = {"stood": standing(data(case), path)} | more
    return field_edit(by=by, case=case, path=path, value=value, **given)


def write(case: Case, **values: Any) -> None:
    assert isinstance(send(case.instance_id, SetVariables(values), Origin("system:test")), Done)


def page(client: Client, who: User, case: Case, path: str = "customer.email") -> Any:
    client.force_login(who)
    return client.get(f"/cases/{case.pk}/edit/?path={path}")


def posts(client: Client, case: Case, **typed: Any) -> Any:
    return client.post(f"/cases/{case.pk}/edit/", typed)


def test_a_field_is_changed_and_the_history_says_who_why_and_from_what_to_what(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed()
    assert isinstance(edits(case, people["clara"], "customer.email", MAIL, reason=WHY), Done)
    assert data(case)["customer"] == PERSON | {"email": MAIL}
    (event,) = kept(case, "case.edited")
    assert (event.actor, event.detail) == ("person:clara", {"path": "customer.email", "reason": WHY})
    client.force_login(people["clara"])
    line = next(one for one in client.get(f"/cases/{case.pk}/history/").context["lines"] if "changed" in one.told.text)
    assert line.told.text == f"changed Customer / E-mail: “{WHY}”"
    assert [(one.before, one.after) for one in line.changes] == [(PERSON["email"], MAIL)]
    assert verify(Instance.objects.get(pk=case.instance_id)).ok
    assert line.touched.address == f"/cases/{case.pk}/data/#field-customer"


def test_who_changed_a_field_and_why_stands_among_the_events_of_that_field_alone(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed()
    edits(case, people["clara"], "channel", "phone")
    client.force_login(people["clara"])

    def told(field: str) -> list[str]:
        return [one.told.text for one in client.get(f"/cases/{case.pk}/history/?field={field}").context["lines"]]

    assert "changed Channel" in told("channel") and "changed Channel" not in told("customer")


@pytest.mark.parametrize(("who", "path", "may"), [
    ("anna", "channel", True), ("clara", "channel", True), ("clara", "customer.email", True),
    ("anna", "customer.email", False), ("clara", "customer.iban", False), ("clara", "message", False),
])  # fmt: skip
def test_the_case_type_says_which_fields_and_for_whom(
    people: People, analysed: Opens, client: Client, who: str, path: str, may: bool
) -> None:
    case = analysed(channel="web")
    outcome = edits(case, people[who], path, "phone", reason=WHY)
    assert isinstance(outcome, Done) == may
    assert refusals(case) == ([] if may else [(f"person:{who}", "denied")])
    assert page(client, people[who], case, path).status_code == (200 if may else 404)
    data_page = client.get(f"/cases/{case.pk}/data/").content.decode()
    assert (f"/cases/{case.pk}/edit/?path={path}" in data_page) == may


def test_a_reason_is_asked_where_the_case_type_wants_one(people: People, analysed: Opens) -> None:
    case = analysed(channel="web")
    outcome = edits(case, people["clara"], "customer.email", MAIL)
    assert isinstance(outcome, Refused) and list(outcome.errors) == ["reason"]
    assert isinstance(edits(case, people["clara"], "channel", "phone"), Done)


def test_what_the_schema_refuses_is_not_written(people: People, analysed: Opens) -> None:
    case = analysed()
    outcome = edits(case, people["clara"], "customer.email", "x" * 300, reason=WHY)
    assert isinstance(outcome, Refused) and list(outcome.errors) == ["customer.email"]
    assert data(case)["customer"] == PERSON


def test_of_two_at_once_the_second_is_shown_both_values_and_may_then_decide(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed()
    stood = page(client, people["clara"], case).context["stood"]
    write(case, customer=PERSON | {"email": "other@example.org"})
    typed = {"path": "customer.email", "customer.email": MAIL, "reason": WHY}
    answer = posts(client, case, **typed, stood=stood, sure="customer.email")
    told = unescape(answer.content.decode())
    assert answer.status_code == 409 and MAIL in told and "other@example.org" in told
    assert data(case)["customer"]["email"] == "other@example.org"
    answer = posts(client, case, **typed, stood=answer.context["stood"], sure="customer.email")
    assert answer.status_code == 302 and data(case)["customer"]["email"] == MAIL


def test_what_reads_the_field_and_what_would_happen_stand_there_before_it_is_changed(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed()
    shown = page(client, people["clara"], case)
    assert "Send the answer" in unescape(shown.content.decode()).partition("What reads it")[2]
    answer = posts(
        client, case, path="customer.email", **{"customer.email": MAIL}, reason=WHY, stood=shown.context["stood"]
    )
    told = unescape(answer.content.decode())
    assert answer.status_code == 200 and "What happens at once" in told and "Nothing else" in told
    assert data(case)["customer"] == PERSON and kept(case, "case.edited") == []


def test_what_would_happen_is_told_in_the_words_of_the_history(people: People, analysed: Opens) -> None:
    case = analysed()
    seen = look(user=people["clara"], case=case, now=clock.utc_now())
    route = data(case)["route"] | {"path": "team", "group": "Cards team"}
    outcome = execute(seen.case_type.library, seen.state, SetVariables({"route": route}), clock.utc_now())
    found = dependents(seen, "route.path", outcome.events)
    assert any("waits for Cards team" in sentence for sentence in found.happens), found


def test_nothing_is_changed_in_a_case_that_is_suspended(people: People, analysed: Opens, client: Client) -> None:
    case = analysed(channel="web")
    assert isinstance(case_change(by=people["clara"], case=case, transition="suspend", reason="The court"), Done)
    assert isinstance(edits(case, people["clara"], "channel", "phone"), Refused)
    case.refresh_from_db()
    assert page(client, people["clara"], case, "channel").status_code == 404


def test_to_write_what_stands_there_is_said_to_be_no_change(people: People, analysed: Opens) -> None:
    case = analysed(channel="web")
    outcome = edits(case, people["clara"], "channel", "web")
    assert isinstance(outcome, Refused) and list(outcome.errors) == ["channel"]


def call(client: Client, who: User, case: Case, **sent: Any) -> Any:
    client.force_login(who)
    address = f"/api/cases/{case.pk}/fields/"
    return client.post(address, sent, "application/json") if sent else client.get(address)


def test_a_program_changes_a_field_by_the_same_rules(people: People, analysed: Opens, client: Client) -> None:
    case, clara = analysed(channel="web"), people["clara"]
    fields = {one["path"]: one for one in call(client, clara, case).json()["results"]}
    mail = fields["customer.email"]
    assert mail["value"] == PERSON["email"] and mail["reason_needed"] and "message" not in fields
    assert "customer.email" not in {one["path"] for one in call(client, people["anna"], case).json()["results"]}
    sent = {"path": "customer.email", "value": MAIL, "stood": mail["stood"]}
    assert call(client, clara, case, **sent).json()["errors"].keys() == {"reason"}
    assert call(client, people["anna"], case, **sent, reason=WHY).json()["code"] == "denied"
    looked = call(client, clara, case, **sent, reason=WHY, only_look=True).json()
    assert not looked["changed"] and looked["value"] == PERSON["email"] and looked["steps"]
    assert data(case)["customer"] == PERSON
    changed = call(client, clara, case, **sent, reason=WHY).json()
    assert changed["changed"] and changed["value"] == MAIL == data(case)["customer"]["email"]
    assert [event.actor for event in kept(case, "case.edited")] == ["person:clara"]


def test_a_program_that_was_too_late_hears_both_values(people: People, analysed: Opens, client: Client) -> None:
    case, clara = analysed(channel="web"), people["clara"]
    sent = {"path": "channel", "value": "telephone"}
    write(case, channel="letter")
    answer = call(client, clara, case, **sent, stood=standing({"channel": "web"}, "channel"))
    told = answer.json()
    assert answer.status_code == 409 and (told["value"], told["wanted"]) == ("letter", "telephone")
    assert call(client, clara, case, **sent, stood=told["stood"]).json()["value"] == "telephone"
