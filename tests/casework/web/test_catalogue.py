"""Each piece of the pages can be looked at in all its states, by those who build the product."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from django.template.loader import get_template

from casework.runtime.locations import ROOT
from casework.web.catalogue import pieces
from tests.casework.reading import told

TEMPLATES = ROOT / "templates"
LONGEST = 70
"""Lines of a piece. What is longer is a place of a page, whose pieces stand in the catalogue by themselves."""
ON_THEIR_PAGES = {
    "access/_code.html": "it takes the focus of the page that it stands on",
    "account/_machines_unread.html": "it stands on each page of whoever has not read of the machines yet",
    "agents/_worth_table.html": "a table, whose rows stand in the catalogue by themselves",
    "lists/_filter.html": "one of the filters of a list, which stand in the catalogue together",
    "lists/_filter_input.html": "an input of a filter, which stands in the catalogue with the others",
    "actors/_tabs.html": "places of pages, which each page of them shows",
    "cases/_places.html": "places of pages, which each page of them shows",
    "governance/_look_up.html": "a form that leads to the registers, which one page shows",
    "governance/_tabs.html": "places of pages, which each page of them shows",
    "people/_unit_member.html": "one of a list, which the page of its unit shows",
    "tasks/_told.html": "terms of a list that is around them",
    "tasks/_tabs.html": "the lists of an inbox, which each inbox shows",
    "people/_tabs.html": "places of pages, which each page of them shows",
    "account/_tokens.html": "a list of rows of the database, which the page of tokens shows",
    "agents/_to_waiting.html": "a link that counts for who reads it, as the places of the bar do",
    "asking/_answers.html": "answers with their sources, which lead into a case that is there",
    "cases/_data.html": "a place of a page, whose pieces stand in the catalogue by themselves",
    "cases/_cost.html": "terms of a list that is around them",
    "cases/_decisions.html": "a place of a page, whose pieces stand in the catalogue by themselves",
    "cases/_work.html": "a place of a page, whose pieces stand in the catalogue by themselves",
    "cases/_reveal.html": "a page but for its frame",
    "comments/_panel.html": "a place of a page, whose pieces stand in the catalogue by themselves",
    "comments/_thread.html": "a list, which stands in the catalogue by itself",
    "deadlines/_list.html": "a list, which its page shows",
    "explaining/_kept.html": "links into the history of a case that is there",
    "lists/_arranged.html": "the controls of a list, which each list shows",
    "lists/_bodies.html": "rows, which stand in the catalogue by themselves",
    "lists/_following.html": "a list, which its page shows",
    "lists/_fold.html": "one box of a list on a small screen",
    "lists/_head.html": "a cell of the head of a list",
    "lists/_told.html": "what is told above a list, which stands in the catalogue by itself",
    "lists/_view_save.html": "a form of a list, whose fields stand in the catalogue by themselves",
    "partials/bar_news.html": "what the bar counts, each of which stands in the catalogue by itself",
    "partials/desk_menu.html": "a part of the menu, which each page has, the catalogue too",
    "partials/keys.html": "it stands on each page, the catalogue’s too",
    "partials/navigation.html": "it stands on each page, the catalogue’s too",
    "partials/palette.html": "it stands on each page, the catalogue’s too",
    "partials/preview_switch.html": "it stands above a list, where a script shows it",
    "partials/draft.html": "it stands in the form whose text it keeps",
    "partials/draft_attributes.html": "attributes of a form",
    "partials/live_list.html": "what listens for news around a list that is there",
    "proof/_paper_style.html": "the style of a file that is taken away",
    "studio/models/_shape.html": "a shape of a drawing of a model",
    "studio/models/_head.html": "a page's head, of a version that is there",
    "studio/models/_pictures.html": "a drawing of a model that is there",
    "tasks/_board.html": "a table of people who are there",
    "tasks/_many_part.html": "where results stand, which stand in the catalogue by themselves",
    "tasks/_preview_pane.html": "where the case of a row comes up, which stands in the catalogue by itself",
    "tasks/_many_bar.html": "it comes up where a row is chosen",
    "tasks/_pick.html": "a cell of a row, which stands in the catalogue by itself",
}


def test_the_catalogue_is_not_there_outside_of_development(db, people, client):
    client.force_login(people["ada"])
    assert client.get("/catalogue/").status_code == 404


def test_in_development_every_piece_stands_there_in_each_of_its_states(db, people, client, settings):
    settings.CATALOGUE = True
    client.force_login(people["ada"])
    page = told(client.get("/catalogue/"))
    for piece in pieces():
        assert piece.name in page and get_template(piece.template)
        assert piece.in_table or all(f'<p class="quiet">{state}</p>' in page for state in piece.states)
    for words in (
        "Ben Bauer has taken this task.", "M••• S•••", "Snoozed: comes back", "at risk", "Give back", "2 days late",
        "Nothing is yours right now", "Ben Bauer is looking", "The history does not hold", "sent as it was drafted",
        "waits for approval", "You had begun to set this list", "Became", "circuit open",
    ):  # fmt: skip
        assert words.lower() in page.lower(), words
    twice = [name for name, times in Counter(re.findall(r'\sid="([^"]+)"', page)).items() if times > 1]
    assert twice == [], "each state has ids of its own, so that labels lead to their fields"


def parts() -> set[str]:
    """All parts of pages that are no longer than a piece."""
    files = (file for file in TEMPLATES.rglob("*.html") if is_part(file) and lines(file) <= LONGEST)
    return {str(file.relative_to(TEMPLATES)) for file in files}


def is_part(file: Path) -> bool:
    return file.name.startswith("_") or file.parent.name == "partials"


def lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def test_every_piece_of_the_pages_stands_in_it_or_is_told_why_not() -> None:
    shown = {piece.template for piece in pieces()}
    assert len(parts()) > 180
    assert sorted(parts() - shown - set(ON_THEIR_PAGES)) == []


def test_nothing_is_excused_that_is_gone_or_stands_in_it() -> None:
    shown = {piece.template for piece in pieces()}
    assert sorted(set(ON_THEIR_PAGES) - (parts() - shown)) == []
