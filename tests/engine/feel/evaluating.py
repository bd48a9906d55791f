"""How the tests of FEEL ask for values: short, and with the reason for a null at hand."""

from orchestration.engine.feel import compile_expression, compile_unary_tests, from_iso

NOON = from_iso("date and time", "2026-03-15T12:00:00Z")


def value_of(text, /, **scope):
    """The value of an expression."""
    return compile_expression(text, scope.keys()).evaluate(scope, now=NOON).value


def reason_of(text, /, **scope):
    """Why an expression is null: the first reason. Fails if it is not null."""
    evaluated = compile_expression(text, scope.keys()).evaluate(scope, now=NOON)
    assert evaluated.value is None, evaluated.value
    return evaluated.problems[0].reason


def passes(tests, value, /, **scope):
    """Whether a value passes the unary tests of a cell."""
    return compile_unary_tests(tests, scope.keys()).evaluate(value, scope, now=NOON).value
