"""Does a draft pass every check of a deployment, and do its own scenarios hold?

What is wrong comes back as sentences that whoever wrote the outline can mend it by, be it a model or a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from orchestration.casetypes.case_type import Faulty, checked
from orchestration.casetypes.scenarios import Result, run_file
from orchestration.modelling.compiler import compiled
from orchestration.modelling.examples import FILE

Json = Any
MOST_MESSAGES: Final = 12
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Judged:
    """`files`: of the draft, none where the outline itself is wrong. `faults`: what any check says; `runs`: how each of
    its scenarios went."""

    files: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    runs: tuple[Result, ...] = ()

    @property
    def is_sound(self) -> bool:
        return bool(self.files) and not self.messages

    @property
    def messages(self) -> tuple[str, ...]:
        """All that has to be mended, a sentence each."""
        missed = [f"The example “{run.run}” does not go so: {run.message}." for run in self.runs if run.message]
        return tuple(one[:LONGEST] for one in (*self.faults, *missed))[:MOST_MESSAGES]


def judged(outline: Json, now: datetime) -> Judged:
    """Compile an outline and try everything on it. Nothing is deployed."""
    files = compiled(outline)
    if isinstance(files, list):
        return Judged(faults=tuple(files))
    try:
        checked(files, now)
    except Faulty as wrong:
        return Judged(files, tuple(wrong.faults))
    return Judged(files, (), tuple(played(files)))


def played(files: Mapping[str, str]) -> list[Result]:
    """Every scenario that a draft brings along, on the engine in memory; none where it brings none."""
    if FILE not in files:
        return []
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            if "/" not in name:
                Path(folder, name).write_text(text, "utf-8")
        return list(run_file(Path(folder, FILE)))
