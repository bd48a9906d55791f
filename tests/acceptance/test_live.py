"""An open page that misses a change says so, tries again by itself, and shows it then."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.acceptance.messages import CERTAIN

pytestmark = pytest.mark.browser


def test_a_refresh_that_fails_is_said_and_made_up_for_without_a_hand(person, product):
    anna, ben = person("anna"), person("ben")
    address = anna.opens_a_case(CERTAIN)
    product.settled()
    for each in (anna, ben):
        each.goes_to(address)
        expect(each.section("What is outstanding")).to_contain_text("for Analysts")
    failing = False

    def answer(route: Route) -> None:
        if failing and route.request.headers.get("hx-request"):
            route.abort()
        else:
            route.continue_()

    anna.page.route("**/cases/*/", answer)
    # A refresh that is under way would come in late, and show what it was to miss.
    expect(anna.page.locator(".htmx-request")).to_have_count(0)
    failing = True
    ben.presses("Take it")
    notice = anna.page.locator("#live-stopped")
    expect(notice).to_contain_text("may be old", timeout=20_000)
    expect(anna.page.locator("#trouble")).to_be_hidden()
    expect(anna.section("What is outstanding")).to_contain_text("for Analysts")
    failing = False
    expect(anna.section("What is outstanding")).to_contain_text("with Ben Bauer", timeout=20_000)
    expect(notice).to_be_hidden()
