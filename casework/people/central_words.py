"""How long must an answer in words be by the forms of its case type, so that a unit asks for no less?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casework.studio.rule_versions import newest_types
from orchestration.casetypes.approval_chains import BETWEEN
from orchestration.casetypes.case_type import CaseType, FormField
from orchestration.casetypes.form_answers import schema_at
from orchestration.casetypes.justification import longest_text
from orchestration.ground.counts import counted


@dataclass(frozen=True, slots=True)
class _Answer:
    """Of a subject (`case type: answer`): the questions that ask for it, and how many letters it can have."""

    case_type: CaseType
    asked: tuple[FormField, ...]
    longest: int


def central_words(subject: str) -> dict[str, Any]:
    """The letters that an answer has at least, whatever else is answered, by what the rule is called. Empty where no
    form of such a case type asks for it in words."""
    found = _answer(subject)
    if found is None:
        return {}
    written = int(schema_at(found.case_type.schema, found.asked[0].path).get("minLength", 1))
    asked_always = all(each.is_required({}) and not each.asked_when for each in found.asked)
    return {f"the forms of {found.case_type.name}": max(written, 1) if asked_always else 0}


def no_room(subject: str, letters: int) -> str:
    """Why an answer cannot have so many letters; "": it can."""
    found = _answer(subject)
    if found is None or letters <= found.longest:
        return ""
    return f"This answer has room for {counted(found.longest, 'letter')}."


def _answer(subject: str) -> _Answer | None:
    key, _, path = subject.partition(BETWEEN)
    case_type = next((one for _, one in newest_types() if one.key == key), None)
    forms = () if case_type is None else case_type.forms.values()
    asked = tuple(each for form in forms for each in form.fields if each.path == path)
    longest = longest_text(case_type, asked[0]) if case_type is not None and asked else None
    return None if case_type is None or longest is None else _Answer(case_type, asked, longest)
