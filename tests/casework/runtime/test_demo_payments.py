"""Paying by a provider that follows Stripe's API: the gateway before one of our own making, the switch to it, and
localstripe itself where it is set up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.core.management import call_command

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.real_payments import HOST
from casework.actors.shipped import ensure_shipped
from casework.runtime.demo_systems.ledger import Refusal
from casework.runtime.demo_systems.payment_desk import Desk, answer, server
from casework.runtime.demo_systems.payment_server import DECLINED_ORDER, PaymentServer, fill
from casework.runtime.demo_systems.stripe_api import Declined, Stripe, Unreachable, flat
from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import deploy
from orchestration.models import Actor, ActorVersion
from tests.chaos.product import free_port

HERE = PaymentServer(free_port())


class Provider:
    """As much of Stripe's API as is asked, in memory; `fails` says what becomes of the next change."""

    def __init__(self) -> None:
        self.made: dict[str, list[dict[str, Any]]] = {"payment_intents": [], "refunds": [], "payouts": []}
        self.keys: list[str] = []
        self.fails = ""

    def bought(self, order: str, amount: int, status: str = "succeeded") -> str:
        return self.add("payment_intents", amount=amount, status=status, metadata={"order": order})["id"]

    def add(self, kind: str, **values: Any) -> dict[str, Any]:
        one = {"id": f"{kind[:2]}_{len(self.made[kind])}", "object": kind[:-1], "status": "pending", **values}
        self.made[kind].append(one)
        return one

    def change(self, kind: str, form: dict[str, str], key: str) -> tuple[int, Any]:
        self.keys.append(key)
        if self.fails == "declined":
            return 400, {"error": {"type": "invalid_request_error", "code": "balance_insufficient", "message": "no"}}
        noted = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
        made = self.add(kind, amount=int(form["amount"]), metadata=noted, payment_intent=form.get("payment_intent"))
        return (500, {}) if self.fails == "done, but unsaid" else (200, made)

    def page(self, kind: str, query: dict[str, list[str]]) -> Any:
        found = self.made[kind]
        if "payment_intent" in query:
            found = [one for one in found if one["payment_intent"] == query["payment_intent"][0]]
        if "starting_after" in query:
            found = found[[one["id"] for one in found].index(query["starting_after"][0]) + 1 :]
        return {"object": "list", "data": found[:2], "has_more": len(found) > 2}


@contextmanager
def serving(provider: Provider) -> Iterator[Stripe]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            self.say(200, provider.page(split.path.removeprefix("/v1/"), parse_qs(split.query)))

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
            self.say(*provider.change(self.path.removeprefix("/v1/"), form, self.headers["idempotency-key"]))

        def say(self, status: int, said: Any) -> None:
            assert self.headers["authorization"] == "Bearer sk_test_1"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: Any) -> None: ...

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Stripe(f"http://127.0.0.1:{found.server_address[1]}", "sk_test_1")
    found.shutdown()
    found.server_close()


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def desk(provider: Provider) -> Iterator[Desk]:
    with serving(provider) as stripe:
        yield Desk(stripe)


def paid(desk: Desk, key: str, order: str, amount: float, team: str = "") -> tuple[int, Any]:
    return answer(desk, "POST", "/payments", {"desk": team}, {"order": order, "amount": amount}, key)


def test_what_was_paid_by_card_goes_back_to_it_and_all_else_goes_out(desk: Desk, provider: Provider) -> None:
    provider.bought("R-1", 5000)
    for at in range(4):
        provider.bought(f"R-9{at}", 100)
    back, out = paid(desk, "k1", "R-1", 19.95), paid(desk, "k2", "credit", 10)
    assert (back[0], back[1]["payment"], out[0], out[1]["payment"]) == (201, "re_0", 201, "pa_0")
    assert provider.made["refunds"][0]["amount"] == 1995 and provider.made["refunds"][0]["payment_intent"] == "pa_0"
    assert provider.keys == ["k1", "k2"], "the job's key goes along"
    assert len(answer(desk, "GET", "/payments", {}, None, "")[1]["payments"]) == 2


def test_a_payment_whose_answer_was_lost_is_found_again_and_not_made_twice(desk: Desk, provider: Provider) -> None:
    provider.bought("R-1", 5000)
    for order in ("R-1", "credit"):
        provider.fails = "done, but unsaid"
        assert paid(desk, f"key-{order}", order, 20) == (503, {"error": "unavailable"})
        provider.fails = ""
        assert paid(desk, f"key-{order}", order, 20)[0] == 201
        assert paid(desk, f"key-{order}", order, 20)[0] == 201
        assert paid(desk, f"key-{order}", order, 21) == (422, {"error": "key-reused"})
    assert len(provider.made["refunds"]) == len(provider.made["payouts"]) == 1


def test_many_at_once_under_one_key_pay_once(desk: Desk, provider: Provider) -> None:
    said: list[Any] = []
    several = [threading.Thread(target=lambda: said.append(paid(desk, "k", "credit", 5))) for _ in range(6)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert {status for status, _ in said} == {201} and len(provider.made["payouts"]) == 1


@pytest.mark.parametrize(
    ("order", "amount", "team", "expected"),
    [
        ("R-1", 50.01, "", (409, "more-than-paid")), ("R-none", 5, "", (409, "not-paid-for")),
        ("credit", 5000.01, "", (409, "limit")), ("credit", 50000.01, "claims", (409, "limit")),
        ("credit", -1, "", (422, "amount")),
        ("credit", 0.001, "", (422, "amount")), ("credit", "x", "", (422, "amount")),
    ],
)  # fmt: skip
def test_what_may_not_be_paid_is_refused(
    desk: Desk, provider: Provider, order: str, amount: Any, team: str, expected: tuple[int, str]
) -> None:
    provider.bought("R-1", 5000)
    provider.bought("R-none", 5000, "requires_payment_method")
    status, said = paid(desk, "k", order, amount, team)
    assert (status, said["error"]) == expected and not provider.keys


def test_a_second_refund_gives_back_no_more_than_is_left(desk: Desk, provider: Provider) -> None:
    provider.bought("R-1", 5000)
    assert paid(desk, "k1", "R-1", 30)[0] == 201
    assert paid(desk, "k2", "R-1", 30) == (409, {"error": "more-than-paid"})
    assert paid(desk, "k3", "R-1", 20)[0] == 201


def test_a_provider_that_declines_or_is_away_is_told_apart(desk: Desk, provider: Provider) -> None:
    provider.fails = "declined"
    assert paid(desk, "k", "credit", 5) == (409, {"error": "declined", "message": "400 balance_insufficient"})
    away = Desk(Stripe(f"http://127.0.0.1:{free_port()}", "sk_test_1"))
    assert paid(away, "k", "credit", 5) == (503, {"error": "unavailable"})
    for body in (None, [], "text"):
        assert answer(desk, "POST", "/payments", {}, body, "k")[0] == 422
    assert answer(desk, "POST", "/payments", {}, {"amount": 5}, "")[1] == {"error": "key-missing"}
    assert answer(desk, "GET", "/elsewhere", {}, None, "")[0] == 404


def test_forms_are_written_as_the_provider_reads_them() -> None:
    assert list(flat({"amount": 5, "card": {"number": "42"}, "confirm": True, "left": None})) == [
        ("amount", "5"), ("card[number]", "42"), ("confirm", "true"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_refunds_and_claims_are_set_to_be_paid_by_it_and_back_without_a_change_of_code() -> None:
    for name in ("refund", "insurance-claim"):
        deploy(folder_files(CASE_TYPES / name), Origin("system:test"))
        ensure_shipped(CASE_TYPES / name / "actors")

    def who() -> dict[str, bool]:
        found = Actor.objects.filter(capability__in=["pay-out", "pay-claim"])
        return dict(found.values_list("key", "enabled"))

    assert who() == {"payment-system": True, "claims-payment": True}
    said = StringIO()
    call_command("real_payments", "off", stdout=StringIO())
    for _ in range(2):
        call_command("real_payments", "on", stdout=said)
        assert who() == {
            "payment-system": False, "claims-payment": False,
            "localstripe-payment-system": True, "localstripe-claims-payment": True,
        }  # fmt: skip
    assert "localstripe-claims-payment" in said.getvalue()
    call_command("real_payments", "off", stdout=StringIO())
    assert {key for key, on in who().items() if on} == {"payment-system", "claims-payment"}


@pytest.mark.django_db
def test_the_connector_of_a_case_has_it_pay_and_tells_a_model_why_not(
    desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.bought("R-1", 5000)
    for name in ("refund", "insurance-claim"):
        deploy(folder_files(CASE_TYPES / name), Origin("system:test"))
        ensure_shipped(CASE_TYPES / name / "actors")
    call_command("real_payments", "on", stdout=StringIO())
    gateway = server(desk, 0)
    threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("CASEWRIGHT_SERVER_PAYMENTS", f"http://{HOST}:{gateway.server_address[1]}")
    try:
        version = ActorVersion.objects.get(actor__key="localstripe-payment-system")
        connector = HttpConnector("pay", version.version, bytes(version.artefact))
        given = {"purpose": "R-1", "amount": 30.5, "iban": "DE89 3704 0044 0532 0130 00"}
        for _ in range(2):
            assert connector.run(given, idempotency_key="7-1").output == {"payment": "re_0"}
        with pytest.raises(ActorError) as refused:
            connector.run(given, idempotency_key="7-2")
        assert refused.value.code == "more-than-paid" and not refused.value.temporary
        claims = ActorVersion.objects.get(actor__key="localstripe-claims-payment")
        pays_claims = HttpConnector("pay", claims.version, bytes(claims.artefact))
        claim = {"claim_number": "C-1", "amount": 12000, "iban": ""}
        assert pays_claims.run(claim, idempotency_key="7-3") == pays_claims.run(claim, idempotency_key="7-4")
        with pytest.raises(ActorError) as again:
            pays_claims.run({**claim, "amount": 13000}, idempotency_key="7-5")
        assert again.value.code == "paid-already" and len(provider.made["payouts"]) == 1
        assert "DE89" not in json.dumps(provider.made), "no account leaves the case"
    finally:
        gateway.shutdown()
        gateway.server_close()


@pytest.mark.django_db
def test_where_no_case_type_pays_the_switch_says_so() -> None:
    said = StringIO()
    call_command("real_payments", "on", stdout=said)
    assert "nobody" in said.getvalue()


@pytest.mark.skipif(not HERE.is_installed, reason="localstripe is not set up here: `make demo-systems` does it")
def test_localstripe_itself_pays_once() -> None:
    HERE.start()
    try:
        fill(HERE.stripe)
        desk = Desk(HERE.stripe)
        first = desk.pay("k1", "R-20441", Decimal("20"))
        assert first["payment"].startswith("re_") and desk.pay("k1", "R-20441", Decimal("20")) == first
        with pytest.raises(Refusal, match="more-than-paid"):
            desk.pay("k2", "R-20441", Decimal("79"))
        with pytest.raises(Refusal, match="not-paid-for"):
            desk.pay("k3", DECLINED_ORDER, Decimal("5"))
        out = desk.pay("K-1", "CLAIM-1", Decimal("1200"))
        assert out["payment"].startswith("po_") and out["state"] == "pending"
        assert len(desk.payments()["payments"]) == 2
        with pytest.raises(Declined, match="400"):
            HERE.stripe.create("payouts", amount=5, currency="usd")
        with pytest.raises(Declined, match="401"):
            list(Stripe(HERE.address, "no-key").every("payouts"))
    finally:
        HERE.stop()
    with pytest.raises(Unreachable):
        desk.pay("k1", "R-20441", Decimal("20"))
