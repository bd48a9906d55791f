"""Is that named which goes with what was bought, with its reason, and never what the customer has?"""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.actors.recommenders import packed
from orchestration.actors.artefacts import artefact_fault
from orchestration.actors.contract import ActorError, version_of
from orchestration.actors.kinds import load
from orchestration.actors.kinds.recommender.file import learnt_of, read
from orchestration.advice.advising import advised, popular
from orchestration.advice.learning import Purchase, learn
from orchestration.advice.made_up import ITEMS, bought_by
from orchestration.advice.measuring import hit_rates
from tests.benchmarks.advice import purchases

BASKETS = {
    "a": "boots poles",
    "b": "boots poles",
    "c": "boots poles kettle",
    "d": "kettle",
    "e": "kettle",
    "f": "kettle",
}
ROWS = [Purchase(who, item, item.title()) for who, items in BASKETS.items() for item in items.split()]


def test_what_goes_with_a_purchase_is_named_with_that_purchase_as_its_reason() -> None:
    (first, *_) = advised(learn(ROWS), ["boots"], 2)
    assert first.name == "Poles"
    assert first.why == "People who bought “Boots”, as you did, often bought it, too."


def test_without_purchases_what_most_people_bought_is_named_and_says_so() -> None:
    (first, *_) = popular(learn(ROWS), 2)
    assert (first.name, first.why) == ("Kettle", "4 of 6 customers bought it.")
    assert [one.name for one in popular(learn(ROWS), 2, ["kettle"])] == ["Boots", "Poles"]


ITEM = st.sampled_from("abcdef")


@given(st.lists(st.tuples(st.sampled_from("12345"), ITEM), min_size=4, max_size=40), st.lists(ITEM, max_size=4))
def test_nothing_that_they_have_is_named_nothing_twice_and_the_nearest_first(
    rows: list[tuple[str, str]], bought: list[str]
) -> None:
    try:
        learnt = learn(Purchase(*row) for row in rows)
    except ValueError:
        return
    found = advised(learnt, bought, 3)
    assert len({one.item for one in found}) == len(found) <= 3 and not {one.item for one in found} & set(bought)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert learnt_of(read(packed("x", learnt))) == learnt


def test_it_names_held_out_purchases_more_often_than_what_is_bought_most() -> None:
    """A sample; `python -m tests.benchmarks advice` prints more."""
    ours, most, asked = hit_rates(purchases(400))
    assert asked == 400 and ours > most + 0.2


def test_the_made_up_shop_tells_everybody_the_same() -> None:
    assert bought_by("C-0003") == bought_by("C-0003") and set(bought_by("C-0003")) <= ITEMS.keys()


def test_the_actor_names_by_purchases_or_says_that_it_does_not() -> None:
    artefact = packed("recommend-items", learn(ROWS))
    assert artefact_fault("recommender", artefact) == ""
    actor = load("recommender", version_of(artefact), artefact)
    assert actor.run({"bought": ["boots"]}, idempotency_key="1").output["how"] == "personal"
    for nothing in (None, [], ["what nobody sells"]):
        said = actor.run({"bought": nothing}, idempotency_key="1").output
        assert said["how"] == "popular" and said["items"][0]["item"] == "kettle"


@pytest.mark.parametrize(
    "change", [b"", b"\x80\x04.", b"[]", b'{"capability": "x"}', {"format": 2}, {"items": {}}, {"customers": "many"},
               {"items": {"a": {"name": "A", "buyers": 1, "near": [["b", 1]]}}}]
)  # fmt: skip
def test_what_was_not_learnt_is_refused_with_a_sentence(change: bytes | dict[str, object]) -> None:
    whole = orjson.loads(packed("x", learn(ROWS)))
    content = change if isinstance(change, bytes) else orjson.dumps(whole | change)
    assert artefact_fault("recommender", content).endswith(".")
    with pytest.raises(ActorError):
        load("recommender", version_of(content), content)
