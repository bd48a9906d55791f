"""Three tasks are done with the keyboard alone, with a handful of keys each."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CERTAIN

pytestmark = pytest.mark.browser


def test_an_analyst_does_three_tasks_by_single_keys(person, product):
    anna = person("anna")
    beginning = f"KEYS-{time.time_ns() % 10**9}"
    for number in range(3):
        anna.opens_a_case(CERTAIN, f"{beginning}-{number}")
    product.settled()

    press = anna.strikes
    anna.goes_to(f"/?tab=unassigned&q={beginning}")
    expect(anna.page.locator("tr[id^='row-']:not(.row-gone)")).to_have_count(3)
    press("?")
    expect(anna.page.get_by_role("dialog", name="Keys")).to_be_visible()
    press("c")  # does nothing behind a dialogue
    press("Escape")
    expect(anna.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    press("j")
    press("x")
    expect(anna.page.locator("input[name=tasks]:checked")).to_have_count(1)
    press("Escape")
    expect(anna.page.locator("input[name=tasks]:checked")).to_have_count(0)
    press("j")
    expect(anna.page.locator("tr:nth-child(2) [data-open]")).to_be_focused()
    press("c")
    for left in (2, 1, 0):
        expect(anna.page.get_by_role("button", name="Accept: ")).to_be_visible()
        press("e")
        if left:
            anna.sees("Finished “Approve the answer”")
            press("c")
    anna.sees("nothing is left to do in the list")
    press("g")
    press("i")
    expect(anna.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    press("/")
    expect(anna.page.locator("#bar-search")).to_be_focused()
    press("j")
    expect(anna.page.locator("#bar-search")).to_have_value("j")
