"""How does a page of a document look?

Drawn on the server, page by page as they are looked at, and kept beside the document under digest, page and width.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from orchestration.documents import store
from orchestration.documents.confined import asked_of

WIDTHS: Final = (320, 900, 1400)
"""Pixels: in a list, to read, to look closely."""


def picture_of(digest: str, kind: str, page: int, width: int) -> bytes:
    """A page as WebP. Raises Unreadable, Damaged, Away."""
    name = f"pages/{digest[:2]}/{digest}-{page}-{width}.webp"
    if (kept := store.written(name, digest)) is not None:
        return kept
    _, drawn = asked_of(store.content_of(digest), do="draw", kind=kind, page=page, width=width)
    with suppress(store.Away):  # it is drawn again next time
        store.write(name, drawn, digest)
    return drawn
