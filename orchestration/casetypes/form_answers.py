"""What is wrong with the answers to a form, and how are they kept, whoever gives them?

Pure: answers by dotted path, against the questions and what stands in the case. The same for people, programs and
agents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from orchestration.casetypes.forms import Form, FormField
from orchestration.ground.counts import counted
from orchestration.privacy.folding import visible

Json = Any
Schema = Mapping[str, Json]
PLACEHOLDER: Final = re.compile(r"\{([^{}\s]{1,200})\}")


def schema_at(schema: Schema, path: str) -> Schema:
    """What a schema says of a dotted path."""
    for name in filter(None, path.split(".")):
        schema = schema.get("properties", {}).get(name, {})
    return schema


def with_least(form: Form, schema: Schema) -> Form:
    """A form whose texts need as many letters as the schema says, of those that anybody sees: the schema counts all."""
    least = {each.path: max(each.least, schema_at(schema, each.path).get("minLength", 0)) for each in form.fields}
    return replace(form, fields=tuple(replace(each, least=least[each.path]) for each in form.fields))


def form_errors(form: Form, answers: Mapping[str, Json]) -> dict[str, str]:
    """For each path what is missing, not asked for, or not among the choices. `answers` by dotted path."""
    asked = {asked.path: asked for asked in form.fields}
    found = {path: "This form does not ask for it." for path in answers if path not in asked}
    for path, question in asked.items():
        answer = folded(answers.get(path))
        if answer in (None, "") or (isinstance(answer, str) and not visible(answer)):
            if question.is_required(answers):
                found[path] = "Please answer this."
        elif question.choices and answer not in list(question.choices):  # an answer of a program may not be hashable
            found[path] = "This should be one of: " + ", ".join(question.choices) + "."
        elif isinstance(answer, str) and len(visible(answer)) < question.least:
            found[path] = f"At least {counted(question.least, 'character is', 'characters are')} needed."
    return found


def placeholder_errors(form: Form, answers: Mapping[str, Json], data: Mapping[str, Json]) -> dict[str, str]:
    """Paths of texts with a placeholder that cannot be filled in, and why.

    A placeholder stands by itself: glued to other letters, what is filled in could not be told from them any more and
    would be read by people from whom it is masked.
    """
    found: dict[str, str] = {}
    for question in form.fields:
        text = answers.get(question.path)
        if question.fills and isinstance(text, str):
            for match in PLACEHOLDER.finditer(text):
                if wrong := _why_unfillable(question, match, data):
                    found.setdefault(question.path, wrong)
    return found


def _why_unfillable(question: FormField, match: re.Match[str], data: Mapping[str, Json]) -> str:
    around = match.string[max(0, match.start() - 1) : match.start()] + match.string[match.end() : match.end() + 1]
    if match[1] not in question.fills:
        return f"{match[0]} cannot be filled in here. Possible: " + ", ".join(f"{{{path}}}" for path in question.fills)
    if at_path(data, match[1]) in (None, ""):
        return f"{match[0]} is not known in this case: write the text without it."
    if any(character.isalnum() or character in "_{}" for character in around):
        return f"Leave a space or a punctuation mark around {match[0]}."
    return ""


def filled(form: Form, answers: Mapping[str, Json], data: Mapping[str, Json]) -> dict[str, Json]:
    """Answers as they are kept: `{path}` in a text that asks for it becomes the case's value."""
    fills = {question.path for question in form.fields if question.fills}
    return {
        path: PLACEHOLDER.sub(lambda found: str(at_path(data, found[1])), folded(value))
        if path in fills and isinstance(value, str) else folded(value)
        for path, value in answers.items()
        if folded(value) not in (None, "")
    }  # fmt: skip


def at_path(data: Json, path: str) -> Json:
    """The value at a dotted path, None where there is none."""
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def with_value(held: Json, names: Sequence[str], value: Json) -> Json:
    """What is held, with a value at the place that these names lead to; nothing else is another."""
    if not names:
        return value
    inside = held if isinstance(held, Mapping) else {}
    return {**inside, names[0]: with_value(inside.get(names[0]), names[1:], value)}


def folded(value: Json) -> Json:
    """Browsers send line ends as CR LF and forms strip what surrounds a text."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
