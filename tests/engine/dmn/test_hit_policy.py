"""Hit policies as the standard defines them, on any rules that match."""

from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.dmn.hit_policy import Hit, decide

OUTPUTS = st.tuples(st.sampled_from("abc"), st.integers(0, 2))
matching = st.lists(OUTPUTS, min_size=1, max_size=6).map(
    lambda outputs: [Hit(3 * number, each) for number, each in enumerate(outputs)]
)


def priority(outputs):
    """Output values: c before b before a; 0 before 1 before 2."""
    return "cba".index(outputs[0]), outputs[1]


def result(policy, hits):
    outcome = decide(policy, hits, priority, lambda a, b: a == b)
    if outcome.reason:
        return None
    given_outputs = [hit.outputs for hit in outcome.hits]
    assert outcome.several or len(given_outputs) == 1
    return given_outputs if outcome.several else given_outputs[0]


@given(matching)
def test_single_hit_policies_give_one_rules_outputs(hits):
    outputs = [hit.outputs for hit in hits]
    assert result("UNIQUE", hits) == (outputs[0] if len(hits) == 1 else None)
    assert result("ANY", hits) == (outputs[0] if len(set(outputs)) == 1 else None)
    assert result("FIRST", hits) == outputs[0]
    assert result("PRIORITY", hits) == min(outputs, key=priority)


@given(matching)
def test_multiple_hit_policies_give_all_outputs_in_their_order(hits):
    outputs = [hit.outputs for hit in hits]
    assert result("RULE ORDER", hits) == result("COLLECT", hits) == outputs
    assert result("OUTPUT ORDER", hits) == sorted(outputs, key=priority)


@given(matching)
def test_a_refusal_names_the_rules_as_people_count_them(hits):
    reason = decide("UNIQUE", hits, priority, lambda a, b: a == b).reason
    assert all(str(hit.index + 1) in reason for hit in hits) or len(hits) == 1
