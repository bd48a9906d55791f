"""How do the `${...}` expressions of Flowable and Camunda 7 models run here?

They are translated into FEEL when the model is deployed, or refused with the reason: nothing of them is evaluated as
Java or Python. `syntax` reads them, `feel_source` writes FEEL, `script` reads scripts that only set variables, `calls`
those that name work.
"""

from __future__ import annotations

from orchestration.engine.juel import feel_source, syntax
from orchestration.engine.juel.calls import Call, work
from orchestration.engine.juel.coercion import LIBRARY
from orchestration.engine.juel.feel_source import Feel
from orchestration.engine.juel.functions import literal as quoted
from orchestration.engine.juel.script import FORMATS as SCRIPT_FORMATS
from orchestration.engine.juel.script import Assignment, Script
from orchestration.engine.juel.script import translate as translate_script
from orchestration.engine.juel.syntax import JuelRefused

__all__ = [
    "LIBRARY",
    "SCRIPT_FORMATS",
    "Assignment",
    "Call",
    "Feel",
    "JuelRefused",
    "Script",
    "holds_juel",
    "quoted",
    "setting",
    "translate",
    "translate_script",
    "work",
]


def holds_juel(text: str) -> bool:
    """Whether the text carries an expression: `${...}` or `#{...}`."""
    return "${" in text or "#{" in text


def translate(text: str) -> Feel:
    """`${...}`, or text with such expressions in it -> FEEL. Raises JuelRefused, which says why."""
    parts = syntax.parts(text.strip())
    if len(parts) == 1 and not isinstance(parts[0], str):
        return feel_source.expression(parts[0])
    return feel_source.mixed(parts)


def setting(text: str, format: str = "", keeps: bool = True) -> Script:
    """The body of an expression that is run for what it does, as `${execution.setVariable('x', 1)}` -> a script.

    `format` is the language that the model names for a script. `keeps`: also what it only assigns becomes a variable.
    """
    stripped = text.strip()
    if stripped.startswith(("${", "#{")) and stripped.endswith("}"):
        return translate_script(stripped[2:-1], pastes=False, keeps=keeps)
    return translate_script(stripped, pastes=format.lower() not in ("", "juel"), keeps=keeps)
