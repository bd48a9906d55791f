"""Programs come in by tokens that are scoped, end, are replaced and taken back; no token is kept."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import StandingChain
from audit.selectors import timeline
from casework.access.doors import DOORS
from casework.access.models import ApiToken
from casework.access.permissions import origin_of
from casework.access.sessions import CONFIRMED
from casework.access.token_scope import scope_needed
from casework.access.tokens import MOST, OVERLAP, Made, token_make, token_replace, token_revoke
from orchestration.ground.clock import utc_now
from orchestration.shell.verification.control import verify_control
from tests.casework.access.test_doors import addresses
from tests.casework.access.tokens import token_for
from tests.casework.conftest import refused
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]


def program(secret: str, scheme: str = "Bearer") -> Client:
    return Client(headers={"Authorization": f"{scheme} {secret}"})


def accesses(action: str) -> list[tuple[str, dict[str, Any]]]:
    return [(one.actor, one.detail) for chain in StandingChain.ACCESS for one in timeline(chain, action=action)]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token"])
def test_a_program_comes_in_as_the_person_whose_token_it_shows(people: People, scheme: str) -> None:
    answer = program(token_for(people["anna"], "read"), scheme).get("/api/tasks/")
    assert answer.status_code == 200


def test_a_token_for_reading_changes_nothing_and_the_attempt_is_kept(people: People, open_case: Any) -> None:
    case, reads = open_case(), program(token_for(people["anna"], "read"))
    assert reads.get(f"/api/cases/{case.pk}/").status_code == 200
    answer = reads.post(f"/api/cases/{case.pk}/follow/", {"following": True}, "application/json")
    assert answer.status_code == 403 and not case.followers.exists()
    ((actor, detail),) = accesses("access.denied")
    assert actor == "person:anna" and "read only" in detail["what"]
    assert "This token is for “read only”" in answer.json()["message"]
    assert "Every address ends in a slash" in reads.get("/api/nothing/").json()["message"]
    works = program(token_for(people["anna"], "work"))
    assert works.post(f"/api/cases/{case.pk}/follow/", {"following": True}, "application/json").status_code == 200


def test_a_token_for_work_changes_no_rights_even_of_an_administrator(people: People) -> None:
    sent = {"name": "nora", "reason": "Begins on Monday"}
    for scope, status in (("work", 403), ("administer", 201)):
        answer = program(token_for(people["ada"], scope)).post("/api/people/", sent, "application/json")
        assert answer.status_code == status


def test_a_token_gives_nothing_that_its_person_has_not(people: People, open_case: Any) -> None:
    assert program(token_for(people["olga"], "administer")).get(f"/api/cases/{open_case().pk}/").status_code == 404


def test_every_address_says_which_scope_it_needs() -> None:
    for name in addresses():
        _, sending = DOORS[name]
        wide = sending in ("publish", "administer", "directory")
        assert scope_needed(name, "GET") == "read"
        if not name.startswith("api-access-"):
            assert scope_needed(name, "POST") == ("administer" if wide else "work"), name
    assert scope_needed("an-address-without-a-rule", "POST") == "administer"


def test_only_a_digest_is_kept_and_the_chain_tells_of_each_change(people: People) -> None:
    secret = token_for(people["anna"])
    with connection.cursor() as cursor:
        cursor.execute("select * from casework_apitoken")
        assert secret not in str(cursor.fetchall())
    assert secret not in str(timeline(0)) and verify_control().ok
    row = ApiToken.objects.get()
    token_revoke(row=row, origin=origin_of(people["ada"]))
    assert program(secret).get("/api/tasks/").status_code == 401 and verify_control().ok


def test_a_token_ends_by_itself(people: People) -> None:
    secret = token_for(people["anna"])
    ApiToken.objects.update(expires=utc_now() - timedelta(seconds=1))
    assert program(secret).get("/api/tasks/").status_code == 401


def test_a_replaced_token_goes_on_for_a_day_at_most(people: People) -> None:
    made = token_make(person=people["anna"], name="x", scope="read", days=90, origin=origin_of(people["anna"]))
    assert isinstance(made, Made)
    other = token_replace(row=made.row, origin=origin_of(people["anna"]))
    assert isinstance(other, Made) and other.row.scope == "read"
    assert [program(one.secret).get("/api/tasks/").status_code for one in (made, other)] == [200, 200]
    made.row.refresh_from_db()
    assert made.row.expires is not None and made.row.expires <= utc_now() + OVERLAP
    assert verify_control().ok
    token_revoke(row=made.row, origin=origin_of(people["anna"]))
    refused(token_replace(row=made.row, origin=origin_of(people["anna"])))


def test_a_use_is_kept_once_in_a_while_and_each_refused_one_on_its_own(people: People) -> None:
    caller = program(token_for(people["anna"], "read"))
    for _ in range(3):
        caller.get("/api/tasks/")
    assert accesses("access.token_used") == [
        ("person:anna", {"token": "a test, read", "address": "127.0.0.1"}),
    ]
    assert ApiToken.objects.get().last_used is not None


def test_a_token_of_before_goes_on_until_it_is_taken_back(people: People) -> None:
    from orchestration.actors.tokens import digest_of

    ApiToken.objects.create(
        person=people["anna"], name="of before", digest=digest_of("0123abcd"), scope="administer", created=utc_now(),
        from_before=True,
    )  # fmt: skip
    assert program("0123abcd", "Token").get("/api/tasks/").status_code == 200
    refused(token_replace(row=ApiToken.objects.get(), origin=origin_of(people["anna"])))


def test_somebody_makes_a_token_on_their_account_and_sees_it_once(people: People) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    page = told(browser.post("/account/tokens/", {"name": "reports", "scope": "read", "days": "30"}))
    (secret,) = re.findall(r"cwt_[\w-]{43}", page)
    assert program(secret).get("/api/tasks/").status_code == 200
    assert "reports" in told(browser.get("/account/")) and secret not in told(browser.get("/account/tokens/"))
    row = ApiToken.objects.get()
    assert "24 hours" in told(browser.post(f"/account/tokens/{row.pk}/", {"do": "replace"}))
    browser.post(f"/account/tokens/{row.pk}/", {"do": "revoke"})
    assert program(secret).get("/api/tasks/").status_code == 401


def test_making_a_token_asks_for_a_fresh_sign_in(people: People) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    session = browser.session
    session[CONFIRMED] = 0
    session.save()
    for answer in (browser.get("/account/tokens/"), browser.post("/account/tokens/", {"name": "x", "scope": "read"})):
        assert answer["Location"] == f"{reverse('account-again')}?next=%2Faccount%2Ftokens%2F"
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"scope": "everything"}, {"days": "0"}, {"days": "366"}, {"name": "a\nb"}]
)
def test_a_token_that_cannot_be_is_not_made(people: People, sent: dict[str, str]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    answer = browser.post("/account/tokens/", {"name": "reports", "scope": "read", "days": "30"} | sent)
    assert answer.status_code == 400 and not ApiToken.objects.exists()


def test_nobody_has_more_than_so_many_tokens(people: People) -> None:
    made = [
        token_make(person=people["anna"], name="x", scope="read", days=1, origin=origin_of(people["anna"]))
        for _ in range(MOST + 1)
    ]
    assert refused(made[-1]).code == "many"


def test_an_administrator_takes_back_a_token_of_somebody_else_and_makes_none(people: People) -> None:
    secret, browser = token_for(people["anna"]), Client()
    browser.force_login(people["ada"])
    assert "a test, administer" in told(browser.get(f"/people/{people['anna'].pk}/"))
    browser.post(f"/people/{people['anna'].pk}/tokens/{ApiToken.objects.get().pk}/")
    assert program(secret).get("/api/tasks/").status_code == 401
    assert timeline(0, action="token.changed")[-1].actor == "person:ada"
