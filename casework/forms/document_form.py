"""What may a person change of a document that a schema describes and of which something may be masked for them?

A form for a whole document (a machine's suggestion, what a machine is given), filled in as this person may see it. What
comes back as it was shown is the clear value again; what they could not see they cannot write over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jsonschema import Draft202012Validator

from casework.forms.schema_form import document, document_errors, text_of
from orchestration.casetypes.case_type import Form
from orchestration.casetypes.form_answers import at_path, form_errors
from orchestration.privacy.classification import classify
from orchestration.privacy.masking import View, mask
from orchestration.privacy.masks import MASKED_TEXT, holds_mask

Json = Any
Schema = Mapping[str, Json]
OPEN_TO_ALL: Final = "internal"
"""How secret a field of a contract is that says nothing of it."""


@dataclass(frozen=True)
class Filled:
    """A document under the name `root`, before a person. `view` hides of it what they may not see."""

    root: str
    form: Form
    schema: Schema
    validator: Draft202012Validator
    draft: Json
    view: View

    @cached_property
    def shown(self) -> dict[str, Json]:
        """What stands in the form at first, by path, as this person may see it."""
        return {path: value for path, value in self._at(self.view.data).items() if value is not None}

    @cached_property
    def clear(self) -> dict[str, Json]:
        """The same in clear."""
        return self._at({self.root: self.draft})

    def _at(self, data: Json) -> dict[str, Json]:
        return {each.path: at_path(data, each.path) for each in self.form.fields if each.initial}

    def completed(self, answers: Mapping[str, Json]) -> tuple[dict[str, Json], frozenset[str]]:
        """The answers with what stood there where nothing was said or it came back as shown; what was changed."""
        full, touched = dict(answers), set()
        for path, clear in self.clear.items():
            if path not in answers or not self._is_typed(path, answers[path]):
                full[path] = clear
            else:
                touched.add(path)
        chosen = {each.path for each in self.form.fields if each.choices}
        said = {path: text_of(value) if path in chosen else value for path, value in full.items()}
        return {path: value for path, value in said.items() if value not in (None, "")}, frozenset(touched)

    def _is_typed(self, path: str, value: Json) -> bool:
        return _folded(value) != _folded(self.shown.get(path))

    def read(self, full: Mapping[str, Json], answers: Mapping[str, Json]) -> tuple[Json, dict[str, str]]:
        """The document that completed answers make, and what is wrong with it, by path."""
        errors = form_errors(self.form, full) | self._masked(answers)
        found = document(self.schema, self._below(full))
        for path, why in document_errors(self.validator, found).items():
            errors.setdefault(self.question(path), why)
        return found, errors

    def _masked(self, answers: Mapping[str, Json]) -> dict[str, str]:
        found = {}
        for path, value in answers.items():
            if not path.startswith(self.root) or not self._is_typed(path, value):
                continue
            if "/" + path.replace(".", "/") in self.view.hidden:
                found[path] = "This is masked for you, so it stays as it is."
            elif holds_mask(text_of(value)):
                found[path] = MASKED_TEXT
        return found

    def _below(self, answers: Mapping[str, Json]) -> dict[str, Json]:
        """The answers about the document, by their path in it."""
        return {
            path.removeprefix(self.root).lstrip("."): value for path, value in answers.items()
            if path == self.root or path.startswith(self.root + ".")
        }  # fmt: skip

    def question(self, path: str) -> str:
        """The question that an error at a place of the document belongs to: the deepest around it that is asked."""
        asked = {each.path for each in self.form.fields}
        names = [self.root, *filter(None, path.split("."))]
        around = (".".join(names[:length]) for length in range(len(names), 0, -1))
        return next((one for one in around if one in asked), ".".join(names))


def _folded(value: Json) -> str:
    return text_of(value).replace("\r\n", "\n").strip()


def view_of(root: str, draft: Json, schema: Schema, seen: View) -> View:
    """A document by the classification of its contract, without an echo of what the case hides from this reader."""
    described = {"type": "object", "x-classification": OPEN_TO_ALL, "properties": {root: schema}}
    own = mask({root: draft}, classify(described), seen.principal)
    return View(
        seen.payload(own.data), own.clear, own.masked, own.hidden, seen.secrets, own.classification, seen.principal
    )
