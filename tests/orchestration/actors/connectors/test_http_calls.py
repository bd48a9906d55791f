"""Does a connector ask as its file says, and does each answer become what the file says of it?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from audit.services import Origin
from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.ground import clock
from tests.orchestration.actors.connectors.server import Came, Reply, System

Make = Callable[[str], HttpConnector]

ORDER = """
capability: read-order
method: GET
url: HERE/orders/{input.order}/full
query: {expand: [customer, lines], limit: "= input.limit", none: "= input.nothing"}
headers: {X-Purpose: complaint, X-Who: "= input.who"}
timeout: 5
answers:
  - {when: status = 404, error: {code: order-unknown, message: There is no such order.}}
  - {when: status = 409, again: 7}
  - {when: status = 410, fails: The order was archived.}
  - when: status = 200 and body.id != null
    output: {order: "= body.id", total: "= body.sum.amount * 1.5", given: "= input.order", from: "= headers.x_from"}
    confidence: "= body.sure"
"""
PAYMENT = """
capability: pay
method: POST
url: HERE/payments
body: {amount: "= input.amount", note: fixed, lines: [{sku: "= input.sku"}]}
timeout: 5
answers: [{when: status = 201, output: {payment: "= body.id"}}]
"""
ASKED = {"order": "A/7 ?#é", "limit": 3, "who": "anna"}


def test_the_input_becomes_path_query_and_headers_and_cannot_leave_its_place(listed: System, connector: Make) -> None:
    listed.reply(200, {"id": "A7", "sum": {"amount": 10}, "sure": 0.8}, X_From="crm")
    answer = connector(ORDER).run(ASKED, idempotency_key="k1")
    (came,) = listed.came
    assert came.path == "/orders/A%2F7%20%3F%23%C3%A9/full?expand=customer&expand=lines&limit=3"
    assert came.headers["x-purpose"] == "complaint" and came.headers["x-who"] == "anna"
    assert answer.output == {"order": "A7", "total": 15, "given": "A/7 ?#é", "from": "crm"}
    assert answer.confidence == 0.8


@pytest.mark.parametrize("order", [None, "", ".", "..", ["a"], {"a": 1}])
def test_a_value_that_would_change_the_path_is_not_sent(order: object, listed: System, connector: Make) -> None:
    with pytest.raises(ActorError, match="value") as failed:
        connector(ORDER).run({"order": order}, idempotency_key="k")
    assert not failed.value.temporary and not listed.came


def test_a_value_cannot_begin_a_header_of_its_own(listed: System, connector: Make) -> None:
    with pytest.raises(ActorError, match="header"):
        connector(ORDER).run(ASKED | {"who": "anna\r\nX-Admin: yes"}, idempotency_key="k")
    assert not listed.came


def test_a_body_is_mapped_and_carries_the_idempotency_key_in_the_header_of_the_file(
    listed: System, connector: Make
) -> None:
    listed.reply(201, {"id": 5})
    answer = connector(PAYMENT + "idempotency: Idempotency-Key").run(
        {"amount": 12.5, "sku": "x"}, idempotency_key="case-1-job-2"
    )
    (came,) = listed.came
    assert json.loads(came.body) == {"amount": 12.5, "note": "fixed", "lines": [{"sku": "x"}]}
    assert came.headers["idempotency-key"] == "case-1-job-2" and came.headers["content-type"] == "application/json"
    assert answer.output == {"payment": 5}


def test_a_form_is_sent_as_forms_are(listed: System, connector: Make) -> None:
    listed.reply(201, {"id": 5})
    connector(PAYMENT.replace('note: fixed, lines: [{sku: "= input.sku"}]', "to: [a, b]") + "as: form").run(
        {"amount": 3}, idempotency_key="k"
    )
    assert listed.came[0].body == b"amount=3&to=a&to=b"


def test_a_business_error_is_the_models_error_and_nothing_to_try_again(listed: System, connector: Make) -> None:
    listed.reply(404)
    with pytest.raises(ActorError, match=r"There is no such order\.") as failed:
        connector(ORDER).run(ASKED, idempotency_key="k")
    assert failed.value.code == "order-unknown" and not failed.value.temporary


@pytest.mark.parametrize(("status", "temporary", "after"), [(409, True, 7.0), (410, False, None)])
def test_a_rule_says_whether_trying_again_helps(
    status: int, temporary: bool, after: float | None, listed: System, connector: Make
) -> None:
    listed.reply(status)
    with pytest.raises(ActorError) as failed:
        connector(ORDER).run(ASKED, idempotency_key="k")
    assert (failed.value.temporary, failed.value.after, failed.value.code) == (temporary, after, None)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_without_a_rule_the_status_says_it(status: int, listed: System, connector: Make) -> None:
    listed.reply(status, {"detail": "Maria Sandoval"}, Retry_After="17")
    with pytest.raises(ActorError) as failed:
        connector(ORDER).run(ASKED, idempotency_key="k")
    assert failed.value.temporary and failed.value.after == 17
    assert "Maria" not in str(failed.value), "what the other system writes stays out of the history"


@pytest.mark.parametrize("status", [301, 400, 401, 403, 405, 418, 204, 206])
def test_an_answer_that_no_rule_speaks_of_is_for_a_person(status: int, listed: System, connector: Make) -> None:
    listed.reply(status, b"")
    with pytest.raises(ActorError, match=str(status)) as failed:
        connector(ORDER).run(ASKED, idempotency_key="k")
    assert not failed.value.temporary


def test_retry_after_may_be_a_date(listed: System, connector: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    monkeypatch.setattr(clock, "utc_now", lambda: now)
    listed.reply(503, Retry_After=format_datetime(now + timedelta(seconds=90), usegmt=True))
    with pytest.raises(ActorError) as failed:
        connector(ORDER).run(ASKED, idempotency_key="k")
    assert failed.value.after == 90


def test_what_may_have_been_done_is_not_done_again_without_a_key(listed: System, connector: Make) -> None:
    for body in (b"HTTP/1.1 50", None, b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"):
        listed.says = lambda came, body=body: body
        plain, keyed = connector(PAYMENT.replace("timeout: 5", "timeout: 0.3")), PAYMENT + "idempotency: Key"
        with pytest.raises(ActorError, match="not known") as failed:
            plain.run({"amount": 1}, idempotency_key="k")
        assert not failed.value.temporary
        with pytest.raises(ActorError) as failed:
            connector(keyed.replace("timeout: 5", "timeout: 0.3")).run({"amount": 1}, idempotency_key="k")
        assert failed.value.temporary, "the key makes the second one the first"


def test_a_system_that_is_down_is_tried_again_whatever_was_to_be_sent(listed: System, connector: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host_allow("127.0.0.1", taken.getsockname()[1], private=True, origin=Origin("system:test"))
        nobody = PAYMENT.replace("HERE", f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ActorError, match="cannot be reached") as failed:
            connector(nobody).run({"amount": 1}, idempotency_key="k")
    assert failed.value.temporary


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff"])
def test_json_that_is_none_is_tried_again(content: bytes, listed: System, connector: Make) -> None:
    listed.reply(200, content)
    with pytest.raises(ActorError, match="not what its type says") as failed:
        connector(ORDER).run(ASKED, idempotency_key="k")
    assert failed.value.temporary


# ---------------------------------------------------------------- who sends it


def test_each_way_to_show_who_one_is(listed: System, connector: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWRIGHT_SECRET_CRM", "s3cr3t-of-the-crm")
    listed.reply(200, {"id": 1})
    for auth, header, value in (
        ("{bearer: {secret: crm}}", "authorization", "Bearer s3cr3t-of-the-crm"),
        ("{basic: {user: us, secret: crm}}", "authorization",
         "Basic " + base64.b64encode(b"us:s3cr3t-of-the-crm").decode()),
        ("{header: {name: X-Api-Key, secret: crm}}", "x-api-key", "s3cr3t-of-the-crm"),
    ):  # fmt: skip
        connector(ORDER + f"auth: {auth}").run(ASKED, idempotency_key="k")
        assert listed.came[-1].headers[header] == value


def test_a_signature_is_over_the_parts_that_the_file_names(
    listed: System, connector: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWRIGHT_SECRET_CRM", "s3cr3t-of-the-crm")
    listed.reply(201, {"id": 1})
    signing = (
        "{hmac: {secret: crm, header: X-Sign, timestamp: X-At, prefix: v1=, over: [method, path, timestamp, body]}}"
    )
    connector(PAYMENT + f"auth: {signing}").run({"amount": 1}, idempotency_key="k")
    (came,) = listed.came
    content = b"\n".join([b"POST", b"/payments", came.headers["x-at"].encode(), came.body])
    wanted = hmac.new(b"s3cr3t-of-the-crm", content, hashlib.sha256).hexdigest()
    assert came.headers["x-sign"] == "v1=" + wanted


def test_a_secret_that_is_not_there_fails_before_anything_is_sent(listed: System, connector: Make) -> None:
    with pytest.raises(ActorError, match="CASEWRIGHT_SECRET_NOWHERE") as failed:
        connector(ORDER + "auth: {bearer: {secret: nowhere}}").run(ASKED, idempotency_key="k")
    assert not failed.value.temporary and not listed.came


def test_an_answer_that_echoes_the_secret_is_not_taken_over(
    listed: System, connector: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWRIGHT_SECRET_CRM", "s3cr3t-of-the-crm")
    for auth in ("{bearer: {secret: crm}}", "{basic: {user: us, secret: crm}}"):
        listed.says = lambda came: Reply(200, {"id": came.headers["authorization"]})
        with pytest.raises(ActorError, match="secret 'crm'") as failed:
            connector(ORDER + f"auth: {auth}").run(ASKED, idempotency_key="k")
        assert "s3cr3t" not in str(failed.value)


# ---------------------------------------------------------------- pages


PAGED = """
capability: list-orders
method: GET
url: HERE/orders
answers: [{when: status = 200, output: {orders: "= items", last: "= body.page"}}]
"""


def _page(came: Came) -> Reply:
    number = int(came.path.rpartition("=")[2]) if "=" in came.path else 1
    onward = f"/orders?page={number + 1}" if number < 4 else None
    headers = {} if onward is None else {"Link": f'<{onward}>; rel="next"'}
    cursor = None if onward is None else number + 1
    return Reply(200, {"page": number, "found": [number * 10], "next": onward, "cursor": cursor}, headers)


@pytest.mark.parametrize("way", ["next: body.next", "link: true", 'query: {page: "= body.cursor"}'])
def test_pages_are_collected_until_the_last(way: str, listed: System, connector: Make) -> None:
    listed.says = _page
    found = connector(PAGED + f"pages: {{items: body.found, {way}}}").run({}, idempotency_key="k")
    assert found.output == {"orders": [10, 20, 30, 40], "last": 4} and len(listed.came) == 4


def test_no_more_pages_are_asked_for_than_the_file_says(listed: System, connector: Make) -> None:
    listed.says = _page
    found = connector(PAGED + "pages: {items: body.found, next: body.next, most: 2}").run({}, idempotency_key="k")
    assert found.output["orders"] == [10, 20] and len(listed.came) == 2


def test_a_next_page_of_another_system_is_not_asked_for(listed: System, connector: Make) -> None:
    listed.reply(200, {"found": [], "next": "http://elsewhere.example/orders"})
    with pytest.raises(ActorError, match="another system") as failed:
        connector(PAGED + "pages: {items: body.found, next: body.next}").run({}, idempotency_key="k")
    assert not failed.value.temporary
