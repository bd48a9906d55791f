"""On a wide screen the case of a row stands beside the list while somebody goes through it with the keys."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CERTAIN

pytestmark = pytest.mark.browser


def test_an_analyst_goes_through_a_list_with_the_cases_beside_it(person, product):
    anna = person("anna", viewport={"width": 1440, "height": 900})
    beginning = f"PREVIEW-{time.time_ns() % 10**9}"
    for number in range(2):
        anna.opens_a_case(f"{CERTAIN} My number is {number}.", f"{beginning}-{number}")
    product.settled()
    anna.goes_to(f"/?tab=unassigned&q={beginning}")
    pane, press = anna.page.get_by_role("complementary", name="The row’s case"), anna.strikes
    expect(pane).to_be_hidden()
    expect(anna.page.locator("tbody tr [data-open]")).to_have_count(2)
    press("j")
    press("v")
    expect(pane).to_contain_text("My number is 0.")
    press("j")
    expect(pane).to_contain_text("My number is 1.")
    expect(anna.page.locator("tr:nth-child(2) [data-open]")).to_be_focused()
    anna.page.reload()
    expect(pane).to_contain_text("My number is 1.")
    anna.page.set_viewport_size({"width": 1000, "height": 900})
    expect(pane).to_be_hidden()
    anna.page.set_viewport_size({"width": 1440, "height": 900})
    pane.get_by_role("button", name="Take").click()
    anna.sees("is yours now")
