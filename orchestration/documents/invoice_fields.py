"""What does an invoice say beside company, date and total: its number, the order, the sums, the account?

Pure. A value stands right of the words that announce it or below them; an amount at the end of their line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from orchestration.documents.finding import AMOUNT, Found, Place, behind, below, box_of, dates_in, head_of, number_of
from orchestration.privacy.ibans import is_iban

CENT: Final = 0.015
GUESS: Final = 0.7
"""How sure it is of an amount that stands in the column below its words."""
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
    rf"\b(?:your\s+|purchase\s+)*{_ORDER}\s*-?\s*{_NO}|\bp\.?\s?o\.?\s*{_NO}|\b(?:your|purchase|uw|votre)\s+(?:{_ORDER}|p\.?o\.?)\b|"
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
    r"(?:total|montant)\s+h\.?\s?t\b\.?|goods\s+total|total\s+goods|base\s+imponible|imponibile)\b",
    re.IGNORECASE,
)
"""What a till calls its net total is what is paid, with the tax in it."""
NO_NET: Final = re.compile(r"\bnet(?:to)?\s*(?:weight|price|days|\d|gewicht|preis)", re.IGNORECASE)
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
            if (value := VALUE.match(place.line.text, told.end())) and not any(dates_in(value[0])):
                yield place.found(name, value["value"], 0.95)
                continue
            for under in behind(places, at, told):
                if (value := VALUE.match(under.line.text)) and not any(dates_in(value[0])):
                    yield under.found(name, value["value"], 0.9)
                    break


def _days(places: Sequence[Place]) -> Iterator[Found]:
    for at, place in enumerate(places):
        for told in DUE.finditer(place.line.text):
            day = next(dates_in(place.line.text[told.end() :] + _run_on(places, at, told)), None)
            if day is not None:
                yield place.found("due", day[0], 0.95)
                continue
            for under in behind(places, at, told):
                if (day := next(dates_in(under.line.text), None)) is not None:
                    yield under.found("due", day[0], 0.9)
                    break


def _run_on(places: Sequence[Place], at: int, told: re.Match[str]) -> str:
    """The next line, where a day may have begun at the end of this one."""
    begun = DAY_BEGUN.match(places[at].line.text, told.end())
    return f" {places[at + 1].line.text}" if begun and at + 1 < len(places) else ""


def sums_in(places: Sequence[Place]) -> tuple[list[Found], list[Found]]:
    """All that may be the net sum, and all that may be the tax, the surest first."""
    nets, taxes = _amounts(places, "net", NET, NO_NET), _amounts(places, "tax", TAX, NO_TAX)
    return sorted(nets, key=_by_sure), sorted(taxes, key=_by_sure)


def said(found: Sequence[Found]) -> Found | None:
    """The surest, where words on its own line announce it."""
    return found[0] if found and found[0].sure > GUESS else None


def fitting(total: Found | None, nets: Sequence[Found], taxes: Sequence[Found]) -> Iterator[Found]:
    """Net and tax: those that make up the total together; else what was announced, no surer than a guess."""
    wanted = number_of(total.value) if total else 0.0
    pairs = ((net, tax) for net in nets for tax in taxes)
    fits = next((pair for pair in pairs if abs(sum(number_of(one.value) for one in pair) - wanted) < CENT), None)
    if fits:
        yield from (replace(one, sure=max(one.sure, 0.9)) for one in fits)
    else:
        told = filter(None, (said(nets), said(taxes)))
        yield from (replace(one, sure=min(one.sure, 0.8)) if total else one for one in told)


def _by_sure(one: Found) -> float:
    return -one.sure


def _amounts(places: Sequence[Place], name: str, anchor: re.Pattern[str], never: re.Pattern[str]) -> Iterator[Found]:
    for at, place in enumerate(places):
        for told in anchor.finditer(place.line.text):
            amount, phrase = _announced(place.line.text, told)
            if amount and not never.search(phrase):
                yield place.found(name, amount, 0.95)
            elif not AMOUNT.search(place.line.text) and not never.search(head_of(place.line, told)):
                for under in below(places, at, box_of(place.line, *told.span())):
                    yield from (under.found(name, text.strip(), GUESS) for text in AMOUNT.findall(under.line.text)[:1])


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
