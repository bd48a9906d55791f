"""A machine cannot do its work: a person sees why, does it by hand, and the case goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CERTAIN
from tests.acceptance.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture
def no_intent(person, product: Product) -> Iterator[None]:
    """Nobody finds out what a message is about: an administrator has switched that off, and puts it on again."""
    ada, name = person("ada"), product.asks("select name from orchestration_actor where key = 'intent'")[0][0]
    ada.goes_to("/actors/")
    ada.page.get_by_role("link", name=f"Switch off {name}").click()
    ada.page.get_by_label("Why").fill("It answers nonsense")
    ada.presses("Switch it off")
    yield
    ada.goes_to("/actors/")
    ada.presses(f"Switch on {name}")


def test_what_a_machine_fails_at_is_done_by_hand_and_told_at_each_handoff(person, product, no_intent):
    anna = person("anna")
    address = anna.opens_a_case(CERTAIN)
    product.settled()
    anna.goes_to(address)
    anna.follows("What was tried, and what else can be done")
    expect(anna.section("What was sent")).to_contain_text(CERTAIN)
    expect(anna.section("What was tried")).to_contain_text("No enabled actor")
    anna.presses("Do it by hand")
    anna.sees("It waits for a person now.")
    anna.presses("Take it")
    anna.presses("Finish")
    anna.sees("Please answer this.")
    anna.page.get_by_label("What it is about").select_option(index=1)
    anna.presses("Finish")
    product.settled()
    anna.goes_to(address)
    anna.sees("by hand, in a machine’s place")
    anna.follows("Handoffs")
    expect(anna.page.get_by_role("heading", name="Anna Adler").first).to_be_visible()
