"""In an emergency somebody sees one whole case for an hour; a second person looks at it, and the history tells both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.selectors import timeline
from casework.access import people as changing
from casework.access.permissions import origin_of, who_may_view
from casework.access.seers import seers
from casework.access.sessions import CONFIRMED
from casework.cases.breaking_glass import MOST, glass_break
from casework.cases.verification import verify
from casework.models import Case, GlassReview, Reveal
from orchestration.ground.clock import utc_now
from tests.casework.browsing import client
from tests.casework.conftest import PERSON, refused
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
WHY = {"kind": "suspicion", "reason": "The customer is in danger now"}


@pytest.fixture
def olga(people: People) -> User:
    """She may see nothing, but break the glass."""
    origin = origin_of(people["ada"])
    rights = ["casework.break_glass"]
    group, _ = changing.group_ensure(name="Emergency", clearance="public", rights=rights, origin=origin)
    changing.person_join(user=people["olga"], group=group, origin=origin)
    return people["olga"]


def broken(browser: Client, case: Case) -> Any:
    return browser.post("/glass/new/", {"case": case.pk, **WHY})


def test_somebody_sees_all_of_a_case_that_is_not_theirs_and_may_do_nothing_in_it(
    olga: User, analysed: Callable[..., Case]
) -> None:
    case, browser = analysed(), client(olga)
    assert browser.get(f"/cases/{case.pk}/").status_code == 404
    assert broken(browser, case)["Location"] == f"/cases/{case.pk}/"
    data = told(browser.get(f"/cases/{case.pk}/data/"))
    assert all(value in data for value in (PERSON["iban"], PERSON["card"], PERSON["email"]))
    task = case.instance.tasks.get()
    assert browser.post(f"/tasks/{task.pk}/claim/").status_code == 403
    assert browser.post(f"/cases/{case.pk}/tags/", {"add": "x"}).status_code == 403
    assert verify(case.instance).ok


def test_nobody_without_the_right_breaks_it(people: People, analysed: Callable[..., Case]) -> None:
    assert broken(client(people["clara"]), analysed()).status_code == 403
    assert not Reveal.objects.exists()


def test_the_glass_closes_by_itself_for_pages_programs_and_streams(olga: User, analysed: Callable[..., Case]) -> None:
    case, browser = analysed(), client(olga)
    broken(browser, case)
    pair = (olga.pk, case.instance_id)
    assert who_may_view([pair]) == {pair} and browser.get(f"/api/cases/{case.pk}/").status_code == 200
    (way,) = [way for one in seers(case) if one.id == olga.pk for way in one.ways]
    assert way.words == "by a broken glass, for an hour"
    Reveal.objects.update(until=utc_now() - timedelta(seconds=1))
    assert who_may_view([pair]) == set() and browser.get(f"/api/cases/{case.pk}/").status_code == 404
    assert olga.pk not in {one.id for one in seers(case)}


def test_one_case_opens_no_other(olga: User, analysed: Callable[..., Case]) -> None:
    case, other, browser = analysed(), analysed(), client(olga)
    broken(browser, case)
    assert browser.get(f"/cases/{other.pk}/").status_code == 404


def test_the_history_tells_all_who_work_the_case(olga: User, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    broken(client(olga), case)
    assert "broke the glass" in told(client(people["anna"]).get(f"/cases/{case.pk}/"))
    (fact,) = timeline(case.instance_id, action="case.glass")
    assert fact.actor == "person:olga" and fact.detail["reason"] == WHY["reason"]


def test_it_asks_for_a_fresh_sign_in(olga: User, analysed: Callable[..., Case]) -> None:
    case, browser = analysed(), client(olga)
    session = browser.session
    session[CONFIRMED] = 0
    session.save()
    assert broken(browser, case)["Location"].startswith("/account/again/") and not Reveal.objects.exists()


@pytest.mark.parametrize("sent", [{"reason": "short"}, {"kind": "fun"}, {"case": "0"}, {"case": "x"}])
def test_what_cannot_be_is_refused_with_a_sentence(
    olga: User, analysed: Callable[..., Case], sent: dict[str, str]
) -> None:
    answer = client(olga).post("/glass/new/", {"case": analysed().pk, **WHY, **sent})
    assert answer.status_code == 400 and "aria-invalid" in answer.content.decode() and not Reveal.objects.exists()


def test_nobody_breaks_many_within_a_day(olga: User, analysed: Callable[..., Case]) -> None:
    case = analysed()
    for _ in range(MOST):
        assert isinstance(glass_break(by=olga, case=case, **WHY), Reveal)
        assert refused(glass_break(by=olga, case=case, **WHY)).code == "open"
        Reveal.objects.update(until=utc_now())
    assert refused(glass_break(by=olga, case=case, **WHY)).code == "limit"


class TestTheSecondPerson:
    @pytest.fixture
    def glass(self, olga: User, analysed: Callable[..., Case]) -> Reveal:
        outcome = glass_break(by=olga, case=analysed(), **WHY)
        assert isinstance(outcome, Reveal)
        return outcome

    @pytest.mark.parametrize("who", ["clara", "axel"])
    def test_looks_at_it_once(self, people: People, glass: Reveal, who: str) -> None:
        browser, sent = client(people[who]), {"justified": "no", "note": "It could have waited"}
        assert WHY["reason"] in told(browser.get("/glass/"))
        short = browser.post(f"/glass/{glass.pk}/review/", sent | {"note": "Hm"})
        assert short.status_code == 409 and 'value="Hm"' in short.content.decode()
        browser.post(f"/glass/{glass.pk}/review/", sent)
        assert browser.post(f"/glass/{glass.pk}/review/", sent).status_code == 409
        assert not GlassReview.objects.get().justified and "not right" in told(browser.get("/glass/"))
        (fact,) = timeline(glass.case.instance_id, action="case.glass_reviewed")
        assert fact.actor == f"person:{who}" and verify(glass.case.instance).ok

    def test_is_nobody_who_broke_it_themselves(self, olga: User, glass: Reveal) -> None:
        olga.groups.add(Group.objects.get(name="Senior analysts"))
        sent = {"justified": "yes", "note": "I had to do it"}
        assert client(olga).post(f"/glass/{glass.pk}/review/", sent).status_code == 409
        assert not GlassReview.objects.exists()

    @pytest.mark.parametrize("who", ["anna", "ada"])
    def test_is_nobody_who_leads_or_audits_nothing(self, people: People, glass: Reveal, who: str) -> None:
        browser = client(people[who])
        assert WHY["reason"] not in told(browser.get("/glass/"))
        assert browser.post(f"/glass/{glass.pk}/review/", {"note": "It was fine"}).status_code == 403


def test_a_glass_that_nobody_broke_is_found(olga: User, analysed: Callable[..., Case]) -> None:
    case = analysed()
    Reveal.objects.create(case=case, person=olga, path="", reason="x", until=utc_now() + timedelta(hours=1))
    assert not verify(case.instance).ok
