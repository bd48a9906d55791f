"""Each rule, model and connector has somebody who answers for it and a day; what is overdue stands on top."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.governance.models import RulesOwner
from casework.governance.reviews import looked_after
from casework.models import Case
from orchestration.ground.clock import utc_now
from orchestration.models import Actor
from orchestration.shell.verification.control import verify_control
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


def test_what_is_overdue_is_listed_first_and_whoever_answers_is_named_by_reason(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    analysed()
    control_begin(origin_of(people["ada"]))
    today = utc_now().date()
    assert {one.state for one in looked_after(today) if one.key == "complaint"} == {"open"}
    sent = {"key": "complaint", "owner": "Complaints team", "review_by": (today + timedelta(days=90)).isoformat()}
    ada = client(people["ada"])
    assert ada.post("/reviews/", sent).status_code == 400
    assert ada.post("/reviews/", sent | {"reason": "As agreed"}).status_code == 302
    assert "named Complaints team" in told(ada.get(reverse("controls"))) and verify_control().ok
    assert {one.state for one in looked_after(today) if one.key == "complaint"} == {""}
    actor = Actor.objects.get(key="intent")
    actor.card = {**actor.card, "review-by": (today - timedelta(days=1)).isoformat()}
    actor.save()
    first = looked_after(today)[0]
    assert (first.name, first.state) == (actor.name, "overdue")
    assert "1 overdue." in told(client(people["axel"]).get("/reviews/"))
    RulesOwner.objects.update(owner="Nobody")
    assert not verify_control().ok


def test_what_nobody_named_has_whoever_put_it_in_force_and_a_year(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    analysed()
    Actor.objects.filter(key="intent").update(card={})
    today = utc_now().date()
    found = {one.key or one.name: one for one in looked_after(today)}
    intent = found[Actor.objects.get(key="intent").name]
    for one in (found["complaint"], intent):
        assert (one.review_by, one.agreed, one.state) == (today + timedelta(days=365), False, "open")
    assert found["complaint"].owner
    assert "nobody has set a day" in told(client(people["axel"]).get("/reviews/"))
    later = looked_after(today + timedelta(days=366))
    assert {one.state for one in later if one.key == "complaint"} == {"overdue"}


@pytest.mark.parametrize(
    "given", [{"key": "none"}, {"owner": ""}, {"owner": "a\0b"}, {"review_by": "2020-01-01"},
              {"review_by": "2026-99-99"}, {"review_by": "9999-12-31"}, {"reason": "x" * 200}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(people: dict[str, User], given: dict[str, str]) -> None:
    day = (utc_now() + timedelta(days=9)).date().isoformat()
    sent = {"key": "complaint", "owner": "Team", "review_by": day, "reason": "As agreed", **given}
    assert client(people["ada"]).post("/reviews/", sent).status_code == 400 and not RulesOwner.objects.exists()
    assert client(people["axel"]).post("/reviews/", sent).status_code == 403
