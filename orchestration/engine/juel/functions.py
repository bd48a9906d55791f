"""What do the functions and methods that models call mean in FEEL?

Tables from a name and a number of arguments to FEEL: methods of Java's strings, collections and dates whose meaning is
plain; Spin's readers of JSON (Camunda 7); Flowable's functions over variables, lists and dates. What is in no table
would call Java, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

Written = Callable[..., str]
"""From the FEEL of the arguments to the FEEL of the call."""


def literal(value: str | bool | Decimal | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    escaped = (
        value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    )
    return f'"{escaped}"'


def empty(text: str) -> str:
    return f"el empty({text})"


def _holds(text: str, value: str) -> str:
    return f"((if {text} instance of string then contains({text}, {value}) else list contains({text}, {value})) = true)"


def _compares(sign: str) -> Written:
    return lambda variable, value: f"(({variable} {sign} {value}) = true)"


def at(text: str, key: str) -> str:
    return f"el at({text}, {key})"


def _all_of(found: str, wanted: str) -> str:
    return f"((every each in flatten([{wanted}]) satisfies list contains(flatten([{found}]), each)) = true)"


def _any_of(found: str, wanted: str) -> str:
    return f"((some each in flatten([{wanted}]) satisfies list contains(flatten([{found}]), each)) = true)"


def _none_of(found: str, wanted: str) -> str:
    return f"not({_any_of(found, wanted)})"


def _not_all_of(found: str, wanted: str) -> str:
    return f"not({_all_of(found, wanted)})"


def _moved(sign: str) -> Written:
    """A date so many years, months and days later or earlier."""

    def moved(date: str, years: str, months: str, days: str) -> str:
        long = f'duration("P" + string({years}) + "Y" + string({months}) + "M")'
        return f'({date} {sign} {long} {sign} duration("P" + string({days}) + "D"))'

    return moved


def _time_later(sign: str, before: str, unit: str) -> Written:
    return lambda moment, count: f'({moment} {sign} duration("{before}" + string({count}) + "{unit}"))'


METHODS: Final[dict[tuple[str, int], Written]] = {
    ("size", 0): lambda text: f"count({text})",
    ("length", 0): lambda text: f"string length({text})",
    ("isEmpty", 0): empty,
    ("equals", 1): lambda text, other: f"(({text} = {other}) = true)",
    ("equalsIgnoreCase", 1): lambda text, other: f"((lower case({text}) = lower case({other})) = true)",
    ("contains", 1): _holds,
    ("get", 1): at,
    ("toString", 0): lambda text: f"string({text})",
    ("toUpperCase", 0): lambda text: f"upper case({text})",
    ("toLowerCase", 0): lambda text: f"lower case({text})",
    ("startsWith", 1): lambda text, other: f"(starts with({text}, {other}) = true)",
    ("endsWith", 1): lambda text, other: f"(ends with({text}, {other}) = true)",
    ("substring", 1): lambda text, start: f"substring({text}, {start} + 1)",
    ("substring", 2): lambda text, start, end: f"substring({text}, {start} + 1, {end} - {start})",
    ("trim", 0): lambda text: f'replace({text}, "^\\\\s+|\\\\s+$", "")',
    ("concat", 1): lambda text, other: f"(string({text}) + string({other}))",
    ("matches", 1): lambda text, pattern: f'(matches({text}, "^(" + {pattern} + ")$") = true)',
    ("containsAll", 1): _all_of,
    ("containsKey", 1): lambda entries, key: f"(list contains(get entries({entries}).key, {key}) = true)",
    ("intValue", 0): lambda number: f"round down({number}, 0)",
    ("longValue", 0): lambda number: f"round down({number}, 0)",
    ("doubleValue", 0): lambda number: f"({number} + 0)",
    ("booleanValue", 0): lambda truth: truth,
    ("toDate", 0): lambda moment: moment,
    ("split", 1): lambda text, pattern: f"split({text}, {pattern})",
    ("replaceAll", 2): lambda text, pattern, other: f"replace({text}, {pattern}, {other})",
    ("charAt", 1): lambda text, place: f"substring({text}, {place} + 1, 1)",
    ("indexOf", 1): lambda text, part: (
        f"(if contains({text}, {part}) then string length(substring before({text}, {part})) else -1)"
    ),
    ("join", 1): lambda found, between: f"string join({found}, {between})",
    ("reverse", 0): lambda found: f"reverse({found})",
    ("first", 0): lambda found: f"{found}[1]",
    ("last", 0): lambda found: f"{found}[-1]",
    ("keySet", 0): lambda entries: f"get entries({entries}).key",
    ("values", 0): lambda entries: f"get entries({entries}).value",
    ("getOrDefault", 2): lambda entries, key, other: (
        f"(if get value({entries}, {key}) = null then {other} else get value({entries}, {key}))"
    ),
    ("has", 1): lambda entries, key: f"(list contains(get entries({entries}).key, {key}) = true)",
    ("path", 1): at,
    ("asText", 0): lambda value: f"string({value})",
    ("textValue", 0): lambda value: value,
    ("asInt", 0): lambda value: f"round down(number(string({value}), null, null), 0)",
    ("asLong", 0): lambda value: f"round down(number(string({value}), null, null), 0)",
    ("asDouble", 0): lambda value: f"number(string({value}), null, null)",
    ("asBoolean", 0): lambda value: f'(string({value}) = "true")',
    ("isMissingNode", 0): lambda value: f"({value} = null)",
}
"""Methods of Java's strings, collections and numbers, whose meaning is plain: (name, number of arguments) -> FEEL."""

for _sign, _way in (("+", "plus"), ("-", "minus")):
    for _unit, _before, _after in (
        ("Years", "P", "Y"),
        ("Months", "P", "M"),
        ("Weeks", "P", "W"),
        ("Days", "P", "D"),
        ("Hours", "PT", "H"),
        ("Minutes", "PT", "M"),
        ("Seconds", "PT", "S"),
    ):
        METHODS[f"{_way}{_unit}", 1] = _time_later(_sign, _before, _after)

SPIN: Final[dict[tuple[str, int], Written]] = {
    ("prop", 1): lambda found, name: f"get value({found}, {name})",
    ("hasProp", 1): METHODS["containsKey", 1],
    ("elements", 0): lambda found: found,
    ("value", 0): lambda found: found,
    ("stringValue", 0): lambda found: found,
    ("numberValue", 0): lambda found: found,
    ("boolValue", 0): lambda found: found,
    ("isNull", 0): lambda found: f"({found} = null)",
}
"""Spin's readers of JSON (Camunda 7). Variables are JSON here, so that most say nothing."""
DECISION_RESULT: Final[dict[tuple[str, int], Written]] = {
    ("getSingleEntry", 0): lambda rows: f"get entries({rows}[1])[1].value",
    ("getFirstEntry", 0): lambda row: f"get entries({row})[1].value",
    ("getSingleResult", 0): lambda rows: f"{rows}[1]",
    ("getFirstResult", 0): lambda rows: f"{rows}[1]",
    ("getEntry", 1): lambda row, name: f"get value({row}, {name})",
    ("collectEntries", 1): lambda rows, name: f"(for each in {rows} return get value(each, {name}))",
}
"""What Camunda 7's models ask of a decision's result, which is a list of rows here."""
METHODS.update(SPIN)
METHODS.update(DECISION_RESULT)

_COLLECTIONS: Final = {
    "contains": _all_of,
    "allOf": _all_of,
    "containsAny": _any_of,
    "anyOf": _any_of,
    "noneOf": _none_of,
    "notContainsAny": _none_of,
    "notAllOf": _not_all_of,
    "notContains": _not_all_of,
}


def _was_completed(item: str) -> str:
    """Whether an instance of this plan item, or of its definition, was completed; the item itself may be given."""
    known = f"{item}.planItemDefinitionId" if item == "planItemInstance" else item
    return f"list contains(completedPlanItems, {known})"


def _in_state(state: str) -> Written:
    return lambda found: f'{found}[item.state = "{state}"]'


def _having(fact: str) -> Written:
    return lambda found, *values: f"{found}[list contains([{', '.join(values)}], item.{fact})]"


OPEN_STATES: Final[dict[str, Written]] = {
    state: _in_state(state)
    for state in ("active", "available", "enabled", "suspended", "unavailable", "waitingForRepetition")
}
PLAN_ITEMS: Final[dict[str, Written]] = OPEN_STATES | {
    "definitionId": _having("planItemDefinitionId"),
    "definitionIds": _having("planItemDefinitionId"),
    "name": _having("name"),
    "names": _having("name"),
    "currentStage": lambda found: f"{found}[item.stage = planItemInstance.stage]",
    "onlyNonTerminal": lambda found: found,
    "count": lambda found: f"count({found})",
    "exists": lambda found: f"(count({found}) > 0)",
    "getDefinitionId": lambda found: f"{found}.planItemDefinitionId",
    "getDefinitionIds": lambda found: f"{found}.planItemDefinitionId",
    "getDefinitionName": lambda found: f"{found}.name",
    "getDefinitionNames": lambda found: f"{found}.name",
}
"""What Flowable's models ask of `planItemInstances`, the open items of a case."""

FUNCTIONS: Final[dict[tuple[str, str, int], Written]] = {
    ("cmmn", "isStageCompletable", 0): lambda: "stageCompletable",
    ("cmmn", "isPlanModelCompletable", 0): lambda: "caseCompletable",
    ("cmmn", "isPlanItemCompleted", 0): lambda: _was_completed("planItemInstance"),
    ("cmmn", "isPlanItemCompleted", 1): _was_completed,
    ("", "now", 0): lambda: "now()",
    ("", "dateTime", 0): lambda: "now()",
    ("date", "now", 0): lambda: "now()",
    ("date", "today", 0): lambda: "today()",
    ("date", "toDate", 1): lambda text: f"date({text})",
    ("date", "addDate", 4): _moved("+"),
    ("date", "subtractDate", 4): _moved("-"),
    ("script", "append", 2): lambda found, value: f"append({found}, {value})",
    ("script", "joined", 2): lambda found, value: f"(string({found}) + string({value}))",
    ("script", "concatenate", 2): lambda found, more: f"concatenate({found}, {more})",
    ("script", "contextPut", 3): lambda found, key, value: f"context put({found}, {key}, {value})",
    ("", "parseInt", 1): lambda text: f"round down(number(string({text}), null, null), 0)",
    ("", "parseFloat", 1): lambda text: f"number(string({text}), null, null)",
    ("", "Number", 1): lambda text: f"number(string({text}), null, null)",
    ("", "String", 1): lambda value: f"string({value})",
    ("", "S", 1): lambda found: found,
    ("", "JSON", 1): lambda found: found,
    **{(prefix, name, 2): written for name, written in _COLLECTIONS.items() for prefix in ("collection", "list")},
}
"""Functions by prefix, name and number of arguments: of Flowable's CMMN and DMN engines, and of Camunda 7."""

_BY_MEANING: Final[tuple[tuple[str, int | None, Written], ...]] = (
    ("get", 1, lambda variable: variable),
    (
        "getOrDefault getOrDefaultIfNotExist",
        2,
        lambda variable, value: f"(if {variable} = null then {value} else {variable})",
    ),
    ("exists exist", 1, lambda variable: f"({variable} != null)"),
    ("base64", 1, lambda variable: f"to base64({variable})"),
    ("isEmpty empty", 1, empty),
    ("isNotEmpty notEmpty", 1, lambda variable: f"not({empty(variable)})"),
    ("equals eq", 2, _compares("=")),
    ("notEquals ne", 2, lambda variable, value: f"not(({variable} = {value}) = true)"),
    ("lowerThan lessThan lt", 2, _compares("<")),
    ("lowerThanOrEquals lessThanOrEquals lte", 2, _compares("<=")),
    ("greaterThan gt", 2, _compares(">")),
    ("greaterThanOrEquals gte", 2, _compares(">=")),
    ("contains", None, lambda variable, *values: "(" + " and ".join(_holds(variable, value) for value in values) + ")"),
    (
        "containsAny",
        None,
        lambda variable, *values: "(" + " or ".join(_holds(variable, value) for value in values) + ")",
    ),
)
VARIABLE_FUNCTIONS: Final = {name: (count, written) for names, count, written in _BY_MEANING for name in names.split()}
"""Flowable's functions `var:`, `vars:`, `variables:` (user guide, "Expression functions"): (arguments, FEEL)."""
