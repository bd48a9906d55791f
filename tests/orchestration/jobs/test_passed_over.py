"""Of each actor that did not get a job, the reason that is told is the true one, whatever it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from orchestration.actors.card import Card, Price
from orchestration.actors.routing import Way, Wish, route
from tests.orchestration.jobs.test_last_try import NOW, WHY, actor, told

FREE, DEAR = Card(price=Price(Decimal(0), "EUR", "call")), Card(price=Price(Decimal(9), "EUR", "call"))
BROKE = {"budget": Decimal(5), "spent": Decimal(5)}
SOON = NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"enabled": False}, "It is switched off."),
        ({"version": ""}, "It has no active version."),
        ({"lapsed": True}, "It did not do this job before its deadline."),
        ({"failed": True}, WHY),
        ({"open_until": SOON}, "It has failed too often; it is left alone for a while."),
        ({"open_until": NOW - timedelta(seconds=1), "probing": True},
         "It has failed too often; it is left alone for a while."),
        ({"card": Card(concurrency=2), "running": 2}, "It has as much at once as it may have."),
        ({"card": Card(rate=2), "calls": 2}, "It was called as often as it may be in this minute."),
        ({"card": DEAR, "beyond": "cheaper", **BROKE}, "Its budget of this month is used up."),
        ({"card": DEAR, "case_budget": Decimal(1), "case_beyond": "cheaper"},
         "It costs more than what is left of this month's budget for cases of this type."),
    ],
)  # fmt: skip
def test_of_one_that_cannot_be_had_it_is_said_what_keeps_it(state: dict[str, object], why: str) -> None:
    first = replace(actor("first"), **state)  # type: ignore[arg-type]
    choice = route([Wish(rule="rule 1")], [first, actor("second", card=FREE)], NOW)
    assert told(choice) == (Way.ACTOR, "second") and choice.passed == {"first": why}


@pytest.mark.parametrize(
    ("wishes", "more", "why"),
    [
        ([Wish(rule="rule 1")], {}, "Another one comes first by its rank."),
        ([Wish("first", rule="rule 1"), Wish(rule="rule 2")], {}, "Another one comes first by the rules."),
        ([Wish("cheapest", rule="rule 1")], {}, "Another one comes first by the rules."),
        ([], {}, "Another one comes first by its rank."),
        ([Wish("first", rule="rule 1")], {}, "By the rules it is not asked for here."),
        ([Wish("person", rule="rule 1")], {}, "By the rules it is not asked for here."),
        ([Wish("person", rule="rule 1"), Wish(rule="rule 2")], {}, "By the rules a person comes first."),
        ([Wish("second", mode="shadow"), Wish("first", rule="rule 2")], {},
         "By the rules it works beside: what it says is kept and not used."),
        ([Wish(rule="rule 1")], {"card": replace(DEAR, waits_when_open=True), "open_until": SOON},
         "The work waits for another one, which comes first by the rules."),
        ([Wish(rule="rule 1")], {"card": DEAR, "beyond": "person", **BROKE},
         "The money for another one, which comes first, is used up, and then a person does it."),
    ],
)  # fmt: skip
def test_of_one_that_could_have_been_had_it_is_said_how_the_choice_was_made(
    wishes: list[Wish], more: dict[str, object], why: str
) -> None:
    first = replace(actor("first", card=FREE), **more)  # type: ignore[arg-type]
    choice = route(wishes, [first, actor("second", card=FREE)], NOW)
    assert choice.passed["second"] == why


def test_where_a_person_has_chosen_or_money_ran_out_the_reason_is_that() -> None:
    three = [actor("dear", card=DEAR, beyond="cheaper", **BROKE), actor("free", card=FREE), actor("unpriced")]
    assert route([], three[1:], NOW, wanted="unpriced").passed == {"free": "A person has chosen another one."}
    choice = route([Wish("dear", rule="rule 1")], [*three, actor("mean", card=FREE)], NOW)
    assert told(choice) == (Way.ACTOR, "free") and choice.has_second
    assert choice.passed == {
        "dear": "Its budget of this month is used up.",
        "unpriced": "It is not cheaper than Dear, for which there is no money left.",
        "mean": "In the place of one whose money is used up comes the cheapest.",
    }
