"""Other systems hand in events, once each and signed, and are told of what happens, again until they take it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from standardwebhooks.webhooks import Webhook

from orchestration import tasks
from orchestration.actors.hosts.register import host_allow
from orchestration.engine.commands import StartProcess
from orchestration.ground import clock
from orchestration.messaging import outbox, registering, subscribers
from orchestration.messaging.signatures import UNREADABLE, refusal, signed
from orchestration.models import EventDelivery, EventSubscriber, Inlet, Instance, Outbox, Receipt
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.orchestration.case_types import TEST, deployed

pytestmark = pytest.mark.django_db

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWRIGHT_SECRET_SHOP", KEY)


@pytest.fixture
def inlet() -> Inlet:
    found = registering.inlet_add(
        Inlet(
            key="shop", name="The shop", message="order paid", secret="shop", correlation="event.data.number",
            variables="{paid: event.data.amount}",
        ),
        TEST,
    )  # fmt: skip
    assert isinstance(found, Inlet), found
    return found


def handed_in(body: Any, id: str = "e-1", ago: timedelta = timedelta(0), secret: str = KEY, **headers: str) -> Any:
    """The answer to an event that was signed so long ago."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in
             {**signed(secret, id, clock.utc_now() - ago, text), **headers}.items()}  # fmt: skip
    return Client().post("/hooks/shop/", text, content_type=named.pop("HTTP_CONTENT_TYPE", "application/json"), **named)


def brought() -> list[Outbox]:
    return list(Outbox.objects.filter(source="system:inlet shop"))


def test_an_event_becomes_a_message_once(inlet: Inlet) -> None:
    answer = handed_in({"number": "A-17", "amount": 12.5})
    assert (answer.status_code, answer.json()) == (202, {"event": "e-1", "again": False})
    again = handed_in({"number": "A-17", "amount": 12.5})
    assert (again.status_code, again.json()["again"]) == (200, True)
    (letter,) = brought()
    assert (letter.name, json.loads(bytes(letter.variables))) == ("order paid", {"paid": 12.5})
    assert Receipt.objects.get().letter == letter


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"secret": "whsec_c29tZWJvZHkgZWxzZSdz"}, 401, "does not hold"),
        ({"ago": timedelta(minutes=6)}, 401, "too old"),
        ({"ago": -timedelta(minutes=6)}, 401, "too new"),
        ({"webhook-signature": "v1,bm9uZQ=="}, 401, "does not hold"),
        ({"webhook-signature": "none"}, 401, "cannot be read"),
        ({"webhook-timestamp": "nan"}, 401, "does not hold"),
        ({"body": b"{"}, 422, "no JSON"),
        ({"body": {"number": None}}, 422, "for which case"),
        ({"body": {"amount": 1}, "content-type": "application/cloudevents+json"}, 422, "lacks id"),
        ({"body": {"a": 1}, "ce-id": "7"}, 422, "ce-source"),
    ],
)
def test_what_is_not_signed_or_no_event_is_refused_and_changes_nothing(
    inlet: Inlet, given: dict[str, Any], status: int, words: str
) -> None:
    answer = handed_in(given.pop("body", {"number": "A-17", "amount": 1}), **given)
    assert answer.status_code == status and words in answer.json()["detail"], answer.json()
    assert not brought() and not Receipt.objects.exists()


def test_while_the_secret_is_changed_either_is_taken_and_both_sign(
    inlet: Inlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, body = "whsec_c29tZWJvZHkgZWxzZSdz", {"number": "A-17", "amount": 1}
    monkeypatch.setenv("CASEWRIGHT_SECRET_SHOP", f"{new}\n{KEY}")
    assert [handed_in(body, "e-1").status_code, handed_in(body, "e-2", secret=new).status_code] == [202, 202]
    assert handed_in(body, "e-3", secret="whsec_bm9ib2R5J3Mgc2VjcmV0").status_code == 401
    headers = signed(f"{new}\n{KEY}", "e-4", clock.utc_now(), b"{}")
    for one in (new, KEY):
        Webhook(one).verify(b"{}", headers)
    monkeypatch.setenv("CASEWRIGHT_SECRET_SHOP", new)
    assert handed_in(body, "e-5").status_code == 401
    monkeypatch.setenv("CASEWRIGHT_SECRET_SHOP", "blue moon tree")  # one of three words
    assert handed_in(body, "e-6", secret="moon").status_code == 401
    assert refusal("", headers, b"{}") == UNREADABLE  # of no secret nobody has signed anything


def test_a_closed_address_is_told_from_no_other(inlet: Inlet) -> None:
    registering.switch(inlet, False, TEST)
    closed, none = handed_in({"number": "1"}), Client().post("/hooks/none/", b"{}", content_type="application/json")
    assert (closed.status_code, closed.json()) == (none.status_code, none.json())


def test_a_cloud_event_is_taken_in_both_forms(inlet: Inlet) -> None:
    structured = {
        "specversion": "1.0",
        "id": "x",
        "source": "shop",
        "type": "paid",
        "data": {"number": "1", "amount": 2},
    }
    assert handed_in(structured, "e-2", **{"content-type": "application/cloudevents+json"}).status_code == 202
    binary = {"ce-id": "y", "ce-source": "shop", "ce-type": "paid", "ce-specversion": "1.0"}
    assert handed_in({"number": "1", "amount": 3}, "e-3", **binary).status_code == 202
    assert [json.loads(bytes(letter.variables))["paid"] for letter in brought()] == [2, 3]
    assert set(Receipt.objects.values_list("type", flat=True)) == {"paid"}


def test_an_event_that_no_case_waits_for_is_kept_and_marked(inlet: Inlet) -> None:
    handed_in({"number": "A-17", "amount": 1})
    (letter,) = brought()
    assert outbox.deliver(letter.pk)


class Listener:
    """Another system: keeps what it is told, and answers with the next of its answers."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}/told"
        self.answers: list[int] = []
        self.told: list[tuple[dict[str, str], bytes]] = []


@pytest.fixture
def listener() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Listener(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host_allow("127.0.0.1", server.server_port, private=True, origin=TEST)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(listener: Listener) -> EventSubscriber:
    found = registering.subscriber_add(
        EventSubscriber(key="crm", name="CRM", url=listener.url, types=list(subscribers.TYPES), secret="shop"), TEST
    )
    assert isinstance(found, EventSubscriber), found
    return found


@pytest.fixture
def a_case() -> Callable[[], Instance]:
    def begun() -> Instance:
        done = services.start(
            deployed("reminder.bpmn", root="reminder"), StartProcess("reminder", {"number": "1"}), TEST
        )
        assert isinstance(done, Done)
        return Instance.objects.get(pk=done.instance)

    return begun


def test_who_wants_to_know_is_told_signed_and_without_data_of_the_case(
    listener: Listener, told: EventSubscriber, a_case: Callable[[], Instance]
) -> None:
    case = a_case()
    tasks.deliver_events()
    kinds = [json.loads(body)["type"] for _, body in listener.told]
    assert set(kinds) == {"casewright.case.opened", "casewright.task.opened"}
    for headers, body in listener.told:
        Webhook(KEY).verify(body, headers)
        assert headers["content-type"] == "application/cloudevents+json"
        assert json.loads(body)["subject"] == f"case/{case.pk}" and set(json.loads(body)["data"]) <= {
            "case", "caseType", "version", "name",
        }  # fmt: skip
    assert set(EventDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_what_is_not_taken_is_sent_again_later_and_at_last_given_up_until_somebody_asks(
    listener: Listener, told: EventSubscriber, a_case: Callable[[], Instance]
) -> None:
    EventSubscriber.objects.update(types=["casewright.case.opened"])
    listener.answers = [503] * subscribers.TRIES
    a_case()
    for _ in range(subscribers.TRIES):
        EventDelivery.objects.update(run_at=clock.utc_now())
        tasks.deliver_events()
    row = EventDelivery.objects.get()
    assert (row.state, row.attempts, row.status) == ("failed", subscribers.TRIES, 503)
    assert row.error == "It answered 503." and len(listener.told) == subscribers.TRIES
    assert len({headers["webhook-id"] for headers, _ in listener.told}) == 1, "each time it is the same event"
    assert subscribers.send_again([row.pk]) == 1
    tasks.deliver_events()
    row.refresh_from_db()
    assert row.state == "delivered"


def test_nothing_is_sent_to_a_host_that_is_not_on_the_list(a_case: Callable[[], Instance]) -> None:
    registering.subscriber_add(
        EventSubscriber(key="x", name="X", url="http://127.0.0.1:9/", types=["casewright.case.opened"], secret="shop"),
        TEST,
    )
    a_case()
    tasks.deliver_events()
    assert "not on the list" in EventDelivery.objects.get().error


def test_a_case_costs_nothing_more_where_nobody_is_told(a_case: Callable[[], Instance]) -> None:
    a_case()
    assert not EventDelivery.objects.exists()
