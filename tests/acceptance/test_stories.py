"""The main job, end to end, as people see it: real models, a real browser, nothing stood in for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import BETWEEN_75_AND_80, CERTAIN, CONFUSED

pytestmark = pytest.mark.browser


def test_an_analyst_works_a_case_from_the_inbox_to_the_sent_answer(person, product):
    anna = person("anna")
    address = anna.opens_a_case(CERTAIN, Name="Maria Sandoval", IBAN="DE89 3704 0044 0532 0130 00")
    product.settled()
    anna.sees("Pending review")
    reference = anna.page.title().split(" · ")[0].removeprefix("Complaint ")
    anna.goes_to("/?tab=unassigned&q=" + reference)
    anna.presses("Take")
    anna.sees("is yours now")
    anna.goes_to("/?tab=mine&q=" + reference)
    anna.follows("Work on it")
    expect(anna.section("From the customer")).to_contain_text(CERTAIN)
    expect(anna.section("What is suggested")).to_contain_text(re.compile(r"\d+\.\d %"))
    expect(anna.section("Decisions")).to_contain_text("Rule 5 of 5")
    anna.does_not_see("Maria Sandoval")
    expect(anna.page.get_by_role("textbox", name="Why", exact=True)).to_be_hidden()
    expect(anna.page.get_by_text("drafted by a machine, not touched")).to_be_visible()
    answer = anna.page.get_by_label("Answer to the customer")
    answer.fill("Dear {customer.name}, we pay the fee back today.")
    anna.presses("Change: send it changed")
    anna.sees("Say why, then finish below")
    expect(anna.page.get_by_label("Answer to the customer")).to_have_value(
        "Dear {customer.name}, we pay the fee back today."
    )
    anna.page.get_by_role("textbox", name="Why", exact=True).fill("Friendlier")
    anna.presses("Change: send it changed")
    anna.sees("Completed")
    assert anna.page.url == address
    expect(anna.section("What happened")).to_contain_text("Milestone “Answered” was reached", timeout=20_000)
    anna.does_not_see("Maria Sandoval")
    kept = product.asks("select data from orchestration_instance order by id desc limit 1")[0][0]
    assert b"Maria" not in kept and product.opened(kept).count(b"Maria Sandoval") == 2


def test_a_senior_gets_what_the_model_is_unsure_of_and_reveals_a_field_with_a_reason(person, product):
    clara = person("clara")
    clara.opens_a_case(CONFUSED, Name="Jo Doe", IBAN="DE89 3704 0044 0532 0130 00")
    product.settled()
    clara.sees("Senior review")
    expect(clara.section("What is outstanding")).to_contain_text("urgent")
    clara.follows("Decisions and AI")
    expect(clara.section("Decisions")).to_contain_text("Rule 1 of 5")
    expect(clara.section("Decisions")).to_contain_text("Confidence in % < ")
    clara.page.get_by_role("link", name="Data", exact=True).click()
    clara.does_not_see("DE89 3704 0044 0532 0130 00")
    clara.page.get_by_role("link", name="Reveal IBAN").click()
    clara.presses("Reveal it")
    clara.sees("Say in 5 to 500 characters")
    clara.page.get_by_label("Why do you need to see it?").fill("To find the transfer")
    clara.presses("Reveal it")
    clara.sees("DE89 3704 0044 0532 0130 00")
    clara.sees("revealed to you")
    clara.page.get_by_role("link", name="Work", exact=True).click()
    clara.sees("revealed Customer / iban: “To find the transfer”")


def test_the_customer_is_asked_and_the_case_waits_for_the_reply(person, product):
    anna = person("anna")
    address = anna.opens_a_case(CERTAIN)
    product.settled()
    anna.goes_to(address)
    anna.presses("Ask the customer")
    anna.sees("The step was added.")
    question = anna.section("What is outstanding").locator("li", has_text="Write the question")
    question.get_by_role("button", name="Take it").click()
    anna.page.get_by_label("Question to the customer").fill("Which month is it about?")
    anna.presses("Finish")
    anna.sees("Awaiting external data")
    anna.follows("It has come in")
    anna.page.get_by_label("The customer's reply").fill("It is about March.")
    anna.presses("Take it in")
    anna.sees("Pending review")
    anna.follows("Approve the answer")
    expect(anna.section("From the customer")).to_contain_text("It is about March.")


def test_an_admin_raises_75_to_80_and_only_new_cases_follow(person, product):
    anna, ada = person("anna"), person("ada")
    before = anna.opens_a_case(BETWEEN_75_AND_80)
    product.settled()
    anna.goes_to(before)
    anna.sees("Approve the answer")
    ada.follows("Rules")
    ada.page.get_by_role("link", name="Version 1 of Customer complaint", exact=True).click()
    ada.follows("Change Routing")
    threshold = ada.page.get_by_label("Rule 1, Confidence in %")
    expect(threshold).to_have_value("< 75")
    threshold.fill("< < 80")
    ada.presses("Show what I changed")
    ada.sees("1 cell cannot be read")
    threshold.fill("< 80")
    ada.page.get_by_label("What it is about: Confidence").fill("0.78")
    ada.presses("Try")
    ada.sees("Rule 1 fires.")
    ada.page.get_by_label("What did you change, and why?").fill("Too many guesses got through")
    ada.presses("Publish as version 2")
    ada.sees("Version 2 is published")
    after = anna.opens_a_case(BETWEEN_75_AND_80)
    product.settled()
    anna.goes_to(after)
    anna.sees("Senior review")
    anna.sees("Customer complaint, version 2")
    anna.follows("Decisions and AI")
    expect(anna.section("Decisions")).to_contain_text("Rule 1 of 5")
    anna.goes_to(before)
    anna.sees("Customer complaint, version 1")
    anna.follows("Decisions and AI")
    expect(anna.section("Decisions")).to_contain_text("Rule 5 of 5")
    ada.follows("Rules")
    ada.sees("Too many guesses got through")


def test_an_auditor_reads_filters_and_verifies_and_finds_a_forged_history(person, product):
    anna, axel = person("anna"), person("axel")
    address = anna.opens_a_case(CERTAIN)
    product.settled()
    axel.goes_to(address)
    axel.follows("History and verify")
    axel.page.get_by_label("Who or what").select_option(label="Intent model (AI)")
    axel.presses("Show")
    expect(axel.page.locator("tbody td[data-label='Who or what']").first).to_contain_text("model:intent")
    expect(axel.page.locator("tbody")).not_to_contain_text("model:sentiment")
    axel.presses("Verify")
    axel.sees("The history holds.")
    case = int(address.rstrip("/").rpartition("/")[2])
    [(chain,)] = product.asks("select instance_id from casework_case where id = %s", case)
    with pytest.raises(Exception, match="audit"):
        product.asks("update audit_auditevent set actor = 'person:ben' where chain = %s and sequence = 1", chain)
    product.forge("update audit_auditevent set actor = 'person:ben' where chain = %s and sequence = 1", chain)
    axel.presses("Verify")
    axel.sees("The history does not hold.")
    axel.sees("event 1 was changed after it was written")


def test_a_page_refreshes_itself_when_somebody_else_acts(person, product):
    anna, ben = person("anna"), person("ben")
    address = anna.opens_a_case(CERTAIN)
    product.settled()
    for each in (anna, ben):
        each.goes_to(address)
        expect(each.section("What is outstanding")).to_contain_text("for Analysts")
    anna.goes_to("/?tab=unassigned")
    ben.presses("Take it")
    ben.goes_to(address)
    anna.goes_to(address)
    expect(anna.section("What is outstanding")).to_contain_text("with Ben Bauer")
    ben.follows("Work on it")
    ben.presses("Accept: send it as it is")
    ben.sees("Completed")
    expect(anna.page.get_by_role("heading", level=1)).to_contain_text("Completed", timeout=15_000)
    expect(anna.page.locator("#announce")).to_contain_text("It is now: Completed")


def test_a_new_task_appears_in_an_open_inbox_by_itself(person, product):
    anna, ben = person("anna"), person("ben")
    anna.goes_to("/?tab=unassigned&sort=late")
    count = anna.page.locator(".tabs a[aria-current] .count")
    before = int(count.inner_text())
    ben.opens_a_case(CERTAIN)
    expect(count).to_have_text(str(before + 1), timeout=20_000)


def test_everything_works_by_keyboard_and_without_javascript(person, product):
    anna = person("anna", java_script_enabled=False, viewport={"width": 360, "height": 740})
    keyboard = anna.page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(150):
            keyboard.press("Tab")
            focused = anna.page.locator(":focus")
            if focused.count() and name in (focused.inner_text() or focused.get_attribute("value") or ""):
                return
        raise AssertionError(f"{name} is not reached by the keyboard")

    address = anna.opens_a_case(CERTAIN)
    product.settled()
    anna.goes_to(address)
    keyboard.press("Tab")
    assert anna.page.locator(":focus").inner_text() == "Skip to the content"
    tab_to("Take it")
    keyboard.press("Enter")
    anna.sees("Your answer")
    tab_to("Accept")
    keyboard.press("Enter")
    anna.sees("is done")
    product.settled()
    anna.goes_to(address)
    anna.sees("Completed")
