"""By keyboard one gets to a case, a page and what can be done here from anywhere, and does nothing by accident."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CONFUSED
from tests.acceptance.product import Product
from tests.acceptance.test_accessible import AXE, TAGS

pytestmark = pytest.mark.browser


def test_ctrl_k_leads_to_a_case_a_page_and_an_action_of_the_page(person, product: Product) -> None:
    clara = person("clara")
    clara.opens_a_case(CONFUSED)
    product.settled()
    task, title = product.asks(
        "select t.id, c.title from orchestration_humantask t join casework_case c on c.instance_id = t.instance_id "
        "where t.state = 'open' order by t.id desc limit 1"
    )[0]
    clara.goes_to("/cases/")
    palette = clara.page.get_by_role("dialog", name="Search or jump")
    box = palette.get_by_role("combobox")
    the_case = palette.get_by_role("option", name=re.compile(f"^{re.escape(title)} "))

    clara.strikes("Control+k")
    expect(box).to_be_focused()
    box.fill(title)
    expect(the_case).to_be_visible()
    clara.page.evaluate(AXE.read_text())
    faults = clara.page.evaluate("options => axe.run('#palette', options)", {"runOnly": TAGS})["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
    box.press("Escape")
    expect(palette).to_be_hidden()

    clara.strikes("Control+k")
    box.fill(title)
    expect(the_case).to_have_attribute("aria-selected", "true")
    expect(palette.get_by_role("group", name="Open tasks").get_by_role("option").first).to_contain_text(title)
    box.press("Enter")
    clara.page.wait_for_url(re.compile(r"/cases/\d+/$"))

    clara.strikes("Control+k")
    box.fill("inb")
    expect(palette.get_by_role("option", name="Inbox", exact=True)).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    clara.page.wait_for_url(product.url + "/")

    clara.goes_to(f"/tasks/{task}/")
    clara.strikes("Control+k")
    box.fill("take this")
    expect(palette.get_by_role("option", name="Take this task")).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(clara.page.get_by_role("button", name="Take this task")).to_be_focused()
    assert product.asks(f"select assignee_id from orchestration_humantask where id = {task}")[0][0] is None


def test_ctrl_k_finds_what_lies_in_a_fold_and_opens_the_fold_for_it(person, product: Product) -> None:
    clara = person("clara")
    clara.opens_a_case(CONFUSED)
    product.settled()
    task = product.asks("select max(id) from orchestration_humantask where state = 'open'")[0][0]
    clara.goes_to(f"/tasks/{task}/")
    give = clara.page.get_by_role("button", name="Give it", exact=True)
    expect(give).to_be_hidden()
    clara.strikes("Control+k")
    palette = clara.page.get_by_role("dialog", name="Search or jump")
    palette.get_by_role("combobox").fill("give it")
    offered = palette.get_by_role("group", name="On this page").get_by_role("option", name=re.compile("^Give it "))
    expect(offered).to_contain_text("in “Give to somebody”")
    palette.get_by_role("combobox").press("Enter")
    expect(give).to_be_focused()
