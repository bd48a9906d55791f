"""Regular expressions of XPath, matched in bounded time."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.engine.feel import DEFAULT, Evaluation, FeelError, LimitExceeded, Limits, regex

from .evaluating import reason_of, value_of


def groups_of(pattern, text, flags=""):
    run = Evaluation(DEFAULT, None)
    return regex.search(run, regex.compiled(run, pattern, flags), text)


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "matched"),
    [
        ("case-0042", r"^case-\d{4}$", "", True),
        ("case-42", r"^case-\d{4}$", "", False),
        ("CASE", "case", "i", True),
        ("a\nb", "^b$", "", False),
        ("a\nb", "^b$", "m", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\rb", "a.b", "", False),
        ("a b", "a b", "x", False),
        ("ab", "a b", "x", True),
        ("a b", "a[ ]b", "x", True),
        ("a+b", "a+b", "q", True),
        ("aab", "a+b", "q", False),
        ("É", r"\p{Lu}", "", True),
        ("é", r"\p{Lu}", "i", False),
        ("é", r"\P{L}", "", False),
        ("я", r"\p{IsCyrillic}", "", True),
        ("x-y_z.1", r"^\i\c*$", "", True),
        ("1x", r"^\i\c*$", "", False),
        ("b", "[a-z-[aeiou]]", "", True),
        ("e", "[a-z-[aeiou]]", "", False),
        ("E", "[a-z-[aeiou]]", "i", False),
        ("-", "[a-]", "", True),
        ("^", r"[\^x]", "", True),
        ("q", "[^a-p]", "", True),
        ("abab", r"^(ab)\1$", "", True),
        ("abAB", r"^(ab)\1$", "i", True),
        ("abba", r"^(ab)\1$", "", False),
        ("", "^(a?)*$", "", True),
        ("ac", "^a(b)?c$", "", True),
        ("aaa", "^a{2}$", "", False),
        ("aaa", "^a{2,}$", "", True),
        ("x", "(?:x|y)", "", True),
    ],
)
def test_patterns_match_as_xpath_says(text, pattern, flags, matched):
    assert (groups_of(pattern, text, flags) is not None) is matched


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "a**", "+", "a{2", "a{3,2}", "[b-a]", "[]", r"\q", r"\p{Xx}", r"\p{IsNowhere}", r"(a)\2", r"(a\1)"]
    + ["(?=a)", "(?P<n>a)", "a++", "]", "}", r"[\1]", "a|*", "\\", r"[a\]", "a{1001}"],
)
def test_what_is_no_pattern_of_xpath_is_refused(pattern):
    with pytest.raises(FeelError):
        groups_of(pattern, "a")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('replace("2024-02-29", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1")', "29.02.2024"),
        ('replace("abc", "b", "[$0]")', "a[b]c"),
        ('replace("abc", "(b)(x)?", "<$2>")', "a<>c"),
        ('replace("abc", "(b)", "$12")', "ab2c"),
        (r'replace("abc", "b", "\\$")', "a$c"),
        ('replace("aaa", "a+?", "b")', "bbb"),
        ('replace("abc", "B", "x", "i")', "axc"),
        ('replace("a.c", ".", "$1", "q")', "a$1c"),
        ('replace("abc", "x*", "-")', None),
        ('replace("abc", "b", "$")', None),
        (r'replace("abc", "b", "\\")', None),
        ('matches("abc", "b", "z")', None),
        ('matches("abc", "b", null)', True),
    ],
)
def test_replacing(text, value):
    assert value_of(text) == value


def test_a_wrong_pattern_says_where_it_is_wrong():
    assert reason_of('matches("a", "ab[c")') == "this is no regular expression: it ends too early at character 5"


SIMPLE_PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "c", "[ab]", "[^a]", ".", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}", "*?", "+?", "??"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=8,
)


@given(SIMPLE_PATTERNS, st.text("abc", max_size=8))
@example("((?:(?:^|a))*)", "a")
@settings(max_examples=300)
def test_the_matcher_finds_what_that_of_python_finds(pattern, text):
    theirs = re.search(pattern.replace("$", r"\Z"), text)
    ours = groups_of(pattern, text)
    assert (ours and ours[:2]) == (theirs and theirs.span())


PIECES = st.sampled_from(
    [*"ab.()[]{}*+?|^$\\-,1209 \n", "\\p{L}", "\\d", "[a-z-[b]]", "(?:", "{1,3}", "\\1", "😀", "É"]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.text("ab1 😀\n", max_size=8), st.text("smixqz", max_size=2))
@settings(max_examples=400)
def test_any_pattern_matches_or_is_refused(pattern, text, flags):
    scope = {"text": text, "pattern": pattern, "flags": flags}
    assert value_of("matches(text, pattern, flags)", **scope) in (True, False, None)
    value_of('replace(text, pattern, "<$0$1>", flags)', **scope)
    value_of("split(text, pattern)", **scope)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("^(a+)+$", "a" * 40 + "!"), ("(a|a)*b", "a" * 60), ("(a*)*b", "a" * 200), ("a?" * 40 + "a" * 40 + "b", "a" * 40)],
)
def test_patterns_that_make_others_hang_are_answered(pattern, text):
    assert groups_of(pattern, text) is None


def test_back_references_are_bounded_by_the_steps():
    run = Evaluation(Limits(steps=5_000), None)
    pattern = regex.compiled(run, r"^(a*)(a*)(a*)\1\2\3b$", "")
    with pytest.raises(LimitExceeded):
        regex.search(run, pattern, "a" * 60)


def test_a_pattern_that_unfolds_into_something_enormous_is_refused():
    assert "too large" in reason_of('matches("a", "((((a{1000}){1000}){1000}){1000})")')
