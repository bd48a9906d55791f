"""What does a person do with the product in a story? Small steps, named as people name them."""

from __future__ import annotations

import itertools
import re
import time

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.product import PASSWORD

_numbers = itertools.count(1)


class Person:
    """Somebody in front of a browser. `wrong` are faults of scripts and breaches of the content security policy."""

    def __init__(self, page: Page, username: str) -> None:
        self.page = page
        self.username = username
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if "Security Policy" in said.text else None)

    def signed_in(self) -> Person:
        self.page.goto("/login/")
        self.page.get_by_label("Name").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.presses("Sign in")
        expect(self.page.get_by_role("heading", level=1, name=re.compile("^(Inbox|Today)$"))).to_be_visible()
        return self

    def opens_a_case(self, message: str, reference: str = "", **customer: str) -> str:
        """By the form, with values by label and a reference of its own; the new case's address."""
        self.page.goto("/cases/new/complaint/")
        self.page.locator("#id_message").fill(message)
        for label, value in {"E-mail": "customer@example.org", **customer}.items():
            self.page.get_by_label(label).fill(value)
        self.page.locator("#id_reference").fill(reference or f"STORY-{time.time_ns() % 10**9}-{next(_numbers)}")
        self.presses("Open the case")
        self.sees("The case is open.")
        return self.page.url

    def goes_to(self, address: str) -> None:
        self.page.goto(address)

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def strikes(self, key: str) -> None:
        """A key of the keyboard, once the page listens: what hears it comes after the words that are seen first."""
        self.page.wait_for_load_state()
        self.page.keyboard.press(key)

    def follows(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=20_000)

    def does_not_see(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_have_count(0)

    def section(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name)
