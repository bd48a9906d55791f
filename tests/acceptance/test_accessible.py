"""Can everybody use every page? axe-core finds nothing against WCAG 2.2 AA on any page, for any role, in both schemes.

Each person follows every link that a page has, once for each kind of address, so a new page is walked as soon as some
page links to it. What is built like a page that was looked at already, as another person's mostly is, is not looked at
again. Colours are looked at in the light and the dark scheme; all else is the same in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.acceptance.messages import CERTAIN
from tests.acceptance.people import Person
from tests.acceptance.product import Product
from tests.acceptance.shapes import Shapes, built

AXE: Final = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NUMBER: Final = re.compile(r"\d+")
NO_PAGE: Final = re.compile(r"/download/|/verifier\.py|/content/|/file/|/api/schema|/logout")
WRONG: Final = """
async options => (await axe.run(document, {...options, resultTypes: ['violations']})).violations
"""
"""What is wrong, alone: to describe each element that is right takes longer than to look at all."""
TOO_SMALL: Final = """
async () => {
  const only = {runOnly: {type: 'rule', values: ['target-size']}, resultTypes: ['violations']}
  const menus = [...document.querySelectorAll('details.menu, details.chooser')]
  menus.forEach(menu => menu.open = false)
  const found = (await axe.run(document, only)).violations
  for (const menu of menus) {
    menu.open = true
    found.push(...(await axe.run(menu, only)).violations)
    menu.open = false
  }
  return found
}
"""
"""What cannot be hit, with one menu open at a time: open at once, as the other rules look at them, they lie over each
other."""
MOST: Final = 600
"""Pages for one person; more than that would be a walk that finds no end."""

pytestmark = pytest.mark.browser


@pytest.fixture
def shapes(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Shapes:
    folder = tmp_path_factory.getbasetemp()
    return Shapes((folder if worker_id == "master" else folder.parent) / "looked_at")


@pytest.mark.longest
@pytest.mark.parametrize("username", ["anna", "clara", "emil", "ada", "axel", "olga"])
def test_axe_finds_nothing_on_any_page(
    username: str, person: Callable[..., Person], product: Product, shapes: Shapes
) -> None:
    anna = person("anna")
    for text in (CERTAIN, "Something else entirely."):
        anna.opens_a_case(text, Name="Maria Sandoval", IBAN="DE89 3704 0044 0532 0130 00")
    product.settled()
    page = (anna if username == "anna" else person(username)).page
    found = [fault for address in _walk(page, shapes) for fault in _faults(page, address)]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_any_piece_of_the_pages_in_any_of_its_states(person: Callable[..., Person]) -> None:
    page = person("ada").page
    page.goto("/catalogue/")
    found = list(_faults(page, "/catalogue/", without=("landmark-unique",)))  # each piece, in several states
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_the_page_for_signing_in(browser: Any, product: Product) -> None:
    page = browser.new_context(base_url=product.url).new_page()
    page.goto("/login/")
    assert not list(_faults(page, "/login/"))


def _walk(page: Page, looked_at: Shapes) -> Iterator[str]:
    """Each page that can be reached from the inbox and is built like none before; it is open while it is yielded."""
    ahead, seen = ["/", "/api/docs/", "/search/?q=complaint"], {"/", "/api/docs/", "/search/"}
    while ahead:
        address = ahead.pop(0)
        found = built(page, address)
        if not found:
            continue
        if looked_at.is_new(found):
            page.goto(address)
            yield address
        for link in found.links:
            kind = NUMBER.sub("N", link.partition("#")[0].partition("?")[0])
            if kind not in seen and not NO_PAGE.search(kind) and not kind.startswith("/help/licences/"):
                seen.add(kind)
                ahead.append(link)
        assert len(seen) < MOST, sorted(seen)


def _faults(page: Page, address: str, *, without: Iterable[str] = ()) -> Iterator[str]:
    others = {rule: {"enabled": False} for rule in ("target-size", *without)}
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme, options in (
        ("light", {"runOnly": {"type": "tag", "values": TAGS}, "rules": others}),
        ("dark", {"runOnly": {"type": "rule", "values": ["color-contrast"]}}),
    ):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = page.evaluate(WRONG, options)
        yield from (_said(f"{address} ({scheme})", violation) for violation in found)
    yield from (_said(address, violation) for violation in page.evaluate(TOO_SMALL))


def _said(where: str, violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    return f"{where}: {violation['id']} {len(nodes)} times: {'; '.join(node['html'][:160] for node in nodes[:3])}"
