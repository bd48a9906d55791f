"""Does a search, an error or one's own text tell what is masked?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.cases.read.case_list import case_list
from casework.models import Case
from casework.tasks.inbox import inbox_page
from casework.tasks.services import task_claim
from orchestration.ground import clock
from tests.casework.actions import open_task
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db

People = dict[str, User]


def found(user: User, reference: str) -> list[str]:
    return [row.reference for row in case_list(user=user, now=clock.utc_now(), which="all", reference=reference).rows]


def in_inbox(user: User, reference: str) -> list[str]:
    page = inbox_page(user=user, tab="groups", now=clock.utc_now(), reference=reference)
    return [row.reference for row in page.rows]


def test_a_masked_reference_is_not_found_by_what_it_hides(people: People, analysed: Callable[..., Case]) -> None:
    iban = PERSON["iban"]
    analysed(reference=f"{iban}-1")
    analysed(reference="REF-2")
    for search in (found, in_inbox):
        assert search(people["anna"], "REF") == ["REF-2"]
        shown = [reference for reference in search(people["anna"], "") if reference != "REF-2"]
        assert len(shown) == 1 and iban not in shown[0]
        for length in range(3, len(iban) + 3):
            assert search(people["anna"], f"{iban}-1"[:length]) == []


def test_a_reference_is_found_without_its_accents_in_any_letters(people: People, analysed: Callable[..., Case]) -> None:
    analysed(reference="Hauptstraße-7é")
    for written in ("hauptstrasse", "HAUPTSTRASSE-7E", "Hauptstraße-7e\u0301", "haupt\u200bstr"):
        assert found(people["anna"], written) == in_inbox(people["anna"], written) == ["Hauptstraße-7é"]


def test_one_s_own_words_stay_as_they_were_written_whether_the_guess_is_right_or_not(
    people: People, analysed: Callable[..., Case]
) -> None:
    pages = []
    for guess in (PERSON["name"], "Mario Sandwich"):
        case = analysed(reference=f"G-{len(pages)}")
        task = open_task(case)
        task_claim(by=people["anna"], task=task)
        client = Client()
        client.force_login(people["anna"])
        answer = client.post(f"/cases/{case.pk}/change/", {"transition": "suspend", "reason": f"It is {guess} I say"})
        assert answer.status_code == 302
        pages.append(f"It is {guess} I say" in client.get(f"/cases/{case.pk}/").content.decode())
    assert pages == [True, True]


def test_what_shows_by_its_form_is_masked_in_one_s_own_words_too(people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    client = Client()
    client.force_login(people["anna"])
    for guess, kind in ((PERSON["iban"], "suspend"), ("DE02120300000000202051", "resume")):
        client.post(f"/cases/{case.pk}/change/", {"transition": kind, "reason": f"It is {guess} I say"})
        assert guess not in client.get(f"/cases/{case.pk}/").content.decode()


def test_the_source_of_a_case_is_masked_where_it_holds_a_secret(people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    Case.objects.filter(pk=case.pk).update(source=f"api:{PERSON['iban']}")
    client = Client()
    client.force_login(people["anna"])
    for address in (f"/cases/{case.pk}/", "/cases/", "/api/cases/", f"/api/cases/{case.pk}/"):
        assert PERSON["iban"] not in client.get(address).content.decode()


def test_a_digest_in_the_history_is_keyed(people: People, analysed: Callable[..., Case], settings: object) -> None:
    from orchestration.privacy.pseudonyms import pseudonym

    one = pseudonym("job input", b"4111")
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert pseudonym("job input", b"4111") != one
