"""Is an actor's card said in words, and does its form say what it would change before that is kept with why?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from audit.models import AuditEvent
from casework.actors.card_form import CardForm, initial
from casework.governance.reviews import looked_after
from orchestration.actors.card import card_of
from orchestration.actors.registry import actor_ensure, card_change
from orchestration.ground import clock
from orchestration.models import Actor
from orchestration.shell.verification.control import verify_control
from tests.orchestration.case_types import TEST
from tests.orchestration.machines import machines

__all__ = ["machines"]

pytestmark = pytest.mark.django_db

CARD = {
    "source": "vendor", "review-by": "2030-01-31", "procedure": "Ask Emil first.", "clearance": "internal",
    "leaves": True, "price": {"amount": "0.02", "currency": "EUR", "per": "call"}, "rate": 60, "concurrency": 2,
    "breaker": {"failures": 3}, "when-open": "wait", "purposes": ["handling complaints"],
}  # fmt: skip


@pytest.fixture
def admin(people, client: Client) -> Client:
    client.force_login(people["ada"])
    return client


def filled(key: str, **other: object) -> dict[str, object]:
    """What a browser sends when the form of this actor is filled in so."""
    given = {"per": "call", "currency": ""} | initial(Actor.objects.get(key=key)) | other
    return {name: value for name, value in given.items() if value is not None}


def test_a_card_is_said_in_words(machines, admin: Client) -> None:
    card_change("intent", CARD, TEST)
    told = admin.get("/actors/intent/").content.decode()
    for words in (
        "From a vendor", "2030-01-31", "Ask Emil first.", "0.02 EUR a call",
        "It reads what is public and internal; what is confidential and restricted is masked for it.",
        "names go as pseudonyms", "Only for: handling complaints.", "At most 2 calls at once.",
        "At most 60 calls a minute.", "After 3 failures in a row it is left alone for 30 seconds; work waits for it.",
    ):  # fmt: skip
        assert words in told, words


def test_a_change_is_shown_before_it_is_kept_with_its_reason(machines, admin: Client) -> None:
    sent = filled("intent", owner="Quality team", clearance="internal", amount="0.5", currency="eur", rate="30")
    answer = admin.post("/actors/intent/card/", sent | {"do": "look"})
    assert [(place.name, place.after) for place in answer.context["changed"]] == [
        ("clearance", "internal"), ("owner", "Quality team"), ("price", "amount 0.5, currency EUR, per call"),
        ("rate", "30"),
    ]  # fmt: skip
    assert Actor.objects.get(key="intent").card == {}
    assert admin.post("/actors/intent/card/", sent | {"do": "keep"}).status_code == 400
    admin.post("/actors/intent/card/", sent | {"do": "keep", "reason": "A new contract"})
    actor = Actor.objects.get(key="intent")
    assert (actor.owner, card_of(actor.card).clearance, card_of(actor.card).rate) == ("Quality team", "internal", 30)
    (event,) = AuditEvent.objects.filter(chain=0, action="actor.changed", actor="person:ada").order_by("-sequence")[:1]
    told = admin.get("/actors/intent/").content.decode()
    assert told.count("A new contract") == 2 and event is not None
    assert "A new contract" in admin.get("/changes/").content.decode()
    assert verify_control().ok


def test_a_card_that_stands_comes_out_of_its_form_as_it_was(machines) -> None:
    card_change("intent", CARD, TEST)
    form = CardForm(filled("intent", reason="Nothing"))
    assert form.is_valid(), form.errors
    assert form.card(CARD) == CARD


def test_what_the_form_does_not_know_of_a_card_stays() -> None:
    form = CardForm(
        {"name": "x", "source": "internal", "clearance": "restricted", "personal_data": "yes", "leaves": "no",
         "per": "call", "when_open": "move", "four_eyes": "no", "reason": "why not"}
    )  # fmt: skip
    assert form.is_valid(), form.errors
    assert form.card({"later": 1, "rate": 3}) == {"later": 1}


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [("amount", "1", "Say in which currency"), ("currency", "euros", "at most 3"), ("rate", "0", "greater than"),
     ("review_by", "soon", "valid date"), ("name", "", "required")],
)  # fmt: skip
def test_what_cannot_stand_on_a_card_is_said_at_its_field(machines, admin, place, value, sentence) -> None:
    answer = admin.post("/actors/intent/card/", filled("intent", reason="why not") | {place: value, "do": "keep"})
    assert answer.status_code == 400
    said = answer.context["form"].errors
    assert any(sentence in text for texts in said.values() for text in texts), said


def test_a_card_whose_review_is_past_shows_in_the_list_and_can_be_looked_for(machines, admin: Client) -> None:
    yesterday = (clock.utc_now() - timedelta(days=1)).date().isoformat()
    card_change("intent", {"review-by": yesterday}, TEST)
    answer = admin.get("/actors/?overdue=yes")
    assert "review overdue" in answer.content.decode()
    assert [row.key for _, rows in answer.context["groups"] for row in rows] == ["intent"]


def test_a_page_says_the_same_day_of_review_as_the_list_of_owners_where_nobody_set_one(machines, admin: Client) -> None:
    Actor.objects.filter(key="intent").update(card={})
    (day,) = [one.review_by for one in looked_after(clock.utc_now().date()) if one.address == "/actors/intent/"]
    page = admin.get("/actors/intent/").content.decode()
    assert day is not None and day.isoformat() in page and "nobody has set a day" in page


def test_a_list_of_fifty_costs_as_many_statements_as_one_of_two(machines, admin, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(60) as few:
        admin.get("/actors/")
    for number in range(50):
        actor_ensure(f"reader-{number}", name=f"Reader {number}", kind="external", capability=f"read-{number % 5}")
    with django_assert_max_num_queries(len(few)):
        answer = admin.get("/actors/?group=kind&kind=external")
    assert answer.context["shown"] == 50
    assert [name for name, _ in answer.context["groups"]] == ["Outside worker"]
    assert admin.get("/actors/?text=reader 4").context["shown"] == 11


def test_the_order_in_which_actors_are_asked_is_their_rank(machines, admin: Client) -> None:
    admin.post("/actors/intent/card/", filled("intent", rank="5") | {"do": "keep", "reason": "The new one first"})
    assert Actor.objects.get(key="intent").rank == 5
    assert verify_control().ok


def test_capabilities_say_who_offers_and_who_asks(machines, admin: Client) -> None:
    rows = {row.key: row for row in admin.get("/actors/capabilities/").context["capabilities"]}
    assert [row.key for row in rows["intent"].offered_by] == ["intent"]
    assert [asker.case_type for asker in rows["sentiment"].asked_by] == ["Customer complaint"]
    assert rows["sentiment"].declared is not None
    assert "tried again 2 times, after 4 s, 16 s" in " ".join(rows["intent"].failure)
