"""Do the pages on which people read what happened call things by their names, and no key stands there alone?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from orchestration.models import Actor, ActorCall
from orchestration.view.decisions import parse

pytestmark = pytest.mark.django_db

BESIDE = re.compile(
    r'<(details|pre|code|script|style|select|head)\b.*?</\1>|<(span|dd|td)[^>]*class="[^"]*\bmono\b[^"]*".*?</\2>', re.S
)
"""What is folded, or written as technical beside its name."""


def read(client: Client, address: str) -> str:
    """What stands on a page for people to read, without what is technical."""
    page = BESIDE.sub(" ", client.get(address).content.decode())
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", page[page.index("<main") :])))


def keys(case: Case) -> Iterator[str]:
    """Of everything that a history names: actors, capabilities, people, decisions, the version."""
    case_type = by_definition(case.instance.definition_id)
    yield from Actor.objects.values_list("key", flat=True)
    yield from case_type.capabilities
    yield from (case_type.label, "person:", "model:", "system:", "engine.")
    for name, text in case_type.files.items():
        if name.endswith(".dmn"):
            yield from (one.id for one in parse(text.encode()).decisions if one.id and one.id != one.name.lower())


def alone(text: str, case: Case) -> list[str]:
    word = r"(?<![\w-]){}(?![\w-])"
    of_several = (key for key in keys(case) if not key.isalpha())
    return sorted({key for key in of_several if re.search(word.format(re.escape(key)), text)})


def test_no_key_stands_alone_where_people_read_what_happened(
    people: dict[str, User], analysed: Callable[..., Case], client: Client
) -> None:
    case = analysed()
    client.force_login(people["axel"])
    call = ActorCall.objects.filter(instance=case.instance_id).exclude(actor="").first()
    assert call is not None
    pages = [
        f"/cases/{case.pk}/{place}" for place in ("", "handoffs/", "history/", "history/?view=business", "decisions/")
    ]
    for address in (*pages, f"/ledger/calls/{call.pk}/"):
        text = read(client, address)
        assert len(text) > 300 and not alone(text, case), address


def test_a_rule_is_told_in_words_and_as_it_is_written_behind_a_fold(
    people: dict[str, User], analysed: Callable[..., Case], client: Client
) -> None:
    case = analysed()
    client.force_login(people["anna"])
    page = client.get(f"/cases/{case.pk}/decisions/").content.decode()
    written = set(re.findall(r"<code>(.*?)</code>", page))
    assert any("&gt;" in one or "&quot;" in one for one in written)
    words = read(client, f"/cases/{case.pk}/decisions/")
    assert not any(unescape(one) in words for one in written if "&" in one)
