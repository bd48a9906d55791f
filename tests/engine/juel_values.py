"""What does a JUEL expression come to, with some variables that are known?"""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.engine import juel
from orchestration.engine.feel import compile_expression, from_feel, to_feel

KNOWN = {"a": 1, "b": 2, "yes": True, "no": False, "name": "ann", "list": [1, 2, 3], "order": {"lines": [{"sum": 7}]}}

NOW = to_feel(datetime(2026, 11, 22, tzinfo=UTC))


def value(text, **variables):
    written = juel.translate(text)
    compiled = compile_expression(written.text, tuple(written.names), library=juel.LIBRARY)
    return from_feel(compiled.evaluate({**KNOWN, **variables}, now=NOW).value)


def assigned(text, **variables):
    """What a script sets, by running its FEEL as the engine does."""
    known, found = dict(variables), {}
    for step in juel.translate_script(text).assignments:
        known[step.variable] = from_feel(
            compile_expression(step.value.text, library=juel.LIBRARY).evaluate(known).value
        )
        if not step.local:
            found[step.variable] = known[step.variable]
    return found
