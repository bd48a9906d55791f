"""Which company, date and total does a document of business name, and what more does an invoice?

Pure. Rules by anchors: a company by its legal form or its place at the top, a date by its form and the word before it,
a total by the words on its line; what else an invoice has, in `invoice_fields`. Each value has the place where it
stands and how sure the rules are of it, which is never more than the reader was of its words. Values are given as they
stand in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from orchestration.documents import invoice_fields
from orchestration.documents.finding import (
    AMOUNT,
    Found,
    Place,
    below,
    box_of,
    dates_in,
    head_of,
    number_of,
    parts_of,
    pressed_in,
)
from orchestration.documents.words import Page, around
from orchestration.ground import clock
from orchestration.privacy.texts import FORMS, NO_SECRETS

FINDER: Final = "anchors-5"
"""What finds them, and in which version of its rules."""
NAMES: Final = {
    "company": "Company", "number": "Invoice number", "order": "Order number", "date": "Date", "due": "Due on",
    "net": "Net", "tax": "Tax", "total": "Total", "currency": "Currency", "iban": "IBAN",
}  # fmt: skip
"""What is looked for, with words for people."""
FROM_PAGES: Final = 5
"""Pages at the beginning in which it is looked for."""
AMOUNTS: Final = frozenset({"net", "tax", "total"})
DAYS: Final = frozenset({"date", "due"})


def found_in(pages: Sequence[Page]) -> tuple[Found, ...]:
    """What these pages name, each at most once, in the order of NAMES."""
    places = [Place(page.number, line, page.by) for page in pages for line in page.lines]
    found = {one.name: one for one in (_company(places), _date(places)) if one is not None}
    found |= {one.name: one for one in invoice_fields.found_in(places)}
    nets, taxes = invoice_fields.sums_in(places)
    total = _total(places, invoice_fields.said(nets), invoice_fields.said(taxes))
    sums = (*([total] if total else []), *invoice_fields.fitting(total, nets, taxes))
    found |= {one.name: one for one in sums}
    return tuple(found[name] for name in NAMES if name in found)


def plain_of(name: str, value: str) -> str | float:
    """A value as programs have it: an amount as a number, a day as ISO 8601 has it, an account without spaces."""
    if name in AMOUNTS:
        return number_of(value)
    if name in DAYS:
        days = (*dates_in(value), *pressed_in(value))
        return next((day.isoformat() for _, day in days), value)
    return value.replace(" ", "").upper() if name == "iban" else value


# --- the company

LEGAL: Final = re.compile(
    r"SDN\.?\s?[BD]H?D\b\.?|\b(?:BHD|S/B|GMBH|AG|KG|LTD|LIMITED|INC|LLC|PLC|CORP|ENTERPRISE|TRADING|HARDWARE|HOLDINGS?|S\.?A\.?R\.?L|"
    r"B\.?V|PTE)\b\.?|"
    r"\b(?-i:PLT|SB|S\.?A\.?S|SRL|S\.r\.l\.|S\.?p\.?A|N\.?V|UG|OHG|OY|AB|A/S|S\.?L|S\.?A)\.?(?=\s*(?:$|[,(\[]))",
    re.IGNORECASE,
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
    r"(?<=[A-Z])\s*[\[({]\s*\d{5,}\s*-?\s*[A-Z]?\s*[\])}].*$|\s*[\[({][^()\[\]{}]*\d{3,}[^()\[\]{}]*[\])}]?\s*$|\s*(?:CO\.?\s*)?(?:REG|ROC)\b.*$",
    re.I,
)
WRITTEN_TO: Final = re.compile(
    r"\W*(?:(?:bill(?:ed)?|sold|ship(?:ped)?|invoiced?)\s+to|to|customer|client|cliente|kunde|klant|an|aan|destinatario)\b\s*:?\s*",
    re.IGNORECASE,
)
SIGNED: Final = re.compile(
    r"\b(?:IBAN|USt-?\s?Id\w*|VAT\s*(?:id|no|reg\w*)|HRB|KvK|SIREN|SIRET|NIF|CIF|P\.?\s?IVA)\b", re.IGNORECASE
)
FOOT: Final = 0.8
"""Of the page's height: where its foot begins."""
TOP: Final = 9
"""Lines in which a company stands."""
HEAD: Final = re.compile(
    r"\W*(?:from|to|cc|bcc|date|sent|subject|reply-to|attached|von|an|betreff|gesendet|datum|anhang|kopie)\s*:", re.I
)
HEADS: Final = 12
"""Lines at the beginning in which the head of an e-mail stands."""
PERSONAL: Final = NO_SECRETS.watching(FORMS)


def _company(places: Sequence[Place]) -> Found | None:
    """An e-mail is written by somebody: only what says by itself that it is a company is one there."""
    body = places[_head_of(places) :]
    top = [part for place in body[:TOP] for part in parts_of(place) if _may_name_a_company(part.line.text)]
    named = [at for at, place in enumerate(top) if _is_a_company(_named(place))]
    senders = [at for at in named if not _is_written_to(top[at], body)] or named
    if (signed := _signed(places)) and not any(signed.value in _named(top[at]) for at in senders[:1]):
        return signed
    if senders:
        return _with_line_before(top, senders[0], 0.6 if _stand_side_by_side(top, senders) else 0.9)
    if len(body) < len(places):
        return None
    for pattern, sure in ((SHOP, 0.8), (re.compile(r"[A-Z]{3}"), 0.6)):
        for place in top:
            if pattern.search(_named(place)) and not NO_COMPANY.search(_named(place)) and _is_loud(place.line.text):
                return place.found("company", _named(place), sure)
    return top[0].found("company", _named(top[0]), 0.3) if top else None


def _is_a_company(name: str) -> bool:
    return bool(LEGAL.search(name)) and not NO_COMPANY.search(name.lstrip("0123456789 "))


def _is_written_to(part: Place, places: Sequence[Place]) -> bool:
    """Whether a word before a name, or above it, says that this is whom the paper goes to."""
    if WRITTEN_TO.match(part.line.text):
        return True
    at = next((at for at, place in enumerate(places) if set(part.line.words) <= set(place.line.words)), 0)
    above = parts_of(places[at - 1]) if at else ()
    return any(
        WRITTEN_TO.fullmatch(one.line.text) and one.line.box.left < part.line.box.right
        and one.line.box.right > part.line.box.left for one in above
    )  # fmt: skip


def _stand_side_by_side(top: Sequence[Place], senders: Sequence[int]) -> bool:
    """Whether two companies stand in one line: nothing tells who writes to whom."""
    first = top[senders[0]].line.box
    return any(abs(top[at].line.box.middle - first.middle) < first.height for at in senders[1:] if first)


def _signed(places: Sequence[Place]) -> Found | None:
    """The company at the foot of the page that gives its account or its number of a register: who writes."""
    for place in places:
        if place.line.box.top > FOOT and SIGNED.search(place.line.text):
            for part in re.split(r"\s*[\u00b7|\u2022;]\s*|,\s+", place.line.text):
                if _is_a_company(part):
                    return place.found("company", part.strip(" :-,*"), 0.85)
    return None


def _head_of(places: Sequence[Place]) -> int:
    """How many lines the head of an e-mail has; 0 where there is none. A long line of it goes on in the next."""
    heads = [at for at, place in enumerate(places[:HEADS]) if HEAD.match(place.line.text)]
    if heads[:1] != [0]:
        return 0
    last = next((at for at, after in pairwise(heads) if after - at > 2), heads[-1])
    return last + 1 if last else 0


def _may_name_a_company(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 3 and not PERSONAL.leak(text)


def _with_line_before(top: Sequence[Place], at: int, sure: float) -> Found:
    """A legal form alone on a line belongs to the name above it."""
    place, name = top[at], _named(top[at])
    if at and len(SHOP.sub("", LEGAL.sub("", name)).strip(" .()")) < 3 and not NO_COMPANY.search(top[at - 1].line.text):
        before = top[at - 1]
        both = place.found("company", f"{_named(before)} {name}", sure - 0.05)
        return replace(both, box=around((before.line.box, place.line.box)))
    return place.found("company", _without_address(name), sure)


def _without_address(name: str) -> str:
    """A name without what stands behind its legal form and a comma."""
    form = LEGAL.search(name)
    behind = re.compile(r"\s*,\s").search(name, form.end()) if form else None
    return name[: behind.start()] if behind else name


def _named(place: Place) -> str:
    return NUMBER_BEHIND.sub("", place.line.text).strip(" :-,*")


def _is_loud(text: str) -> bool:
    """Whether it is written in capitals, as names over a shop are."""
    letters = [sign for sign in text if sign.isalpha()]
    return sum(map(str.isupper, letters)) > 0.7 * len(letters)


# --- the date

DATED: Final = re.compile(
    r"\b(?:date|dated|(?:rechnungs|factuur)?datum|tarikh|issued?|fecha|data|[\u00e9e]mission)\b", re.IGNORECASE
)
OTHER_DATE: Final = re.compile(
    r"\b(?:due|expiry|expires|valid|birth|until|delivery|print(?:ed)?|zahlbar|f\u00e4llig\w*|liefer\w*|verval\w*|lever\w*|"
    r"[\u00e9e]ch[\u00e9e]ance|livraison|vencimiento|entrega|scadenza|consegna)\b",
    re.IGNORECASE,
)


def _date(places: Sequence[Place]) -> Found | None:
    best: Found | None = None
    for before, place in zip((None, *places), places, strict=False):
        for text, day in dates_in(place.line.text):
            above = before.line.text[-18:] if before and not DATED.search(place.line.text) else ""
            sure = 0.95 if DATED.search(place.line.text) or DATED.search(above) else 0.75
            sure -= 0.3 * bool(OTHER_DATE.search(f"{place.line.text} {above}")) + 0.3 * (day > clock.utc_now().date())
            found = place.found("date", text, sure)
            best = found if best is None or found.sure > best.sure + 0.1 else best
    under = next(_dates_below(places), None)
    if under and (best is None or best.sure < under.sure):
        return under
    pressed = (at.found("date", text, 0.5) for at in places for text, _ in pressed_in(at.line.text))
    misread = (at.found("date", text, 0.5) for at in places for text, _ in dates_in(_as_digits(at.line.text)))
    return best or next(pressed, None) or next(misread, None)


def _as_digits(text: str) -> str:
    """A text whose words that are mostly digits are nothing else: what a reader of pictures makes of a day."""
    return " ".join(
        MISREAD.sub(_digit, word) if sum(map(str.isdigit, word)) >= 4 and ":" not in word else word
        for word in text.split()
    )


def _dates_below(places: Sequence[Place]) -> Iterator[Found]:
    """Days in the column below a word that says what they are."""
    for at, place in enumerate(places):
        told = DATED.search(place.line.text)
        if told is None or any(dates_in(place.line.text)) or OTHER_DATE.search(head_of(place.line, told)):
            continue
        for under in below(places, at, box_of(place.line, *told.span())):
            yield from (under.found("date", text, 0.9) for text, _ in dates_in(under.line.text))


# --- the total

ANCHORS: Final = tuple(
    (re.compile(form, re.IGNORECASE), weight)
    for form, weight in (
        (r"\b(?:(?:grand|invoice)\s*total|total\s*round(?:ed|ing)?|rounded\s*total|round(?:ed|\s*d)?\s*total)\b", 1.0),
        (r"\btotal\b.*\b[il1]ncl|\btotal\b.*\bafter\s*round", 0.95),
        (r"\b(?:net+\s*(?:total|amt|amount)|total\s*(?:due|payable|to\s*pay)|(?:amount|balance|amt)\s*(?:due|payable)|"
         r"(?:bill|sales)\s*(?:total|amount|amt)|total\s*t\.?t\.?c|total\s*(?:factura|[\u00e0a]\s*p(?:ay|ag)[ae]r)|net\s*\u00e0\s*payer|"
         r"totaal\s*te\s*betalen|te\s*betalen|zu\s*zahlen|endbetrag|totale\s*(?:fattura|documento|da\s*pagare)|importe\s*total)\b",
         0.9),
        (r"\btota\w*\b.*\b(?:inkl|incl)", 0.9),
        (r"\btotal\s*(?:amount|amt|sales|rm|\(rm\)|myr|eur|usd)\b|\btotal\s*[:(]", 0.85),
        (r"\btotal\b|\bt0tal\b|\btotaa?l[e]?\b|\bjumlah\b|\bsumme\b|\bgesamt(?:betrag)?\b|\brechnungsbetrag\b", 0.8),
        (r"\bnett\b|\bpayable\b|\bttl\b|\bbalance\b", 0.6),
        (r"\b(?:transfer|remit)\b", 0.6),
        (r"\bamount\b|\bcharge\b|\bvisa\b|\bmaster\b", 0.45),
    )
)  # fmt: skip
NO_TOTAL: Final = re.compile(
    r"sub\s*-?\s*t(?:ota+)?t?l|zwischensumme|goods\s*total|total\s*goods|\btota+le?\s*(?:h\.?t\b|hors|netto|qty|quantity|items?|gst|tax|sst|vat|disc|saving|points?|tender|ex|before|w/?o)|\bex(?:cl|cluding)\b|"
    r"\bqty\b|\bgst\s*(?:summary|amount|total)|\b(?:gst|sst|tax|vat)\s*payable|\btax\s*(?:amount|code)|\bchange\b|\brounding\s*adj|\bdiscount\b|\bpoints?\b",
    re.IGNORECASE,
)
PAID: Final = re.compile(r"\b(?:cash|tunai|tender(?:ed)?|paid|received)\b", re.IGNORECASE)
ROUNDING: Final = re.compile(r"\brounding\b|\bround(?:ed)?\s*adj|\b(?:pem)?bundaran\b", re.IGNORECASE)
"""What is below it is what is paid, where it is a total, too."""
BACK: Final = re.compile(r"\b(?:change|baki)\b", re.IGNORECASE)
SUMMARY: Final = re.compile(r"\b(?:gst|sst|tax|vat)\s*(?:summary|analysis|breakdown)\b", re.IGNORECASE)
"""What is below it is the tax over again, by its rates."""
TOTAL: Final = re.compile(r"\b[t1il][o0q][t1il]a[l1i|](?!\w)", re.IGNORECASE)
"""The word as readers of pictures have it."""
ROUGH: Final = re.compile(r"(?<![\d.,:/])\d{1,3}(?:,\d{3})*\s?[.,:]\s?[\dOoIl]{2}(?![\w/%:])")
MISREAD: Final = re.compile(r"[OoIl:]")
NEAR: Final = 2
"""Lines below an anchor in which its amount may stand."""


def _total(places: Sequence[Place], net: Found | None, tax: Found | None) -> Found | None:
    """What is to be paid. The sum of net and tax is likely, net alone beside a tax is not."""
    both = (number_of(net.value), number_of(tax.value)) if net and tax else (0.0, 0.0)
    likely, unlikely = {_settled(places), round(sum(both), 2)} - {0.0}, both[0] if both[1] else 0.0
    summed = next((at for at, place in enumerate(places) if SUMMARY.search(place.line.text)), len(places))
    best: tuple[float, Found] | None = None
    for at, place in enumerate(places):
        weight = _weight(place.line.text) - 0.25 * (at > summed)
        if weight <= 0:
            continue
        for down, near in enumerate(places[at : at + 1 + NEAR]):
            amounts = [text for text in _amounts_in(near.line.text) if number_of(text) > 0]
            if down and (_weight(near.line.text) or NO_TOTAL.search(near.line.text) or PAID.search(near.line.text)):
                break
            if amounts:
                amount = number_of(amounts[-1])
                sure = weight - 0.15 * down + 0.2 * (amount in likely) - 0.4 * (amount == unlikely)
                sure += 0.2 * any(ROUNDING.search(above.line.text) for above in places[max(at - NEAR, 0) : at])
                if best is None or sure > best[0]:
                    best = sure, near.found("total", amounts[-1].strip(), min(sure, 0.98))
                break
    return best[1] if best else _largest(places)


def _amounts_in(text: str) -> list[str]:
    """The amounts of a line that announces one; where there is none, what a reader of pictures makes of one."""
    return AMOUNT.findall(text) or [MISREAD.sub(_digit, one[0]).replace(" ", "") for one in ROUGH.finditer(text)]


def _digit(sign: re.Match[str]) -> str:
    return {"O": "0", "o": "0", "l": "1", "I": "1", ":": "."}[sign[0]]


def _weight(text: str) -> float:
    text = TOTAL.sub("TOTAL", text)
    if NO_TOTAL.search(text):
        return 0.0
    return next((weight for anchor, weight in ANCHORS if anchor.search(text)), 0.0)


def _settled(places: Sequence[Place]) -> float:
    """What was paid less what was given back, if anything was; 0 where that cannot be told."""
    paid = [
        number_of(text) for place in places if PAID.search(place.line.text) for text in AMOUNT.findall(place.line.text)
    ]
    back = [
        number_of(text) for place in places if BACK.search(place.line.text) for text in AMOUNT.findall(place.line.text)
    ]
    return round(paid[-1] - (back[-1] if back else 0.0), 2) if paid else 0.0


def _largest(places: Sequence[Place]) -> Found | None:
    """What was paid less what was given back, where that stands there; else the largest that is neither."""
    amounts = [(number_of(text), text.strip(), place) for place in places for text in AMOUNT.findall(place.line.text)]
    settled = _settled(places)
    other = [one for one in amounts if not (PAID.search(one[2].line.text) or BACK.search(one[2].line.text))]
    same = [one for one in other if settled and one[0] == settled]
    if not amounts:
        return None
    _, text, place = max(same or other or amounts, key=lambda one: one[0])
    return place.found("total", text, 0.5 if same else 0.3)
