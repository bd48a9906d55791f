"""What somebody has begun to write, when their browser is closed, their session ends, or two windows are open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.acceptance.messages import CONFUSED
from tests.acceptance.people import Person
from tests.acceptance.product import Product

pytestmark = pytest.mark.browser


def answer_of(who: Person) -> Locator:
    return who.page.get_by_label("Answer", exact=False).and_(who.page.locator("textarea")).first


def kept_of(who: Person) -> Locator:
    """What the form of the answer says of its draft: the form for a comment below it has a word of its own."""
    return who.page.locator("[data-draft-said]").first


def test_a_text_survives_a_closed_browser_and_an_ended_session_and_a_second_window_never_overwrites_it(
    person, product: Product
) -> None:
    clara = person("clara")
    clara.opens_a_case(CONFUSED)
    product.settled()
    task = product.asks("select max(id) from orchestration_humantask where state = 'open'")[0][0]
    clara.goes_to(f"/tasks/{task}/")
    clara.presses("Take this task")

    answer_of(clara).fill("We look into it today.")

    expect(kept_of(clara)).to_contain_text("Kept ")
    clara.page.close()
    product.asks("delete from django_session where expire_date is not null")

    again = person("clara")
    again.goes_to(f"/tasks/{task}/")
    expect(answer_of(again)).to_have_value("We look into it today.")

    other = person("clara")
    other.goes_to(f"/tasks/{task}/")
    answer_of(again).fill("We look into it today, Clara.")
    expect(kept_of(again)).to_contain_text("Kept ")
    answer_of(other).fill("Another answer.")
    both = other.page.get_by_role("region", name="Two drafts")
    expect(both).to_contain_text("We look into it today, Clara.")
    expect(both).to_contain_text("Another answer.")
    both.get_by_role("button", name="Go on with the other").click()
    expect(answer_of(other)).to_have_value("We look into it today, Clara.")
    expect(kept_of(other)).to_contain_text("Kept ")


def test_an_open_task_page_learns_that_one_has_taken_the_task_in_another_window(person, product: Product) -> None:
    clara, other = person("clara"), person("clara")
    clara.opens_a_case(CONFUSED)
    product.settled()
    task = product.asks("select max(id) from orchestration_humantask where state = 'open'")[0][0]
    clara.goes_to(f"/tasks/{task}/")
    other.goes_to(f"/tasks/{task}/")
    clara.presses("Take this task")
    expect(other.page.locator("#task-now")).to_contain_text("you have taken it in another window")
