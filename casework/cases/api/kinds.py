"""Is what was sent of the kind that the API's description names: a text, a whole number, a number, true or false?

REST framework would take a number for a text, and a text for a number: what a program gets wrong goes on as something
that it did not mean. A whole number may be written 5.0, as JSON Schema has it (2020-12, validation, 6.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict
from rest_framework import serializers as s

Json = Any
Field = s.Field[Any, Any, Any, Any]
TEXTS: Final = (s.CharField, s.ChoiceField, s.DateTimeField, s.DecimalField)
KINDS: Final[tuple[tuple[type | tuple[type, ...], tuple[type, ...], str], ...]] = (
    (TEXTS, (str,), 'This has to be a text, as "5": in quotation marks.'),
    (s.BooleanField, (bool,), "This has to be true or false, without quotation marks."),
    (s.IntegerField, (int, float), "This has to be a whole number, as 5: without quotation marks."),
    (s.FloatField, (int, float), "This has to be a number, as 0.5: without quotation marks."),
)
"""Fields, what JSON makes of what they take, and what to do about anything else."""
WRITTEN: Final[tuple[tuple[type, re.Pattern[str], str], ...]] = (
    (s.BooleanField, re.compile("true|false", re.IGNORECASE), "This has to be true or false."),
    (s.IntegerField, re.compile("-?[0-9]+"), "This has to be a whole number, as 5."),
    (s.FloatField, re.compile(r"-?[0-9]+(\.[0-9]+)?"), "This has to be a number, as 0.5."),
)
"""The same in a query, where all is text."""
DECIMAL: Final = re.compile(r"-?[0-9]*(\.[0-9]*)?")
EMPTY: Final = "This is empty. Leave it out, or say one."
AROUND: Final = "There is white space at its beginning or end. Take it away."


def wrong_in_body(fields: Mapping[str, Field], body: Mapping[str, Json]) -> dict[str, Json]:
    """A sentence for each value that is of another kind, below the names of where it stands."""
    found = {name: _wrong(fields[name], value) for name, value in body.items() if name in fields}
    return {name: wrong for name, wrong in found.items() if wrong}


def wrong_in_query(fields: Mapping[str, Field], query: QueryDict) -> dict[str, Json]:
    found = {name: _wrong_word(fields[name], str(query[name])) for name in query if name in fields}
    return {name: wrong for name, wrong in found.items() if wrong}


def _wrong(field: Field, value: Json) -> Json:
    """Null is left to the field, and so is what stands in a field that takes any JSON."""
    if value is None:
        return None
    if isinstance(field, (s.ListField, s.DictField)) and isinstance(value, (list, dict)):
        below = value.items() if isinstance(value, dict) else enumerate(value)
        return {name: wrong for name, one in below if (wrong := _wrong(field.child, one))}
    for kind, taken, told in KINDS:
        if isinstance(field, kind):
            if type(value) not in taken:
                return [told]
            return _wrong_text(field, value) if isinstance(value, str) else None
    return None


def _wrong_word(field: Field, text: str) -> Json:
    if not text:
        return None if getattr(field, "allow_blank", False) else [EMPTY]
    for kind, pattern, told in WRITTEN:
        if isinstance(field, kind):
            return None if pattern.fullmatch(text) else [told]
    return _wrong_text(field, text)


def _wrong_text(field: Field, text: str) -> Json:
    """What a field would overlook: it takes white space around a text away, and a decimal reads more than digits."""
    if isinstance(field, s.RegexField) and text != text.strip():
        return [AROUND]
    if isinstance(field, s.DecimalField) and not DECIMAL.fullmatch(text):
        return ['This has to be a number in digits, as "0.05".']
    most = getattr(field, "max_length", None)
    return [f"This has {len(text):,} characters, and may have {most:,}."] if most and len(text) > most else None
