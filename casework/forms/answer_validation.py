"""Is what somebody gave us fit to become case data?

Pure. A person's or program's input is checked against the case type's JSON Schema and forms; what is wrong comes back
for each field, in words that say what to do and never repeat the value (it may be personal data).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from orchestration.casetypes.case_type import CaseType, Form, FormField
from orchestration.casetypes.form_answers import at_path, folded
from orchestration.ground import schemas
from orchestration.ground.counts import counted
from orchestration.ground.years import FIRST_YEAR, LAST_YEAR
from orchestration.privacy.folding import visible
from orchestration.privacy.masking import View

Json = Any

LARGEST_WHOLE: Final = 2**63 - 1
"""What JSON as we keep it, and PostgreSQL, hold as a whole number."""
NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:[.,][0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
TWO_READINGS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
UNCLEAN: Final = "This holds characters that cannot be kept (control characters or broken encoding)."
_NOT_KEPT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def without_absent(form: Form, view: View) -> Form:
    """The form as this reader is asked it: without what is not there for them, which stays as it is."""
    return replace(
        form, fields=tuple(one for one in form.fields if not view.is_absent("/" + one.path.replace(".", "/")))
    )


def schema_errors(case_type: CaseType, data: Mapping[str, Json]) -> dict[str, str]:
    """For each dotted path of `data` that the case type's schema refuses, why."""
    return errors_in_words(case_type.validator, data)


def errors_made(case_type: CaseType, data: Mapping[str, Json], changes: Mapping[str, Json]) -> dict[str, str]:
    """What the schema refuses of data with these changes, and did not without them.

    A machine that found nothing leaves nothing behind where something belongs: no fault of who changes the rest.
    """
    changed = {**data, **changes}
    errors = schema_errors(case_type, changed)
    stood = schema_errors(case_type, data) if errors else {}
    return {
        path: why
        for path, why in errors.items()
        if stood.get(path) != why or at_path(changed, path) != at_path(data, path)
    }


def errors_in_words(validator: Draft202012Validator, data: Mapping[str, Json]) -> dict[str, str]:
    """For each dotted path of `data` that a schema refuses, why."""
    found: dict[str, str] = {}
    for error in schemas.errors(validator, data):
        found.setdefault(*_in_words(error))
    return found


def _in_words(error: ValidationError) -> tuple[str, str]:
    path = ".".join(str(part) for part in error.absolute_path)
    limit: Any = error.validator_value
    value: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "required":
            missing = next((name for name in limit if name not in value), "?")
            return ".".join(filter(None, (path, missing))), "This is missing."
        case "additionalProperties":
            known = schema.get("properties", {})
            unknown = next((name for name in value if name not in known), "?")
            return ".".join(filter(None, (path, unknown))), "This field is not known."
        case "minLength":
            return path, "This is empty." if limit == 1 else f"At least {limit} characters are needed."
        case "maxLength":
            return path, f"This has {counted(len(value), 'character')}; at most {counted(limit, 'is', 'are')} possible."
        case "pattern":
            return path, f"This does not have the form that belongs here: {schema.get('title', path)}."
        case "type" if limit in ("number", "integer") and isinstance(value, str):
            return path, "This should be a number without a separator for thousands, as in 1450 or 1450.00."
        case "type":
            return path, f"This should be a {limit}."
        case "enum":
            return path, "This should be one of: " + ", ".join(map(str, limit)) + "."
        case "minimum" | "maximum":
            return path, f"This should be at {'least' if error.validator == 'minimum' else 'most'} {limit}."
        case "format":
            return path, f"This date should lie between {FIRST_YEAR} and {LAST_YEAR}."
        case schemas.TOO_LONG:
            return path, "This is too much to be checked at once; give less."
        case _:
            return path, f"This does not fit the rule {error.validator!r}."


def typed(schema: Mapping[str, Json], value: Json) -> Json:
    """The value with each text read as a number, or as true or false, where the schema wants one and it is one.

    Forms and files know nothing but texts; what is none stays a text, which `schema_errors` then refuses.
    """
    if isinstance(value, Mapping):
        below = schema.get("properties", {})
        return {name: typed(below.get(name, {}), inner) for name, inner in value.items()}
    if isinstance(value, str) and schema.get("type") in ("number", "integer"):
        found = read_number(value)
        return value if found is None else found
    if isinstance(value, str) and schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(value.strip().casefold(), value)
    return value


def typed_answers(schema: Mapping[str, Json], answers: Mapping[str, Json]) -> dict[str, Json]:
    """The same for answers by dotted path."""
    found: dict[str, Json] = {}
    for path, value in answers.items():
        here: Mapping[str, Json] = schema
        for name in path.split("."):
            here = here.get("properties", {}).get(name, {})
        found[path] = typed(here, value)
    return found


def read_number(text: str) -> int | float | None:
    """The number that a text writes, with a point or a comma before the decimals; None where it writes none.

    Also None for 1,450 and 1.450, which one writer means as a thousand times what another one does.
    """
    written = text.strip()
    if not NUMBER.fullmatch(written) or TWO_READINGS.fullmatch(written):
        return None
    found = Decimal(written.replace(",", "."))
    if abs(found) > LARGEST_WHOLE:
        return None
    return int(found) if found == found.to_integral_value() else float(found)


def text_errors(data: Mapping[str, Json], prefix: str = "") -> dict[str, str]:
    """Characters that PostgreSQL and XML cannot keep, by dotted path."""
    found: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, Mapping):
            found |= text_errors(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            found |= text_errors({str(place): one for place, one in enumerate(value)}, f"{prefix}{name}.")
        elif isinstance(value, str) and not is_clean(value):
            found[prefix + name] = UNCLEAN
        if not is_clean(str(name)):
            found[prefix + "?"] = UNCLEAN
    return found


def tells(text: str, least: int, most: int) -> bool:
    """Whether a text has at least so many letters that somebody sees, and no more than `most` in all."""
    return least <= len(visible(text)) and len(text) <= most


def is_clean(text: str) -> bool:
    """Whether PostgreSQL and XML can keep every character of it."""
    return _NOT_KEPT.search(text) is None


def with_initial(form: Form, answers: Mapping[str, Json], data: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Answers with the initial value where one is needed and nothing was said, or where it came back as it was shown.

    Empty is an answer too: who emptied a field, or sent null, does not mean what stood there. What a person saw masked
    and sent back untouched is the clear value again; they need not have seen it.
    """
    complete = dict(answers)
    for question in form.fields:
        initial = None if question.initial is None else at_path(data, question.initial)
        given = answers.get(question.path)
        untouched = isinstance(initial, str) and given is not None and folded(given) in _shown(question, initial, view)
        if initial is not None and (untouched or (question.path not in answers and question.is_required(complete))):
            complete[question.path] = initial
    return complete


def _shown(question: FormField, initial: str, view: View) -> tuple[Json, Json]:
    """How a text may stand in a form at first: as in any text, or by the mask of its field (the year of a day)."""
    return folded(view.text(initial)), folded(at_path(view.data, question.initial or ""))


def emptied(form: Form, answers: Mapping[str, Json], data: Mapping[str, Json]) -> dict[str, Json]:
    """What was answered with nothing although something stands there, by path: as it was sent, null or a blank text."""
    asked = {question.path for question in form.fields}
    return {
        path: folded(value)
        for path, value in answers.items()
        if path in asked and folded(value) in (None, "") and at_path(data, path) not in (None, "")
    }


def ways_to_be_empty(case_type: CaseType, document: Mapping[str, Json], path: str, sent: Json) -> list[Json]:
    """What the schema lets stand for nothing at a path of a document: as it was sent, or the other of null and ""."""
    return [
        nothing
        for nothing in (sent, "" if sent is None else None)
        if path not in schema_errors(case_type, {**document, **placed(document, {path: nothing})})
    ]


def changed_although_fixed(
    form: Form, answers: Mapping[str, Json], given: Mapping[str, Json], data: Mapping[str, Json], view: View
) -> dict[str, str]:
    """Paths whose initial value must stand by the other answers, and does not.

    `given` are the answers before `with_initial`: what was shown masked stands only if it came back as it was shown,
    or an answer would tell whether a guess is right.
    """
    return {
        question.path: "You changed this, so the suggestion was not right as it is: say that you change it."
        for question in form.fields
        if question.initial is not None and question.is_fixed(answers)
        and _is_changed(question, answers, given, at_path(data, question.initial), view)
    }  # fmt: skip


def _is_changed(
    question: FormField, answers: Mapping[str, Json], sent: Mapping[str, Json], initial: Json, view: View
) -> bool:
    answer, given = answers.get(question.path), sent.get(question.path)
    if isinstance(initial, str) and view.text(initial) != initial and given not in (None, ""):
        return folded(given) not in _shown(question, initial, view)
    return bool(folded(answer) != folded(initial))


def placed(data: Mapping[str, Json], answers: Mapping[str, Json]) -> dict[str, Json]:
    """The top-level variables that change when answers by dotted path are put into `data`, each whole."""
    changed: dict[str, Json] = {}
    for path, value in answers.items():
        top, *below = path.split(".")
        if not below:
            changed[top] = value
            continue
        here = changed.setdefault(top, dict(data.get(top) or {}))
        for name in below[:-1]:
            here[name] = dict(here.get(name) or {})
            here = here[name]
        here[below[-1]] = value
    return changed


def nested(pairs: Iterable[tuple[str, Json]]) -> dict[str, Json]:
    """Values by dotted path -> a document; empty values are left out."""
    document: dict[str, Json] = {}
    for path, value in pairs:
        if value not in (None, ""):
            document |= placed(document, {path: value})
    return document
