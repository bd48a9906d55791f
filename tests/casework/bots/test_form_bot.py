"""Where there is no browser, a bot follows the same script over HTTP, and says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from casework.actors.bundled import CASE_TYPES
from casework.bots.form import FormBot, Page
from casework.bots.script import BROWSER, script_of
from casework.worker_client import BusinessError, Failed, Result
from casework.worker_client.jobs import Job, job_of
from tests.casework.bots.legacy import ENTRIES, Legacy
from tests.casework.stand_ins import Demo, demo, store
from tests.casework.worker_client.test_worker import JOB

__all__ = ["demo", "store"]


@contextmanager
def served(handler: type[Legacy]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class WithIds(Legacy):
    """The legacy system, whose button has an id; one account leads away from it."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            return self.end_headers()
        super().do_GET()

    def _say(self, page: str) -> None:
        super()._say(page.replace("<button", '<a id="out" href="/away">out</a><button id="save"'))


@pytest.fixture
def legacy() -> Iterator[str]:
    ENTRIES.clear()
    with served(WithIds) as url:
        yield url


STEPS = """
  - open: /entries/new
  - fill: {field: "#account", with: "{customer.account}"}
  - fill: {field: "#amount", with: "{amount} EUR"}
  - choose: {field: "#reason", with: goodwill}
  - save: "#save"
  - expect: {text: "Entry saved", otherwise: account-closed}
  - read: {field: "#entry-number", as: entry}
"""


def did(url: str, steps: str = STEPS, **input: Any) -> Result:
    return FormBot(script_of(f"system: {url}\nsteps:\n{steps}", BROWSER))(job(**input))


def job(account: str = "4711", **more: Any) -> Job:
    return job_of(JOB | {"input": {"customer": {"account": account}, "amount": 25} | more})


def test_it_keys_in_what_the_job_says_and_keeps_a_line_a_step_without_what_was_typed(legacy: str) -> None:
    found = did(legacy)
    assert found.output == {"entry": "G-1"}
    assert ENTRIES == [{"account": "4711", "amount": "25 EUR", "reason": "goodwill"}]
    steps = found.detail["steps"]
    assert [one["step"].split()[0] for one in steps] == ["open", "fill", "fill", "choose", "save", "expect", "read"]
    assert "4711" not in str(steps) and "without a browser" in found.detail["with"]


def test_what_the_system_says_no_to_is_a_business_error(legacy: str) -> None:
    with pytest.raises(BusinessError) as raised:
        did(legacy, account="0000")
    assert raised.value.code == "account-closed" and not ENTRIES


@pytest.mark.parametrize(
    ("steps", "said", "again"),
    [
        (STEPS.replace("goodwill", "nothing"), "has no such choice", True),
        (STEPS.replace("#amount", "#sum"), "#sum is not on the page", True),
        (STEPS.replace("#account", "input"), "only what has an id", False),
        (STEPS.replace('fill: {field: "#amount"', 'fill: {field: "#save"'), "no field of a form", True),
        (STEPS.replace('save: "#save"', 'save: "#account"'), "neither a link nor", False),
        (STEPS.replace('"Entry saved", otherwise: account-closed', "Thank you"), "keyed in already", False),
        ("  - open: http://127.0.0.1:1/", "out of its system", False),
        ('  - open: /\n  - click: "#out"', "out of its system", False),
    ],
)  # fmt: skip
def test_what_is_not_as_expected_is_said_and_tried_again_only_before_it_was_saved(
    legacy: str, steps: str, said: str, again: bool
) -> None:
    with pytest.raises(Failed, match=said) as raised:
        did(legacy, steps)
    assert raised.value.temporary == again


@pytest.mark.parametrize(
    ("kind", "page", "steps"),
    [
        ("text/html; charset=none", "saved", STEPS),
        ("text/html", "<![x[", STEPS),
        ("text/html", "Entry saved", STEPS.replace('"Entry saved"', '"Saved for {nobody}"')),
    ],
)  # fmt: skip
def test_nothing_that_goes_wrong_after_it_was_saved_has_it_keyed_in_again(
    legacy: str, kind: str, page: str, steps: str
) -> None:
    class Odd(WithIds):
        def do_POST(self) -> None:
            self.send_response(400)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page.encode())

    with served(Odd) as url, pytest.raises(Failed, match="keyed in already") as raised:
        did(url, steps)
    assert not raised.value.temporary


@pytest.mark.parametrize("page", ["Entry saved", "Something is wrong"])
@pytest.mark.parametrize(("status", "missing"), [(500, 0), (503, 0), (200, 9), (400, 9)])
def test_a_save_that_fails_or_whose_answer_breaks_off_is_no_business_error(
    legacy: str, status: int, missing: int, page: str
) -> None:
    class Failing(WithIds):
        def do_POST(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(page) + missing))
            self.end_headers()
            self.wfile.write(page.encode())

    with served(Failing) as url, pytest.raises(Failed, match="keyed in already") as raised:
        did(url)
    assert not raised.value.temporary


def test_a_system_that_is_away_is_tried_again() -> None:
    with pytest.raises(Failed, match="no answer") as raised:
        did("http://127.0.0.1:1")
    assert raised.value.temporary


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    page = Page()
    page.feed(
        '<form action="/a"><input name="kept" type="hidden" value="1"><input name="off" type="checkbox" value="2">'
        '<input name="on" type="checkbox" value="3" checked><textarea name="more">\nA &amp; B</textarea>'
        '<select id="s" name="s"><option value="x">First<option value="y" selected>Second</option></select>'
        '<button name="go">Go</button></form><input name="outside" value="4"><p id="p">No <b>end</b>'
    )
    form = page.element("#s").form
    assert form is not None and form.fields == {"kept": "1", "on": "3", "more": "A & B", "s": "y"}
    assert page.element("#p").text == "No end"


@pytest.mark.parametrize(
    ("file", "input", "number"),
    [
        ("refund/bots/goodwill.yaml", {"customer": "E. Rossi", "amount": 15, "reason": "Sorry"}, {"entry": "G-00001"}),
        ("loan/bots/core-loan.yaml", {"customer": "E. Rossi", "amount": 5000, "months": 24}, {"number": "L-00001"}),
    ],
)  # fmt: skip
def test_each_script_that_ships_is_keyed_into_its_system_once(
    demo: Demo, file: str, input: dict[str, Any], number: dict[str, str]
) -> None:
    text = (CASE_TYPES / file).read_text("utf-8").replace("http://stand-in.localhost:8100", demo.url)
    bot = FormBot(script_of(text, BROWSER))
    assert [bot(job_of(JOB | {"input": input})).output for _ in range(2)] == [number] * 2
