"""Who came in and who did not is kept, with what was denied, and with who read of many cases at once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import structlog
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from audit.models import AuditEvent, AuditPayload, StandingChain
from casework.models import Case
from orchestration.shell.verification.control import verify_access
from tests.casework.access.tokens import token_for
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def nothing_read_before() -> None:
    cache.clear()


def trail() -> list[tuple[str, str, dict[str, Any]]]:
    """(action, actor, detail) of everything on the access chains, in the order of time."""
    found = AuditEvent.objects.filter(chain__in=StandingChain.ACCESS).order_by("at")
    bodies = {
        (row.chain, row.sequence): orjson.loads(bytes(row.body))
        for row in AuditPayload.objects.filter(chain__in=StandingChain.ACCESS)
    }
    return [(event.action, event.actor, bodies[event.chain, event.sequence]) for event in found]


def only(action: str) -> list[tuple[str, dict[str, Any]]]:
    return [(actor, detail) for done, actor, detail in trail() if done == action]


def test_coming_in_and_going_out_are_kept(people: dict[str, User]) -> None:
    people["anna"].set_password(PASSWORD)
    people["anna"].save()
    browser = Client(REMOTE_ADDR="192.0.2.7")
    browser.post("/login/", {"username": "anna", "password": PASSWORD})
    browser.post("/logout/")
    assert [(action, actor) for action, actor, _ in trail()] == [
        ("access.signed_in", "person:anna"), ("access.signed_out", "person:anna"),
    ]  # fmt: skip
    assert trail()[0][2]["address"] == "192.0.2.7"


def test_a_failure_is_kept_with_a_name_that_somebody_has_and_no_other_text(people: dict[str, User]) -> None:
    browser = Client()
    browser.post("/login/", {"username": "anna", "password": "wrong"})
    browser.post("/login/", {"username": "my secret passphrase", "password": ""})
    browser.post("/login/", {"username": "my secret passphrase", "password": "x"})
    assert [actor for actor, _ in only("access.sign_in_failed")][0] == "person:anna"
    assert "passphrase" not in str(trail())


def test_an_outsiders_attempt_on_a_case_is_kept(people: dict[str, User], open_case: Any) -> None:
    case: Case = open_case()
    browser = client(people["olga"])
    assert browser.get(f"/cases/{case.pk}/").status_code == 404
    assert browser.get(f"/api/cases/{case.pk}/").status_code == 404
    assert browser.get("/cases/999999/").status_code == 404
    kept = only("access.unseen")
    assert [(actor, detail["what"]) for actor, detail in kept] == [("person:olga", f"case {case.pk}")] * 2


@pytest.mark.parametrize("address", ["/rules/", "/actors/"])
def test_a_page_that_is_denied_leaves_a_trace(people: dict[str, User], address: str) -> None:
    assert client(people["anna"]).get(address).status_code == 403
    ((actor, detail),) = only("access.denied")
    assert actor == "person:anna" and detail["route"] == address.removeprefix("/")


def test_what_is_denied_on_a_case_stands_in_its_own_history_alone(people: dict[str, User], open_case: Any) -> None:
    case: Case = open_case()
    assert client(people["anna"]).post(f"/cases/{case.pk}/verify/").status_code == 403
    assert only("access.denied") == []
    assert AuditEvent.objects.filter(chain=case.instance_id, action="access.denied").count() == 1


def test_reading_a_list_is_kept_once_in_a_while(people: dict[str, User]) -> None:
    browser = client(people["anna"])
    for address in ("/cases/", "/cases/?q=T", "/api/cases/"):
        assert browser.get(address).status_code == 200
    assert [(actor, detail["list"]) for actor, detail in only("list.read")] == [("person:anna", "cases")]


def test_a_downloaded_version_is_kept(people: dict[str, User], complaint: Any) -> None:
    assert client(people["ada"]).get(f"/models/{complaint.pk}/download/").status_code == 200
    assert [(actor, detail["what"]) for actor, detail in only("definition.downloaded")] == [
        ("person:ada", "complaint v1")
    ]


def test_a_history_read_by_the_api_is_kept_in_the_case(people: dict[str, User], open_case: Any) -> None:
    case: Case = open_case()
    assert client(people["anna"]).get(f"/api/cases/{case.pk}/history/").status_code == 200
    viewed = AuditEvent.objects.filter(chain=case.instance_id, action="case.viewed", actor="person:anna")
    assert viewed.count() == 1


def test_a_token_that_is_none_is_kept_and_then_slowed_down(people: dict[str, User]) -> None:
    browser = Client(REMOTE_ADDR="192.0.2.9", HTTP_AUTHORIZATION="Token 0123456789")
    answers = [browser.get("/api/cases/").status_code for _ in range(30)]
    assert answers[0] == 401 and answers[-1] == 429
    assert len(only("access.token_refused")) == 20
    good = token_for(people["anna"])
    assert Client(REMOTE_ADDR="192.0.2.9", HTTP_AUTHORIZATION=f"Token {good}").get("/api/cases/").status_code == 200


def test_a_call_by_token_is_logged_with_its_user(people: dict[str, User]) -> None:
    token = token_for(people["anna"])
    with structlog.testing.capture_logs() as logs:
        Client(HTTP_AUTHORIZATION=f"Token {token}").get("/api/cases/")
    (line,) = [line for line in logs if line["event"] == "request"]
    assert line["user"] == people["anna"].pk


def test_the_access_chains_hold(people: dict[str, User]) -> None:
    client(people["anna"]).get("/rules/")
    verdict = verify_access()
    assert verdict.ok and verdict.events == 2
