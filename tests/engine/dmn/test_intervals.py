"""Sets of intervals join, cut and turn inside out exactly."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.dmn.intervals import EVERYTHING, NOTHING, between, compared, point, union

numbers = st.integers(-4, 4).map(Decimal)
sets = st.recursive(
    st.one_of(
        st.just(EVERYTHING),
        st.just(NOTHING),
        numbers.map(point),
        st.builds(compared, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), numbers),
        st.builds(between, numbers, numbers, st.booleans(), st.booleans()),
    ),
    lambda inner: st.one_of(
        inner.map(lambda a: ~a),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a, b: a & b, inner, inner),
    ),
)
values = st.integers(-10, 10).map(lambda each: Decimal(each) / 2)


@given(sets, sets, values)
def test_a_value_is_in_a_combined_set_exactly_when_logic_says_so(a, b, value):
    assert (value in ~a) == (value not in a)
    assert (value in (a | b)) == (value in a or value in b)
    assert (value in (a & b)) == (value in a and value in b)
    assert (value in (a - b)) == (value in a and value not in b)


@given(sets, sets)
def test_equal_sets_have_equal_edges(a, b):
    assert ~~a == a
    assert a | b == b | a
    assert ~(a | b) == ~a & ~b
    assert a | ~a == EVERYTHING
    assert not (a & ~a)


@given(st.lists(sets, max_size=4), values)
def test_a_union_of_many_holds_what_any_holds(many, value):
    assert (value in union(many)) == any(value in each for each in many)


@given(numbers, numbers, values)
def test_comparisons_mean_what_they_say(low, high, value):
    assert (value in between(low, high)) == (low <= value <= high)
    assert (value in between(low, high, False, False)) == (low < value < high)
    assert (value in compared(">=", low)) == (value >= low)
    assert (value in compared("!=", low)) == (value != low)


def test_intervals_are_listed_with_their_ends():
    assert len((point(Decimal(1)) | compared(">", Decimal(3))).intervals) == 2
    assert EVERYTHING.intervals == (((-1,), (1,)),)
