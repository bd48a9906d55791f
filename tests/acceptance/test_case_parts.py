"""Cases with processes and cases inside, as people see them: nothing stood in for, the real models, a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CERTAIN, CONFUSED
from tests.acceptance.people import Person
from tests.acceptance.product import ROOT, Product

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def claims(product: Product) -> Product:
    """The product with the tests' own case type, deployed as an administrator does it."""
    environment = os.environ | product.keys | {"DATABASE_URL": product.database, "CELERY_BROKER_URL": "memory://"}
    command = [sys.executable, "manage.py", "deploy", "tests/casework/damage"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return product


@pytest.fixture
def no_sentiment(person, product: Product) -> Iterator[None]:
    """Nobody reads tones: an administrator has switched that off, and puts it on again."""
    ada = person("ada")

    def switch_off(name: str) -> None:
        ada.goes_to("/actors/")
        ada.page.get_by_role("link", name=f"Switch off {name}").click()
        ada.page.get_by_label("Why").fill("Nobody reads tones today")
        ada.presses("Switch it off")

    def switch_on(name: str) -> None:
        ada.goes_to("/actors/")
        ada.presses(f"Switch on {name}")

    name = product.asks("select name from orchestration_actor where key = 'sentiment'")[0][0]
    switch_off(name)
    yield
    switch_on(name)


def brings(who: Person, product: Product, message: str, amount: int = 500) -> str:
    """Open a claim by its form, and let the machines work; its address."""
    who.goes_to("/cases/new/damage/")
    who.page.locator("[name=message]").fill(message)
    who.page.locator("[name=amount]").fill(str(amount))
    who.presses("Open the case")
    product.settled()
    who.goes_to(who.page.url)
    return who.page.url


def does(who: Person, address: str, task: str, **answers: str) -> None:
    """Take the task from the case's page and finish it."""
    who.goes_to(address)
    row = who.section("What is outstanding").locator("li", has_text=task)
    row.get_by_role("button", name="Take it").click()
    for name, value in answers.items():
        who.page.locator(f"[name='{name.replace('__', '.')}']").fill(value)
    who.presses("Finish")
    who.sees("is done")


def test_ai_adds_a_step_and_an_analyst_removes_it_and_both_are_told(person, claims):
    anna = person("anna")
    address = brings(anna, claims, CONFUSED)
    expect(anna.section("What is outstanding")).to_contain_text("Call the customer back")
    happened = anna.section("What happened")
    expect(happened).to_contain_text("added “Call the customer back”")
    expect(happened).to_contain_text("wanted to add “Ask an expert”, which was refused")
    anna.page.locator("summary", has_text="Remove it: Call the customer back").click()
    anna.page.get_by_label("Why it is not needed").fill("They are here already")
    anna.presses("Remove “Call the customer back”")
    anna.sees("The step was removed.")
    expect(anna.section("What is outstanding")).not_to_contain_text("Call the customer back")
    expect(happened).to_contain_text("Anna Adler removed “Call the customer back”: They are here already")
    axel = person("axel")
    axel.goes_to(address)
    axel.follows("History and verify")
    axel.page.get_by_label("Reason or words").fill("Call the customer back")
    axel.presses("Show")
    actors = axel.page.locator("td[data-label='Who or what']")
    expect(actors.filter(has_text="model:intent").first).to_be_visible()
    expect(actors.filter(has_text="person:anna").first).to_be_visible()


def test_in_a_complaint_that_ai_does_not_understand_it_has_the_customer_asked(person, product):
    clara = person("clara")
    address = clara.opens_a_case(CONFUSED)
    product.settled()
    clara.goes_to(address)
    offered = clara.section("Steps that can be added")
    expect(offered).to_contain_text("because “AI was not sure what it is about” (Confidence is 0.")
    offered.get_by_role("button", name="Have AI read it again").click()
    clara.sees("The step was added.")
    product.settled()
    clara.goes_to(address)
    expect(clara.section("What happened")).to_contain_text("added “Ask the customer”")
    expect(clara.section("What is outstanding")).to_contain_text("Answer › Ask the customer › Write the question")
    clara.page.locator("summary", has_text="Remove it: Ask the customer").click()
    clara.page.get_by_label("Why it is not needed").fill("They wrote again")
    clara.presses("Remove “Ask the customer”")
    expect(clara.section("What happened")).to_contain_text("removed “Ask the customer”: They wrote again")


def test_two_cases_of_one_model_offer_different_steps_and_say_why(person, claims):
    clara = person("clara")
    anna = person("anna")
    large, small = brings(anna, claims, CERTAIN, 5000), brings(anna, claims, CERTAIN, 20)
    clara.goes_to(large)
    offered = clara.section("Steps that can be added")
    expect(offered).to_contain_text("because “The damage is large” (Amount is 5000)")
    expect(offered.get_by_role("button", name="Ask an expert")).to_be_visible()
    clara.goes_to(small)
    expect(offered.get_by_role("button", name="Ask an expert")).to_have_count(0)
    clara.page.locator("summary", has_text="Not offered now").click()
    expect(offered).to_contain_text("it would need “The damage is large” (Amount is 20)")
    anna.goes_to(large)
    expect(anna.section("Steps that can be added")).to_contain_text("“The damage is large” (Amount is •••)")
    expect(anna.section("Steps that can be added")).not_to_contain_text("5000")


def test_a_failure_three_parts_deep_takes_the_error_path_and_everybody_sees_it(person, claims, no_sentiment):
    anna = person("anna")
    address = brings(anna, claims, CERTAIN)
    does(anna, address, "Look at it", verdict="broken")
    does(anna, address, "Pack it", parcel__number="P-1")
    claims.settled()
    anna.goes_to(address)
    carrier = anna.page.get_by_role("article", name="Steps of Repair › Sending › Carrier")
    expect(carrier.locator("li", has_text="Book the carrier").first).to_contain_text("not finished")
    expect(carrier.locator("li", has_text="No carrier can be booked").last).to_contain_text("other way, done")
    expect(carrier.locator("li[aria-current=step]")).to_contain_text("Drive it there")
    expect(anna.section("What happened")).to_contain_text("An error was caught, the case takes the other way")
    expect(anna.section("What is outstanding")).to_contain_text("Repair › Sending › Carrier › Drive it there")


def test_a_case_tells_what_it_waits_for_and_what_machines_worked_with(person, claims):
    anna = person("anna")
    address = brings(anna, claims, CERTAIN)
    expect(anna.section("What is outstanding")).to_contain_text("Goes on by itself on")
    expect(anna.section("What is outstanding")).to_contain_text("then “Remind the customer” begins")
    anna.follows("Decisions and AI")
    memory = anna.section("What machines worked with")
    memory.locator("li summary").first.click()
    memory.get_by_role("link", name="Message").click()
    expect(anna.page.locator(":target")).to_contain_text("The case began with Amount and Message")
    anna.goes_to(address)
    anna.page.locator("summary", has_text="Stop this case").click()
    anna.follows("Suspend")
    anna.page.get_by_label("Why").fill("The court decides first")
    anna.presses("Suspend")
    expect(anna.page.get_by_role("heading", level=1)).to_contain_text("Suspended")
    expect(anna.section("What happened")).to_contain_text("suspended the case: The court decides first")


def test_a_plan_is_changed_by_keyboard_without_javascript_on_a_narrow_screen(person, claims):
    anna = person("anna", java_script_enabled=False, viewport={"width": 360, "height": 740})
    brings(anna, claims, CERTAIN)
    keyboard = anna.page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(150):
            keyboard.press("Tab")
            focused = anna.page.locator(":focus")
            if focused.count() and name in (focused.inner_text() or focused.get_attribute("name") or ""):
                return
        raise AssertionError(f"{name} is not reached by the keyboard")

    tab_to("Call the customer back")
    keyboard.press("Enter")
    anna.sees("The step was added.")
    tab_to("Remove it")
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type("Not needed")
    tab_to("Remove “Call the customer back”")
    keyboard.press("Enter")
    anna.sees("The step was removed.")
    assert anna.page.locator("body").evaluate("body => body.scrollWidth") <= 360
