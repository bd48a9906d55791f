"""Nobody takes more away by the browser in an hour than a person may, and what is refused was not made."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.core.cache import cache

from audit.models import AuditEvent
from casework.models import Case
from casework.runtime.locations import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(settings: Any) -> None:
    settings.TAKEN_AWAY_AN_HOUR = 2
    cache.clear()


def exports(case: Case) -> int:
    return AuditEvent.objects.filter(chain=case.instance_id, action="case.exported").count()


def test_a_file_more_than_a_person_may_take_away_in_an_hour_is_not_made(few, client, people, open_case) -> None:
    case = open_case()
    client.force_login(people["axel"])
    address = f"/cases/{case.pk}/pdf/"
    assert [client.get(address).status_code for _ in range(2)] == [200, 200]
    kept = exports(case)
    refused = client.get(address)
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 3600
    assert "You have taken away 2 files within an hour" in refused.content.decode()
    assert exports(case) == kept
    assert AuditEvent.objects.filter(action="access.denied", actor="person:axel").count() == 1


def test_another_person_and_pages_are_not_counted(few, client, people, open_case) -> None:
    case = open_case()
    client.force_login(people["axel"])
    for _ in range(3):
        client.get(f"/cases/{case.pk}/pdf/")
    assert client.get(f"/cases/{case.pk}/").status_code == 200
    client.force_login(people["anna"])
    assert client.get(f"/cases/{case.pk}/pdf/").status_code == 200


GIVES: Final = ("as_attachment=True", '"Content-Disposition"')


def test_every_page_that_gives_a_file_to_keep_counts_it() -> None:
    """By its source: a view that names an attachment, and is none of the product's own public files."""
    own = {"csv_file.py", "taking_away.py", "middleware.py"}
    files = [file for file in (ROOT / "casework").rglob("*.py") if "runtime" not in file.parts]
    giving = [
        file for file in files
        if file.name not in own and any(word in file.read_text() for word in GIVES)
    ]  # fmt: skip
    without = {str(file.relative_to(ROOT)) for file in giving if "takes_away(request)" not in file.read_text()}
    assert len(giving) > 5 and without == {"casework/governance/views.py"}  # the verifier, which tells of nobody
