"""An inbox that somebody works in follows what others do, and nothing moves under their pointer."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Locator, expect

from tests.acceptance.messages import CERTAIN

pytestmark = pytest.mark.browser


def _box(row: Locator) -> tuple[float, float]:
    there = row.bounding_box()
    assert there is not None
    return round(there["y"]), round(there["height"])


def test_what_others_do_moves_nothing_under_the_pointer(person, product):
    anna, ben = person("anna"), person("ben")
    beginning = f"FLOW-{time.time_ns() % 10**9}"
    for number in range(3):
        ben.opens_a_case(CERTAIN, f"{beginning}-{number}")
    product.settled()
    listed = f"/?tab=unassigned&q={beginning}&sort=late"
    for each in (anna, ben):
        each.goes_to(listed)
    rows = anna.page.locator("tbody tr")
    expect(rows).to_have_count(3)
    first, last = (rows.nth(n).get_attribute("id") for n in (0, 2))
    under = anna.page.locator(f"#{last}")
    under.hover()
    anna.page.locator(f"#{last} input[name=tasks]").check()
    before = _box(under)

    ben.page.locator(f"#{first} [data-key=c]").click()
    ben.sees("is yours now")
    expect(anna.page.locator(f"#{first} [data-label='Who has it']")).to_contain_text("Ben Bauer")
    assert _box(under) == before
    ben.opens_a_case(CERTAIN, f"{beginning}-3")
    product.settled()
    news = anna.page.get_by_role("button", name="1 new")
    expect(news).to_be_visible()
    expect(rows).to_have_count(3)
    assert _box(under) == before

    news.click()
    expect(rows).to_have_count(4)
    expect(anna.page.locator("tr.row-new [data-open]")).to_be_focused()
    expect(anna.page.locator("input[name=tasks]:checked")).to_have_attribute("id", f"pick-{last.removeprefix('row-')}")


def test_a_list_at_rest_shows_what_is_new_by_itself_and_what_is_done_leaves(person, product):
    anna, ben = person("anna"), person("ben")
    ben.opens_a_case(CERTAIN)
    product.settled()
    for each in (anna, ben):
        each.goes_to("/?tab=unassigned")
    taken = anna.page.locator("tbody tr").first
    place = taken.get_attribute("id")
    taken.hover()
    ben.page.locator(f"#{place} [data-key=c]").click()
    ben.sees("is yours now")
    gone = anna.page.locator(f"#{place}")
    expect(gone).to_contain_text("taken by Ben Bauer")
    expect(gone.get_by_role("button")).to_have_count(0)
    anna.page.mouse.move(5, 5)
    expect(gone).to_have_count(0)


def test_who_comes_back_to_a_list_finds_their_place(person, product):
    anna = person("anna")
    beginning = f"BACK-{time.time_ns() % 10**9}"
    for number in range(2):
        anna.opens_a_case(CERTAIN, f"{beginning}-{number}")
    product.settled()
    anna.goes_to(f"/?tab=unassigned&q={beginning}")
    expect(anna.page.locator("tbody tr [data-open]")).to_have_count(2)
    press = anna.strikes
    press("j")
    press("j")
    press("x")
    row = anna.page.locator("tbody tr").nth(1)
    expect(row.locator("input[name=tasks]")).to_be_checked()
    row.locator("[data-open]").click()
    expect(anna.page.get_by_role("heading", level=1, name="Approve the answer")).to_be_visible()
    anna.page.go_back()
    expect(row.locator("[data-open]")).to_be_focused()
    expect(row.locator("input[name=tasks]")).to_be_checked()


def test_a_lost_connection_is_said_once_and_mends_itself_with_the_focus_where_it_was(person, product):
    anna = person("anna")
    beginning = f"LOST-{time.time_ns() % 10**9}"
    anna.opens_a_case(CERTAIN, beginning)
    product.settled()
    anna.goes_to(f"/?tab=unassigned&q={beginning}")
    row = anna.page.locator("tbody tr [data-open]")
    row.focus()
    anna.page.context.set_offline(True)
    lost = anna.page.locator("#live-stopped")
    expect(lost).to_contain_text("comes back by")
    expect(row).to_be_hidden()
    anna.page.context.set_offline(False)
    expect(row).to_be_focused(timeout=20_000)
    expect(lost).to_be_hidden()
    expect(anna.page.locator("#trouble")).to_be_hidden()
