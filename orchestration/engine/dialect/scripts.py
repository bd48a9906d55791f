"""How do the scripts and lists of names in vendors' extensions become formulas, and what do they give?"""

from __future__ import annotations

import re
from typing import Any, Final

from orchestration.engine import juel
from orchestration.engine.dialect.values import Assignment, Script
from orchestration.engine.dialect.vendors import comes_from_flowable, vendor
from orchestration.engine.expressions import BadExpression, Formula, formula, setting
from orchestration.engine.step import ErrorThrown, Step
from orchestration.engine.xml import Element

Json = Any

_SETS: Final = re.compile(r"\s*(?:execution|task|caseInstance|planItemInstance)\s*\.\s*set\w*Variable")
"""How a script begins that sets a variable, although it does not say its language."""


def script(text: str, format: str = "", keeps: bool = True) -> Script:
    """The body of a script in `format` (empty: JUEL or FEEL by its looks). Raises BadExpression.

    `keeps`: also what it only assigns becomes a variable, as without Flowable's `autoStoreVariables` nothing does.
    """
    known = format.lower()
    if "feel" in known or (not known and not juel.holds_juel(text) and not _SETS.match(text)):
        return Script(result=formula(text))
    read = _juel(text, format, keeps)
    steps = (Assignment(a.variable, formula(a.value.text, a.value.names), a.local, a.throws) for a in read.assignments)
    return Script(tuple(steps), None if read.result is None else formula(read.result.text, read.result.names))


def stores_names(element: Element, root: Element) -> bool:
    """Whether what a script only assigns is kept: in a file of Flowable only where `autoStoreVariables` says so."""
    return not comes_from_flowable(root) or vendor(element, "autoStoreVariables") == "true"


def carried_out(text: str) -> Script:
    """An expression that is the work of a task: it may set variables, or be text around some. Raises BadExpression."""
    alone = text.strip().startswith(("${", "#{")) and text.count("${") + text.count("#{") == 1
    return script(text, "juel") if alone or not juel.holds_juel(text) else Script(result=setting(text))


def value_of(text: str, format: str = "") -> Formula:
    """A script that is there for its result alone, as one formula. It may have own names. Raises BadExpression."""
    known = format.lower()
    if "feel" in known or not known:
        return formula(text)
    read = _juel(text, format)
    if read.result is None:
        raise BadExpression("the script does not end with the value that it is to give")
    if any(not assignment.local for assignment in read.assignments):
        raise BadExpression("a script that is to give a value must not set variables")
    steps = "".join(f"{assignment.variable}: {assignment.value.text}, " for assignment in read.assignments)
    return formula(f"{{{steps}_result: {read.result.text}}}._result" if steps else read.result.text, read.result.names)


def either(one: Formula, other: Formula) -> Formula:
    """A condition that holds where one of two does. A null counts as false."""
    return formula(f"({feel(one)}) = true or ({feel(other)}) = true")


def feel(value: Formula) -> str:
    """The FEEL that a formula stands for, so that it can be a part of another one."""
    if value.constant is not None:
        return juel.quoted(str(value.constant))
    return juel.translate(value.text).text if value.juel else value.text.strip().removeprefix("=")


def _juel(text: str, format: str, keeps: bool = True) -> juel.Script:
    if format and format.lower() not in juel.SCRIPT_FORMATS:
        raise BadExpression(f"scripts in {format} do not run here; FEEL does")
    try:
        return juel.setting(text, format, keeps)
    except juel.JuelRefused as error:
        sentence = "Only what sets variables runs here; write it in FEEL, or let a service task do it"
        raise BadExpression(f"the script cannot be translated: {error}. {sentence}") from None


def run(step: Step, script: Script, instance: int, item: int | None) -> tuple[dict[str, Json], Json]:
    """What the script would set, and its result, as seen from an item; nothing is written.

    Raises ErrorThrown where the script throws, with what it has set until then.
    """
    changes: dict[str, Json] = {}
    own: dict[str, Json] = {}
    for assignment in script.assignments:
        value = step.evaluate(assignment.value, instance, item, {**changes, **own})
        if assignment.throws and value is not None:
            raise thrown(value, instance, item, changes)
        (own if assignment.local else changes)[assignment.variable] = value
    result = script.result
    return changes, None if result is None else step.evaluate(result, instance, item, {**changes, **own})


def thrown(value: Json, instance: int, item: int | None, changes: dict[str, Json]) -> ErrorThrown:
    """What a script throws, as the engine's own."""
    code, message = value.get("code"), value.get("message")
    said = "" if message is None else str(message)
    return ErrorThrown(said or f"The script throws {value['type']}.", instance, item, code and str(code), changes)


def people(step: Step, values: tuple[Formula, ...], instance: int, item: int | None) -> tuple[str, ...]:
    """Names of users or groups: each value may give one, a list, or a text with commas."""
    found: list[str] = []
    for value in values:
        given = step.evaluate(value, instance, item)
        for one in given if isinstance(given, list) else str(given or "").split(","):
            if one is not None and str(one).strip():
                found.append(str(one).strip())
    return tuple(dict.fromkeys(found))
