"""What may somebody not write, since they cannot see what is there?

Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.privacy.classification import escaped
from orchestration.privacy.masking import View, values_in
from orchestration.privacy.masks import MASKED_TEXT, holds_mask

Json = Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change at `path` (a JSON Pointer) is not written."""

    path: str
    reason: str


def refuse_writes_to_masked(changes: Mapping[str, Json], view: View) -> tuple[Refusal, ...]:
    """What of these changes (a partial document) must not be written, since its author could not see what is there."""
    return tuple(_refusals(changes, "", view))


def _refusals(value: Json, pointer: str, view: View) -> Iterator[Refusal]:
    if view.is_absent(pointer):
        yield Refusal(pointer, "There is no such field.")
    elif isinstance(value, Mapping) and pointer not in view.hidden:
        for key, item in value.items():
            yield from _refusals(item, f"{pointer}/{escaped(key)}", view)
    elif any(path == pointer or path.startswith(pointer + "/") for path in view.hidden):
        yield Refusal(pointer, "This field is masked for you: reveal it before you change it.")
    elif any(map(holds_mask, values_in(value))):
        yield Refusal(pointer, MASKED_TEXT)
