"""What does the file of a reader say, and is it sound?

YAML: by which program documents are read, by which rules fields are found, which of them, and in how many pages. A
reader reads only by programs that are here, so that its version says what really read a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, read_file
from orchestration.documents.fields import FINDER, FROM_PAGES, NAMES
from orchestration.documents.reading import READER

Json = Any

SHAPE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["capability", "reader", "finder", "fields"],
    "additionalProperties": False,
    "properties": {
        "capability": {"const": "read-document"},
        "reader": {"const": READER},
        "finder": {"const": FINDER},
        "fields": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(NAMES)}},
        "pages": {"type": "integer", "minimum": 1, "maximum": FROM_PAGES},
    },
}
_VALIDATOR: Final = Draft202012Validator(SHAPE)


@dataclass(frozen=True, slots=True)
class ReaderFile:
    """`fields`: the names of what is looked for; `pages`: in how many from the beginning."""

    fields: tuple[str, ...]
    pages: int


def reader_fault(kind: str, content: bytes) -> str:
    """Why this file is none of a reader that is here, in a sentence; "" where it is sound."""
    try:
        given = read_file(content)
    except FileRefused as error:
        return str(error)
    wrong = next(iter(_VALIDATOR.iter_errors(given)), None)
    return "" if wrong is None else f"{'/'.join(map(str, wrong.path)) or 'The file'}: {wrong.message}."


def reader_of(content: bytes) -> ReaderFile:
    """The reader that a sound file declares."""
    given = read_file(content)
    return ReaderFile(tuple(given["fields"]), given.get("pages", FROM_PAGES))


def own_file() -> bytes:
    """The file of the reader that comes with the product: all that its rules find."""
    given = {"capability": "read-document", "reader": READER, "finder": FINDER, "fields": list(NAMES)}
    return yaml.safe_dump(given | {"pages": FROM_PAGES}, sort_keys=False).encode()
