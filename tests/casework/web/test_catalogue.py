"""Each piece of the pages can be looked at in all its states, by those who build the product."""

from __future__ import annotations

import pytest
from django.template.loader import get_template

from casework.web.catalogue import pieces
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


def test_the_catalogue_is_not_there_outside_of_development(people, client):
    client.force_login(people["ada"])
    assert client.get("/catalogue/").status_code == 404


def test_in_development_every_piece_stands_there_in_each_of_its_states(people, client, settings):
    settings.CATALOGUE = True
    client.force_login(people["ada"])
    page = told(client.get("/catalogue/"))
    for piece in pieces():
        assert piece.name in page and get_template(piece.template)
        assert piece.in_table or all(f'<p class="quiet">{state}</p>' in page for state in piece.states)
    for words in ("Ben Bauer has taken this task.", "M••• S•••", "Snoozed: comes back", "at risk", "Give back",
                  "Nothing is yours right now", "Ben Bauer is looking"):  # fmt: skip
        assert words in page, words
