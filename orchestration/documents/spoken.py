"""Which sums, days and numbers does somebody name in a recording? Pure.

Only what is said with the word that tells what it is: of speech nothing is known by where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from orchestration.documents.finding import Found, Place, dates_in
from orchestration.documents.words import Page

SUM: Final = re.compile(r"(?:€|EUR) ?(\d[\d.,]*\d|\d)|(\d[\d.,]*\d|\d) ?(?:euros?\b|EUR\b|€)", re.IGNORECASE)
NUMBERED: Final = re.compile(r"\b(invoice|order) number (?:is )?:? ?([A-Z]{0,4}[- ]?\d[\w-]*)", re.IGNORECASE)
CALLED: Final = {"invoice": "number", "order": "order"}


def found_in(pages: Sequence[Page]) -> tuple[Found, ...]:
    """Each at most once: as it was said last, for people correct themselves."""
    places = (Place(page.number, line, page.by) for page in pages for line in page.lines)
    return tuple({one.name: one for place in places for one in _in(place)}.values())


def _in(place: Place) -> Iterator[Found]:
    text = place.line.text
    for sum_ in SUM.finditer(text):
        yield place.found("total", sum_[1] or sum_[2], 0.8)
    for said in NUMBERED.finditer(text):
        yield place.found(CALLED[said[1].lower()], said[2], 0.8)
    for written, _ in dates_in(text):
        yield place.found("date", written, 0.8)
