"""May this go to the actor, and may what came back go on?

Verdicts before and after an actor is called: values, never exceptions. A reason names places and rules, never the data
itself, since it is kept in the history and shown in incidents. Pure.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from orchestration.actors.contract import Actor, Answer
from orchestration.ground import schemas
from orchestration.privacy.texts import FORMS, NO_SECRETS, Secrets

MAX_BYTES = 64 * 1024
DEEPEST = 32  # levels of nesting


@dataclass(frozen=True, slots=True)
class Verdict:
    """True where the way is free. `rule` is the guardrail that said no: capability, size, schema, missing, confidence
    or leak; `reason` a sentence for people."""

    allowed: bool
    rule: str = ""
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor is asked for, and what it may be told.

    `secrets` are those of the actor's principal (`View.secrets`): what is hidden from it neither goes in nor comes out.
    With `personal_data` the actor may read e-mail addresses, phone, card and account numbers; it may not write them.
    """

    capability: str
    secrets: Secrets = NO_SECRETS
    personal_data: bool = False
    max_bytes: int = MAX_BYTES


def before(actor: Actor, input: Any, scope: Scope) -> Verdict:
    """Whether this input may be handed to the actor."""
    if actor.capability != scope.capability:
        return Verdict(
            False, "capability", f"{actor.key} cannot do {scope.capability!r}; it does {actor.capability!r}."
        )
    forms = frozenset() if scope.personal_data else FORMS
    return _first(_objections("input", input, actor.input_schema, scope, forms))


def after(actor: Actor, answer: Any, scope: Scope) -> Verdict:
    """Whether what the actor gave back may go on; None or anything that is no Answer is a missing output."""
    if not isinstance(answer, Answer) or not isinstance(answer.output, dict):
        return Verdict(False, "missing", f"{actor.key} gave no output.")
    said = _first(_objections("output", answer.output, actor.output_schema, scope, FORMS))
    return said if not said else _first(iter([_confidence(answer.confidence)]))


def _objections(
    what: str, value: Any, schema: dict[str, Any], scope: Scope, forms: frozenset[str]
) -> Iterator[Verdict | None]:
    """What each guardrail has against it, asked one by one: a value that is no JSON never reaches the schema."""
    yield _size(what, value, scope.max_bytes)
    yield _schema(what, value, schema)
    yield _leak(what, value, scope.secrets, forms)


def _first(objections: Iterator[Verdict | None]) -> Verdict:
    return next((verdict for verdict in objections if verdict is not None), ALLOWED)


# Each guardrail: its objection, or None


def _size(what: str, value: Any, max_bytes: int) -> Verdict | None:
    try:
        size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8"))
    except (TypeError, ValueError, RecursionError):
        return Verdict(False, "schema", f"The {what} is not JSON.")
    if _is_too_deep(value):
        return Verdict(False, "size", f"The {what} is nested deeper than {DEEPEST} levels.")
    if size > max_bytes:
        return Verdict(False, "size", f"The {what} has {size} bytes; {max_bytes} are allowed.")
    return None


def _schema(what: str, value: Any, schema: dict[str, Any]) -> Verdict | None:
    try:
        errors = schemas.errors(_validator(json.dumps(schema, sort_keys=True)), value)
    except (SchemaError, TypeError, ValueError, RecursionError):
        return Verdict(False, "schema", f"The actor's own schema of its {what} is not valid.")
    if not errors:
        return None
    told = "; ".join(sorted({_told(error) for error in errors})[:3])
    return Verdict(False, "schema", f"The {what} does not fit its schema: {told}.")


def _confidence(confidence: Any) -> Verdict | None:
    if confidence is None:
        return None
    number = isinstance(confidence, int | float) and not isinstance(confidence, bool)
    if number and math.isfinite(confidence) and 0 <= confidence <= 1:
        return None
    return Verdict(False, "confidence", "The confidence is not a number from 0 to 1.")


def _leak(what: str, value: Any, secrets: Secrets, forms: frozenset[str]) -> Verdict | None:
    watched = secrets.watching(forms)
    for place, text in _texts(value, ""):
        kind = watched.leak(text)
        if kind:
            return Verdict(False, "leak", f"The {what} holds personal data ({kind}) at {place or 'the top'}.")
    return None


@lru_cache(maxsize=256)
def _validator(schema: str) -> Draft202012Validator:
    document = json.loads(schema)
    Draft202012Validator.check_schema(document)
    return schemas.SchemaValidator(document)


def _told(error: ValidationError) -> str:
    """Where and which rule was broken; jsonschema's own message would quote the data."""
    place = "".join(f"/{part}" for part in error.absolute_path) or "the top"
    limit: Any = error.validator_value
    detail = f" {limit}" if isinstance(limit, str | int | float) and not isinstance(limit, bool) else ""
    if error.validator == "required":
        present: Any = error.instance
        missing = [name for name in limit if name not in present]
        detail = f" {', '.join(missing)}"
    return f"{error.validator}{detail} at {place}"


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield place, str(key)
            yield from _texts(item, f"{place}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{place}/{index}")


def _is_too_deep(value: Any) -> bool:
    """Whether lists and objects stand inside each other more than `DEEPEST` levels deep."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inner = [item for item in level if isinstance(item, dict | list)]
        level = [child for item in inner for child in (item.values() if isinstance(item, dict) else item)]
    return bool(level)
