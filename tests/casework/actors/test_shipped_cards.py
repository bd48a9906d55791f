"""What the card of an actor that ships says of where it comes from, what it costs and who answers for it is true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from casework.actors.azure_reader import DOCUMENT
from casework.actors.bundled import CASE_TYPES
from casework.actors.words import leaving_words, price_words
from casework.web.help import linked
from orchestration.actors.card import card_faults, card_of

Json = dict[str, Any]
OF_OTHERS: Final = frozenset({
    "claims-payment", "payment-records", "payment-system", "customer-records", "customer-changes",
    "motor-fraud-service", "screening-service", "azure-document-reader",
})  # fmt: skip
"""Services of vendors. What else is called over a network is a system of the house."""
CALLS: Final = ("http", "soap", "sql", "served-model", "document-intelligence", "language-model")
BY_BROWSER: Final = "external"


def documents() -> Iterator[Json]:
    for path in sorted(CASE_TYPES.glob("*/actors/*.yaml")):
        yield yaml.safe_load(path.read_text("utf-8"))
    yield DOCUMENT


SHIPPED: Final = list(documents())


@pytest.mark.parametrize("document", SHIPPED, ids=[one["key"] for one in SHIPPED])
def test_its_origin_is_said_and_a_stand_in_says_that_it_is_one(document: Json) -> None:
    card = document["card"]
    assert not card_faults(card)
    expected = "language-model" if document["kind"] == "language-model" else "internal"
    assert card["source"] == ("vendor" if document["key"] in OF_OTHERS else expected)
    assert ("stand-in" in document["origin"]) == (document["kind"] in (*CALLS, BY_BROWSER))


@pytest.mark.parametrize("document", SHIPPED, ids=[one["key"] for one in SHIPPED])
def test_what_works_on_the_machines_of_the_house_costs_nothing_a_call(document: Json) -> None:
    here = document["kind"] not in (*CALLS, BY_BROWSER)
    words = price_words(card_of(document["card"]).price)
    assert (words == "no bill for a call") == here


def test_whether_data_leaves_is_said_in_a_few_words() -> None:
    said = [leaving_words(card_of(card)) for card in ({}, {"source": "vendor"}, {"leaves": True})]
    assert said == ["data stays", "data goes to the vendor as it is", "data leaves, names as pseudonyms"]


def test_the_name_of_a_guide_in_a_text_leads_to_it_and_nothing_else_becomes_a_link() -> None:
    found = linked("See docs/connectors.md, <b>docs/none.md</b> & docs/use/loan.md.")
    assert found.count("<a href=") == 2 and 'href="/help/connectors/"' in found and 'href="/help/use/loan/"' in found
    assert "&lt;b&gt;docs/none.md&lt;/b&gt; &amp; " in found
