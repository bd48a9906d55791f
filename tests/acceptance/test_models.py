"""An admin brings in a process by the browser, people and a machine work it to the end, an auditor verifies it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from casework.studio.upload_archive import unpacked, zipped
from orchestration.casetypes.case_type import folder_files
from tests.acceptance.people import Person

pytestmark = pytest.mark.browser

FILES = folder_files(Path(__file__).parent / "feedback")


def uploads(who: Person, name: str, content: str | bytes, belongs_to: str = "A whole case type") -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    who.goes_to("/models/import/")
    option = who.page.get_by_label("What do you bring?").locator("option", has_text=belongs_to).first
    who.page.get_by_label("What do you bring?").select_option(option.get_attribute("value"))
    who.page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": raw}
    )
    who.presses("Check it")


def publishes(who: Person, note: str, version: int) -> None:
    who.page.get_by_label("What did you change, and why?").fill(note)
    who.presses(f"Publish version {version}")
    who.sees(f"Version {version} is published")


def opens_feedback(who: Person, message: str, reference: str, topic: str = "", kind: str = "Feedback") -> str:
    who.goes_to("/cases/")
    who.page.get_by_text("New case", exact=True).click()
    who.page.get_by_role("link", name=f"New: {kind}", exact=True).click()
    who.page.get_by_label("Message").fill(message)
    who.page.get_by_label("Topic").fill(topic)
    who.page.locator("#id_reference").fill(reference)
    who.presses("Open the case")
    who.sees("The case is open.")
    return who.page.url


def finishes(who: Person, address: str, task: str, choice: str) -> None:
    who.goes_to(address)
    who.presses("Take it")
    expect(who.page.get_by_role("heading", level=1)).to_contain_text(task)
    who.page.get_by_label(choice).check()
    who.presses("Finish")


@pytest.mark.parametrize("script", [True, False])
def test_a_process_is_brought_in_worked_to_the_end_and_verified(person: Any, product: Any, script: bool) -> None:
    ada = person("ada", java_script_enabled=script)
    key = f"feedback-{'with' if script else 'without'}"
    files = FILES | {
        "manifest.yaml": FILES["manifest.yaml"].replace("key: feedback", f"key: {key}")
        .replace("name: Feedback\n", f"name: Feedback {key}\n")
    }  # fmt: skip
    broken = files | {"feedback.bpmn": files["feedback.bpmn"].replace('attachedToRef="read_it"', 'attachedToRef="it"')}
    uploads(ada, "feedback.zip", zipped(broken))
    ada.sees("feedback.zip was not taken in: 1 fault")
    ada.sees("A boundary event must be attached to an activity")
    ada.sees("cannot_read")

    uploads(ada, "feedback.zip", zipped(files))
    ada.sees("Every check passed")
    publishes(ada, "For what customers tell us unasked", 1)
    expect(ada.section("Work for machines")).to_contain_text("Tone model")
    expect(ada.section("Work for machines")).to_contain_text("The machine failed")
    expect(ada.section("Processes")).to_contain_text("3 user tasks, 1 service task, 1 boundary event")

    anna, axel = person("anna"), person("axel")
    address = opens_feedback(
        anna, "Everything worked at once, thank you so much!", f"{key}-1", "Service", f"Feedback {key}"
    )
    product.settled()
    finishes(anna, address, "Decide what we do", "thank them")
    anna.sees("Completed")
    assert anna.page.url == address

    axel.goes_to(address)
    axel.follows("history" if axel.page.get_by_role("link", name="history").count() else "Whole history")
    axel.presses("Verify")
    axel.sees("The history holds.")


def test_where_the_machine_is_off_the_error_event_leads_to_a_person(person: Any, product: Any) -> None:
    ada, anna = person("ada"), person("anna")
    uploads(ada, "feedback.zip", zipped(FILES))
    publishes(ada, "For what customers tell us unasked", 1)
    ada.follows("Tone model")
    ada.follows("Switch off Tone model")
    ada.page.get_by_label("Why").fill("Nobody reads tones today")
    ada.presses("Switch it off")
    try:
        address = opens_feedback(anna, "I am not sure what to make of it.", "FAILS-1", topic="Service")
        product.settled()
        finishes(anna, address, "Judge how it sounds", "matter-of-fact")
        finishes(anna, address, "Decide what we do", "call them")
        anna.sees("Completed")
    finally:
        ada.goes_to("/actors/")
        ada.presses("Switch on Tone model")
    anna.goes_to(address)
    expect(anna.section("What happened")).to_contain_text(re.compile("failed: No enabled actor can do"))

    # What the new rule of a second version asks, only new cases are asked.
    before = opens_feedback(anna, "Good.", "STAYS-1", topic="Service")
    changed = FILES["feedback.bpmn"].replace('name="Decide what we do"', 'name="Decide in the team"')
    uploads(ada, "feedback.bpmn", changed, "For Feedback")
    expect(ada.section("feedback.bpmn changed")).to_contain_text('name="Decide in the team"')
    publishes(ada, "The team decides", 2)
    after = opens_feedback(anna, "Good.", "FOLLOWS-1", topic="Service")
    product.settled()
    for case, task in ((before, "Decide what we do"), (after, "Decide in the team")):
        anna.goes_to(case)
        expect(anna.section("What is outstanding")).to_contain_text(task)
    with ada.page.expect_download() as taken:
        ada.follows("Download")
    saved = unpacked("x.zip", Path(taken.value.path()).read_bytes())
    assert saved.files == FILES | {"feedback.bpmn": changed}  # type: ignore[union-attr]


def test_whoever_is_no_admin_cannot_bring_models_in(person: Any) -> None:
    anna = person("anna")
    anna.goes_to("/models/import/")
    anna.sees("Only administrators")
