"""Which functions may an expression call beside those of the standard?

Those that Camunda 8 adds to FEEL and whose meaning is plain. They are written in FEEL themselves; a variable of the
same name comes first, and is null where there is none unless it is called.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.engine import feel

_WRITTEN: Final = {
    "is defined": "function(value) value != null",
    "get or else": "function(value, default) if value = null then default else value",
    "assert": "function(value, condition) if condition = true then value else null",
    "is blank": 'function(string) matches(string, "^\\\\s*$")',
    "is empty": "function(list) count(list) = 0",
    "trim": 'function(string) replace(string, "^\\\\s+|\\\\s+$", "")',
    "put": "function(context, key, value) context put(context, key, value)",
    "put all": "function(one, other) context merge([one, other])",
    "cycle": 'function(repetitions, interval) "R" + string(repetitions) + "/" + string(interval)',
}
FUNCTIONS: Final[dict[str, Any]] = {
    name: feel.compile_expression(text).evaluate({}).value for name, text in _WRITTEN.items()
}


def called(tree: feel.ast.Node) -> tuple[dict[str, Any], list[str]]:
    """The functions from here that an expression calls, and the names of those that nothing defines."""
    bound: set[str] = set()
    names: set[str] = set()
    for node in feel.ast.walk(tree):
        match node:
            case feel.ast.Invocation(function=feel.ast.Name(name=name)):
                names.add(name)
            case feel.ast.ContextEntry(key=name) | feel.ast.Parameter(name=name) | feel.ast.Iteration(name=name):
                bound.add(name)
    strange = names - bound - feel.BUILT_INS.keys()
    return {name: FUNCTIONS[name] for name in strange & FUNCTIONS.keys()}, sorted(strange - FUNCTIONS.keys())
