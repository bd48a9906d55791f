"""Which company, date and total does a document of business name?

Pure. Rules by anchors: a company by its legal form or its place at the top, a date by its form and the word before it,
a total by the words on its line. Each value has the place where it stands and how sure the rules are of it, which is
never more than the reader was of its words. Values are given as they stand in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from orchestration.documents.words import Box, Line, Page, around

FINDER: Final = "anchors-1"
"""What finds them, and in which version of its rules."""
NAMES: Final = {"company": "Company", "date": "Date", "total": "Total"}
"""What is looked for, with words for people."""


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    value: str
    sure: float
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class _Place:
    """A line, with the page that it stands on and how many lines stand before it."""

    page: int
    at: int
    line: Line

    def found(self, name: str, value: str, sure: float) -> Found:
        return Found(name, value, round(min(sure, self.line.sure), 2), self.page, _where(self.line, value))


def found_in(pages: Sequence[Page]) -> tuple[Found, ...]:
    """What these pages name, each at most once."""
    places = [_Place(page.number, at, line) for page in pages for at, line in enumerate(page.lines)]
    found = (_company(places), _date(places), _total(places))
    return tuple(one for one in found if one is not None)


def _where(line: Line, value: str) -> Box:
    """The words of a line that make up this value; the whole line where they cannot be told apart."""
    wanted = {part.casefold() for part in value.split()}
    return around(word.box for word in line.words if any(part in word.text.casefold() for part in wanted)) or line.box


# --- the company

LEGAL: Final = re.compile(
    r"\b(?:SDN\.?\s*BHD|BHD|S/B|GMBH|AG|KG|LTD|LIMITED|INC|LLC|PLC|CORP|ENTERPRISE|TRADING|HARDWARE|HOLDINGS?|S\.?A\.?R\.?L|"
    r"B\.?V|PTE)\b\.?", re.IGNORECASE,
)  # fmt: skip
SHOP: Final = re.compile(
    r"\b(?:RESTAURANT|RESTORAN|KEDAI|PERNIAGAAN|MART|STATIONERY|CAFE|BAKERY|PHARMACY|STORES?|SHOP|HOTEL|MARKET|RETAIL)\b",
    re.IGNORECASE,
)
NO_COMPANY: Final = re.compile(
    r"\b(?:invoice|receipt|resit|tel|fax|phone|gst|tax|date|tarikh|welcome|thank|jalan|jln|lot|no\.?\s*\d|co\.?\s*reg|"
    r"company\s*reg|roc|www|http|page|cash|bill|copy|total|counter|cashier|table|order)\b|@|^\W*\d", re.IGNORECASE,
)  # fmt: skip
NUMBER_BEHIND: Final = re.compile(
    r"\s*[\[({][^()\[\]{}]*\d{3,}[^()\[\]{}]*[\])}]?\s*$|\s*(?:CO\.?\s*)?(?:REG|ROC)\b.*$", re.I
)
TOP: Final = 9
"""Lines in which a company stands."""


def _company(places: Sequence[_Place]) -> Found | None:
    top = [place for place in places[:TOP] if sum(map(str.isalpha, place.line.text)) >= 3]
    for at, place in enumerate(top):
        if LEGAL.search(_named(place)) and not NO_COMPANY.search(_named(place).lstrip("0123456789 ")):
            return _with_line_before(top, at)
    for pattern, sure in ((SHOP, 0.8), (re.compile(r"[A-Z]{3}"), 0.6)):
        for place in top:
            if pattern.search(_named(place)) and not NO_COMPANY.search(_named(place)) and _is_loud(place.line.text):
                return place.found("company", _named(place), sure)
    return top[0].found("company", _named(top[0]), 0.3) if top else None


def _with_line_before(top: Sequence[_Place], at: int) -> Found:
    """A legal form alone on a line belongs to the name above it."""
    place, name = top[at], _named(top[at])
    if at and len(SHOP.sub("", LEGAL.sub("", name)).strip(" .()")) < 3 and not NO_COMPANY.search(top[at - 1].line.text):
        before = top[at - 1]
        both = place.found("company", f"{_named(before)} {name}", 0.85)
        return replace(both, box=around((before.line.box, place.line.box)))
    return place.found("company", name, 0.9)


def _named(place: _Place) -> str:
    return NUMBER_BEHIND.sub("", place.line.text).strip(" :-,*")


def _is_loud(text: str) -> bool:
    """Whether it is written in capitals, as names over a shop are."""
    letters = [sign for sign in text if sign.isalpha()]
    return sum(map(str.isupper, letters)) > 0.7 * len(letters)


# --- the date

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATES: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>20\d\d)(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2})(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<year>20\d\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})[-/. ]*{_MONTH}[-/., ]*(?P<year>20\d\d|\d\d)(?!\d)",
        rf"{_MONTH}[-/. ]*(?P<d>\d{{1,2}})[-/., ]+(?P<year>20\d\d)",
        r"(?<!\d)(?P<d>\d{1,2})(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<year>\d\d)(?!\d)",
    )
)
DATED: Final = re.compile(r"\b(?:date|dated|datum|tarikh|issued)\b", re.IGNORECASE)
OTHER_DATE: Final = re.compile(r"\b(?:due|expiry|expires|valid|birth|until|delivery|print(?:ed)?)\b", re.IGNORECASE)


def _date(places: Sequence[_Place]) -> Found | None:
    best: Found | None = None
    for before, place in zip((None, *places), places, strict=False):
        for text, day in dates_in(place.line.text):
            anchored = DATED.search(place.line.text) or (before and DATED.search(before.line.text[-12:]))
            sure = 0.95 if anchored else 0.75
            sure -= 0.3 * bool(OTHER_DATE.search(place.line.text)) + 0.3 * (day > date.today())
            found = place.found("date", text, sure)
            best = found if best is None or found.sure > best.sure + 0.1 else best
    return best


def dates_in(text: str) -> Iterator[tuple[str, date]]:
    """Each date of a text as it stands there, and which day it is: the day stands before the month, as mostly."""
    for form in DATES:
        for found in form.finditer(text):
            day = _day(found)
            if day is not None:
                yield found[0], day


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else MONTHS.index(parts["month"].lower()) + 1
    year, number = int(parts["year"]), int(parts["d"])
    year += 2000 if year < 100 else 0
    if month > 12 >= number:
        month, number = number, month
    try:
        return date(year, month, number)
    except ValueError:
        return None


# --- the total

AMOUNT: Final = re.compile(
    r"(?<![\d.,/])(?:RM|USD|EUR|GBP|CHF|[$€£])?\s?-?\d{1,3}(?:[ ,.']?\d{3})*[.,]\s?\d{2}(?![\d/%])", re.I
)
ANCHORS: Final = tuple(
    (re.compile(form, re.IGNORECASE), weight)
    for form, weight in (
        (r"\b(?:grand\s*total|total\s*round(?:ed|ing)?|rounded\s*total|round(?:ed|\s*d)?\s*total)\b", 1.0),
        (r"\btotal\b.*\b[il1]ncl|\btotal\b.*\bafter\s*round", 0.95),
        (r"\b(?:net+\s*(?:total|amt|amount)|total\s*(?:due|payable|to\s*pay)|amount\s*(?:due|payable))\b", 0.9),
        (r"\btotal\s*(?:amount|amt|sales|rm|\(rm\)|myr|eur|usd)\b|\btotal\s*[:(]", 0.85),
        (r"\btotal\b|\bt0tal\b|\bjumlah\b|\bsumme\b", 0.8),
        (r"\bamount\b|\bcharge\b|\bvisa\b|\bmaster\b", 0.45),
    )
)  # fmt: skip
NO_TOTAL: Final = re.compile(
    r"sub\s*-?\s*total|\btotal\s*(?:qty|quantity|items?|gst|tax|sst|vat|disc|saving|points?|ex|before|w/?o)|\bex(?:cl|cluding)\b|"
    r"\bqty\b|\bgst\s*(?:summary|amount)|\btax\s*(?:amount|code)|\bchange\b|\brounding\s*adj|\bdiscount\b|\bpoints?\b",
    re.IGNORECASE,
)
PAID: Final = re.compile(r"\b(?:cash|tunai|tender(?:ed)?|paid|received)\b", re.IGNORECASE)
BACK: Final = re.compile(r"\b(?:change|baki)\b", re.IGNORECASE)
NEAR: Final = 2
"""Lines below an anchor in which its amount may stand."""


def _total(places: Sequence[_Place]) -> Found | None:
    settled = _settled(places)
    best: tuple[float, Found] | None = None
    for at, place in enumerate(places):
        weight = _weight(place.line.text)
        if not weight:
            continue
        for below, near in enumerate(places[at : at + 1 + NEAR]):
            amounts = [text for text in AMOUNT.findall(near.line.text) if number_of(text) > 0]
            if below and (_weight(near.line.text) or NO_TOTAL.search(near.line.text) or PAID.search(near.line.text)):
                break
            if amounts:
                sure = weight - 0.15 * below + (0.2 if number_of(amounts[-1]) == settled else 0)
                if best is None or sure > best[0]:
                    best = sure, near.found("total", amounts[-1].strip(), min(sure, 0.98))
                break
    return best[1] if best else _largest(places)


def _weight(text: str) -> float:
    if NO_TOTAL.search(text):
        return 0.0
    return next((weight for anchor, weight in ANCHORS if anchor.search(text)), 0.0)


def _settled(places: Sequence[_Place]) -> float:
    """What was paid less what was given back; 0 where that cannot be told."""
    paid = [
        number_of(text) for place in places if PAID.search(place.line.text) for text in AMOUNT.findall(place.line.text)
    ]
    back = [
        number_of(text) for place in places if BACK.search(place.line.text) for text in AMOUNT.findall(place.line.text)
    ]
    return round(paid[-1] - back[-1], 2) if paid and back else 0.0


def _largest(places: Sequence[_Place]) -> Found | None:
    amounts = [(number_of(text), text.strip(), place) for place in places for text in AMOUNT.findall(place.line.text)]
    if not amounts:
        return None
    _, text, place = max(amounts, key=lambda one: one[0])
    return place.found("total", text, 0.3)


def number_of(amount: str) -> float:
    """The number that an amount is, whatever parts its thousands and its cents."""
    digits = re.sub(r"[^\d]", "", amount)
    value = int(digits or 0) / 100
    return -value if "-" in amount else value
