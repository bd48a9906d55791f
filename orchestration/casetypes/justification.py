"""Which answers does the business unit of a case ask of whoever finishes a task of it, and in how many words?

A unit names a text that the forms of a case type ask for. In its cases it is then asked whatever else is answered, and
has at least as many letters as the unit says. It only ever adds: what the form asks for anyhow stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from orchestration.casetypes.approval_chains import WORDS, subject_of
from orchestration.casetypes.case_type import CaseType, Form, FormField
from orchestration.casetypes.form_answers import schema_at
from orchestration.ground.counts import counted

MOST_LETTERS: Final = 1000
"""That an answer can be asked to have at least."""
WORDY: Final = "textarea"
"""What takes several lines is written in one's own words; what takes one has a form of its own, and an end."""


def justified(form: Form, case_type: CaseType, asks: Mapping[str, Any] | str | None) -> Form:
    """A form as the unit has it. `asks`: what it asks for (`CHAIN`), as JSON or read already."""
    told = orjson.loads(asks) if isinstance(asks, str) else asks or {}
    words = told.get(WORDS) or {}
    if not words:
        return form
    least = {each.path: words.get(subject_of(case_type.key, each.path), 0) for each in form.fields}
    return replace(form, fields=tuple(_asked(each, least[each.path], told["name"], case_type) for each in form.fields))


def _asked(each: FormField, least: int, unit: str, case_type: CaseType) -> FormField:
    """Never more than the schema of this version has room for: it could not be answered."""
    if not least or (longest := longest_text(case_type, each)) is None:
        return each
    least = min(least, longest)
    said = f"{unit} asks for it, with at least {counted(least, 'character')}."
    return replace(
        each, help=f"{each.help} {said}".strip(), least=least, required=True,
        asked_when={}, required_when={}, required_unless={},
    )  # fmt: skip


def longest_text(case_type: CaseType, each: FormField) -> int | None:
    """How many letters an answer in free words may have; None: it is none, as an account number or a reference."""
    if each.widget != WORDY or each.choices:
        return None
    return int(schema_at(case_type.schema, each.path).get("maxLength", MOST_LETTERS))
