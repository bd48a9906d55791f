"""How is a document read, whatever it is made of?

First what it holds as text, all pages at once; then, some at a time, those that are pictures. Each goes on in a process
of its own with limits (`confined`), so that a reader may be stopped after any of them and go on later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestration.documents.confined import MB, Unreadable, asked_of
from orchestration.documents.kinds import HEARD
from orchestration.documents.speech import HEARER, NOT_HERE, is_here
from orchestration.documents.words import Page, heard_page, unpacked
from orchestration.ground.child_process import Limits

HEARING: Final = Limits(seconds=150, memory=3072 * MB, output=16 * MB)
READER: Final = "pdfium+pp-ocr-1"
"""What read a document, and in which version of its ways."""
TEXT: Final = Limits(seconds=60, memory=1024 * MB, output=64 * MB)
PICTURES: Final = Limits(seconds=120, memory=4096 * MB, output=64 * MB)
AT_ONCE: Final = 4
"""Pages that one process reads as pictures: its models take a second to load."""
PICTURED: Final = frozenset({"png", "jpeg", "tiff", "webp"})


@dataclass(frozen=True, slots=True)
class Text:
    """What a document holds as text, and the numbers of the pages that are pictures, or of the parts to be heard."""

    pages: tuple[Page, ...]
    pictures: tuple[int, ...]


def text_of(content: bytes, kind: str, pages: int) -> Text:
    """Raises Unreadable."""
    if kind in PICTURED:
        return Text((), tuple(range(1, pages + 1)))
    if kind in HEARD:
        if not is_here():
            raise Unreadable(NOT_HERE, "not-here")
        return Text((), (1,))
    told, _ = asked_of(content, TEXT, do="text", kind=kind)
    return Text(tuple(map(unpacked, told["pages"])), tuple(told["pictures"]))


def pictures_read(content: bytes, kind: str, pages: Sequence[int]) -> tuple[Page, ...]:
    """These pages, read as pictures; at most `AT_ONCE`. Raises Unreadable."""
    told, _ = asked_of(content, PICTURES, do="ocr", kind=kind, pages=list(pages[:AT_ONCE]))
    return tuple(map(unpacked, told["pages"]))


def heard(content: bytes, part: int, before: Page | None) -> tuple[Page, bool]:
    """What was said up to the end of this part, and whether more comes after it. Raises Unreadable."""
    told, _ = asked_of(content, HEARING, do="speech", part=part)
    return heard_page(told["sentences"], before), bool(told["more"])


def reader_of(kind: str) -> str:
    """What reads this kind of document, and in which version."""
    return HEARER if kind in HEARD else READER
