"""What does this expression say, and what is its value? FEEL, complete: DMN 1.5, chapter 10.3.

    compile_expression("amount > limit and customer.tier = \\"gold\\"").evaluate({"amount": 5, ...}) -> Evaluated
    compile_unary_tests("[1..5], > 10").evaluate(7, {}) -> Evaluated         the cell of a decision table
    parse_expression(text, names) / parse_unary_tests(text, names) -> ast    raise FeelSyntaxError (line, column)
    unparse(ast) -> text

`names` are the names in scope: names with spaces or operators inside are found by longest match. Give a `Names` to tell
variables from members (entries of contexts, which follow a dot or stand in a filter). `types` are item definitions for
`instance of`, as `types.Type`. Compiling is cached where there are no `types`. `library` are the functions that the
text may call: `STANDARD`, or `CAMUNDA_8` with what that adds.

`Expression`: `.text`, `.ast` (frozen nodes with spans), `.names` (variables that it reads), `.evaluate(scope, now=,
limits=)`. `Evaluated`: `.value` and `.problems`. A FEEL error is null and a `Problem` (reason, span, limit). The scope
is never copied; its values are FEEL values or what JSON gives. `now()` and `today()` tell the `now` handed in.

To evaluate several expressions as one (a decision with all it requires): make one `Evaluation(limits, now)` and use
`expression.value_in(run, scope)` and `tests.value_in(run, input_value, scope)`; problems collect in `run.problems`, and
`LimitExceeded` ends it all. A `Function(name, parameters, invoke)` is a value that FEEL can invoke: `invoke(run,
arguments)` may raise `FeelError`.

Values: None, bool, str, Decimal (int and float are taken as exact decimals), `Date`, `Time`, `DateTime`,
`YearsMonthsDuration`, `DaysTimeDuration`, list, dict, `Range`, `Function`. `to_feel`, `from_feel`, `to_string`,
`from_iso` convert. `types.coerce`, `types.fits` check and convert by type (10.3.2.9).
"""

from __future__ import annotations

from . import ast, types
from .builtins import BUILT_INS, CAMUNDA_8, STANDARD, Library
from .comparison import equal, order
from .durations import DaysTimeDuration, YearsMonthsDuration
from .evaluation import Evaluation, Frame
from .expression import (
    Evaluated,
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    parse_expression,
    parse_unary_tests,
)
from .names import Names
from .problems import DEFAULT, FeelError, FeelSyntaxError, LimitExceeded, Limits, Problem, Span
from .temporal import Date, DateTime, Time
from .text import from_feel, from_iso, to_feel, to_string
from .unparse import unparse
from .values import Function, Range, Value, kind_of

__all__ = [
    "BUILT_INS",
    "CAMUNDA_8",
    "DEFAULT",
    "STANDARD",
    "Date",
    "DateTime",
    "DaysTimeDuration",
    "Evaluated",
    "Evaluation",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Frame",
    "Function",
    "Library",
    "LimitExceeded",
    "Limits",
    "Names",
    "Problem",
    "Range",
    "Span",
    "Time",
    "UnaryTests",
    "Value",
    "YearsMonthsDuration",
    "ast",
    "compile_expression",
    "compile_unary_tests",
    "equal",
    "from_feel",
    "from_iso",
    "kind_of",
    "order",
    "parse_expression",
    "parse_unary_tests",
    "to_feel",
    "to_string",
    "types",
    "unparse",
]
