"""Does the timeline of a case say what was changed from what to what, by whom, and where that stands now?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from audit.services import Origin
from casework.cases.read.timeline import Line
from casework.models import Case, Visit
from casework.tasks.services import task_claim, task_complete
from orchestration.engine.commands import SetVariables
from orchestration.shell.services import Done, send
from tests.casework.actions import open_task, statements
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
REJECTED = {"verdict": "reject", "category": "other", "reason": "Too delicate for me."}


def write(case: Case, by: str = "system:test", **values: Any) -> None:
    assert isinstance(send(case.instance_id, SetVariables(values), Origin(by)), Done)


def lines(client: Client, case: Case, **asked: Any) -> list[Line]:
    return list(client.get(f"/cases/{case.pk}/history/?{urlencode(asked)}").context["lines"])


def told(client: Client, case: Case, **asked: Any) -> str:
    return unescape(client.get(f"/cases/{case.pk}/history/?{urlencode(asked)}").content.decode())


@pytest.fixture
def anna(people: People, client: Client) -> Client:
    client.force_login(people["anna"])
    return client


def test_a_change_is_told_from_what_to_what(anna: Client, analysed: Opens) -> None:
    case = analysed(message="You took the money twice.")
    write(case, message="All is well again.")
    (newest, *_) = lines(anna, case, show="data")
    (change,) = newest.changes
    assert (change.label, change.before, change.after, change.known) == (
        "Message", "You took the money twice.", "All is well again.", True,
    )  # fmt: skip
    page = told(anna, case, show="data")
    assert "You took the money twice." in page and "All is well again." in page


def test_of_a_masked_field_it_shows_that_it_changed_and_neither_value(anna: Client, analysed: Opens) -> None:
    case = analysed()
    write(case, customer=PERSON | {"name": "Petra Neumann"})
    (change,) = lines(anna, case, show="data")[0].changes
    assert change.label == "Customer: Name"
    page = told(anna, case, show="data")
    assert PERSON["name"] not in page and "Petra" not in page and "Neumann" not in page


def test_what_a_person_wrote_stands_with_what_they_did(people: People, anna: Client, analysed: Opens) -> None:
    case = analysed()
    assert isinstance(task_complete(by=people["anna"], task=open_task(case), answers=REJECTED), Done)
    finished = next(line for line in lines(anna, case) if "finished" in line.told.text)
    assert ("Reason", "Too delicate for me.") in [(one.label, one.after) for one in finished.changes]


def test_what_stood_there_is_known_although_it_was_written_long_before_the_page(anna: Client, analysed: Opens) -> None:
    case = analysed(message="You took the money twice.")
    for number in range(60):
        write(case, channel=f"way {number}")
    write(case, message="All is well again.")
    (newest, *_) = lines(anna, case, show="data")
    assert [(one.before, one.after) for one in newest.changes] == [("You took the money twice.", "All is well again.")]


def test_it_is_filtered_by_person_by_machine_and_by_field(people: People, anna: Client, analysed: Opens) -> None:
    case = analysed()
    task_claim(by=people["ben"], task=open_task(case))
    write(case, channel="letter")
    assert {line.actor for line in lines(anna, case, actor="person:ben")} == {"person:ben"}
    assert {line.actor for line in lines(anna, case, actor="model:intent")} == {"model:intent"}
    assert all(any(one.name == "channel" for one in line.changes) for line in lines(anna, case, field="channel"))
    assert lines(anna, case, field="channel")


def test_a_field_that_is_wholly_masked_is_no_filter(anna: Client, analysed: Opens) -> None:
    case = analysed(customer={"iban": PERSON["iban"]})
    page = anna.get(f"/cases/{case.pk}/history/")
    assert "customer" not in dict(page.context["fields"]) and "channel" not in dict(page.context["fields"])
    everything = [line.sequence for line in lines(anna, case)]
    assert [line.sequence for line in lines(anna, case, field="customer")][: len(everything)] == everything


def test_what_is_new_since_one_last_looked_stands_in_the_history_too(
    people: People, anna: Client, analysed: Opens
) -> None:
    case = analysed()
    anna.get(f"/cases/{case.pk}/")
    assert lines(anna, case, show="new") == []
    task_claim(by=people["ben"], task=open_task(case))
    Visit.objects.update(at=F("at") - timedelta(hours=1))
    anna.get(f"/cases/{case.pk}/")
    assert [line.who for line in lines(anna, case, show="new")] == ["Ben Bauer"]


def test_an_event_leads_to_the_place_that_it_touched_and_the_place_back_to_it(
    people: People, anna: Client, analysed: Opens
) -> None:
    case = analysed()
    task_claim(by=people["anna"], task=open_task(case))
    write(case, channel="letter")
    found = {line.touched.address for line in lines(anna, case, show="all") if line.touched}
    assert {f"/tasks/{open_task(case).pk}/", f"/cases/{case.pk}/data/#field-channel"} <= found
    for address in found:
        place, _, anchor = address.partition("#")
        page = anna.get(place)
        assert page.status_code == 200 and (not anchor or f'id="{anchor}"' in page.content.decode())
    data = unescape(anna.get(f"/cases/{case.pk}/data/").content.decode())
    written = lines(anna, case, field="channel")[0].sequence
    back = f"/cases/{case.pk}/history/?show=all&before={written + 1}"
    assert f'href="{back}#event-{written}"' in data
    assert f'id="event-{written}"' in anna.get(back).content.decode()


def test_filters_stay_from_page_to_page(anna: Client, analysed: Opens) -> None:
    case = analysed()
    for number in range(70):
        write(case, channel=f"way {number}")
    seen: list[int] = []
    address = f"/cases/{case.pk}/history/?field=channel"
    while address:
        page = anna.get(address)
        seen += [line.sequence for line in page.context["lines"]]
        address = page.context["older_address"]
    assert len(seen) == len(set(seen)) == 70 and seen == sorted(seen, reverse=True)


def test_an_auditor_reads_it_in_plain_words_or_as_it_is_kept(people: People, client: Client, analysed: Opens) -> None:
    case = analysed()
    client.force_login(people["axel"])
    assert "engine.ItemChanged" in told(client, case)
    plain = told(client, case, view="business")
    assert "engine.ItemChanged" not in plain and "Milestone “Routed” was reached" in plain


def test_others_do_not_read_it_as_it_is_kept(anna: Client, analysed: Opens) -> None:
    assert "engine." not in told(anna, analysed(), view="technical")


@pytest.mark.parametrize("asked", ["", "?show=all", "?field=channel", "?actor=model:intent", "?show=new"])
def test_a_page_of_it_costs_at_most_fifteen_statements(anna: Client, analysed: Opens, asked: str) -> None:
    case = analysed()
    for number in range(90):
        write(case, channel=f"way {number}")
    anna.get(f"/cases/{case.pk}/history/")
    assert statements(lambda: anna.get(f"/cases/{case.pk}/history/{asked}")) <= 15
