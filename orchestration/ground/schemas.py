"""Does data fit a JSON Schema, and is that said in bounded time? (JSON Schema draft 2020-12)

jsonschema with changes. Two because its regular expressions backtrack (`^(a+)+$` on 28 letters takes seconds) and a
schema may ask one thing of many values: expressions are matched by the engine's own matcher, whose time is linear in
the text, and each check is counted. A check that takes more than `MOST_STEPS` ends with an error `tooLong`. And what is
meant as a date (`format`) lies in a year that can be reckoned with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from orchestration.engine.feel import DEFAULT, Evaluation, FeelError, LimitExceeded, Limits, regex
from orchestration.ground.plain_schemas import DATED, Fits, predicate
from orchestration.ground.years import FIRST_YEAR, LAST_YEAR, reckonable

Json = Any
Keyword = Callable[..., Iterator[ValidationError] | None]

MOST_STEPS: Final = 400_000
"""Steps of one check of one document: about half a second."""
KEYWORD_STEPS: Final = 10
TOO_LONG: Final = "tooLong"

_run: ContextVar[Evaluation | None] = ContextVar("schema_check", default=None)
_ESCAPES: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_LITERAL: Final = "/\"'`~!@#%&_=:;<>, "
"""Signs that JavaScript lets one escape without a need."""


def errors(validator: Draft202012Validator, data: Json) -> list[ValidationError]:
    """All that is wrong with data. An error of the keyword `tooLong` is the last where a limit ended the check."""
    fits = _plain(validator)
    if fits is not None and fits(data):
        return []
    found: list[ValidationError] = []
    token = _run.set(_fresh())
    try:
        found.extend(validator.iter_errors(data))
    except LimitExceeded:
        found.append(ValidationError("this takes too long to check", validator=TOO_LONG, validator_value=MOST_STEPS))
    finally:
        _run.reset(token)
    return found


_predicates: Final[dict[int, tuple[Json, Fits | None]]] = {}
"""Made of each schema that was asked, by its identity; held with it, so that no other one is taken for it."""
MOST_PREDICATES: Final = 2000


def _plain(validator: Draft202012Validator) -> Fits | None:
    schema = validator.schema
    held = _predicates.get(id(schema))
    if held is None or held[0] is not schema:
        if len(_predicates) >= MOST_PREDICATES:
            _predicates.clear()
        held = _predicates[id(schema)] = schema, predicate(schema)
    return held[1]


def pattern_fault(pattern: str) -> str | None:
    """Why a regular expression cannot be matched here; None where it can."""
    try:
        regex.compiled(Evaluation(DEFAULT, None), _as_xpath(pattern), "")
    except (FeelError, LimitExceeded) as error:
        return error.reason
    return None


def patterns(schema: Json) -> Iterator[str]:
    """The regular expressions of a schema, wherever they stand."""
    todo = [schema]
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            if isinstance(one.get("pattern"), str):
                yield one["pattern"]
            if isinstance(one.get("patternProperties"), dict):
                yield from one["patternProperties"]
        todo += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


# ---------------------------------------------------------------- the keywords


def _fresh() -> Evaluation:
    return Evaluation(Limits(steps=MOST_STEPS), None)


def _matches(pattern: str, text: str) -> bool:
    """Whether the expression matches somewhere in the text. One that is none matches nothing."""
    run = _run.get() or _fresh()
    try:
        return regex.search(run, regex.compiled(run, _as_xpath(pattern), ""), text) is not None
    except FeelError:
        return False


def _as_xpath(pattern: str) -> str:
    """A regular expression of JavaScript, as JSON Schema has them, in XPath's spelling."""
    return _ESCAPES.sub(_escape, pattern)


def _escape(found: re.Match[str]) -> str:
    if digits := found[1] or found[2]:
        character = chr(int(digits, 16))
        return re.escape(character) if character.isascii() and not character.isalnum() else character
    return found[3] if found[3] in _LITERAL else found[0]


def _pattern(validator: Any, pattern: str, text: Json, schema: Json) -> Iterator[ValidationError]:
    if validator.is_type(text, "string") and not _matches(pattern, text):
        yield ValidationError("this does not have the form that belongs here")


def _pattern_properties(validator: Any, given: Json, data: Json, schema: Json) -> Iterator[ValidationError]:
    if not validator.is_type(data, "object"):
        return
    for pattern, below in given.items():
        for name, value in data.items():
            if _matches(pattern, name):
                yield from validator.descend(value, below, path=name, schema_path=pattern)


def _additional_properties(validator: Any, rule: Json, data: Json, schema: Json) -> Iterator[ValidationError]:
    if not validator.is_type(data, "object"):
        return
    named, by_pattern = schema.get("properties", {}), schema.get("patternProperties", {})
    more = [name for name in data if name not in named and not any(_matches(each, name) for each in by_pattern)]
    if validator.is_type(rule, "object"):
        for name in more:
            yield from validator.descend(data[name], rule, path=name)
    elif not rule and more:
        yield ValidationError("there are properties that are not known")


def _unique_items(validator: Any, rule: bool, data: Json, schema: Json) -> Iterator[ValidationError]:
    """Items that are no plain values are compared one by one."""
    if rule and validator.is_type(data, "array"):
        plain = all(isinstance(item, str | int | float) or item is None for item in data)
        _spend(len(data) if plain else len(data) ** 2 // 4)
        yield from Draft202012Validator.VALIDATORS["uniqueItems"](validator, rule, data, schema) or ()


def _format(validator: Any, named: Json, text: Json, schema: Json) -> Iterator[ValidationError]:
    """Of a format, which says no more than how a text is meant, only that a date can be reckoned with."""
    if named in DATED and isinstance(text, str) and not reckonable(text):
        yield ValidationError(f"this date does not lie between {FIRST_YEAR} and {LAST_YEAR}")


def _spend(steps: int) -> None:
    run = _run.get()
    if run is not None:
        run.spend(steps)


def _counted(keyword: Keyword) -> Keyword:
    """The same keyword, each use of it counted."""

    def check(validator: Any, rule: Json, data: Json, schema: Json) -> Iterator[ValidationError]:
        _spend(KEYWORD_STEPS)
        yield from keyword(validator, rule, data, schema) or ()

    return check


_KEYWORDS: Final[dict[str, Keyword]] = {
    **Draft202012Validator.VALIDATORS,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
    "format": _format,
}

SchemaValidator: Final[type[Draft202012Validator]] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {name: _counted(keyword) for name, keyword in _KEYWORDS.items()}
)
"""A validator class like `Draft202012Validator`; ask it through `errors`."""
