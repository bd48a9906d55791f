"""The bot types a job's data into a web form with a real browser, and keeps a picture of each field."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from casework.actors.bundled import CASE_TYPES
from casework.bots.browser import Answers, BrowserBot, _typed
from casework.bots.following import Unexpected
from casework.bots.script import BROWSER, BadScript, filled, script_of
from casework.worker_client import BusinessError, Failed, Worker
from casework.worker_client.jobs import job_of
from tests.acceptance.product import chromium
from tests.casework.stand_ins import Demo, demo, store
from tests.casework.worker_client.test_worker import JOB, FakeCasewright, brought, server

__all__ = ["demo", "server", "store"]

SCRIPT = """
system: {url}
steps:
  - open: /entries/new
  - fill: {{field: "#account", with: "{{customer.account}}"}}
  - fill: {{field: "#amount", with: "{{amount}} EUR"}}
  - choose: {{field: "#reason", with: goodwill}}
  - save: "button[type=submit]"
  - expect: {{text: "Entry saved", otherwise: account-closed, within: 1}}
  - read: {{field: "#entry-number", as: entry}}
"""
needs_chromium = pytest.mark.skipif(chromium() is None, reason="There is no Chromium on this machine.")


@pytest.fixture
def legacy() -> Iterator[str]:
    """The address of the legacy system, in a process of its own."""
    command = [sys.executable, "-m", "tests.casework.bots.legacy"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


def entries(legacy: str) -> str:
    with urllib.request.urlopen(f"{legacy}/entries") as answer:
        return answer.read().decode()


@needs_chromium
@pytest.mark.browser
def test_it_keys_in_what_the_job_says_once_with_a_picture_of_each_field(legacy: str, server: FakeCasewright) -> None:
    server.jobs = [JOB | {"input": {"customer": {"account": "4711"}, "amount": 25}}]
    worker = Worker(server.url, "cww_x", wait=0)
    with BrowserBot(script_of(SCRIPT.format(url=legacy), BROWSER), worker.attach) as bot:
        assert worker.run(bot, most=1) == 1
    assert "4711" in entries(legacy) and "25 EUR" in entries(legacy) and "goodwill" in entries(legacy)
    told = dict(brought(server))
    assert told["complete"]["output"] == {"entry": "G-1"}
    steps = told["complete"]["detail"]["steps"]
    assert [one["step"].split()[0] for one in steps] == ["open", "fill", "fill", "choose", "save", "expect", "read"]
    assert [("picture" in one) for one in steps] == [False, True, True, True, False, True, True]
    assert "4711" not in str(steps)
    assert all(sent.startswith(b"\x89PNG") for what, sent in brought(server) if what == "pictures")


@needs_chromium
@pytest.mark.browser
def test_what_the_system_says_no_to_is_a_business_error_and_no_way_leads_out_of_it(legacy: str) -> None:
    job = job_of(JOB | {"input": {"customer": {"account": "0000"}, "amount": 25}})
    script = script_of(SCRIPT.format(url=legacy), BROWSER)
    with BrowserBot(script, lambda *_: "x") as bot, pytest.raises(BusinessError) as raised:
        bot(job)
    assert raised.value.code == "account-closed" and not entries(legacy)
    out = script_of(f"system: {legacy}\nsteps: [{{open: 'http://127.0.0.1:1/'}}]", BROWSER)
    with BrowserBot(out, lambda *_: "x") as bot, pytest.raises(Failed, match="out of its system"):
        bot(job)


@needs_chromium
@pytest.mark.browser
def test_what_fails_after_it_was_saved_is_not_tried_again(legacy: str) -> None:
    text = SCRIPT.format(url=legacy).replace(", otherwise: account-closed, within: 1", ", within: 1")
    job = job_of(JOB | {"input": {"customer": {"account": "0000"}, "amount": 25}})
    with BrowserBot(script_of(text, BROWSER), lambda *_: "x") as bot, pytest.raises(Failed) as raised:
        bot(job)
    assert not raised.value.temporary and "keyed in already" in str(raised.value)


@needs_chromium
@pytest.mark.browser
def test_the_script_that_ships_keys_the_goodwill_of_a_refund_into_the_old_ledger_once(demo: Demo) -> None:
    text = (CASE_TYPES / "refund/bots/goodwill.yaml").read_text()
    job = job_of(JOB | {"input": {"customer": "Elena Rossi", "amount": 15, "reason": "Goodwill"}})
    script = script_of(text.replace("http://stand-in.localhost:8100", demo.url), BROWSER)
    with BrowserBot(script, lambda *_: "x") as bot:
        assert [bot(job).output, bot(job).output] == [{"entry": "G-00001"}] * 2
    assert "Elena Rossi" in demo.ask("/ledger/entries/1")[1]


@pytest.mark.parametrize(("file", "address"), [("refund/bots/goodwill.yaml", "/ledger"),
                                               ("loan/bots/core-loan.yaml", "/core/loans")])  # fmt: skip
def test_a_script_that_ships_fits_the_form_of_its_system_and_fills_all_of_it(
    demo: Demo, file: str, address: str
) -> None:
    script = script_of((CASE_TYPES / file).read_text(), BROWSER)
    typed = [step.given["field"].lstrip("#") for step in script.steps if step.verb == "fill"]
    assert script.steps[0].given == address
    assert re.findall(r'<input id="(\w+)"', demo.ask(address)[1]) == typed


@pytest.mark.parametrize(
    "text",
    ["", "system: x", "system: x\nsteps: []", "system: x\nsteps: [{jump: over}]",
     "system: x\nsteps: [{open: a, click: b}]", "system: [", "system: x\nsteps: [{fill: {field: a}}]"],
)  # fmt: skip
def test_a_script_that_says_something_else_is_refused(text: str) -> None:
    with pytest.raises(BadScript):
        script_of(text, BROWSER)


def test_a_text_names_places_of_the_work_and_its_key() -> None:
    assert filled("{a.b} and {job}", {"a": {"b": 7}}, "17-8") == "7 and 17-8"
    with pytest.raises(BadScript, match="no 'a.c'"):
        filled("{a.c}", {"a": {"b": 7}}, "17-8")


def asks(url: str, *, method: str = "POST", brings_page: bool = False) -> SimpleNamespace:
    """A request as the browser tells of it."""
    return SimpleNamespace(url=url, method=method, is_navigation_request=lambda: brings_page)


@pytest.mark.parametrize(
    ("request_", "status", "why", "held"),
    [
        (asks("http://old.example/save", brings_page=True), 500, "", "answered 500"),
        (asks("http://old.example/api/save"), 503, "", "answered 503"),
        (asks("http://old.example/save", brings_page=True), 0, "net::ERR_EMPTY_RESPONSE", "no full answer"),
        (asks("http://old.example/save", brings_page=True), 409, "", ""),
        (asks("http://old.example/save", brings_page=True), 0, "net::ERR_ABORTED", ""),
        (asks("http://old.example/favicon.ico", method="GET"), 500, "", ""),
        (asks("http://counter.example/seen"), 500, "", ""),
    ],
)
def test_where_the_system_fails_as_something_is_sent_the_page_is_no_answer_of_it(
    request_: SimpleNamespace, status: int, why: str, held: str
) -> None:
    answers = Answers(script_of(SCRIPT.format(url="http://old.example"), BROWSER))
    if why:
        answers.failed(request_, why)
    else:
        answers.came(request_, status)
    with pytest.raises(Unexpected, match=held) if held else nullcontext():
        answers.hold()


@pytest.mark.parametrize(("failing", "raised"), [(True, Failed), (False, BusinessError)])
def test_a_save_that_the_system_answers_with_a_failure_is_no_business_error(
    failing: bool, raised: type[Exception]
) -> None:
    sync = pytest.importorskip("playwright.sync_api")
    heard: dict[str, Any] = {}

    class Shown(MagicMock):
        def wait_for(self, **_: Any) -> None:
            heard["response"](SimpleNamespace(request=asks("http://old.example/save"), status=500 if failing else 200))
            raise sync.TimeoutError("Timeout 1000ms exceeded.")

    page = MagicMock(on=heard.__setitem__)
    page.locator.return_value.screenshot.return_value = b""
    page.get_by_text.return_value.first = Shown()
    script = script_of(SCRIPT.format(url="http://old.example"), BROWSER)
    job = job_of(JOB | {"input": {"customer": {"account": "4711"}, "amount": 25}})
    with pytest.raises(raised) as found:
        _typed(page, script, job, lambda _: "")
    assert ("keyed in already" in str(found.value)) == failing
