"""How does a bot type into a web form? With a real browser, as a person would (Playwright, with the system's Chromium).

Each job gets a browser context of its own, so that nothing of one is seen in the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit

from casework.bots.following import FAILING, Read, Unexpected, address, followed
from casework.bots.log import Keep, Log
from casework.bots.script import PATIENCE, Script, Step, filled
from casework.worker_client import BusinessError, Failed, Job, Result

Json = Any
WITH: Final = "a real browser"
GIVEN_UP: Final = "net::ERR_ABORTED"
"""Why a request failed that the browser itself gave up, as another page came before its answer."""
LAUNCH: Final = ["--no-sandbox", "--disable-dev-shm-usage"]
"""As root in a container there is no sandbox to be had; the pages are the house's own."""


class BrowserBot:
    """Follows its script for each job; to be used in a `with` block, which has the browser."""

    def __init__(self, script: Script, keep: Callable[[Job, bytes], str]) -> None:
        self.script, self._keep = script, keep

    def __enter__(self) -> BrowserBot:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=_chromium(), args=LAUNCH)
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def __call__(self, job: Job) -> Result:
        """Do one job. Raises Failed (temporary, as long as nothing was saved) or BusinessError."""
        context = self._browser.new_context(accept_downloads=False)
        context.set_default_timeout(PATIENCE * 1000)
        try:
            return _typed(context.new_page(), self.script, job, lambda picture: self._keep(job, picture))
        finally:
            context.close()


def _typed(page: Any, script: Script, job: Job, keep: Keep) -> Result:
    from playwright.sync_api import Error

    answers = Answers(script)
    page.on("response", lambda response: answers.came(response.request, response.status))
    page.on("requestfailed", lambda request: answers.failed(request, request.failure or ""))

    def does(step: Step, read: Read) -> bytes | None:
        try:
            picture = _done(page, script, step, job, read)
        except Error as error:
            raise Unexpected(error.message.splitlines()[0]) from None
        except BusinessError:
            answers.hold()
            raise
        answers.hold()
        return picture

    return followed(script, job, Log(keep, WITH), does)


class Answers:
    """Whether the system failed, or broke off, as it was asked for a page or sent something.

    What the page shows then is no answer of the system to what was keyed in.
    """

    def __init__(self, script: Script) -> None:
        self._system, self._wrong = urlsplit(script.system)[:2], ""

    def came(self, request: Any, status: int) -> None:
        if status >= FAILING and self._counts(request):
            self._wrong = f"the system answered {status}."

    def failed(self, request: Any, why: str) -> None:
        if why != GIVEN_UP and self._counts(request):
            self._wrong = f"there was no full answer ({why})."

    def hold(self) -> None:
        """Raises Unexpected where it did."""
        if self._wrong:
            raise Unexpected(self._wrong)

    def _counts(self, request: Any) -> bool:
        is_page_or_sends = request.is_navigation_request() or request.method not in ("GET", "HEAD", "OPTIONS")
        return is_page_or_sends and urlsplit(request.url)[:2] == self._system


def _done(page: Any, script: Script, step: Step, job: Job, read: Read) -> bytes | None:
    """Do one step; a picture of what it touched."""
    given = step.given
    match step.verb:
        case "open":
            page.goto(address(script, filled(given, job.input, job.key)))
            return None
        case "fill":
            page.locator(given["field"]).fill(filled(given["with"], job.input, job.key))
        case "choose":
            page.locator(given["field"]).select_option(filled(given["with"], job.input, job.key))
        case "click" | "save":
            page.locator(given).click()
            return None
        case "expect":
            _expect(page, filled(given["text"], job.input, job.key), given)
            picture: bytes = page.screenshot(type="png")
            return picture
        case "read":
            read[given["as"]] = page.locator(given["field"]).inner_text().strip()
    shot: bytes = page.locator(given["field"]).screenshot(type="png")
    return shot


def _expect(page: Any, text: str, given: Mapping[str, Json]) -> None:
    from playwright.sync_api import TimeoutError as TooLate

    try:
        page.get_by_text(text).first.wait_for(timeout=given.get("within", PATIENCE) * 1000)
    except TooLate:
        if "otherwise" in given:
            raise BusinessError(given["otherwise"], f"The system did not say “{text}”.") from None
        raise


def is_possible() -> bool:
    """Whether Playwright and a browser for it are on this machine."""
    return find_spec("playwright") is not None and bool(_found())


def _chromium() -> str:
    if not (found := _found()):
        raise Failed("There is no Chromium on this machine (on Debian: apt-get install chromium).")
    return found


def _found() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), "")
