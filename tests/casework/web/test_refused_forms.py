"""Does a form that is refused keep every word that was typed, and say at the field what is wrong with it?"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.orchestration.machines import Machines

pytestmark = pytest.mark.django_db

WORDS = "Kept, word for word"
FORMS: dict[str, tuple[dict[str, str], str]] = {
    "/people/new/": ({"name": "a b c", "first": WORDS, "reason": "x"}, "name"),
    "/people/groups/": ({"name": "", "reason": WORDS, "clearance": "none"}, "name"),
    "/people/groups/GROUP/": ({"clearance": "public", "purposes": WORDS, "reason": "x"}, "reason"),
    "/people/units/": ({"key": "A B", "name": WORDS, "reason": "x"}, "key"),
    "/people/services/": ({"name": WORDS, "reason": "x"}, "reason"),
    "/people/sign-in/": ({"do": "add", "group": "Analysts", "value": WORDS, "reason": "x"}, "reason"),
    "/people/PERSON/": ({"do": "names", "first": WORDS, "last": "", "email": "nowhere", "reason": "x"}, "email"),
    "/giving/": ({"person": "anna", "skill": "x" * 200, "level": "4"}, "skill"),
    "/away/": ({"until": "", "note": WORDS}, "until"),
    "/calendars/new/": ({"key": "A B", "title": WORDS}, "key"),
    "/events/inlets/new/": ({"key": "A B", "name": WORDS}, "key"),
    "/events/subscribers/new/": ({"key": "A B", "name": WORDS, "url": "nowhere"}, "key"),
    "/actors/hosts/": ({"host": "a b", "port": "1", "note": WORDS}, "host"),
    "/actors/connectors/new/": ({"kind": "http", "text": WORDS, "do": "check"}, "text"),
    "/actors/connectors/tools/": ({"url": "nowhere", "secret": WORDS}, "secret"),
    "/actors/connectors/openapi/": ({"document": WORDS}, "document"),
    "/actors/new/": ({"key": "A B", "name": WORDS}, "capability"),
    "/actors/intent/card/": ({"name": "", "purpose": WORDS}, "name"),
    "/ledger/budgets/": ({"scope": "all", "amount": "much", "currency": "EUR", "warn_at": "80"}, "amount"),
    "/changes/keeping/rules/complaint/": ({"reason": WORDS}, ""),
    "/account/tokens/": ({"name": WORDS, "days": "0"}, ""),
}
"""By address: what is sent, and the field that is wrong; empty: any of them."""


class Fields(HTMLParser):
    """The fields of a page by name: what stands in them, and what they say is wrong."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids, self.wrong, self.within = set[str](), dict[str, str](), ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if given.get("aria-invalid") == "true":
            self.wrong[given.get("name") or tag] = given.get("aria-describedby") or ""


@pytest.mark.parametrize("address", FORMS)
def test_a_refused_form_keeps_every_word_and_says_at_its_field_what_is_wrong(
    people: dict[str, User], machines: Machines, client: Client, address: str
) -> None:
    sent, name = FORMS[address]
    there = address.replace("GROUP", str(Group.objects.get(name="Analysts").pk)).replace(
        "PERSON", str(people["anna"].pk)
    )
    client.force_login(people["ada"])
    before = client.get(there)
    version = re.search(r'name="version" value="([^"]*)"', before.content.decode())
    given: dict[str, Any] = {**sent, **({"version": version[1]} if version else {})}
    answer = client.post(there, given)
    page = unescape(answer.content.decode())
    assert answer.status_code == 400, page[:300]
    fields = Fields(answer.content.decode())
    assert fields.wrong and (not name or name in fields.wrong), fields.wrong
    assert all(set(said.split()) <= fields.ids for said in fields.wrong.values() if said)
    assert all(words in page for words in sent.values())
    assert re.search(r"<title>\s*Error:\s", page)


def test_who_changes_a_person_whom_another_changed_meanwhile_keeps_what_they_typed(
    people: dict[str, User], client: Client
) -> None:
    client.force_login(people["ada"])
    there = f"/people/{people['anna'].pk}/"
    sent = {"do": "names", "first": WORDS, "last": "L", "email": "", "reason": "As she asked", "version": "of before"}
    answer = client.post(there, sent)
    page = unescape(answer.content.decode())
    assert answer.status_code == 409 and WORDS in page and "As she asked" in page
