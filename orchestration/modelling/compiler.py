"""Which files does an outline become?

Pure, and the same outline gives the same files. They are those of a case type as a person would write them, so that
everything that looks at case types looks at these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from orchestration.casetypes.files import FORMS, MANIFEST, size_faults
from orchestration.modelling import case, decisions, examples, process
from orchestration.modelling.documents import capability_files, forms_file, manifest_file, schema_file
from orchestration.modelling.form import filled
from orchestration.modelling.outline import Outline, read_outline
from orchestration.modelling.plain import yaml_text
from orchestration.modelling.work import work_faults

Json = Any
OUTLINE: Final = "outline.yaml"
"""The outline itself, kept with the version: what was meant stands beside what was made of it."""


def compiled(given: Json) -> dict[str, str] | list[str]:
    """The files of a draft by name, or all that is wrong with its outline, a sentence each."""
    outline = read_outline(given)
    if isinstance(outline, list):
        return outline
    return work_faults(outline) or files_of(outline) | {OUTLINE: outline_text(filled(given))}


def outline_text(outline: Json) -> str:
    """An outline as people read and change it."""
    return yaml_text(outline)


def is_of_outline(files: Mapping[str, str]) -> bool:
    """Whether these files are what the outline among them becomes, with nothing changed since."""
    if OUTLINE not in files:
        return False
    try:
        given = yaml.safe_load(files[OUTLINE])
        return not size_faults(OUTLINE, given) and compiled(given) == dict(files)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return False


def files_of(outline: Outline) -> dict[str, str]:
    model = {case.FILE: case.case_file(outline)} if outline.kind == "case" else {}
    found = model or {process.FILE: process.process_file(outline)}
    if decisions.rules_of(outline):
        found[decisions.FILE] = decisions.decisions_file(outline)
    return found | capability_files(outline) | {
        MANIFEST: manifest_file(outline), FORMS: forms_file(outline), "data.schema.json": schema_file(outline),
        examples.FILE: examples.scenarios_file(outline),
    }  # fmt: skip
