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
from orchestration.documents.words import Box, Line, Word, around
from orchestration.privacy.ibans import is_iban

BELOW: Final = 2
"""Lines below its words in which a value may stand."""
CENT: Final = 0.015
SIDE: Final = 0.02
"""Of the page's width: how far a value below may stand out beside its words."""
CLOSE: Final = 1.5
"""Of a word's height: how far the next word of a run stands from it."""
VALUE: Final = re.compile(r"[\s:.#]*(?P<value>(?=[A-Za-z0-9/_-]*\d)[A-Za-z0-9][A-Za-z0-9/_.-]{1,29}(?<![.]))")
_NO: Final = (
    r"(?:no\b\.?|number\b|num\b\.?|nr\b\.?|id\b|ref(?:erence)?\b\.?|nummer\b|num[e\u00e9]ro\b|n\u00fam(?:ero)?\b\.?|n\.|"
    r"n[\u00b0\u00ba]|#)"
)
_BILL: Final = r"(?:factur[ea]|factuur|fattura)"
NUMBER: Final = re.compile(
    rf"\b(?:tax\s+)?(?:invoice|bill|document|credit\s+note|{_BILL}|rechnung|beleg)s?\s*-?\s*{_NO}|"
    rf"{_NO}\s*(?:de\s+|di\s+)?(?:la\s+)?{_BILL}|"
    rf"\b(?:invoice|rechnung|{_BILL})\b(?=[\s:#]+[A-Z0-9/-]*\d)(?!\s*(?:date|due|total|amount))",
    re.IGNORECASE,
)
_ORDER: Final = r"(?:commande|bestell?(?:ung|ing)?|inkooporder|order|pedido|orden\s+de\s+compra|ordine)"
ORDER: Final = re.compile(
    rf"\b(?:your\s+|purchase\s+)*{_ORDER}\s*-?\s*{_NO}|\bp\.?\s?o\.?\s*{_NO}|\b(?:your|purchase|uw|votre)\s+{_ORDER}\b|"
    rf"{_NO}\s*(?:de\s+|d['\u2019]\s?)?{_ORDER}\b|\b(?:bestellung|pedido|commande|ordine)\b",
    re.IGNORECASE,
)
DUE: Final = re.compile(
    r"\b(?:due\s+(?:date|on|by)|payable\s+(?:by|until)|(?:please\s+)?pay\s+by|payment\s+due|due\b|"
    r"zahlbar\b[^\d:]{0,30}\bbis(?:\s+zum)?|f\u00e4llig(?:keit\w*)?(?:\s+am)?|zahlungsziel|\u00e9ch\u00e9ance|"
    r"verval(?:datum|dag)|uiterste\s+betaaldatum|vencimiento|scadenza)|"
    r"\b(?:transfer|pay|remit|settle)\b.{0,60}?\bby\b",
    re.IGNORECASE,
)
NET: Final = re.compile(
    r"\b(?:sub\s*-?\s*tota+l|net(?!\s+total)(?:\s+amount)?|total\s+net|netto(?:betrag)?|zwischensumme|"
    r"(?:total|sum)\s+(?:before|without|excl\.?)(?:\s+(?:tax|vat))?|(?:total|totaal|summe)\s+e(?:xkl|xcl|x)\w*|"
    r"(?:total|montant)\s+h\.?\s?t\b\.?|base\s+imponible|imponibile)\b",
    re.IGNORECASE,
)
"""What a till calls its net total is what is paid, with the tax in it."""
_TAX: Final = r"(?:vat|tax|mwst|ust|gst|tva|btw|iva)"
TAX: Final = re.compile(r"\b(?:sales\s+tax|umsatzsteuer|value\s+added\s+tax|" + _TAX + r")\b\.?", re.IGNORECASE)
NO_TAX: Final = re.compile(
    rf"\b(?:tax\s+invoice|{_TAX}\W*(?:id|no|reg|number|nr|nummer|intra)|before|without|excl\w*|incl\w*|[ei][xn]kl\w*|total|totaal)"
    r"\b",
    re.IGNORECASE,
)
CURRENCIES: Final = {
    "EUR": "EUR", "\u20ac": "EUR", "USD": "USD", "$": "USD", "GBP": "GBP", "\u00a3": "GBP", "CHF": "CHF",
    "RM": "MYR", "MYR": "MYR",
}  # fmt: skip
CURRENCY: Final = re.compile(r"(?<![A-Za-z])(?:EUR|USD|GBP|CHF|MYR|RM)(?![A-Za-z])|[\u20ac$\u00a3]")
DAY_BEGUN: Final = re.compile(r"\s*\d{1,2}\.?(?:\s+[^\W\d_]{3,9})?\s*$")
WORDS: Final = re.compile(r"(?!EUR|USD|GBP|CHF|MYR)[^\W\d_]{3,}")
"""Between two amounts of a line: the second is about something else."""
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
            for below in _next(places, at, told):
                if value := VALUE.match(below.line.text):
                    yield below.found(name, value["value"], 0.9)
                    break


def _days(places: Sequence[Place]) -> Iterator[Found]:
    for at, place in enumerate(places):
        for told in DUE.finditer(place.line.text):
            day = next(dates_in(place.line.text[told.end() :] + _run_on(places, at, told)), None)
            if day is not None:
                yield place.found("due", day[0], 0.95)
                continue
            for below in _next(places, at, told):
                if (day := next(dates_in(below.line.text), None)) is not None:
                    yield below.found("due", day[0], 0.9)
                    break


def _run_on(places: Sequence[Place], at: int, told: re.Match[str]) -> str:
    """The next line, where a day may have begun at the end of this one."""
    begun = DAY_BEGUN.match(places[at].line.text, told.end())
    return f" {places[at + 1].line.text}" if begun and at + 1 < len(places) else ""


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
        for told in anchor.finditer(place.line.text):
            amount, phrase = _announced(place.line.text, told)
            if amount and not (never and never.search(phrase)):
                yield place.found(name, amount, 0.95)


def _announced(text: str, told: re.Match[str]) -> tuple[str, str]:
    """The amount that these words of a line announce, the last before the next words; and the words around them."""
    amounts = list(AMOUNT.finditer(text))
    begins = max((one.end() for one in amounts if one.end() <= told.start()), default=0)
    found: re.Match[str] | None = None
    for one in amounts:
        if one.start() >= told.end():
            if found and WORDS.search(text[found.end() : one.start()]):
                break
            found = one
    if found is None:
        return "", text
    return found[0].strip(), text[begins : next(one.start() for one in amounts if one.start() >= told.end())]


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


def _next(places: Sequence[Place], at: int, told: re.Match[str]) -> Iterator[Place]:
    """Where what these words announce may stand, if not behind them: below, or where their sentence goes on."""
    line = places[at].line
    yield from _below(places, at, _box_of(line, *told.span()))
    if not line.text[told.end() :].strip(" :.") and at + 1 < len(places) and places[at + 1].page == places[at].page:
        yield places[at + 1]


def _below(places: Sequence[Place], at: int, box: Box) -> Iterator[Place]:
    """What stands below a box, in the next lines of its page: whole runs of words, which may be wider than the box."""
    for place in places[at + 1 : at + 1 + BELOW] if box else ():
        if place.page != places[at].page:
            return
        words = tuple(
            word for run in _runs(place.line) if _is_under(around(one.box for one in run), box) for word in run
        )
        if words:
            yield Place(place.page, Line(words), place.by)


def _is_under(run: Box, box: Box) -> bool:
    return run.left < box.right + SIDE and run.right > box.left - SIDE


def _runs(line: Line) -> Iterator[tuple[Word, ...]]:
    """The words of a line that stand as close as words of a sentence do."""
    run: list[Word] = []
    for word in line.words:
        if run and word.box.left - run[-1].box.right > CLOSE * word.box.height:
            yield tuple(run)
            run = []
        run.append(word)
    if run:
        yield tuple(run)
