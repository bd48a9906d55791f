"""Does the short cut for plain constants read what the parser reads?"""

from random import Random

import pytest

from orchestration.engine.feel.builtins import BUILT_INS
from orchestration.engine.feel.names import Names, NameTable
from orchestration.engine.feel.parser import Parser
from orchestration.engine.feel.plain_texts import plain_expression, plain_tests

NAMES = Names(frozenset({"x", "true value", "null"}))
PIECES = (
    *(
        "1",
        ".5",
        "0",
        "12.50",
        "007",
        "1.",
        "-",
        "- 1",
        '"a"',
        '"a\\"b"',
        '"\\u0041"',
        '"',
        "true",
        "null",
        "false",
        "x",
    ),
    *("[", "(", "]", ")", "..", ",", " ", "\n", "<", "<=", "=", "!=", ">", ">=", "not", "//c", "truex"),
)


def parser(text: str) -> Parser:
    return Parser(text, NAMES, NameTable(BUILT_INS))


def test_a_plain_text_has_the_tree_and_the_places_that_the_parser_gives_it() -> None:
    random, plain = Random(8), 0
    for _ in range(20_000):
        text = "".join(random.choice(PIECES) for _ in range(random.randint(1, 7)))
        expression, tests = plain_expression(text), plain_tests(text)
        plain += (expression is not None) + (tests is not None)
        assert expression is None or repr(expression) == repr(parser(text).whole_expression()), text
        assert tests is None or repr(tests) == repr(parser(text).whole_unary_tests()), text
    assert plain > 1_000


@pytest.mark.parametrize(
    "text", ['"a","b" , "c"', "[1..5]", "]1..5[", "(-1 .. 2.5)", "< 10", ">=-3", "!= 1", "-3", "true"]
)
def test_the_cells_of_most_tables_are_plain(text: str) -> None:
    assert repr(plain_tests(text)) == repr(parser(text).whole_unary_tests())


@pytest.mark.parametrize("text", ["", "-", "1,", "x", "1 + 1", 'date("2020-01-01")', "not(1)", "[1..x]", '"a\nb"'])
def test_anything_else_is_left_to_the_parser(text: str) -> None:
    assert plain_tests(text) is None
