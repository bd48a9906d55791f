"""Administrators and auditors land on what waits for them; everybody else lands in the inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User

from audit.models import VerificationRun
from casework.models import Case
from casework.people.models import RightsProposal
from orchestration.ground.clock import utc_now
from orchestration.models import Actor
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


def test_who_has_signed_in_lands_on_what_is_theirs(people: dict[str, User]) -> None:
    for name in ("anna", "dora", "olga"):
        people[name].set_password("a long enough word")
        people[name].save()
    assert settings.LOGIN_REDIRECT_URL == "/today/"
    assert [client(people[name]).get("/today/").get("Location") for name in ("anna", "dora", "olga")] == ["/"] * 3
    assert "Waits for somebody" in told(client(people["ada"]).get("/today/"))
    assert "Who did what?" in told(client(people["axel"]).get("/today/"))
    with patch("casework.governance.views.may_look_up", return_value=False):  # audits, but does not see every case
        assert "Who did what?" not in told(client(people["axel"]).get("/today/"))


def test_an_administrator_sees_what_waits_and_what_is_in_trouble_and_nothing_of_the_auditors(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    analysed()
    ada = client(people["ada"])
    assert "Nothing waits." in told(ada.get("/today/")) and "All actors work" in told(ada.get("/today/"))
    RightsProposal.objects.create(
        person=people["anna"], change={"join": ["Auditors"], "on": True}, reason="She helps out", by=people["clara"],
        created=utc_now(),
    )  # fmt: skip
    intent = Actor.objects.get(key="intent")
    intent.card = {**intent.card, "review-by": (utc_now() - timedelta(days=2)).date().isoformat()}
    intent.save()
    page = told(ada.get("/today/"))
    assert "asks: She helps out" in page and "Intent" in page.split("To be looked at again")[1]
    assert "Nothing waits." not in page and "Proof" not in page and "Who did what?" not in page


def test_whoever_changes_rules_alone_reads_nothing_of_rights_that_are_asked_for(people: dict[str, User]) -> None:
    modellers = Group.objects.create(name="Modellers")
    modellers.permissions.add(Permission.objects.get(codename="publish_definition"))
    people["olga"].groups.add(modellers)
    RightsProposal.objects.create(
        person=people["anna"], change={"home": ""}, reason="She helps out", by=people["clara"], created=utc_now()
    )
    olga = client(people["olga"])
    assert olga.get("/people/").status_code == 403
    page = told(olga.get("/today/"))
    assert "Waits for somebody" in page and "She helps out" not in page
    assert "She helps out" in told(client(people["ada"]).get("/today/"))


def test_an_auditor_sees_what_was_verified_and_what_did_not_hold(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    analysed()
    axel = client(people["axel"])
    assert "Nobody has verified all histories yet" in told(axel.get("/today/"))
    assert "No control was ever fired" in told(axel.get("/today/"))
    VerificationRun.objects.create(begun=utc_now(), ended=utc_now(), whole=True, cases=1, events=40, read=40, faults=1)
    page = told(axel.get("/today/"))
    assert "1 history did not hold" in page and "Waits for somebody" not in page


def test_the_page_costs_no_statement_more_for_more_that_waits(
    people: dict[str, User], analysed: Callable[..., Case], django_assert_max_num_queries: Callable[..., object]
) -> None:
    case = analysed()
    for number in range(9):
        RightsProposal.objects.create(
            person=people["anna"], change={"home": ""}, reason=f"Reason {number}", by=people["clara"],
            created=utc_now(),
        )  # fmt: skip
    ada = client(people["ada"])
    with django_assert_max_num_queries(40):  # type: ignore[attr-defined]
        page = told(ada.get("/today/"))
    assert "3 more" in page and case.reference not in page
