"""What does a story begin with? The product at work, a real Chromium, and people who sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.people import Person
from tests.acceptance.product import LAUNCH, Product, chromium, running_product
from tests.conftest import _start_server


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> Iterator[Product]:
    """One product for all stories of this process; each story brings its own cases."""
    if chromium() is None:
        pytest.skip("There is no Chromium on this machine (on Debian: apt-get install chromium).")
    worker = getattr(request.config, "workerinput", None)
    sockets = worker["database_host"] if worker else _start_server(request.config).places.sockets
    with running_product(Path(sockets), f"stories_{worker['workerid'] if worker else 'alone'}") as running:
        yield running


@pytest.fixture
def browser(product: Product) -> Iterator[Any]:
    """A browser for one story: its event loop must not outlive it, for Django would refuse to work beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=LAUNCH)
        yield found
        found.close()


@pytest.fixture
def person(browser: Any, product: Product) -> Iterator[Callable[..., Person]]:
    """`person("anna")` is Anna, signed in, in a window of her own; options are those of Playwright's `new_context`."""
    there: list[Person] = []

    def has_an_untouched_desk(username: str) -> None:
        """The stories of a process share people, in any order: what one folds, the next finds as it first came."""
        whose = "select id from auth_user where username = %s"
        product.asks(f"delete from casework_deskchoice where person_id = ({whose})", username)

    def signed_in(username: str, **options: Any) -> Person:
        if username not in {each.username for each in there}:
            has_an_untouched_desk(username)
        context = browser.new_context(base_url=product.url, **{"viewport": {"width": 1280, "height": 900}} | options)
        context.set_default_timeout(20_000)
        there.append(Person(context.new_page(), username))
        return there[-1].signed_in()

    yield signed_in
    assert [wrong for each in there for wrong in each.wrong] == []
    for each in there:
        each.page.context.close()
