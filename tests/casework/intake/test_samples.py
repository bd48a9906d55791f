"""Does any case type start with its samples by one click, each once, by whoever may, and do they say what they are?"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from audit.selectors import timeline
from casework.actors.bundled import CASE_TYPES
from casework.explaining.models import Contest
from casework.explaining.second_look import task_of
from casework.intake.samples import samples_open
from casework.models import Case, Proposal
from orchestration.casetypes.case_type import current, folder_files
from orchestration.ground import clock

pytestmark = pytest.mark.django_db

START = {"case_type": "complaint"}


def start(client: Client, user: User, case_type: str = "complaint") -> str:
    client.force_login(user)
    answer = client.post(reverse("case-samples"), {"case_type": case_type}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_one_click_starts_the_samples_and_a_second_doubles_none(client: Client, people: dict[str, User]) -> None:
    assert "24 sample cases of “Customer complaint” are open." in start(client, people["anna"])
    assert Case.objects.filter(source="sample").count() == 24
    assert "Nothing is new: 24 sample cases of “Customer complaint” came in before." in start(client, people["anna"])
    assert Case.objects.count() == 24


def test_a_sample_says_that_it_is_one_and_its_history_who_started_it(client: Client, people: dict[str, User]) -> None:
    start(client, people["anna"])
    case = Case.objects.get(reference="SAMPLE-001")
    opened = timeline(case.instance_id)[0]
    assert (opened.actor, opened.cause) == ("person:anna", "samples/messages.csv:2")
    assert "the samples" in client.get(reverse("case", args=[case.pk])).content.decode()


def test_the_newest_sample_came_in_a_day_ago_and_none_twice_on_another_day(
    client: Client, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(client, people["anna"])
    received = sorted(
        datetime.fromisoformat(json.loads(bytes(case.instance.data))["received"]) for case in Case.objects.all()
    )
    today = clock.utc_now().date()
    assert received[-1].date() == today - timedelta(days=1)
    assert received[0].date() == today - timedelta(days=5)
    tomorrow = clock.utc_now() + timedelta(days=1)
    monkeypatch.setattr(clock, "utc_now", lambda: tomorrow)
    assert "Nothing is new: 24 sample cases of “Customer complaint” came in before." in start(client, people["anna"])


def test_the_page_says_how_many_are_there(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["anna"])
    assert 'max="24" value="0"' in client.get(reverse("case-samples")).content.decode()
    start(client, people["anna"])
    assert 'max="24" value="24"' in client.get(reverse("case-samples")).content.decode()


def test_an_uploaded_case_type_starts_with_the_samples_in_its_zip(client: Client, people: dict[str, User]) -> None:
    files = folder_files(CASE_TYPES / "refund")
    files["samples/more.csv"] = "reference,message\nMORE-1,Where is it?\nMORE-2\n"
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"refund/{name}", text)
    client.force_login(people["ada"])
    upload = SimpleUploadedFile("refund.zip", target.getvalue())
    client.post(reverse("model-import"), {"file": upload})
    client.post(
        reverse("model-proposal", args=[Proposal.objects.get().pk]), {"do": "publish", "note": "With more samples"}
    )
    assert "samples/more.csv" in current("refund").files
    said = start(client, people["ada"], "refund")
    assert "9 sample cases of “Refund” are open." in said
    assert "samples/more.csv, line 3: This row has 1 field instead of 2." in said


@override_settings(SAMPLES_OFFERED=False)
def test_where_cases_are_worked_for_real_samples_are_not_offered(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["anna"])
    assert "Sample cases are not offered here" in client.get(reverse("case-samples")).content.decode()
    assert client.post(reverse("case-samples"), START).status_code == 409
    answer = client.post(reverse("api-samples"), START, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "off")
    assert not Case.objects.exists()


def test_when_the_time_of_a_request_is_over_the_same_again_goes_on(
    client: Client, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(samples_open.__kwdefaults__, "seconds", -1.0)
    client.force_login(people["anna"])
    for new in (1, 0):
        answer = client.post(reverse("api-samples"), START, content_type="application/json")
        assert answer.json() == {"new": new, "there": 1 - new, "more": True, "bad": []}
    monkeypatch.undo()
    assert "23 sample cases of “Customer complaint” are open." in start(client, people["anna"])


def test_the_command_brings_in_the_same(people: dict[str, User]) -> None:
    out = StringIO()
    call_command("samples", "complaint", "--most", "3", stdout=out)
    call_command("samples", "complaint", stdout=out)
    assert "3 sample cases are new, 0 were there" in out.getvalue()
    assert "21 sample cases are new, 3 were there already" in out.getvalue()


def test_contested_decisions_begin_with_the_sample_cases_that_they_are_about(
    client: Client, people: dict[str, User]
) -> None:
    for key in ("loan", "contest", "source-review"):
        call_command("deploy", str(CASE_TYPES / key), stdout=StringIO())
    said = start(client, people["ada"], "contest")
    assert "2 sample cases of “Contested decision” are open." in said
    rows = Contest.objects.select_related("case").order_by("pk")
    assert [(row.case.reference, row.by, bool(task_of(row))) for row in rows] == [
        ("LOAN-007", "person:ada", True),
        ("LOAN-008", "person:ada", True),
    ]
    assert Case.objects.filter(case_type="loan", source="sample").count() == 8
    assert "Nothing is new: 2 sample cases of “Contested decision” came in before." in start(
        client, people["ada"], "contest"
    )
    page = client.get(reverse("case-samples")).content.decode()
    assert "2 samples in version 1;" in " ".join(page.split())
    assert page.count("Its cases do not come in from a file: they begin by what happens in others.") == 1
