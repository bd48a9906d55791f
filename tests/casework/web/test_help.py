"""Is help where one needs it, and is the work of others named?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from casework.runtime.locations import ROOT
from casework.web import help as pages
from casework.web.help import DOCS, page, place_of
from casework.web.notices import notices
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
ALL = sorted(
    str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md") if path.parent.name != "screens"
)


@pytest.fixture
def anna(people: dict[str, Any], client: Client) -> Client:
    client.force_login(people["anna"])
    return client


def test_a_page_links_to_the_help_for_it(anna: Client) -> None:
    assert 'href="/help/use/inbox/">Help for this page' in told(anna.get("/"))
    assert 'href="/help/use/cases/">Help for this page' in told(anna.get("/cases/"))
    assert '<h1 id="inbox">Inbox</h1>' in told(anna.get("/help/use/inbox/"))


def test_help_belongs_to_addresses_that_there_are() -> None:
    assert set(pages.PLACES) <= {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {place_of(name) for name in (*pages.PLACES, "anything", None)} <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_page_of_help_has_one_heading_and_links_that_lead_somewhere(anna: Client, name: str) -> None:
    text = told(anna.get(f"/help/{name}/"))
    assert text.count("<h1") == 1
    article = text.split("<article", 1)[1].split("</article>", 1)[0]
    for link in re.findall(r'href="(/help/[^"#]+)(?:#[^"]*)?"', article):
        assert anna.get(link).status_code == 200, link
    assert not re.findall(r'href="[^"]*\.md', article)


@pytest.mark.parametrize("name", ALL)
def test_a_link_to_a_heading_finds_it(name: str) -> None:
    for link, mark in re.findall(r'href="(?:/help/([^"#]+)/)?#([^"]+)"', page(name).html):
        assert f'id="{mark}"' in page(link or name).html, (link, mark)


def test_what_is_no_page_of_help_is_not_found(anna: Client) -> None:
    for name in ("nothing", "../README", "use/../../pyproject", "..%2fREADME"):
        assert anna.get(f"/help/{name}/").status_code == 404


def test_markup_in_a_text_stays_text() -> None:
    assert all("<script" not in page(name).html for name in ALL)


def test_everything_that_the_product_runs_on_is_named_with_its_licence(anna: Client) -> None:
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    named = {notice.name for notice in notices() if notice.system == "Python"}
    assert pinned - named <= {"async-timeout", "colorama", "hf-xet"}  # asked for only on other systems or Pythons
    assert {notice.name for notice in notices() if notice.system == "npm"} >= {"@tabler/core", "@iconify-json/tabler"}
    assert all(notice.licence for notice in notices())
    assert "pytest" not in named
    shown = told(anna.get("/help/licences/"))
    assert "django</a>" in shown
    assert "Redistribution and use in source" in told(anna.get("/help/licences/python/django/"))
    assert anna.get("/help/licences/npm/@tabler/core/").status_code == 200
