"""Does paper tell the truth? What is printed of a case is what its reader may see, with nothing folded and no "ago"."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CERTAIN
from tests.acceptance.people import Person
from tests.acceptance.product import Product

pytestmark = pytest.mark.browser


def test_a_case_on_paper_has_all_that_is_folded_and_times_that_stay_true(
    person: Callable[..., Person], product: Product
) -> None:
    anna = person("anna", color_scheme="dark")
    address = anna.opens_a_case(CERTAIN, IBAN="DE89 3704 0044 0532 0130 00")
    product.settled()
    anna.goes_to(address)
    page = anna.page
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main details:not([open])").count() == 0
    for nothing_to_press in ("header.bar", "main button", "main nav", "footer.foot"):
        assert page.locator(nothing_to_press).first.is_hidden(), nothing_to_press
    said = page.locator(".print-only").inner_text()
    assert "as Anna Adler may see it" in said
    assert " UTC" in said
    moments = page.eval_on_selector_all(
        "main time", "all => all.map(one => [getComputedStyle(one).fontSize, getComputedStyle(one, '::after').content])"
    )
    assert moments
    assert all(size == "0px" and words[1:3] == "20" for size, words in moments), moments
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf()[:5] == b"%PDF-"


def test_what_was_folded_is_folded_again_after_printing(person: Callable[..., Person]) -> None:
    anna = person("anna")
    anna.goes_to(anna.opens_a_case(CERTAIN))
    anna.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = false)")
    folded = anna.page.locator("main details:not([open])").count()
    assert folded
    anna.page.evaluate("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))")
    assert anna.page.locator("main details:not([open])").count() == folded
