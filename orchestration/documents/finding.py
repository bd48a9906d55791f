"""Where in a document does a value stand, and which days and amounts does a text hold?

Pure. What the rules that find fields stand on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from orchestration.documents.words import Box, Line, Word, around
from orchestration.ground import clock

WIDE: Final = 0.03
"""Of the page's width: a gap between words that parts two columns."""


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    value: str
    sure: float
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Place:
    """A line, with the page that it stands on and how that was read ("text" or "ocr")."""

    page: int
    line: Line
    by: str = "text"

    def found(self, name: str, value: str, sure: float) -> Found:
        return Found(name, value, round(min(sure, self.line.sure), 2), self.page, _where(self.line, value))


def _where(line: Line, value: str) -> Box:
    """The words of a line that make up this value; the whole line where they cannot be told apart."""
    wanted = {part.casefold() for part in value.split()}
    return around(word.box for word in line.words if any(part in word.text.casefold() for part in wanted)) or line.box


def parts_of(place: Place) -> Iterator[Place]:
    """The columns of a line, from left to right; a line of a picture is left whole: its gaps tell too little."""
    part: list[Word] = []
    for word in place.line.words:
        if part and place.by == "text" and word.box and word.box.left - part[-1].box.right > WIDE:
            yield Place(place.page, Line(tuple(part)), place.by)
            part = []
        part.append(word)
    if part:
        yield Place(place.page, Line(tuple(part)), place.by)


BELOW: Final = 2
"""Lines below its words in which a value may stand."""
SIDE: Final = 0.02
"""Of the page's width: how far a value below may stand out beside its words."""
CLOSE: Final = 1.6
"""Letters of its line: how far the next word of a run stands from one."""


def box_of(line: Line, begins: int, ends: int) -> Box:
    """Where the words of a line stand that hold these characters of its text."""
    at, boxes = 0, []
    for word in line.words:
        if at < ends and at + len(word.text) > begins:
            boxes.append(word.box)
        at += len(word.text) + 1
    return around(boxes)


def behind(places: Sequence[Place], at: int, told: re.Match[str]) -> Iterator[Place]:
    """Where what these words announce may stand, if not behind them: below, or where their sentence goes on."""
    line = places[at].line
    yield from below(places, at, box_of(line, *told.span()))
    if not line.text[told.end() :].strip(" :.") and at + 1 < len(places) and places[at + 1].page == places[at].page:
        yield places[at + 1]


def below(places: Sequence[Place], at: int, box: Box) -> Iterator[Place]:
    """What stands below a box, in the next lines of its page: whole runs of words, which may be wider than the box."""
    for place in places[at + 1 : at + 1 + BELOW] if box else ():
        if place.page != places[at].page:
            return
        if words := _under(place.line, box, 0.0) or _under(place.line, box, SIDE):
            yield Place(place.page, Line(words), place.by)


def _under(line: Line, box: Box, side: float) -> tuple[Word, ...]:
    """The runs of words of a line that stand above or below a box, or as near beside it as `side` says."""
    runs = ((around(word.box for word in run), run) for run in _runs(line))
    near = (run for place, run in runs if place.left < box.right + side and place.right > box.left - side)
    return tuple(word for run in near for word in run)


def _runs(line: Line) -> Iterator[tuple[Word, ...]]:
    """The words of a line that stand as close as words of a sentence do."""
    letter = sum(word.box.right - word.box.left for word in line.words) / max(sum(len(w.text) for w in line.words), 1)
    run: list[Word] = []
    for word in line.words:
        if run and word.box.left - run[-1].box.right > CLOSE * letter:
            yield tuple(run)
            run = []
        run.append(word)
    if run:
        yield tuple(run)


def head_of(line: Line, told: re.Match[str]) -> str:
    """The words that stand close around these: the head of a column."""
    box = box_of(line, *told.span())
    return " ".join(word.text for word in _under(line, box, 0.0)) if box else ""


MONTHS: Final = (
    "jan|gen|ene", "feb|f[e\u00e9]v", "mar|m\u00e4r|mrz|maa", "apr|avr|abr", "may|mai|mei|mag", "juin|jun|giu",
    "juil|jul|lug", "aug|ao[u\u00fb]|ago", "sep|set", "oct|okt|ott", "nov", "dec|d\u00e9c|dez|dic",
)  # fmt: skip
"""How each month begins in English, German, French, Dutch, Spanish and Italian."""
_MONTH: Final = rf"(?P<month>{'|'.join(MONTHS)})[^\W\d_]*"
DATES: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>20\d\d)(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2})\s?[-/.]{1,2}\s?(?P<m>\d{1,2})\s?[-/.]{1,2}\s?(?P<year>20\d\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:er)?[-/. ]*(?:de )?{_MONTH}[-/., ]*(?:de )?(?P<year>20\d\d|\d\d)(?!\d)",
        rf"{_MONTH}[-/. ]*(?P<d>\d{{1,2}})[-/., ]+(?P<year>20\d\d)",
        r"(?<!\d)(?P<d>\d{1,2})(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<year>\d\d)(?!\d)",
    )
)


def dates_in(text: str) -> Iterator[tuple[str, date]]:
    """Each date of a text as it stands there, and which day it is: the day stands before the month, as mostly."""
    for form in DATES:
        for found in form.finditer(text):
            day = _day(found)
            if day is not None:
                yield found[0], day


PRESSED: Final = re.compile(r"(?<![\w.,/-])\d{8}(?![\w.,/-])")


def pressed_in(text: str) -> Iterator[tuple[str, date]]:
    """Eight digits that stand alone and are a day of this century up to today: a date whose signs were not read."""
    for found in PRESSED.finditer(text):
        digits = found[0]
        for written in (f"{digits[:2]}/{digits[2:4]}/{digits[4:]}", f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"):
            if (day := next((day for _, day in dates_in(written)), None)) is not None and day <= clock.utc_now().date():
                yield digits, day
                break


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else _month(parts["month"])
    year, number = int(parts["year"]), int(parts["d"])
    year += 2000 if year < 100 else 0
    if month > 12 >= number:
        month, number = number, month
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _month(begins: str) -> int:
    return next(at for at, form in enumerate(MONTHS, 1) if re.fullmatch(form, begins, re.IGNORECASE))


AMOUNT: Final = re.compile(
    r"(?<![\d.,'\u2019\u2032/])(?:RM|USD|EUR|GBP|CHF|[$€£])?\s?-?\d{1,3}"
    r"(?:[ ,.'\u2019\u2032]?\d{3})*[.,]\s?\d{2}(?![\d/%])",
    re.IGNORECASE,
)


def number_of(amount: str) -> float:
    """The number that an amount is, whatever parts its thousands and its cents."""
    digits = re.sub(r"[^\d]", "", amount)
    value = int(digits or 0) / 100
    return -value if "-" in amount else value
