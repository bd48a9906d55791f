"""Do JUEL expressions mean in FEEL what they mean in Flowable, and is all else refused with a reason?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine import juel
from orchestration.engine.feel import compile_expression
from tests.engine.juel_values import assigned, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${a == 1}", True),
        ("${a != 1}", False),
        ("${a eq 1 and b ne 1}", True),
        ("${a lt b && b gt a}", True),
        ("${a le 1 || no}", True),
        ("#{not yes}", False),
        ("${!no}", True),
        ("${a + b * 3 - 1}", 6),
        ("${(a + b) / 2}", 1.5),
        ("${7 % 3}", 1),
        ("${-7 mod 3}", -1),
        ("${-a}", -1),
        ("${yes ? 'x' : 'y'}", "x"),
        ("${no ? 1 : yes ? 2 : 3}", 2),
        ("${order.lines[0].sum}", 7),
        ("${order['lines'][a - 1].sum}", 7),
        ("${empty nothing}", True),
        ("${empty ''}", True),
        ("${empty list}", False),
        ("${name == 'ann'}", True),
        ('${name == "bob"}', False),
        ("${'it\\'s'}", "it's"),
        ("${1.5e2}", 150),
        ("${null}", None),
        ("kermit_${a}", "kermit_1"),
        ("${a}-${b}", "1-2"),
        ("plain", "plain"),
        ("${list.size() > 2}", True),
        ("${list.contains(2)}", True),
        ("${name.contains('nn') && name.startsWith('a')}", True),
        ("${name.toUpperCase()}", "ANN"),
        ("${name.substring(1)}", "nn"),
        ("${name.substring(0, 2)}", "an"),
        ("${list.get(0)}", 1),
        ("${name.equals('ann')}", True),
        ("${name.length()}", 3),
        ("${[a, b, 'c']}", [1, 2, "c"]),
        ("${'n' + a + b}", "n12"),
        ("${zz ?: 'none'}", "none"),
        ("${a ?: 'none'}", 1),
    ],
)
def test_an_expression_has_its_value(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "${unknown == 1}",
        "${unknown < 1}",
        "${unknown >= 1}",
        "${name > 1}",
        "${unknown}",
        "${unknown && yes}",
        "${unknown || no}",
        "${unknown.deeper == 2}",
        "${var:get(unknown) == 2}",
        "${var:eq(unknown, 2)}",
        "${var:lt(unknown, 2)}",
        "${var:contains(unknown, 2)}",
    ],
)
def test_what_is_not_there_makes_no_condition_hold(text):
    assert value(text) in (False, None)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("${word == true}", True),
        ("${yes == 'true'}", True),
        ("${no == 'true'}", False),
        ("${'false' == no}", True),
        ("${word == false}", False),
        ("${five == 5 && 5 == five}", True),
        ("${five > 4 && five <= 5.0}", True),
        ("${five > 5 || 4 > five}", False),
        ("${b == '2'}", True),
        ("${b != '2'}", False),
        ("${five != 5}", False),
        ("${name == true}", False),
        ("${unknown == 'true' || unknown == '5' || unknown == 5 || unknown == false}", False),
    ],
)
def test_beside_a_literal_a_value_is_read_as_its_kind(text, holds):
    assert value(text, word="true", five="5") is holds


def test_what_is_not_there_is_not_equal_to_something_and_its_negation_holds():
    assert value("${unknown != 1}") is True
    assert value("${!unknown}") is True
    assert value("${!(unknown < 3)}") is True
    assert value("${unknown == null}") is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${execution.getVariable('a')}", 1),
        ('${caseInstance.getVariable("a") == 1}', True),
        ("${planItemInstance.getVariable('a') + 1}", 2),
        ("${execution.hasVariable('a')}", True),
        ("${execution.hasVariable('zz')}", False),
        ("${var:get(a)}", 1),
        ("${vars:get('a')}", 1),
        ("${variables:getOrDefault(zz, 9)}", 9),
        ("${var:getOrDefault('a', 9)}", 1),
        ("${var:exists(a)}", True),
        ("${var:isEmpty(zz)}", True),
        ("${var:empty(list)}", False),
        ("${var:isNotEmpty(name)}", True),
        ("${var:notEmpty(zz)}", False),
        ("${var:equals(name, 'ann')}", True),
        ("${var:ne(a, 2)}", True),
        ("${var:notEquals(zz, 2)}", True),
        ("${var:contains(list, 1, 3)}", True),
        ("${var:contains(list, 1, 9)}", False),
        ("${var:contains(name, 'nn')}", True),
        ("${var:containsAny(list, 9, 3)}", True),
        ("${var:lt(a, 2)}", True),
        ("${var:lowerThanOrEquals(a, 1)}", True),
        ("${var:lessThan(a, 1)}", False),
        ("${var:gte(a, 1)}", True),
        ("${var:greaterThan(a, 1)}", False),
    ],
)
def test_flowables_functions_are_read(text, expected):
    assert value(text) == expected


def test_functions_about_the_case_ask_what_the_case_knows():
    assert value("${cmmn:isStageCompletable()}", stageCompletable=True) is True
    assert value("${cmmn:isPlanItemCompleted('t')}", completedPlanItems=["t"]) is True
    known = {"completedPlanItems": ["t"], "planItemInstance": {"planItemDefinitionId": "t"}}
    assert value("${cmmn:isPlanItemCompleted()}", **known) is True
    assert value("${cmmn:isPlanItemCompleted(planItemInstance)}", **known) is True
    assert value("${caseInstance.getName()}", caseInstance={"name": "Loan"}) == "Loan"
    assert value("${caseExecution.getVariable('a')}") == 1


@pytest.mark.parametrize(
    "text",
    [
        "${caseInstance.getBusinessKey()}",
        "${caseInstance.businessKey}",
        "${execution.processBusinessKey}",
        "#{execution.getProcessInstanceBusinessKey()}",
    ],
)
def test_a_business_key_is_the_variable_that_carries_it(text):
    assert value(text, businessKey="K1") == "K1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${' ann '.trim()}", "ann"),
        ("${name.matches('a.*')}", True),
        ("${name.matches('n')}", False),
        ("${list.containsAll([1, 2])}", True),
        ("${order.containsKey('lines')}", True),
        ("${(7 / 2).intValue()}", 3),
        ("${S(order).prop('lines').elements().get(0).prop('sum').numberValue() > 6}", True),
        ('${JSON(order).hasProp("lines")}', True),
        ("${collection:contains(list, 2)}", True),
        ("${collection:anyOf(list, [7, 3])}", True),
        ('${collection:noneOf(words, \'"x", "y"\')}', True),
        ('${collection:allOf(words, \'"x", "a"\')}', False),
        ('${collection:notAllOf(words, \'"x", "a"\')}', True),
        ("${date:addDate(date:toDate('2026-01-31'), 1, 1, 3) == date:toDate('2027-03-03')}", True),
        ("${date:subtractDate(date:toDate('2026-01-31'), 1, 0, 30) == date:toDate('2025-01-01')}", True),
        ("${dateTime().plusDays(7).toDate() > now().plusHours(1)}", True),
        ("${now().minusMonths(1) < now()}", True),
    ],
)
def test_plain_methods_and_documented_functions_have_their_value(text, expected):
    assert value(text, words=["a", "b"]) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${bean.work(a)}", "'bean.work' would call Java code, which does not run here; let a service task"),
        ("${execution.setVariable('a', 1)}", "cannot be used inside an expression"),
        ("${bean:work(a)}", "was not expected"),
        ("${date:plus(a)}", "'date:plus' is not known here; keep what is needed in a variable"),
        ("${var:magic(a)}", "'var:magic' is not known"),
        ("${var:get(a + 1)}", "must be written out"),
        ("${var:lt(a)}", "wrong number of arguments"),
        ("${execution.getVariables().size()}", "name the variable"),
        ("${execution.superExecution}", "is not known here; keep what is needed in a variable"),
        ("${caseInstance.getStartUserId()}", "is not known here; keep what is needed in a variable"),
        ("${planItemInstances.count() == 1}", "ended plan items are not kept"),
        ("${planItemInstances.active().completed().count() == 1}", "ended plan items are not kept"),
        ("${planItemInstances == null}", "count the items in one of their states"),
        ("${authenticatedUserId == 'ann'}", "keep the name in a variable"),
        ("${var:nonsense(a)}", "'var:nonsense' is not known"),
        ("${a +}", "the end was not expected"),
        ("${a", "not closed with a brace"),
        ("${a @ b}", "is no part of an expression"),
        ("${for == 1}", "a word of the language that runs here"),
        ("${" + "(" * 100 + "a" + ")" * 100 + "}", "nested more than"),
        ("${" + "a+" * 10_000 + "a}", "at most"),
        ("${a instanceof String}", "was not expected"),
        ("${1e999999999}", "'1e999999999' is larger than a number can be"),
        ("${" + "a" * 5_000 + " b}", "was not expected in 'a{79}…'"),
    ],
)
def test_what_has_no_meaning_here_is_refused_with_the_reason(text, reason):
    with pytest.raises(juel.JuelRefused, match=reason):
        juel.translate(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("execution.setVariable('x', a + 1);", {"x": 2}),
        (
            "def y = execution.getVariable('a'); execution.setVariable('a', y + 1); execution.setVariable('b', y)",
            {"a": 2, "b": 1},
        ),
        ("x = 1\ny = x + 1 // and so on", {"x": 1, "y": 2}),
        ("var n = 5; n += 2; total = n", {"total": 7}),
        ("a++", {"a": 2}),
        ("if (a > 0) { x = 1 } else { x = 2 }", {"x": 1}),
        (
            "if (a > 5) {\n  x = 1\n  y = x + 1\n}\nelse if (a == 1) {\n  x = 7\n}\nelse {\n  x = 2\n}",
            {"x": 7, "y": None},
        ),
        ("x = 5; if (missing) execution.setVariable('x', 6)", {"x": 5}),
        ("if (a == 1) { def n = a + 1; if (n == 2) { z = n * 10; } }", {"z": 20}),
        ("if (s == ')') { x = '}' }", {"x": None}),
        ("println('hello'); link = 'http://x/*y*/'", {"link": "http://x/*y*/"}),
    ],
)
def test_a_script_that_only_sets_variables_is_read(text, expected):
    assert assigned(text, a=1) == expected


def test_a_script_may_end_with_its_result():
    assert juel.translate_script("x = 1; x + 1").result is not None
    assert juel.translate_script("x + 1; x = 1").result is None


@pytest.mark.parametrize(
    "text",
    [
        "new File('x').delete()",
        "while (x < 3) { x = x + 1 }",
        "if (a) b",
        "if (a { x = 1 }",
        "if (a) { x = 1 } else",
        "try { x = 1 } catch (Exception e) { x = 2 }",
        "org.example.Pojo.foo()",
        "var T = Java.type('org.example.T'); new T(1)",
        "import org.example.T; x = new T(1)",
    ],
)
def test_a_script_that_does_more_is_refused(text):
    with pytest.raises(juel.JuelRefused):
        juel.translate_script(text)


@given(st.text(max_size=60))
def test_any_text_is_translated_or_refused(text):
    for written in ("${" + text + "}", text):
        reason = "translated"
        try:
            juel.translate(written)
        except juel.JuelRefused as refused:
            reason = str(refused)
        assert reason


@given(st.text(alphabet="ab1 +-*/%<>=!&|()[].?:'\"$,{}", max_size=40))
def test_what_is_translated_is_feel(text):
    try:
        written = juel.translate("${" + text + "}")
    except juel.JuelRefused:
        return
    compile_expression(written.text, tuple(written.names), library=juel.LIBRARY)
