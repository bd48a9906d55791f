"""Contexts, lists, filters, paths, conditions and iterations."""

import pytest

from orchestration.engine.feel import compile_expression

from .evaluating import reason_of, value_of

ORDERS = [
    {"id": 1, "total": 120, "lines": [{"sku": "a"}, {"sku": "b"}]},
    {"id": 2, "total": 80.5, "lines": [{"sku": "c"}]},
    {"id": 3, "total": None, "lines": []},
]


def test_later_entries_of_a_context_see_earlier_ones_and_hide_what_is_outside():
    assert value_of("{a: 1, b: a + 1, c: {a: 10, d: a + b}}") == {"a": 1, "b": 2, "c": {"a": 10, "d": 12}}
    assert value_of("{a: a + 1}.a", a=1) == 2


def test_a_key_may_not_occur_twice():
    assert "twice" in reason_of("{a: 1, a: 2}")


def test_paths_lead_through_contexts_and_lists():
    assert value_of("orders.id", orders=ORDERS) == [1, 2, 3]
    assert value_of("orders.lines.sku", orders=ORDERS) == [["a", "b"], ["c"], []]
    assert value_of("[{b: [1]}, {b: [2, 3]}].b") == [[1], [2, 3]]
    assert value_of("order.customer.name", order={"customer": None}) is None


def test_a_filter_keeps_the_items_for_which_it_is_true():
    assert value_of("[1, 2, 3, 4][item > 2]") == [3, 4]
    assert value_of("orders[total > 100].id", orders=ORDERS) == [1]
    assert value_of("orders[item.total > limit].id", orders=ORDERS, limit=50) == [1, 2]
    assert value_of("[1, 2][true]") == [1, 2]
    assert value_of("[1, 2][null]") == []
    assert value_of('[1, 2]["x"]') is None


def test_an_entry_named_item_comes_before_the_item():
    assert value_of("[{item: 1}, {item: 2}][item > 1]") == [{"item": 2}]


def test_entries_of_the_item_hide_variables():
    assert value_of("[{x: 1}, {y: 2}][x = 5]", x=5) == [{"y": 2}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[10, 20, 30][1]", 10),
        ("[10, 20, 30][-1]", 30),
        ("[10, 20, 30][0]", None),
        ("[10, 20, 30][4]", None),
        ("[10, 20, 30][1.5]", None),
        ("[10, 20, 30][n]", 20),
        ("[10, 20, 30][count([1, 1])]", 20),
        ("[][1]", None),
        ("[][n]", None),
        ("[][item > 1]", []),
        ("7[1]", 7),
        ("7[item > 5]", [7]),
        ("7[item > 9]", []),
        ("null[1]", None),
        ("[1, 2, 3][item > 1][1]", 2),
        ("{a: [1, 2]}.a[2]", 2),
    ],
)
def test_a_number_as_a_filter_is_a_position(text, value):
    assert value_of(text, n=2) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("if true then 1 else 2", 1),
        ("if false then 1 else 2", 2),
        ("if null then 1 else 2", 2),
        ('if "true" then 1 else 2', 2),
        ("if false then 1 else if true then 2 else 3", 2),
        ("1 + if true then 1 else 2", 2),
    ],
)
def test_a_condition_takes_the_else_branch_unless_it_is_true(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("for i in [1, 2] return i * 10", [10, 20]),
        ("for i in 1..3 return i", [1, 2, 3]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in (1..4) return i", [2, 3]),
        ("for i in 2 return i", [2]),
        ("for i in [] return i", []),
        ("for i in null return i", None),
        ("for i in 1..null return i", None),
        ("for i in 1..2.5 return i", None),
        ("for i in (>1) return i", None),
        ("for x in [1, 2], y in [x, x * 10] return x + y", [2, 11, 4, 22]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
        ("for i in 1..3 return count(partial)", [0, 1, 2]),
    ],
)
def test_for_visits_lists_and_ranges(text, value):
    assert value_of(text) == value


def test_for_visits_days():
    dates = value_of('for day in @"2024-02-28"..@"2024-03-01" return string(day)')
    assert dates == ["2024-02-28", "2024-02-29", "2024-03-01"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("some x in [1, 2] satisfies x > 1", True),
        ("some x in [1, null] satisfies x > 1", None),
        ("some x in [null, 2] satisfies x > 1", True),
        ("some x in [] satisfies x > 1", False),
        ("every x in [1, 2] satisfies x > 0", True),
        ("every x in [1, null] satisfies x > 0", None),
        ("every x in [0, null] satisfies x > 0", False),
        ("every x in [] satisfies x > 0", True),
        ("some x in [1, 2], y in [2, 3] satisfies x > y", False),
        ("every x in 5 satisfies x = 5", True),
        ("some x in null satisfies x", None),
    ],
)
def test_some_and_every_have_three_values(text, value):
    assert value_of(text) is value


def test_values_of_the_scope_are_not_copied_or_changed():
    scope = {"orders": ORDERS}
    evaluated = compile_expression("append(orders, 1)", ["orders"]).evaluate(scope)
    assert len(evaluated.value) == 4
    assert evaluated.value[0] is ORDERS[0]
    assert len(ORDERS) == 3
