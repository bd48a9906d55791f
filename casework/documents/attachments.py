"""Which files are attached to a document that comes in? Each that may be one becomes a document of its own."""

from __future__ import annotations

from collections.abc import Iterator

from casework.documents.services import File, file_of
from orchestration.documents.attached import attachments_of


def attached_to(file: File) -> Iterator[File]:
    """The files attached to an e-mail that may be documents; those of other kinds are left in it."""
    for name, content in attachments_of(file.known.key, file.content):
        found = file_of(name, content)
        if isinstance(found, File):
            yield found
