"""Do the systems that the demo calls behave like systems, and fail as they are told to?"""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import BadStatusLine, RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from casework.runtime.locations import ROOT
from casework.runtime.programs import programs
from casework.runtime.stand_ins import faults
from casework.runtime.stand_ins.place import STAND_IN, StandIns, stand_ins_near
from casework.runtime.stand_ins.store import Store
from tests.casework.stand_ins import Demo, demo, store

__all__ = ["demo", "store"]


def test_the_orders_of_the_sample_cases_are_there_with_their_customers(demo: Demo) -> None:
    status, order = demo.ask("/orders/R-20441")
    assert (status, order["total"], order["currency"]) == (200, 79.95, "EUR")
    assert demo.ask(f"/customers/{order['customer']}")[1]["name"] == "Elena Rossi"
    assert demo.ask("/orders/R-0")[0] == 404 and demo.ask("/nowhere")[0] == 404


def test_a_payment_is_made_once_for_each_key_however_often_and_at_once_it_is_asked_for(demo: Demo) -> None:
    asked = {"order": "R-20441", "amount": 79.95}
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: demo.ask("/payments", asked, Idempotency_Key="k-1"), range(16)))
    assert {status for status, _ in answers} == {201} and len({said["payment"] for _, said in answers}) == 1
    assert demo.ask("/payments")[1]["counts"] == {
        "calls of payments": 17, "payments": 1, "entries": 0, "loans": 0, "claims": 0, "messages": 0,
        "erp_invoices": 1, "erp_payments": 0,
    }  # fmt: skip


def test_a_large_sum_is_paid_only_as_a_transfer_and_once_for_each_key(demo: Demo) -> None:
    asked = {"order": "Freight", "amount": 120_000}
    assert demo.ask("/payments", asked, Idempotency_Key="k-1")[0] == 409
    first = demo.ask("/transfers", asked, Idempotency_Key="k-1")
    assert first == demo.ask("/transfers", asked, Idempotency_Key="k-1") and first[0] == 201
    assert demo.ask("/transfers", {"amount": 5_000_001}, Idempotency_Key="k-2")[0] == 409


def test_an_account_is_restricted_once_for_each_key(demo: Demo) -> None:
    first = demo.ask("/restrictions", {"account": "Nightjar"}, Idempotency_Key="k-1")
    assert first == demo.ask("/restrictions", {"account": "Nightjar"}, Idempotency_Key="k-1") and first[0] == 201
    assert demo.ask("/restrictions", {"account": "Nightjar"}, Idempotency_Key="k-2") != first


def test_a_key_is_not_taken_for_something_else_and_without_one_each_is_paid(demo: Demo) -> None:
    demo.ask("/payments", {"amount": 5}, Idempotency_Key="k")
    assert demo.ask("/payments", {"amount": 6}, Idempotency_Key="k")[0] == 422
    assert demo.ask("/payments", {"amount": 5})[1]["number"] != demo.ask("/payments", {"amount": 5})[1]["number"]


@pytest.mark.parametrize("amount", [0, -1, "x", None, True, 1.005, "NaN", 1e300])
def test_an_amount_that_is_none_is_not_paid(amount: Any, demo: Demo) -> None:
    assert demo.ask("/payments", {"amount": amount})[0] in (409, 422)
    assert demo.ask("/payments")[1]["counts"]["payments"] == 0


def test_what_was_paid_is_still_known_after_a_new_start(tmp_path: Path, store: Store, demo: Demo) -> None:
    demo.ask("/payments", {"amount": 5}, Idempotency_Key="k")
    again = Store(tmp_path / "stand-ins.sqlite")
    assert again.counts() == store.counts() and again.document("payments", "1")["amount"] == 5


# ---------------------------------------------------------------- the ledger


def test_goodwill_is_entered_by_a_form_and_confirmed_on_a_page(demo: Demo) -> None:
    form = demo.ask("/ledger")[1]
    assert all(f'name="{field}"' in form for field in ("customer", "amount", "reason", "reference"))
    entry = {"customer": "<Elena>", "amount": "12.50", "reason": "late parcel", "reference": "REFUND-1"}
    status, said = demo.ask("/ledger", entry)
    assert status == 200 and "G-00001" in said and "&lt;Elena&gt;" in said
    assert "G-00001" in demo.ask("/ledger", entry)[1], "the same reference is the same entry"
    assert "late parcel" in demo.ask("/ledger/entries?reference=REFUND-1")[1]


def test_a_form_that_is_not_right_comes_back_with_what_is_wrong(demo: Demo) -> None:
    status, said = demo.ask("/ledger", {"customer": "Elena", "amount": "1000"})
    assert status == 422 and "0.01 to 100" in said and "This is needed" in said and 'value="Elena"' in said
    assert demo.ask("/faults", Accept="application/json")[1]["counts"]["entries"] == 0


# ---------------------------------------------------------------- mail


def test_a_message_is_sent_once_for_each_key_and_can_be_read_where_it_was_sent(demo: Demo) -> None:
    message = {"to": "maria@example.org", "subject": "Your message to us", "text": "Dear <Maria>,\nit comes."}
    answers = [demo.ask("/messages", message, Idempotency_Key="k") for _ in range(3)]
    assert [(status, said["message"]) for status, said in answers] == [(202, "M-000001")] * 3
    assert demo.ask("/messages", message | {"text": "Other"}, Idempotency_Key="k")[0] == 422
    assert demo.ask("/messages", Accept="application/json")[1]["counts"]["messages"] == 1
    assert "maria@example.org" in demo.ask("/messages")[1] and "&lt;Maria&gt;" in demo.ask("/messages/1")[1]


@pytest.mark.parametrize("wrong", [{"to": "nobody"}, {"text": ""}, {"subject": "x" * 201}, {"to": None}])
def test_a_message_that_cannot_be_sent_is_refused(wrong: dict[str, Any], demo: Demo) -> None:
    message = {"to": "maria@example.org", "subject": "s", "text": "t"}
    assert demo.ask("/messages", message | wrong)[0] == 422


# ---------------------------------------------------------------- faults


def test_each_fault_is_switched_on_and_off(demo: Demo) -> None:
    demo.fault("orders", "down")
    with pytest.raises((RemoteDisconnected, BadStatusLine, ConnectionError, urllib.error.URLError)):
        demo.ask("/orders/R-20441")
    assert demo.ask("/customers/C-1001")[0] == 200, "the other systems go on"
    demo.fault("orders", "silent")
    with pytest.raises((TimeoutError, urllib.error.URLError)):
        demo.ask("/orders/R-20441", timeout=0.2)
    demo.fault("orders", "wrong")
    assert "total" not in demo.ask("/orders/R-20441")[1]
    demo.fault("orders", "slow", seconds=0.01)
    assert demo.ask("/orders/R-20441")[0] == 200
    demo.fault("orders", "none")
    assert demo.ask("/orders/R-20441")[1]["total"] == 79.95


def test_errors_come_so_many_times_and_then_it_works(demo: Demo) -> None:
    demo.fault("payments", "error", times=2)
    found = [demo.ask("/payments", {"amount": 5}, Idempotency_Key="k")[0] for _ in range(3)]
    assert found == [503, 503, 201] and demo.ask("/payments")[1]["counts"]["payments"] == 1


def test_a_fault_that_was_set_for_a_time_ends_by_itself(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.fault("orders", "error", times=1_000, lasts=60)
    assert demo.ask("/orders/R-20441")[0] == 503
    assert 0 < demo.ask("/faults", Accept="application/json")[1]["faults"]["orders"]["left"] <= 60
    later = faults.wall_clock() + 61
    monkeypatch.setattr(faults, "wall_clock", lambda: later)
    assert demo.ask("/orders/R-20441")[0] == 200


def test_what_waits_goes_on_when_its_fault_is_switched_off(demo: Demo) -> None:
    demo.fault("orders", "slow", seconds=600)
    with ThreadPoolExecutor(1) as one:
        waiting = one.submit(demo.ask, "/orders/R-20441", timeout=20)
        while not demo.ask("/faults", Accept="application/json")[1]["counts"].get("calls of orders"):
            pass
        demo.fault("orders", "none")
        assert waiting.result()[0] == 200


@pytest.mark.parametrize("given", [{"system": "x", "fault": "down"}, {"system": "orders", "fault": "x"},
                                   {"system": "orders", "fault": "slow", "seconds": 1e9},
                                   {"system": "orders", "fault": "down", "lasts": 1e9}])  # fmt: skip
def test_a_fault_that_there_is_not_is_refused(given: dict[str, Any], demo: Demo) -> None:
    assert demo.ask("/faults", given)[0] == 422


def test_another_sites_page_switches_no_fault(demo: Demo) -> None:
    refused = demo.ask("/faults", {"system": "orders", "fault": "down"}, Origin="https://evil.example")
    assert refused[0] == 403 and demo.ask("/orders/R-20441")[0] == 200


# ---------------------------------------------------------------- as one of the product's programs


def test_it_is_a_program_of_the_product_whose_address_the_others_know(tmp_path: Path) -> None:
    place = StandIns(socket.create_server(("127.0.0.1", 0)), tmp_path)
    by_name = {program.name: program for program in programs(8000, stand_ins=place)}
    assert by_name["worker"].environment[STAND_IN] == place.address == by_name["web"].environment[STAND_IN]
    started = subprocess.Popen(
        [sys.executable, *by_name["stand-ins"].arguments], pass_fds=by_name["stand-ins"].keep, cwd=ROOT
    )
    try:
        demo = Demo(f"http://127.0.0.1:{place.listener.getsockname()[1]}")
        assert demo.ask("/orders/R-20441")[1]["total"] == 79.95
    finally:
        started.terminate()
        started.wait(10)
        place.listener.close()
    assert started.returncode == 0 and (tmp_path / "stand-ins.sqlite").exists()


def test_there_are_none_in_production_and_elsewhere_a_taken_port_is_no_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = stand_ins_near(taken.getsockname()[1] - 100, tmp_path)
        assert found is not None and found.listener.getsockname()[1] != taken.getsockname()[1]
        found.listener.close()
    monkeypatch.setenv("CASEWRIGHT_ENV", "production")
    assert stand_ins_near(8000, tmp_path) is None
    assert [program.name for program in programs(8000)] == ["web", "worker", "beat"]


def test_the_erp_enters_a_claim_once_changes_it_and_leaves_it_alone_when_it_is_paid(demo: Demo) -> None:
    asked = {"claim": "MC-1", "amount": 6700, "state": "reserved"}
    entry = demo.ask("/erp/claims", asked)[1]["entry"]
    changed = asked | {"amount": 1000.0}
    for given in (changed, changed | {"state": "paid"}, changed | {"state": "paid"}):
        status, told = demo.ask("/erp/claims", given)
        assert (status, told["entry"], told["amount"], told["state"]) == (200, entry, 1000.0, given["state"])
    for given in (asked, asked | {"state": "paid"}, changed):
        assert demo.ask("/erp/claims", given)[0] == 409
    for wrong, status in (({"amount": -1}, 422), ({"state": "x"}, 422), ({"amount": "much"}, 400)):
        assert demo.ask("/erp/claims", asked | wrong)[0] == status
    assert [one["amount"] for one in demo.ask("/erp", Accept="application/json")[1]["claims"]] == [1000.0]


def test_the_erp_books_and_pays_once_however_often_it_is_asked(demo: Demo) -> None:
    asked = {"supplier": "S-101", "number": "NW-26-10", "order": None, "total": 10.0}
    first = demo.ask("/erp/invoices", asked, Idempotency_Key="k-1")
    assert first == demo.ask("/erp/invoices", asked, Idempotency_Key="k-1") and first[0] == 201
    assert demo.ask("/erp/invoices", asked | {"total": 11.0}, Idempotency_Key="k-1")[0] == 422
    assert demo.ask("/erp/invoices", asked, Idempotency_Key="k-2")[1]["error"] == "booked-before"
    pay = {"invoice": first[1]["invoice"], "amount": 10.0}
    paid = demo.ask("/erp/payments", pay, Idempotency_Key="k-3")
    assert paid == demo.ask("/erp/payments", pay, Idempotency_Key="k-3") and paid[0] == 201
    assert demo.ask("/erp/payments", pay, Idempotency_Key="k-4")[1]["error"] == "paid-before"
    assert "S-101" in demo.ask("/erp")[1]
    known = demo.ask("/erp/match?name=NORDLICHT%20Werkzeuge%20GmbH&order=PO-4711&number=NW-26-10")[1]
    assert (known["supplier"]["number"], known["order"]["open"], known["earlier"]) == ("S-101", 1190.0, 1)
