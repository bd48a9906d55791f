"""Two people at one case see one another there, as long as both have it open."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CERTAIN

pytestmark = pytest.mark.browser


def test_people_at_one_case_see_who_looks_and_who_writes(person, product):
    anna, ben = person("anna"), person("ben")
    address = anna.opens_a_case(CERTAIN)
    product.settled()
    task = product.asks("select max(id) from orchestration_humantask where state = 'open'")[0][0]
    anna.goes_to(address)
    company = anna.page.locator("[data-company]")
    expect(company).to_be_empty()
    ben.goes_to(f"/tasks/{task}/")
    expect(company).to_have_text("Ben Bauer is looking", timeout=20_000)
    expect(ben.page.locator("[data-company]")).to_have_text("Anna Adler is looking", timeout=20_000)
    ben.presses("Take this task")
    ben.page.locator("textarea").first.fill("We look into it today.")
    expect(company).to_have_text("Ben Bauer is writing", timeout=20_000)
    ben.goes_to("/")
    expect(company).to_be_empty(timeout=20_000)
