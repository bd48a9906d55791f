"""A case can be taken away on paper: what its reader may see, and no more, with each time written out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2
import pytest
from django.contrib.auth.models import User

from audit.models import AuditEvent
from casework.cases.revealing import field_reveal
from casework.models import Case
from casework.proof import typesetting
from casework.tasks.services import task_claim
from orchestration.ground import clock
from tests.casework.actions import open_task
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db


def read(content: bytes) -> str:
    """The text of all pages, without how it is broken into lines."""
    document = pypdfium2.PdfDocument(content)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


def paper(user: User, case: Case) -> str:
    answer = client(user).get(f"/cases/{case.pk}/pdf/")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="case-{case.pk}.pdf"'
    return read(answer.content)


@pytest.fixture(params=["set by Typst", "in plain letters"])
def setter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "set by Typst":
        monkeypatch.setattr(typesetting, "is_here", lambda: False)


def test_it_says_what_the_page_says_in_all_its_places(
    setter: None, people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed(received="2026-11-16T09:00:00+00:00")
    task = open_task(case)
    task_claim(by=people["anna"], task=task)
    text = paper(people["anna"], case)
    for words in ("Where it stands", "What is outstanding", "Data collected", "Decision: ", "What machines found",
                  "Who may see it", "What happened", "holds from 16 Nov 2026",
                  "As Anna Adler may see it", task.name, "yours"):  # fmt: skip
        assert words in text, words
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", text) and " ago" not in text


def test_what_is_masked_for_its_reader_is_masked_on_paper_until_it_is_revealed(
    setter: None, people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed(customer={"name": "Zaphod Beeblebrox", "email": "zaphod@example.org"})
    text = paper(people["anna"], case)
    assert "zaphod@example.org" not in text and "(masked)" in text
    field_reveal(by=people["anna"], case=case, path="/customer/email", reason="Customer asked for a call back")
    assert "zaphod@example.org" in paper(people["anna"], case)
    assert "zaphod@example.org" not in paper(people["ben"], case)


def test_that_it_was_taken_away_stands_in_the_history_and_among_what_was_taken(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    paper(people["anna"], case)
    event = AuditEvent.objects.get(chain=case.instance_id, action="case.exported")
    assert event.actor == "person:anna"
    assert (
        "the case on paper"
        in client(people["axel"]).get(f"/cases/{case.pk}/history/?view=business&show=all").content.decode()
    )


def test_no_text_of_a_case_is_a_command_of_the_typesetter() -> None:
    hostile = '#read("/etc/passwd") $x$ *b* _i_ `c` @ref <l> \\ #eval("1+1") ] ) }'
    made = typesetting.typeset(
        hostile, "mark", [("Part", (), [("Name", hostile), ("Łódź", "Зоя ≥ €")])], clock.utc_now()
    )
    text = read(made)
    assert text.count('#read("/etc/passwd")') == 2 and "Łódź" in text and "Зоя ≥ €" in text and "root:" not in text


def test_a_paper_is_tagged_for_screen_readers_and_one_with_letters_that_nobody_has_is_made_too() -> None:
    made = typesetting.typeset("Title", "mark", [("Part", ("A", "B"), [("Name", "value")])], clock.utc_now())
    assert b"/MarkInfo" in made and b"/Lang" in made and b"pdfuaid" in made
    odd = typesetting.typeset("Title", "mark", [("Part", (), [("Name", "\U000e0fff \ufdd0 value")])], clock.utc_now())
    assert "value" in read(odd)


def test_without_it_a_paper_says_that_letters_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "is_here", lambda: False)
    text = read(typesetting.typeset("Łódź", "mark", [("Part", (), [("One line of text",)] * 200)], clock.utc_now()))
    assert "question marks" in text and "make pdf" in text and "1 / 4" in text
