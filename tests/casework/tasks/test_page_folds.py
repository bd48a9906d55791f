"""A panel is open or closed again as its reader left it, whatever browser they come back with, for them alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import Client, RequestFactory

from casework.access.desk import MOST_FOLDS
from casework.access.desk_models import DeskChoice
from casework.models import Case
from casework.runtime.locations import ROOT
from tests.casework.actions import open_task
from tests.casework.browsing import client
from tests.casework.reading import told
from tests.sql import statements

pytestmark = pytest.mark.django_db

OPEN, CLOSED = 'id="fold-data" data-fold="data" open>', 'id="fold-data" data-fold="data">'


def folds(client: Client, name: str, is_open: bool, status: int = 204) -> None:
    assert client.post("/desk/", {"fold": name, "open": "on" if is_open else "off"}).status_code == status


def test_what_was_left_open_is_open_in_every_browser_of_its_reader_alone(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    address = f"/tasks/{open_task(analysed()).pk}/"
    anna = client(people["anna"])
    assert CLOSED in told(anna.get(address))
    folds(anna, "data", True)
    page = told(anna.get(address))
    assert OPEN in page and 'data-fold="decisions">' in page
    assert OPEN in told(client(people["anna"]).get(address)), "a browser that she signs in with later"
    assert CLOSED in told(client(people["ben"]).get(address))
    folds(anna, "data", False)
    assert CLOSED in told(anna.get(address))


def test_a_panel_that_is_open_at_first_stays_closed_when_it_was_closed(people: dict[str, User]) -> None:
    anna = client(people["anna"])
    assert shown(anna, "happened") == ' data-fold="happened" open'
    folds(anna, "happened", False)
    assert shown(anna, "happened") == ' data-fold="happened"'
    folds(anna, "happened", True)
    assert shown(anna, "happened") == ' data-fold="happened" open'


def shown(client: Client, name: str) -> str:
    """What the tag writes on a panel that is open at first."""
    request = RequestFactory().get("/")
    request.user, request.session = User.objects.get(pk=client.session["_auth_user_id"]), client.session
    return Template(f'{{% load desk %}}{{% fold "{name}" "open" %}}').render(Context({"request": request}))


def test_what_is_chosen_of_rows_and_keys_comes_along_and_folds_stay(people: dict[str, User]) -> None:
    anna = client(people["anna"])
    folds(anna, "data", True)
    anna.post("/desk/", {"rows": "compact"})
    later = client(people["anna"])
    assert 'data-rows="compact"' in told(later.get("/")) and shown(later, "data").endswith("open")


def test_a_cookie_of_an_older_version_is_still_taken(people: dict[str, User], settings) -> None:
    anna = client(people["anna"])
    name = settings.SCHEME_COOKIE_NAME.removesuffix("-scheme")
    anna.cookies[f"{name}-desk-{people['anna'].pk}"] = "quiet.compact"
    assert 'data-keys="off" data-rows="compact"' in told(anna.get("/"))
    folds(anna, "data", True)
    assert 'data-keys="off" data-rows="compact"' in told(client(people["anna"]).get("/"))


@pytest.mark.parametrize("name", ["", "-data", "a.b", "Ä", "x" * 41, "<script>"])
def test_what_is_no_name_of_a_panel_is_refused(people: dict[str, User], name: str) -> None:
    folds(client(people["anna"]), name, True, 400)
    assert not DeskChoice.objects.exclude(folds="").exists()


def test_so_many_are_remembered_and_the_oldest_forgotten(people: dict[str, User]) -> None:
    anna = client(people["anna"])
    for number in range(MOST_FOLDS + 3):
        folds(anna, "p" + "".join(chr(97 + int(digit)) for digit in str(number)), True)
    assert len(DeskChoice.objects.get().folds.split(".")) == MOST_FOLDS


def test_a_page_costs_no_statement_more(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    address = f"/tasks/{open_task(analysed()).pk}/"
    anna = client(people["anna"])
    anna.get(address)
    with statements() as before:
        anna.get(address)
    folds(anna, "data", True)
    with statements() as after:
        anna.get(address)
    assert len(before) == len(after)


def test_nobody_has_panels_who_has_not_signed_in(client: Client) -> None:
    assert client.post("/desk/", {"fold": "data", "open": "on"}).status_code == 302
    assert not DeskChoice.objects.exists()


PASSING = ("menu", "chooser", "many-more", "long-choice", "filter-group")
"""Classes of what opens over a page and closes again."""
OF_ITS_OWN = {
    "actors/_declared.html": "each capability of an actor has one",
    "cases/_because.html": "each rule has one",
    "cases/_decisions_made.html": "each rule that decided has one",
    "cases/_sheet.html": "each list in the data of a case has one",
    "comments/_one.html": "each comment that was changed has one, for auditors",
    "studio/rules/texts.html": "each case type has one",
    "web/api_docs.html": "each call and each shape has one",
    "partials/unsent.html": "it is there once, with what was typed in vain",
}


def folding() -> list[str]:
    found = (file for file in (ROOT / "templates").rglob("*.html") if "<details" in file.read_text())
    return sorted(str(file.relative_to(ROOT / "templates")) for file in found)


def forgotten(text: str) -> list[str]:
    """The panels of a template that nobody remembers: but for what passes, is one of many rows, or asks for a form."""
    found = []
    for panel in re.finditer(r"<details((?:\{%.*?%\}|[^>])*)>(.*?)</details>", text, re.DOTALL):
        start, body = panel[1], panel[2]
        before = text[: panel.start()]
        is_of_row = before.count("{% for ") > before.count("{% endfor ")
        passes = any(f'class="{one}' in start for one in PASSING) or 'method="post"' in body
        if not (is_of_row or passes or "{% fold " in start):
            found.append(" ".join(start.split()))
    return found


@pytest.mark.parametrize("name", folding())
def test_every_panel_that_folds_is_remembered(name: str) -> None:
    assert forgotten((ROOT / "templates" / name).read_text()) == [] or name in OF_ITS_OWN


def test_a_panel_that_nobody_remembers_would_be_found() -> None:
    assert forgotten('<details class="more" id="x"><summary>More</summary></details>') == ['class="more" id="x"']
