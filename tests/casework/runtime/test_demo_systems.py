"""The real ERP beside the demo: its gateway without one, the switch to it, and Tryton itself where it is set up."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.runtime.demo_systems.__main__ import begun
from casework.runtime.demo_systems.environment import Environment, Tryton
from casework.runtime.demo_systems.gateway import server
from casework.runtime.demo_systems.ledger import Ledger, Refusal
from casework.runtime.demo_systems.rpc import Erp, Unreachable, read, sent
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import deploy
from orchestration.models import Actor, AllowedHost
from tests.chaos.product import free_port

HERE = Environment()
INVOICE = {"supplier": "S-101", "number": "NW-26-9", "order": "PO-4711", "total": 1190.0}


@pytest.fixture
def gateway() -> Iterator[str]:
    """One whose ERP is away."""
    found = server(Ledger(Erp(f"http://127.0.0.1:{free_port()}", "erp", "secret")), 0)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{found.server_address[1]}"
    found.shutdown()
    found.server_close()
    thread.join()


def asked(address: str, body: bytes | None = None) -> tuple[int, Any]:
    try:
        answer = urllib.request.urlopen(urllib.request.Request(address, body), timeout=10)
    except urllib.error.HTTPError as error:
        answer = error  # type: ignore[assignment]
    with answer:
        return answer.status, json.loads(answer.read())


def test_while_the_erp_is_away_the_gateway_says_so_and_a_job_is_tried_again(gateway: str) -> None:
    for path, body in (("/erp/match?name=X", None), ("/erp/records?supplier=S-101", None), ("/erp/invoices", INVOICE)):
        content = None if body is None else json.dumps(body).encode()
        assert asked(gateway + path, content) == (503, {"error": "unavailable"})


def test_what_the_gateway_cannot_read_is_refused(gateway: str) -> None:
    assert asked(gateway + "/erp/invoices", b"nonsense")[0] == 400
    assert asked(gateway + "/erp/payments", b'{"invoice": "E-1", "amount": "much"}')[0] == 400
    assert asked(gateway + "/erp/payments", b'{"invoice": "E-1"}')[0] == 400
    assert asked(gateway + "/elsewhere")[0] == 404


def test_sums_and_days_come_through_the_erp_s_own_json_unchanged() -> None:
    given = {"total": Decimal("0.10"), "on": [date(2026, 11, 29)], "lines": [["create", [{"sum": Decimal(1)}]]]}
    told = json.loads(json.dumps(sent(given)))
    assert told["on"] == [{"__class__": "date", "year": 2026, "month": 11, "day": 29}]
    assert read(told)["total"] == Decimal("0.10") and read(told)["lines"][0][1][0]["sum"] == Decimal(1)


@pytest.mark.django_db
def test_invoices_are_set_to_work_with_the_real_erp_and_back_without_a_change_of_code() -> None:
    for folder in (CASE_TYPES / "supplier-invoice", CASE_TYPES / "insurance-claim"):
        deploy(folder_files(folder), Origin("system:test"))
        ensure_shipped(folder / "actors")

    def at_work() -> set[str]:
        return set(Actor.objects.filter(enabled=True, key__regex="^(erp|tryton)-").values_list("key", flat=True))

    stand_ins = at_work()
    assert len(stand_ins) == 6 and all(key.startswith("erp-") for key in stand_ins)
    said = StringIO()
    call_command("real_erp", "on", stdout=said)
    assert at_work() == {key.replace("erp-", "tryton-") for key in stand_ins} and "tryton-booking" in said.getvalue()
    assert all("stand-in" not in actor.origin for actor in Actor.objects.filter(key__in=at_work()))
    assert AllowedHost.objects.get(host="erp.localhost").private
    call_command("real_erp", "on", stdout=StringIO())
    call_command("real_erp", "off", stdout=StringIO())
    assert at_work() == stand_ins


@pytest.mark.long
@pytest.mark.skipif(not HERE.is_installed, reason="Tryton is not set up here: `make demo-systems` does it")
def test_tryton_posts_and_pays_once_though_it_is_killed_in_between(tmp_path: Path) -> None:
    HERE.postgres.start()
    tryton = Tryton(HERE, free_port(), "erp_test")
    try:
        ledger = begun(HERE, tryton, fresh=True)
        assert ledger.match("nordlicht werkzeuge", "", "PO-4711", "NW-26-9")["order"]["open"] == 1190
        assert ledger.match("", "DE89 3704 0044 0532 0130 00", "", "")["supplier"]["number"] == "S-101"
        assert ledger.match("Van Dijk Verpakkingen BV", "", "PO-4710", "VD-2026-0093")["earlier"] == 1
        booked = ledger.book("1-1", **INVOICE)
        tryton.kill()
        with pytest.raises(Unreachable):
            ledger.book("1-1", **INVOICE)
        tryton.start()
        assert ledger.book("1-1", **INVOICE) == booked
        for key, error in (("1-2", "booked-before"), ("", "booked-before")):
            with pytest.raises(Refusal, match=error):
                ledger.book(key, **INVOICE)
        paid = ledger.pay("1-3", booked["invoice"], 1190.0)
        assert ledger.pay("1-3", booked["invoice"], 1190.0) == paid
        with pytest.raises(Refusal, match="paid-before"):
            ledger.pay("1-4", booked["invoice"], 1190.0)
        entry = ledger.records("S-101", "PO-4711", booked["invoice"])["entry"]
        assert entry == {"total": 1190.0, "payment": paid["payment"], "paid": 1190.0}
        with pytest.raises(Refusal, match="confirmed-already"):
            ledger.change_order("PO-4711", 1200.0)
        entered = [ledger.enter_claim("MC-1", *given)["entry"] for given in ((6700.0, "reserved"), (1000.0, "paid"))]
        assert entered[0] == entered[1] == ledger.enter_claim("MC-1", 1000.0, "paid")["entry"]
        with pytest.raises(Refusal, match="paid-already"):
            ledger.enter_claim("MC-1", 1100.0, "paid")
    finally:
        tryton.stop()
        HERE.postgres.stop()
