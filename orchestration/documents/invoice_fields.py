"""What does an invoice say beside company, date and total: its number, the order, the sums, the account?

Pure. A value stands right of the words that announce it or below them; an amount at the end of their line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from orchestration.documents.finding import AMOUNT, Found, Place, dates_in, number_of
from orchestration.documents.words import Box, Line, around
from orchestration.privacy.ibans import is_iban

BELOW: Final = 2
"""Lines below its words in which a value may stand."""
CENT: Final = 0.015
SIDE: Final = 0.02
"""Of the page's width: how far a value below may stand out beside its words."""
VALUE: Final = re.compile(r"[\s:.#]*(?P<value>(?=[A-Za-z0-9/_-]*\d)[A-Za-z0-9][A-Za-z0-9/_.-]{1,29}(?<![.]))")
_NO: Final = r"(?:no\b\.?|number\b|num\b\.?|nr\b\.?|id\b|ref(?:erence)?\b\.?|#)"
NUMBER: Final = re.compile(
    rf"\b(?:tax\s+)?(?:invoice|bill|document|credit\s+note)\s*{_NO}|\brechnungs?\s*-?\s*(?:nr\b\.?|nummer\b)|"
    r"\b(?:invoice|rechnung)\b(?=[\s:#]+[A-Z0-9/-]*\d)(?!\s*(?:date|due|total|amount))",
    re.IGNORECASE,
)
ORDER: Final = re.compile(
    rf"\b(?:your\s+|purchase\s+)*order\s*{_NO}|\bp\.?\s?o\.?\s*{_NO}|\b(?:your|purchase)\s+order\b|"
    r"\bbestell(?:ung|nummer|\s*-?\s*nr\b\.?)",
    re.IGNORECASE,
)
DUE: Final = re.compile(
    r"\b(?:due\s+(?:date|on|by)|payable\s+(?:by|until)|(?:please\s+)?pay\s+by|payment\s+due|due\b|zahlbar\s+bis|"
    r"f\u00e4llig(?:\s+am)?)",
    re.IGNORECASE,
)
NET: Final = re.compile(
    r"\b(?:sub\s*-?\s*total|net(?!\s+total)(?:\s+amount)?|total\s+net|netto(?:betrag)?|total\s+(?:before|without|excl\.?)"
    r"(?:\s+(?:tax|vat))?)\b",
    re.IGNORECASE,
)
"""What a till calls its net total is what is paid, with the tax in it."""
TAX: Final = re.compile(r"\b(?:sales\s+tax|vat|tax|mwst\.?|ust\.?|umsatzsteuer|gst)\b", re.IGNORECASE)
NO_TAX: Final = re.compile(
    r"\b(?:tax\s+invoice|(?:vat|tax|gst|ust)\W*(?:id|no|reg|number|nr)|before|without|excl|incl\w*|total)\b",
    re.IGNORECASE,
)
CURRENCIES: Final = {
    "EUR": "EUR", "\u20ac": "EUR", "USD": "USD", "$": "USD", "GBP": "GBP", "\u00a3": "GBP", "CHF": "CHF",
    "RM": "MYR", "MYR": "MYR",
}  # fmt: skip
CURRENCY: Final = re.compile(r"(?<![A-Za-z])(?:EUR|USD|GBP|CHF|MYR|RM)(?![A-Za-z])|[\u20ac$\u00a3]")
IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")


def found_in(places: Sequence[Place]) -> Iterator[Found]:
    """What these lines have of an invoice."""
    for name, anchor in (("number", NUMBER), ("order", ORDER)):
        yield from _first(_named(places, name, anchor))
    yield from _first(_days(places))
    yield from _first(_amounts(places, "net", NET, None))
    yield from _first(_amounts(places, "tax", TAX, NO_TAX))
    yield from _currency(places)
    yield from _first(_accounts(places))


def _first(found: Iterator[Found]) -> Iterator[Found]:
    """The surest of them, the first of equals."""
    best = max(found, key=lambda one: one.sure, default=None)
    if best is not None:
        yield best


def _named(places: Sequence[Place], name: str, anchor: re.Pattern[str]) -> Iterator[Found]:
    for at, place in enumerate(places):
        for told in anchor.finditer(place.line.text):
            if value := VALUE.match(place.line.text, told.end()):
                yield place.found(name, value["value"], 0.95)
                continue
            for below in _below(places, at, _box_of(place.line, *told.span())):
                if value := VALUE.match(below.line.text):
                    yield below.found(name, value["value"], 0.9)
                    break


def _days(places: Sequence[Place]) -> Iterator[Found]:
    for at, place in enumerate(places):
        for told in DUE.finditer(place.line.text):
            day = next(dates_in(place.line.text[told.end() :]), None)
            if day is not None:
                yield place.found("due", day[0], 0.95)
                continue
            for below in _below(places, at, _box_of(place.line, *told.span())):
                if (day := next(dates_in(below.line.text), None)) is not None:
                    yield below.found("due", day[0], 0.9)
                    break


def fitting(total: Found, net: Found | None, tax: Found | None) -> Iterator[Found]:
    """The sums; net and tax are no surer than a guess where they do not make up the total."""
    fits = net and tax and abs(number_of(net.value) + number_of(tax.value) - number_of(total.value)) < CENT
    yield total
    for one in (net, tax):
        if one is not None:
            yield one if fits else replace(one, sure=min(one.sure, 0.8))


def _amounts(
    places: Sequence[Place], name: str, anchor: re.Pattern[str], never: re.Pattern[str] | None
) -> Iterator[Found]:
    for place in places:
        told = anchor.search(place.line.text)
        if told is None or (never and never.search(place.line.text)):
            continue
        amounts = AMOUNT.findall(place.line.text[told.end() :])
        if amounts:
            yield place.found(name, amounts[-1].strip(), 0.95)


def _currency(places: Sequence[Place]) -> Iterator[Found]:
    """That which is named most often."""
    named = [(CURRENCIES[sign], place, sign) for place in places for sign in CURRENCY.findall(place.line.text)]
    counted = Counter(code for code, _, _ in named)
    if counted:
        (most, times), *_ = counted.most_common(1)
        place, sign = next((place, sign) for code, place, sign in named if code == most)
        found = place.found("currency", sign, 0.95 if times == len(named) else 0.7)
        yield Found("currency", most, found.sure, found.page, found.box)


def _accounts(places: Sequence[Place]) -> Iterator[Found]:
    for place in places:
        for text in IBAN.findall(place.line.text):
            if is_iban(text.replace(" ", "")):
                yield place.found("iban", text, 0.98)


def _box_of(line: Line, begins: int, ends: int) -> Box:
    """Where the words of a line stand that hold these characters of its text."""
    at, boxes = 0, []
    for word in line.words:
        if at < ends and at + len(word.text) > begins:
            boxes.append(word.box)
        at += len(word.text) + 1
    return around(boxes)


def _below(places: Sequence[Place], at: int, box: Box) -> Iterator[Place]:
    """What stands below a box, in the next lines of its page."""
    for place in places[at + 1 : at + 1 + BELOW] if box else ():
        if place.page != places[at].page:
            return
        words = tuple(
            word for word in place.line.words if word.box.left < box.right + SIDE and word.box.right > box.left - SIDE
        )
        if words:
            yield Place(place.page, Line(words), place.by)
