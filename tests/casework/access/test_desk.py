"""Somebody chooses how their desk is, and no one else's changes by it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.desk import KEYS
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(people: dict[str, User], client: Client) -> Client:
    client.force_login(people["anna"])
    return client


def body(client: Client) -> str:
    found = re.search(r"<body[^>]*>", told(client.get("/")))
    assert found is not None
    return found[0]


def test_keys_are_on_and_rows_are_roomy_until_one_says_otherwise(anna: Client) -> None:
    assert 'data-keys="on"' in body(anna) and 'data-rows="roomy"' in body(anna)
    anna.post("/desk/", {"keys": "off"})
    anna.post("/desk/", {"rows": "compact"})
    assert 'data-keys="off"' in body(anna) and 'data-rows="compact"' in body(anna)
    anna.post("/desk/", {"keys": "on"})
    assert 'data-keys="on"' in body(anna) and 'data-rows="compact"' in body(anna)


def test_what_one_person_chose_is_not_another_s_in_the_same_browser(anna: Client, people: dict[str, User]) -> None:
    anna.post("/desk/", {"keys": "off"})
    anna.force_login(people["ben"])
    assert 'data-keys="on"' in body(anna)
    anna.force_login(people["anna"])
    assert 'data-keys="off"' in body(anna)


def test_it_goes_back_to_the_page_and_to_no_other_host(anna: Client) -> None:
    assert anna.post("/desk/", {"keys": "off", "next": "/cases/"}).headers["Location"] == "/cases/"
    assert anna.post("/desk/", {"keys": "off", "next": "https://example.org/"}).headers["Location"] == "/"


def test_each_key_that_is_told_of_is_told_of_in_the_help_too(anna: Client) -> None:
    page, shown = told(anna.get("/help/use/keys/")), told(anna.get("/"))
    for _, keys in KEYS:
        for key, does in keys:
            assert f"<kbd>{key}</kbd>" in shown and does in shown
            assert all(f"<code>{part}</code>" in page for part in key.split())
