"""Do JUEL's operators convert what they are given as EL 2.2 says, clause by clause?"""

from __future__ import annotations

import pytest

from orchestration.engine import juel
from orchestration.engine.feel import compile_expression
from tests.engine.juel_values import KNOWN, NOW, assigned, value

DATA = {"n": "5", "m": "7", "t": "true", "w": "word", "e": "", "f": "2.5", "i": 4, "d": 1.5, "l": [], "o": {}}


def reason(text, **variables):
    """Why an expression is null."""
    written = juel.translate(text)
    evaluated = compile_expression(written.text, tuple(written.names), library=juel.LIBRARY).evaluate(
        {**KNOWN, **DATA, **variables}, now=NOW
    )
    assert evaluated.value is None, evaluated.value
    return evaluated.problems[0].reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 1.7.1: + - *
        ("${n + m}", 12),
        ("${n + m == 12}", True),
        ("${n - m}", -2),
        ("${n * m}", 35),
        ("${n + 1}", 6),
        ("${'5' + '7'}", 12),
        ("${f + 1}", 3.5),
        ("${'1e2' * 2}", 200),
        ("${i + d}", 5.5),
        ("${zz + zz}", 0),
        ("${zz + 5}", 5),
        ("${e + 5}", 5),
        ("${zz - 5}", -5),
        ("${zz * 5}", 0),
        # 1.7.2: /
        ("${n / 2}", 2.5),
        ("${n div 2}", 2.5),
        ("${zz / zz}", 0),
        ("${zz / 5}", 0),
        # 1.7.3: %
        ("${m % n}", 2),
        ("${m mod n}", 2),
        ("${-7 % 3}", -1),
        ("${7 % -3}", 1),
        ("${f % 2}", 0.5),
        ("${zz % zz}", 0),
        # 1.7.4: unary minus
        ("${-n}", -5),
        ("${-f}", -2.5),
        ("${-zz}", 0),
        ("${- -n}", 5),
        # 1.8.1: < > <= >=
        ("${n < m}", True),
        ("${n < 10}", True),
        ("${'10' < '9'}", True),
        ("${'10' < 9}", False),
        ("${i > d}", True),
        ("${n <= '5'}", True),
        ("${n >= 5.0}", True),
        ("${zz <= zz}", True),
        ("${zz >= zz}", True),
        ("${zz < zz}", False),
        ("${zz > zz}", False),
        ("${zz < 5}", False),
        ("${zz >= 5}", False),
        ("${5 <= zz}", False),
        ("${'a' lt 'b'}", True),
        ("${'b' ge 'a'}", True),
        ("${w > 'a'}", True),
        ("${yes > no}", True),
        ("${e < 1}", True),
        # 1.8.2: == !=
        ("${n == 5}", True),
        ("${5 == n}", True),
        ("${n eq '5'}", True),
        ("${n == '5.0'}", False),
        ("${n == 5.0}", True),
        ("${n ne m}", True),
        ("${t == true}", True),
        ("${'TRUE' == true}", True),
        ("${w == false}", True),
        ("${zz == null}", True),
        ("${null == null}", True),
        ("${zz == false}", False),
        ("${zz != false}", True),
        ("${zz == 0}", False),
        ("${zz == ''}", False),
        ("${e == 0}", True),
        ("${i == 4}", True),
        ("${l == []}", True),
        ("${list == [1, 2, 3]}", True),
        ("${list == [1]}", False),
        ("${o == l}", False),
        # 1.9: && || !
        ("${t && yes}", True),
        ("${w || no}", False),
        ("${e || t}", True),
        ("${!t}", False),
        ("${!w}", True),
        ("${!e}", True),
        ("${!zz}", True),
        ("${not no and not w}", True),
        # 1.10: empty
        ("${empty zz}", True),
        ("${empty e}", True),
        ("${empty l}", True),
        ("${empty o}", True),
        ("${empty w}", False),
        ("${empty 0}", False),
        ("${empty no}", False),
        ("${not empty list}", True),
        ("${empty empty w}", False),
        # 1.11: ? :
        ("${t ? 1 : 2}", 1),
        ("${w ? 1 : 2}", 2),
        ("${zz ? 1 : 2}", 2),
        ("${yes ? no ? 1 : 2 : 3}", 2),
        # 1.6: . and []
        ("${order.lines[0]['sum']}", 7),
        ("${order['lines']['0'].sum}", 7),
        ("${order[key][i - 4].sum}", 7),
        ("${list[9]}", None),
        ("${zz[0]}", None),
        ("${zz.a.b}", None),
        ("${order.zz}", None),
        ("${words.for}", 1),
        ("${words['a b']}", 2),
        ("${words.a$b}", 3),
        # 1.18.2: to a text
        ("<${zz}|${d}|${yes}|${w}|${100}>", "<|1.5|true|word|100>"),
        ("${w}${n}", "word5"),
        # 1.2.3: what is no expression
        ("\\${w}", "${w}"),
        ("a \\#{w} ${w}", "a #{w} word"),
        ("${'}'}", "}"),
        ("${'${w}'}", "${w}"),
        ('${"a\'b"}', "a'b"),
        ("${'a\\\\b'}", "a\\b"),
        ("#{w}", "word"),
        ("${1.}", 1),
        ("${.5}", 0.5),
        ("${2.5e-1}", 0.25),
        ("${1E3}", 1000),
        ("${7L + 1d}", 8),
        ("${ 1\n+\t2 }", 3),
        ("${2 + 3 * 4 - -1}", 15),
        ("${1 < 2 == 2 > 1}", True),
        ("${no || yes && no}", False),
        ("${a + 1 == 2 ? 'x' : 'y'}", "x"),
        # beside EL: dates are texts here, and a text that is written out joins
        ("${day < now()}", True),
        ("${moment >= date:toDate('2026-01-31')}", True),
        ("${day == date:toDate('2026-01-31')}", True),
        ("${'n' + a + b}", "n12"),
        ("${a + b + 'n'}", "3n"),
        ("${w + ' ' + n}", "word 5"),
    ],
)
def test_an_operator_converts_what_it_is_given(text, expected):
    more = {
        "key": "lines",
        "words": {"for": 1, "a b": 2, "a$b": 3},
        "day": "2026-01-31",
        "moment": "2026-01-31T00:00:00Z",
    }
    found = value(text, **DATA, **more)
    assert found == expected
    assert isinstance(found, bool) is isinstance(expected, bool)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("${w + n}", "'word' is not a number"),
        ("${w - 1}", "'word' is not a number"),
        ("${-w}", "'word' is not a number"),
        ("${yes + 1}", "a boolean is not a number"),
        ("${list * 2}", "a list is not a number"),
        ("${1 / 0}", "division by zero"),
        ("${1 % 0}", "division by zero"),
        ("${w > 5}", "'word' is not a number"),
        ("${w == 5}", "'word' is not a number"),
        ("${yes == 1}", "a boolean is not a number"),
        ("${!i}", "a number is neither true nor false"),
        ("${list < o}", "cannot compare list with context"),
        ("${w[0]}", "a string has no entries"),
        ("${!(w > 5)}", "'word' is not a number"),
    ],
)
def test_what_cannot_be_converted_has_no_value_and_the_reason_is_kept(text, told):
    assert told in reason(text)


def test_plus_joins_texts_in_scripts_and_adds_in_expressions():
    assert assigned("x = n + m; y = 1 + 2; z = 'a' + 1", n="5", m="7") == {"x": "57", "y": 3, "z": "a1"}
    script = juel.setting("${execution.setVariable('x', n + m)}").assignments[0]
    assert compile_expression(script.value.text, library=juel.LIBRARY).evaluate(DATA).value == 12


def test_the_length_of_a_sum_does_not_count_as_depth():
    assert value("${" + "a + " * 2_000 + "a}") == 2_001
    assert value("${" + "yes && " * 1_000 + "yes}") is True
    assert value("${" + "empty " * 50 + "a}") is False


@pytest.mark.parametrize(
    "text",
    ["a - " * 2_000 + "a", "a == " * 1_500 + "a", "a[" * 70 + "0" + "]" * 70, "a" + ".b" * 3_000, "!" * 70 + "a"],
)
def test_what_nests_too_deeply_is_refused(text):
    with pytest.raises(juel.JuelRefused, match=r"nested more than|a chain of more than"):
        juel.translate("${" + text + "}")


def test_work_named_by_an_endless_chain_is_refused():
    with pytest.raises(juel.JuelRefused, match="a chain of more than"):
        juel.work("${a" + ".b" * 3_000 + ".call()}")
